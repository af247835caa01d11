/** MIDI notes in the view: the instrument that is played to the others, the synth on which they sound, and who plays. A script of its own, fetched once there is sound. */
import { useEffect, useRef, useState } from "preact/hooks";
import { may } from "../../protocol/roles.ts";
import type { NotesWay } from "../engine/midi/notes-ports.std.ts";
import { accentClass, Choice, nameOf, useFrames, type ViewProps } from "./parts.dom.tsx";
import { type NotePlayer, ViewInstrument } from "./view-instrument.dom.ts";
import { de } from "./words/instrument.de.std.ts";
import { en, type InstrumentWords } from "./words/instrument.en.std.ts";

const instrumentWords = (): InstrumentWords => (document.documentElement.lang === "de" ? de : en);

export function Instrument(props: ViewProps) {
  const { session, state } = props;
  const { sound } = session;
  const t = instrumentWords();
  const [instrument] = useState(
    () =>
      new ViewInstrument({
        nowMs: () => performance.now(),
        mayPlay: () => {
          const { role } = session.state.value;
          return role !== null && may(role, "audio.send") && !sound.state.value.isMuted;
        },
        play: (bytes, atMs) => sound.playNote(bytes, atMs),
        shelf: localStorage,
      }),
  );
  useEffect(() => {
    const stop = () => void instrument.stop();
    sound.onNote = (from, bytes, atMs) => instrument.hear(from, bytes, atMs);
    addEventListener("pagehide", stop);
    return () => {
      removeEventListener("pagehide", stop);
      sound.onNote = null;
      stop();
    };
  }, [sound, instrument]);

  const { power, trouble, ports, ends } = instrument.state.value;
  const players = instrument.players.value;
  const mayPlay = state.role !== null && may(state.role, "audio.send");
  const isUnheard = ends.out !== "open" && players.some((who) => who !== "own");
  return (
    <fieldset class="view-record view-instrument">
      <legend>{t.label}</legend>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {t.troubles[trouble]}
        </p>
      )}
      {power === "on" ? (
        <>
          {ports.in.length + ports.out.length === 0 ? <p role="status">{t.none}</p> : null}
          <div class="view-devices">
            {mayPlay ? <Port instrument={instrument} way="in" t={t} /> : null}
            <Port instrument={instrument} way="out" t={t} />
          </div>
          <Ends instrument={instrument} isMuted={sound.state.value.isMuted} t={t} />
        </>
      ) : (
        <p class="soft">{mayPlay ? t.before : t.beforeListening}</p>
      )}
      <div role="status">{isUnheard ? <p>{t.unheard}</p> : null}</div>
      {players.length === 0 ? null : (
        <ul aria-label={t.who}>
          {players.map((who) => (
            <li key={who} class={`view-line ${accentClass(state, who === "own" ? state.memberId : who)}`}>
              <Light instrument={instrument} who={who} />
              <span dir="auto">{who === "own" ? t.you : nameOf(state, who, props.words)}</span>
            </li>
          ))}
        </ul>
      )}
      <p class="actions">
        {power === "on" ? (
          <button type="button" class="button quiet small" onClick={() => void instrument.stop()}>
            {t.stop}
          </button>
        ) : (
          <button
            type="button"
            class="button quiet small"
            disabled={power === "asking" || trouble === "old-browser"}
            onClick={() => void instrument.ask()}
          >
            {power === "asking" ? t.asking : t.connect}
          </button>
        )}
      </p>
    </fieldset>
  );
}

interface PortProps {
  instrument: ViewInstrument;
  way: NotesWay;
  t: InstrumentWords;
}

/** One that was chosen stands among the others, also while it is not there. */
function Port({ instrument, way, t }: PortProps) {
  const { ports, chosen } = instrument.state.value;
  const names = ["", ...new Set([...ports[way], chosen[way]])].filter((name, at) => at === 0 || name !== "");
  return (
    <Choice
      label={t.ways[way]}
      value={chosen[way]}
      options={names.map((name) => [name, name === "" ? t.nothing : name])}
      choose={(name) => void instrument.choose(way, name)}
    />
  );
}

/** How things stand with the two ports, a sentence for each. */
function Ends({ instrument, isMuted, t }: Omit<PortProps, "way"> & { isMuted: boolean }) {
  const { ends, chosen } = instrument.state.value;
  const isTaken = ends.in === "taken" || ends.out === "taken";
  return (
    <>
      <div role="status">
        {ends.in === "open" ? <p>{isMuted ? t.muted : t.open.in}</p> : null}
        {ends.out === "open" ? <p>{t.open.out}</p> : null}
      </div>
      <div role="alert">
        {(["in", "out"] as const).map((way) => {
          const end = ends[way];
          if (end !== "gone" && end !== "taken") return null;
          return (
            <p key={way} class="view-trouble">
              {t[end][way](chosen[way])}
            </p>
          );
        })}
      </div>
      {isTaken ? (
        <p class="actions">
          <button type="button" class="button quiet small" onClick={() => void instrument.look()}>
            {t.again}
          </button>
        </p>
      ) : null}
    </>
  );
}

/** On while what somebody plays sounds. Who plays is told in words beside it. */
function Light({ instrument, who }: { instrument: ViewInstrument; who: NotePlayer }) {
  const light = useRef<HTMLSpanElement>(null);
  useFrames(() => void light.current?.classList.toggle("here", instrument.isLit(who)));
  return <span class="presence" aria-hidden="true" ref={light} />;
}
