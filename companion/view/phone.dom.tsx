/** A member's phone (P83): the transport under a thumb, a key to talk, a camera. A script of its own, which no other page loads. */
import { useEffect, useState } from "preact/hooks";
import { TIMELINE_MAX_FRAMES } from "../../protocol/limits.ts";
import type { Boot } from "./boot.std.ts";
import { OnAir } from "./broadcast.dom.tsx";
import { accentClass, barsOf, Choice, Icon, useFrames, type ViewProps, write } from "./parts.dom.tsx";
import { phoneWords } from "./phone-words.dom.ts";
import type { BrowserSession } from "./session.dom.ts";
import { Toasts } from "./toasts.dom.tsx";
import { videoWords } from "./video-words.dom.ts";
import type { Words } from "./words/view.en.std.ts";

export interface PhoneProps {
  session: BrowserSession;
  boot: Boot;
  words: Words;
}

export function Phone({ session, boot, words }: PhoneProps) {
  const state = session.state.value;
  const props: ViewProps = { session, state, words, language: boot.language };
  const t = phoneWords();
  const { connection } = state;
  useSilence(props);
  if (connection.state === "over")
    return (
      <main class="view-over">
        <h1>{t.over.title}</h1>
        <p role="alert">{reasonOf(words, connection.code) ?? t.over.text}</p>
      </main>
    );
  const recording =
    state.timeline.transport.motion === "recording" ||
    state.members.some(({ status, connected }) => connected && status.recording);
  return (
    <div class={`view view-phone ${recording ? "is-recording" : ""}`}>
      <header class={`who-is ${accentClass(state, state.memberId)}`}>
        <h1 class="view-name">{boot.sessionName}</h1>
        <p class="soft">{words.people.phoneOf(boot.phoneOf ?? "")}</p>
        <p class={`view-connection ${connection.state}`} role="status">
          {words.connection[connection.state]}
        </p>
        {recording ? (
          <p class="view-rec" role="status">
            <span aria-hidden="true">●</span> {words.recordingRolls}
          </p>
        ) : null}
        <OnAir {...props} />
      </header>
      <main>
        <Remote {...props} />
        <Talk {...props} />
        <Camera {...props} />
      </main>
      <Toasts {...props} />
    </div>
  );
}

/** What ends the evening for everybody has the words it has everywhere; what ends a phone has its own. */
function reasonOf(words: Words, code: string): string | undefined {
  const reasons: Record<string, string> = words.over.reasons;
  return code === "removed" || code === "unauthenticated" ? undefined : reasons[code];
}

/** A phone lies in the room in which its owner is heard: it plays nobody, and is heard by nobody but while it is held. */
function useSilence({ session, state }: ViewProps): void {
  useEffect(() => {
    if (!session.sound.state.value.isMuted) session.sound.setMuted(true);
    for (const { memberId } of state.members)
      if (memberId !== state.memberId && !session.sound.mixOf(memberId).isMuted)
        session.sound.mix(memberId, { isMuted: true });
  }, [session, state.members, state.memberId]);
}

