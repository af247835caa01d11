/** The session view in the desktop app: the browser's own, whose room is the studio's and whose device the studio records. */
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import { App } from "../view/app.dom.tsx";
import { Boot } from "../view/boot.std.ts";
import { BrowserSession } from "../view/session.dom.ts";
import { stickSettings } from "../view/settings.dom.ts";
import { wordsOf } from "../view/words/every-language.std.ts";
import { bridgeRoom } from "./bridge-room.dom.ts";
import { desktopWords } from "./desktop-words.std.ts";
import { type Bridge, TAP_MESSAGE } from "./ipc.std.ts";

/** What the strip shows of this computer's takes: the last thing that happened to each. */
const LINES_MAX = 4;
const lines = signal<readonly { key: string; text: string; bad: boolean; fetch?: string }[]>([]);
const hasTakes = signal(false);

function note(key: string, text: string, more: { bad?: boolean; fetch?: string } = {}): void {
  const { bad = false, fetch } = more;
  const line = { key, text, bad, ...(fetch === undefined ? {} : { fetch }) };
  lines.value = [...lines.value.filter((one) => one.key !== key), line].slice(-LINES_MAX);
}

function hear(event: StudioEvent, words: (typeof desktopWords)["en"]["studio"]): void {
  switch (event.type) {
    case "recording":
      note(event.name, words.recording(event.name));
      return;
    case "recorded":
    case "recovered":
      hasTakes.value = true;
      note(event.stem.name, words.recorded(event.stem.name));
      return;
    case "upload": {
      const { name, sentBytes, totalBytes } = event.progress;
      const percent = totalBytes === null ? "…" : `${Math.floor((100 * sentBytes) / totalBytes)} %`;
      note(name, words.sharing(name, percent));
      return;
    }
    case "shared":
      note(event.recording.name, words.shared(event.recording.name));
      return;
    case "delivered":
      note(event.recordingId, words.delivered(event.name));
      return;
    case "delivery-asked":
      note(event.recordingId, words.asked(event.name, (event.sizeBytes / 1e9).toFixed(1)), {
        fetch: event.recordingId,
      });
      return;
    case "notice":
      note("notice", event.message);
      return;
    case "warning":
      note(event.code, event.message, { bad: true });
      return;
    default:
      return;
  }
}

function Strip({ bridge, words }: { bridge: Bridge; words: (typeof desktopWords)["en"]["studio"] }) {
  if (lines.value.length === 0) return null;
  return (
    <section class="desktop-strip" aria-label={words.label}>
      <ul role="status">
        {lines.value.map(({ key, text, bad, fetch }) => (
          <li key={key} class={bad ? "problem" : ""}>
            {text}{" "}
            {fetch === undefined ? null : (
              <button type="button" class="button quiet small" onClick={() => bridge.say("command", { type: "fetch" })}>
                {words.fetch}
              </button>
            )}
          </li>
        ))}
      </ul>
      {hasTakes.value ? (
        <p>
          <button type="button" class="button small" onClick={() => bridge.say("command", { type: "share" })}>
            {words.share}
          </button>{" "}
          <span class="soft">{words.shareNote}</span>
        </p>
      ) : null}
    </section>
  );
}

const root = document.getElementById("view");
const bridge = window.sessionlinked;
if (root !== null && bridge !== undefined) {
  const boot = Boot.parse(JSON.parse(root.dataset.boot ?? "null"));
  const words = desktopWords[boot.language].studio;
  const session = new BrowserSession(boot, ({ handlers }) => bridgeRoom(bridge, handlers));
  stickSettings(session, boot, localStorage, Date.now);
  bridge.onTold("studio", (event) => {
    session.copies.hear(event);
    session.takes.onEvent?.(event);
    hear(event, words);
  });
  addEventListener("message", ({ source, data, ports: [port] }) => {
    if (source === window && data === TAP_MESSAGE && port !== undefined) session.sound.tap(port);
  });
  render(
    <>
      <App session={session} boot={boot} words={wordsOf[boot.language]} />
      <Strip bridge={bridge} words={words} />
    </>,
    root,
  );
  bridge.say("look", null);
  // The port goes with the sound that it was given to: another sound has one of its own.
  let hadSound = false;
  effect(() => {
    const { power } = session.sound.state.value;
    if (power === "off" && hadSound) bridge.say("look", null);
    hadSound = power === "on";
  });
  session.copies.connect((command) => bridge.say("command", command));
}
