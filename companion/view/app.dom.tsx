/** The session view's frame: header, transport, timeline and the side panel, and the keys that work everywhere in it. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { TIMELINE_MAX_FRAMES } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import type { Boot } from "./boot.std.ts";
import { Chat } from "./chat.dom.tsx";
import type { AtTheDoorProps } from "./host.dom.tsx";
import { actionOf, type KeyAction } from "./keys.std.ts";
import { type Shown, stemsOf } from "./lanes.std.ts";
import { later } from "./later.dom.tsx";
import type { LayoutProps } from "./layout.dom.tsx";
import { Notes } from "./notes.dom.tsx";
import { type Draft, newDraft } from "./notes.std.ts";
import { barsOf, loopFrom, More, nameOf, type ViewProps } from "./parts.dom.tsx";
import { People } from "./people.dom.tsx";
import type { BrowserSession } from "./session.dom.ts";
import type { SheetProps } from "./sheet.dom.tsx";
import { Sound } from "./sound.dom.tsx";
import { Timeline, wholeOf, zoom } from "./timeline.dom.tsx";
import { Toasts } from "./toasts.dom.tsx";
import { Transport } from "./transport.dom.tsx";
import type { Words } from "./words/view.en.std.ts";

const beside = () => import("./beside.dom.tsx");
const AtTheDoor = later<AtTheDoorProps>(() => beside().then((parts) => parts.AtTheDoor));
const Door = later<ViewProps>(() => beside().then((parts) => parts.Door));
const Keyboard = later<object>(() => beside().then((parts) => parts.Keyboard));
const Split = later<LayoutProps>(() => beside().then((parts) => parts.Split));
const Kept = later<LayoutProps>(() => beside().then((parts) => parts.Kept));
const Midi = later<ViewProps>(() => beside().then((parts) => parts.Midi));
const PhoneLink = later<ViewProps>(() => beside().then((parts) => parts.PhoneLink));
const Video = later<ViewProps>(() => beside().then((parts) => parts.Video));
const OnAir = later<ViewProps>(() => import("./broadcast.dom.tsx").then((parts) => parts.OnAir));
const Sheet = later<SheetProps>(() => import("./sheet.dom.tsx").then((parts) => parts.Sheet));
const Wishes = later<ViewProps>(() => import("./copies.dom.tsx").then((parts) => parts.Wishes));
const Deliveries = later<ViewProps>(() => import("./copies.dom.tsx").then((parts) => parts.Deliveries));

export function App({ session, boot, words }: { session: BrowserSession; boot: Boot; words: Words }) {
  const state = session.state.value;
  const { copies } = session;
  const [shown, setShown] = useState<Shown | null>(null);
  const [sheet, setSheet] = useState(false);
  const [isTopOpen, setTopOpen] = useState(false);
  const { isFar, sidePx } = session.layout.value;
  const setFar = (far: boolean) => {
    session.layout.value = { ...session.layout.value, isFar: far };
  };
  const [draft, setDraft] = useState<Draft | null>(null);
  const props = { session, state, words, language: boot.language };
  const own = session.takes.stems.value;
  const stems = useMemo(
    () =>
      stemsOf(
        state.takes,
        own.map(({ stem }) => stem),
        state.memberId,
      ),
    [state.takes, own, state.memberId],
  );

  useEffect(() => {
    const act = (action: KeyAction): void => {
      const now = session.state.value;
      const { map, transport, positionFrames: position } = session.asked();
      const { motion } = transport;
      const mayCommand = now.role !== null && may(now.role, "transport.command");
      const whole = shown ?? wholeOf(stems);
      const locate = (frames: number) => {
        const positionFrames = Math.round(Math.min(TIMELINE_MAX_FRAMES, Math.max(0, frames)));
        if (mayCommand) session.command({ command: "locate", positionFrames });
      };
      switch (action) {
        case "toggle-play":
          if (mayCommand) session.command({ command: motion === "stopped" ? "play" : "stop" });
          break;
        case "record":
          if (mayCommand) session.command({ command: motion === "recording" ? "play" : "record" });
          break;
        case "home":
          locate(0);
          break;
        case "bar-back":
          locate(barsOf(map).stepFrom(position, -1));
          break;
        case "bar-on":
          locate(barsOf(map).stepFrom(position, 1));
          break;
        case "loop": {
          const range = transport.loop === undefined ? loopFrom(map, position, session.loopBars.value) : null;
          if (mayCommand) session.command({ command: "loop", range });
          break;
        }
        case "marker":
          if (mayCommand)
            session.command({
              command: "marker",
              markerId: crypto.randomUUID(),
              marker: { positionFrames: position, name: words.takes.marker(map.markers.length + 1) },
            });
          break;
        case "zoom-in":
          setShown(zoom(whole, 0.5, position));
          break;
        case "zoom-out":
          setShown(zoom(whole, 2, position));
          break;
        case "fit":
          setShown(null);
          break;
        case "chat":
          document.getElementById("view-chat")?.focus();
          break;
        case "note":
          if (now.role !== null && may(now.role, "note.write")) setDraft(newDraft(crypto.randomUUID()));
          break;
        case "far":
          setFar(!session.layout.value.isFar);
          break;
        case "swap":
          void session.playback.swap();
          break;
        case "leave":
          // keyboard.dom.tsx
          break;
        case "sheet":
          setSheet((open) => !open);
      }
    };
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, altKey, metaKey, repeat } = event;
      const action = actionOf({ key, modified: ctrlKey || altKey || metaKey, repeat, focus: focusOf(event.target) });
      // A sheet that lies over everything has the keyboard for itself.
      if (action === null || (action !== "sheet" && document.querySelector("dialog[open]") !== null)) return;
      event.preventDefault();
      act(action);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [session, shown, stems, words]);

  const hasWishes = copies.wishes.value.length + copies.receipts.value.length > 0;
  const hasDeliveries = copies.deliveries.value !== null;
  // What the timeline shows is no reason to look through the rest again.
  const side = useMemo(
    () => (
      <>
        <aside class="view-side">
          <Split session={session} />
          {hasWishes ? <Wishes {...props} /> : null}
          {hasDeliveries ? <Deliveries {...props} /> : null}
          <Door {...props} />
          <Sound {...props} deviceUrl={boot.sound.deviceUrl} />
          <Midi {...props} />
          <PhoneLink {...props} />
          <Video {...props} />
          <People {...props} />
          <Kept session={session} />
        </aside>
        <div class="view-talk">
          <Chat {...props} />
          <Notes {...props} draft={draft} setDraft={setDraft} />
        </div>
      </>
    ),
    [session, state, words, boot, draft, hasWishes, hasDeliveries],
  );

  const { connection } = state;
  const recorders = state.members.filter(({ status, connected }) => connected && status.recording);
  const recording = state.timeline.transport.motion === "recording" || recorders.length > 0;
  useRecordingMark(session, recording);
  if (connection.state === "over") return <Over code={connection.code} boot={boot} words={words} />;
  if (connection.state === "waiting")
    return (
      <AtTheDoor
        name={boot.sessionName}
        href={boot.sessionHref}
        back={boot.guest ? words.leaveAsGuest : words.over.back}
      />
    );
  return (
    <div
      class={`view ${recording ? "is-recording" : ""} ${isFar ? "is-far" : ""}`}
      style={sidePx === null ? {} : { "--view-side": `${sidePx}px` }}
    >
      <header class={`view-top ${isTopOpen ? "is-open" : ""}`}>
        {session.isGuest ? null : (
          <a class="view-back" href={boot.sessionHref}>
            ← {words.back}
          </a>
        )}
        <h1 class="view-name">{boot.sessionName}</h1>
        <p class={`view-connection ${connection.state}`} role="status">
          {words.connection[connection.state]}
        </p>
        {recording ? (
          <p class="view-rec" role="status">
            <span aria-hidden="true">●</span>{" "}
            {recorders.length === 0
              ? words.recordingRolls
              : words.recordingOn(recorders.map(({ memberId }) => nameOf(state, memberId, words)).join(", "))}
          </p>
        ) : (
          <p class="soft view-permitted view-extra">
            {state.settings.recordingPermitted ? words.permitted : words.notPermitted}
          </p>
        )}
        {state.listeners === null ? null : <OnAir {...props} />}
        <More label={words.more} isOpen={isTopOpen} open={setTopOpen} />
        {state.role !== null && may(state.role, "settings.set") ? (
          <button
            type="button"
            class="button quiet small view-extra"
            onClick={() => void session.api.permitRecording(!state.settings.recordingPermitted)}
          >
            {state.settings.recordingPermitted ? words.forbid : words.permit}
          </button>
        ) : null}
        <button
          type="button"
          class="tool view-extra"
          aria-pressed={isFar}
          aria-keyshortcuts="F"
          title={`${words.far.note} (F)`}
          onClick={() => setFar(!isFar)}
        >
          {words.far.label}
        </button>
        <button type="button" class="tool view-extra" aria-keyshortcuts="?" onClick={() => setSheet(true)}>
          {words.keys.open} <kbd>?</kbd>
        </button>
        <a class="button quiet small view-extra" href={boot.sessionHref}>
          {session.isGuest ? words.leaveAsGuest : words.leave}
        </a>
      </header>
      <Transport {...props} />
      <main class="view-main">
        <Timeline {...props} stems={stems} shown={shown} setShown={setShown} />
        {session.isGuest ? null : (
          <p class="soft">
            <a href={`${boot.sessionHref}#takes`} target="_blank" rel="noopener">
              {words.takes.more}
            </a>
          </p>
        )}
      </main>
      {side}
      {sheet ? <Sheet close={() => setSheet(false)} /> : null}
      <Toasts {...props} />
      <Keyboard />
    </div>
  );
}

/** That a take rolls is in the window's own title too, and whoever plays with nothing armed is told so. */
function useRecordingMark(session: BrowserSession, recording: boolean): void {
  useEffect(() => {
    if (!recording) return;
    const { title } = document;
    document.title = `● ${title}`;
    const { role } = session.state.value;
    const plays = session.sound.state.value.power === "on" && role !== null && may(role, "record");
    if (plays && session.takes.canRecord && !session.takes.status.value.armed) session.say("nothing-armed", false);
    return () => {
      document.title = title;
    };
  }, [session, recording]);
}

/** What has the keyboard: a field for text, a choice, a button that the keyboard itself has reached, or nothing of these. */
function focusOf(target: EventTarget | null): "text" | "choice" | "button" | "page" {
  if (!(target instanceof HTMLElement)) return "page";
  if (target.matches("textarea, input:not([type=checkbox], [type=range], [type=radio]), [contenteditable]"))
    return "text";
  if (target.matches("select, input, summary")) return "choice";
  if (target.matches("a:focus-visible, button:focus-visible")) return "button";
  return "page";
}

function Over({ code, boot, words }: { code: string; boot: Boot; words: Words }) {
  const reasons: Record<string, string> = words.over.reasons;
  return (
    <main class="view-over">
      <h1>{words.over.title}</h1>
      <p role="alert">{reasons[code] ?? words.over.reasons.other}</p>
      <p class="actions">
        {code === "removed" || code === "session-closed" ? null : (
          <a class="button" href={location.href}>
            {words.over.again}
          </a>
        )}
        <a
          class="button quiet"
          href={
            code === "unauthenticated" ? `/sign-in?next=${encodeURIComponent(location.pathname)}` : boot.sessionHref
          }
        >
          {boot.guest ? words.leave : words.over.back}
        </a>
      </p>
    </main>
  );
}
