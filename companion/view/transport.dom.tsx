/** The transport bar: where the session is, set like an instrument, and the controls that move everybody. */
import { useRef, useState } from "preact/hooks";
import { timecode } from "../../audio/timeline.ts";
import { COUNT_IN_BARS_MAX, TEMPO_MAX_BPM, TEMPO_MIN_BPM, TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import { anchorAt, TimeSignature, tempoAt } from "../../protocol/timeline.ts";
import { positionAt } from "../../protocol/transport.ts";
import { transportAt } from "./model.std.ts";
import {
  accentClass,
  barsOf,
  Icon,
  LOOP_LENGTHS,
  loopFrom,
  More,
  nameOf,
  useFrames,
  type ViewProps,
  write,
} from "./parts.dom.tsx";

/** Signatures to choose from; a session that has another one shows it as well. */
const SIGNATURES = ["2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "6/8", "7/8", "9/8", "12/8"];
export function Transport({ session, state, words }: ViewProps) {
  const t = words.transport;
  const { map, transport } = state.timeline;
  const { motion } = transport;
  const mayCommand = state.role !== null && may(state.role, "transport.command");
  const mayRecord = mayCommand && state.settings.recordingPermitted;
  const [isOpen, setOpen] = useState(false);
  const place = transport.positionFrames;
  const signature = anchorAt(map.signatures, place);
  const signatureText = `${signature.beats}/${signature.unit}`;
  return (
    <section class={`view-transport ${motion} ${isOpen ? "is-open" : ""}`} aria-label={t.label}>
      <div class="view-buttons">
        <button
          type="button"
          class="round home"
          disabled={!mayCommand}
          aria-label={t.home}
          title={`${t.home} (Home)`}
          aria-keyshortcuts="Home"
          onClick={() => session.command({ command: "locate", positionFrames: 0 })}
        >
          <Icon name="home" />
        </button>
        <button
          type="button"
          class="round main"
          disabled={!mayCommand}
          aria-label={motion === "stopped" ? t.play : t.stop}
          title={`${motion === "stopped" ? t.play : t.stop} (${words.keys.space})`}
          aria-keyshortcuts="Space"
          onClick={() => session.command({ command: motion === "stopped" ? "play" : "stop" })}
        >
          <Icon name={motion === "stopped" ? "play" : "stop"} />
        </button>
        <button
          type="button"
          class="round rec"
          disabled={!mayRecord}
          aria-pressed={motion === "recording"}
          aria-label={t.record}
          title={mayCommand && !mayRecord ? words.notPermitted : `${t.record} (R)`}
          aria-keyshortcuts="R"
          onClick={() => session.command({ command: motion === "recording" ? "play" : "record" })}
        >
          <Icon name="record" />
        </button>
      </div>
      <More label={t.more} isOpen={isOpen} open={setOpen} />
      <div class="view-buttons view-extra">
        <button
          type="button"
          class="tool loop"
          disabled={!mayCommand}
          aria-pressed={transport.loop !== undefined}
          title={`${t.loopNote(session.loopBars.value)} (L)`}
          aria-keyshortcuts="L"
          onClick={() =>
            session.command({
              command: "loop",
              range:
                transport.loop === undefined ? loopFrom(map, session.positionFrames(), session.loopBars.value) : null,
            })
          }
        >
          {t.loop}
        </button>
        <select
          aria-label={t.loopLength}
          title={t.loopLength}
          value={session.loopBars.value}
          disabled={!mayCommand}
          onChange={(event) => {
            session.loopBars.value = Number(event.currentTarget.value);
          }}
        >
          {LOOP_LENGTHS.map((length) => (
            <option key={length} value={length}>
              {t.bars(length)}
            </option>
          ))}
        </select>
      </div>
      <Counters session={session} state={state} words={words} />
      <dl class="view-counters view-map view-extra">
        <div>
          <dt>
            <label for="view-tempo">{t.tempo}</label>
          </dt>
          <dd>
            <input
              id="view-tempo"
              type="number"
              min={TEMPO_MIN_BPM}
              max={TEMPO_MAX_BPM}
              step="0.1"
              key={tempoAt(map, place)}
              defaultValue={String(tempoAt(map, place))}
              disabled={!mayCommand}
              onChange={(event) => {
                const input = event.currentTarget;
                const wanted = Number(input.value);
                if (input.validity.valid && input.value !== "") session.command({ command: "tempo", bpm: wanted });
                else input.value = String(tempoAt(map, place));
              }}
            />{" "}
            {t.bpm}
          </dd>
        </div>
        <div>
          <dt>
            <label for="view-signature">{t.signature}</label>
          </dt>
          <dd>
            <select
              id="view-signature"
              value={signatureText}
              disabled={!mayCommand}
              onChange={(event) => {
                const [beats, unit] = event.currentTarget.value.split("/").map(Number);
                const wanted = TimeSignature.safeParse({ beats, unit });
                if (wanted.success) session.command({ command: "signature", ...wanted.data });
              }}
            >
              {[...new Set([...SIGNATURES, signatureText])].map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </dd>
        </div>
        <div>
          <dt>
            <label for="view-count-in">{t.countIn}</label>
          </dt>
          <dd>
            <select
              id="view-count-in"
              value={String(map.countInBars)}
              disabled={!mayCommand}
              onChange={(event) => session.command({ command: "count-in", bars: Number(event.currentTarget.value) })}
            >
              {Array.from({ length: COUNT_IN_BARS_MAX + 1 }, (_, bars) => (
                <option key={bars} value={String(bars)}>
                  {t.bars(bars)}
                </option>
              ))}
            </select>
          </dd>
        </div>
      </dl>
      <Truth session={session} state={state} words={words} mayCommand={mayCommand} />
    </section>
  );
}

/** Bar, timecode and seconds, written for each frame of the screen and not by the component's own state. */
function Counters({ session, state, words: { transport: t } }: Pick<ViewProps, "session" | "state" | "words">) {
  const bar = useRef<HTMLElement>(null);
  const code = useRef<HTMLElement>(null);
  const seconds = useRef<HTMLElement>(null);
  useFrames(() => {
    const now = session.state.value;
    const nowMs = session.nowMs();
    const transport = transportAt(now, nowMs ?? 0);
    const frames = nowMs === null ? transport.positionFrames : positionAt(transport, nowMs);
    // Before a take the playhead waits while bars are counted: that is said in place of a bar that does not move.
    const waitMs = transport.motion !== "stopped" && nowMs !== null ? transport.atMs - nowMs : 0;
    const beatMs = 60_000 / tempoAt(now.timeline.map, frames);
    write(bar.current, waitMs > 0 ? `−${Math.ceil(waitMs / beatMs)}` : barsOf(now.timeline.map).label(frames));
    write(code.current, timecode(frames));
    write(seconds.current, (frames / TIMELINE_RATE_HZ).toFixed(1));
  });
  const place = state.timeline.transport.positionFrames;
  return (
    <dl class="view-counters" aria-live="off">
      <div class="big">
        <dt>{t.bar}</dt>
        <dd ref={bar} class="figure">
          {barsOf(state.timeline.map).label(place)}
        </dd>
      </div>
      <div class="counter-code">
        <dt>{t.timecode}</dt>
        <dd ref={code} class="figure">
          {timecode(place)}
        </dd>
      </div>
      <div class="counter-seconds">
        <dt>{t.seconds}</dt>
        <dd ref={seconds} class="figure">
          {(place / TIMELINE_RATE_HZ).toFixed(1)}
        </dd>
      </div>
    </dl>
  );
}

/** How exact session time is, and who moved everybody last. */
function Truth({ session, state, words, mayCommand }: Omit<ViewProps, "language"> & { mayCommand: boolean }) {
  const t = words.transport;
  const errorMs = session.timeErrorMs.value;
  const last = state.lastCommand;
  const did = (): string => {
    const command = last?.transport;
    switch (command?.command) {
      case undefined:
        return "";
      case "locate":
        return t.did.locate(barsOf(state.timeline.map).label(command.positionFrames));
      case "tempo":
        return `${command.bpm} ${t.bpm}`;
      case "signature":
        return `${command.beats}/${command.unit}`;
      case "count-in":
        return `${t.countIn}: ${t.bars(command.bars)}`;
      case "loop":
      case "punch":
        return command.range === null ? t.did.loopOff : t.did[command.command];
      case "play":
      case "stop":
      case "record":
      case "map":
      case "marker":
        return t.did[command.command];
    }
  };
  return (
    <p class="view-truth view-extra">
      <span class="instrument">{errorMs === null ? t.measuring : t.error(errorMs)}</span>
      {last === null ? null : (
        <span class={`who-is ${accentClass(state, last.from)}`}>{t.by(nameOf(state, last.from, words), did())}</span>
      )}
      {mayCommand ? null : <span>{t.watching}</span>}
    </p>
  );
}