function Remote({ session, state, words }: ViewProps) {
  const t = phoneWords();
  const { map, transport } = state.timeline;
  const isStopped = transport.motion === "stopped";
  const [counter, setCounter] = useState<HTMLElement | null>(null);
  useFrames(() => write(counter, barsOf(session.state.value.timeline.map).label(session.positionFrames())));
  const locate = (frames: number) =>
    session.command({
      command: "locate",
      positionFrames: Math.round(Math.min(TIMELINE_MAX_FRAMES, Math.max(0, frames))),
    });
  const step = (bars: 1 | -1) => locate(barsOf(map).stepFrom(session.asked().positionFrames, bars));
  return (
    <section class={`view-remote ${transport.motion}`} aria-label={words.transport.label}>
      <p class="view-remote-bar">
        <span class="soft">{words.transport.bar}</span> <span ref={setCounter} class="instrument" />
      </p>
      <div class="view-buttons view-remote-main">
        <button
          type="button"
          class="round main"
          aria-label={isStopped ? words.transport.play : words.transport.stop}
          onClick={() => session.command({ command: isStopped ? "play" : "stop" })}
        >
          <Icon name={isStopped ? "play" : "stop"} />
        </button>
        <button
          type="button"
          class="round rec"
          disabled={!state.settings.recordingPermitted}
          aria-pressed={transport.motion === "recording"}
          aria-label={words.transport.record}
          onClick={() => session.command({ command: transport.motion === "recording" ? "play" : "record" })}
        >
          <Icon name="record" />
        </button>
      </div>
      {state.settings.recordingPermitted ? null : <p class="soft">{words.notPermitted}</p>}
      <div class="view-remote-steps">
        <button type="button" class="button quiet" onClick={() => locate(0)}>
          {t.home}
        </button>
        <button type="button" class="button quiet" onClick={() => step(-1)}>
          {t.back}
        </button>
        <button type="button" class="button quiet" onClick={() => step(1)}>
          {t.on}
        </button>
      </div>
      {map.markers.length === 0 ? null : (
        <ul class="view-remote-places" aria-label={t.places}>
          {map.markers.map(({ markerId, name, positionFrames }) => (
            <li key={markerId}>
              <button type="button" class="button quiet" onClick={() => locate(positionFrames)}>
                {name} <span class="instrument">{barsOf(map).label(positionFrames)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Talk({ session, words }: ViewProps) {
  const t = phoneWords().talk;
  const { sound } = session;
  const { power, trouble } = sound.state.value;
  const [talks, setTalks] = useState(false);
  const talk = (isTalking: boolean) => {
    sound.talk(isTalking);
    setTalks(isTalking);
  };
  // A phone that is put away in mid word talks no more.
  useEffect(() => {
    const stop = () => talk(false);
    addEventListener("blur", stop);
    document.addEventListener("visibilitychange", stop);
    return () => {
      removeEventListener("blur", stop);
      document.removeEventListener("visibilitychange", stop);
    };
  }, [sound]);
  const isOfKey = ({ key, repeat }: KeyboardEvent) => (key === " " || key === "Enter") && !repeat;
  return (
    <section aria-label={t.label}>
      <h2>{t.label}</h2>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {words.sound.troubles[trouble]}
        </p>
      )}
      {power === "on" ? (
        <>
          <button
            type="button"
            class="view-hold"
            aria-pressed={talks}
            onPointerDown={({ currentTarget, pointerId }) => {
              currentTarget.setPointerCapture(pointerId);
              talk(true);
            }}
            onPointerUp={() => talk(false)}
            onPointerCancel={() => talk(false)}
            onKeyDown={(event) => {
              if (isOfKey(event)) talk(true);
            }}
            onKeyUp={() => talk(false)}
            onContextMenu={(event) => event.preventDefault()}
          >
            {talks ? t.talking : t.hold}
          </button>
          <button type="button" class="tool" onClick={() => sound.turnOff()}>
            {t.turnOff}
          </button>
        </>
      ) : (
        <button
          type="button"
          class="button quiet"
          disabled={power === "opening" || trouble === "old-browser"}
          onClick={() => void sound.turnOn(true)}
        >
          {power === "opening" ? t.opening : t.turnOn}
        </button>
      )}
      <p class="soft">{t.note}</p>
    </section>
  );
}

const FACINGS = ["environment", "user"] as const;

function Camera({ session }: ViewProps) {
  const [t, pictures] = [phoneWords().camera, videoWords()];
  const { video } = session;
  const { power, trouble } = video.state.value;
  const own = video.own.value;
  const [facing, setFacing] = useState<(typeof FACINGS)[number]>("environment");
  return (
    <section aria-label={t.label}>
      <h2>{t.label}</h2>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {pictures.troubles[trouble]}
        </p>
      )}
      {own === null ? (
        <Choice
          label={t.which}
          value={facing}
          options={FACINGS.map((one) => [one, t[one]])}
          choose={(one) => setFacing(FACINGS.find((known) => known === one) ?? "environment")}
        />
      ) : (
        <video
          ref={(element) => {
            if (element !== null && element.srcObject !== own) element.srcObject = own;
          }}
          muted
          playsInline
          autoPlay
          aria-label={pictures.own}
        />
      )}
      <button
        type="button"
        class="button quiet"
        aria-pressed={power === "on"}
        disabled={power === "opening"}
        onClick={() => (power === "on" ? video.turnOff() : void video.turnOn(facing))}
      >
        {power === "on" ? pictures.turnOff : power === "opening" ? pictures.opening : pictures.turnOn}
      </button>
    </section>
  );
}
