/** The transport bar: where the session is, set like an instrument, and the buttons that move everybody. */
import { useRef } from "preact/hooks";
import { barBeat, timecode } from "../../audio/timeline.ts";
import { TEMPO_MAX_BPM, TEMPO_MIN_BPM, TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import { positionAt } from "../../protocol/transport.ts";
import { transportAt } from "./model.std.ts";
import { accentClass, Icon, nameOf, useFrames, type ViewProps } from "./parts.dom.tsx";

export function Transport({ session, state, words, language }: ViewProps) {
  const t = words.transport;
  const bar = useRef<HTMLElement>(null);
  const code = useRef<HTMLElement>(null);
  const seconds = useRef<HTMLElement>(null);
  const { motion, bpm } = state.transport;
  useFrames(() => {
    const nowMs = session.nowMs();
    const now = transportAt(session.state.value, nowMs ?? 0);
    const frames = nowMs === null ? now.positionFrames : positionAt(now, nowMs);
    const write = (element: HTMLElement | null, text: string) => {
      if (element !== null && element.textContent !== text) element.textContent = text;
    };
    write(bar.current, barBeat(frames, now.bpm));
    write(code.current, timecode(frames));
    write(seconds.current, (frames / TIMELINE_RATE_HZ).toFixed(1));
  });
  const mayCommand = state.role !== null && may(state.role, "transport.command");
  const mayRecord = mayCommand && state.settings.recordingPermitted;
  const error = state.time === null ? t.measuring : t.error(state.time.errorMs.toFixed(1));
  const last = state.lastCommand;
  const did = () => {
    if (last === null) return "";
    const { transport } = last;
    if (transport.command === "locate") return t.did.locate(barBeat(transport.positionFrames, bpm));
    if (transport.command === "tempo") return t.did.tempo(new Intl.NumberFormat(language).format(transport.bpm));
    return t.did[transport.command];
  };
  return (
    <section class={`view-transport ${motion}`} aria-label={t.label}>
      <div class="view-buttons">
        <button
          type="button"
          class="round"
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
          title={`${motion === "stopped" ? t.play : t.stop} (${words.keys.list[0]?.[0]})`}
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
      <dl class="view-counters" aria-live="off">
        <div class="big">
          <dt>{t.bar}</dt>
          <dd ref={bar}>1.1</dd>
        </div>
        <div>
          <dt>{t.timecode}</dt>
          <dd ref={code}>00:00:00:00</dd>
        </div>
        <div class="counter-seconds">
          <dt>{t.seconds}</dt>
          <dd ref={seconds}>0.0</dd>
        </div>
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
              key={bpm}
              defaultValue={String(bpm)}
              disabled={!mayCommand}
              onChange={(event) => {
                const input = event.currentTarget;
                const wanted = Number(input.value);
                if (input.validity.valid && input.value !== "") session.command({ command: "tempo", bpm: wanted });
                else input.value = String(bpm);
              }}
            />{" "}
            {t.bpm}
          </dd>
        </div>
      </dl>
      <p class="view-truth">
        <span class="instrument">{error}</span>
        {last === null ? null : (
          <span class={`who-is ${accentClass(state, last.from)}`}>{t.by(nameOf(state, last.from, words), did())}</span>
        )}
        {mayCommand ? null : <span>{t.watching}</span>}
      </p>
    </section>
  );
}
