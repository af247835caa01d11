/** The sound's part of the view: on and off, what is played and heard, and a strip for each person: level, gain, balance, mute, solo. */
import { useEffect, useRef } from "preact/hooks";
import { DELAY_MODES } from "../../audio/delay-mode.ts";
import { adviceOf, type LatencyLegs, legAtFault, totalOf } from "../../audio/latency.ts";
import { BUFFER_CEILING_MS, type BufferChoice } from "../../audio/playout.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { may } from "../../protocol/roles.ts";
import { Agree } from "./agree.dom.tsx";
import { useFrames, type ViewProps } from "./parts.dom.tsx";
import { Record } from "./record.dom.tsx";
import type { SoundDevice } from "./sound-state.std.ts";
import type { ViewSound } from "./view-sound.dom.ts";

const CHANNELS = ["both", "left", "right"] as const;
const BUFFERS: readonly BufferChoice[] = ["tight", "balanced", "safe"];

export function Sound(props: ViewProps) {
  const { session, state, words } = props;
  const t = words.sound;
  const { sound } = session;
  const { power, trouble, inputId, outputId, channels, buffer, delay, isMuted } = sound.state.value;
  const { mode, delayMs, bars } = sound.delays.value;
  const mayPlay = state.role !== null && may(state.role, "audio.send");

  // Fetched once the page stands, so that a click has not to wait for it.
  useEffect(() => {
    void sound.load().catch(() => undefined);
  }, [sound]);
  useTalkKey(sound, power === "on" && mayPlay);

  return (
    <section class="view-sound" aria-label={t.label}>
      <h2>{t.label}</h2>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {t.troubles[trouble]}
        </p>
      )}
      {power === "on" ? (
        <>
          {mayPlay ? (
            <div class="view-own">
              <Meter sound={sound} of="own" label={t.ownLevel} />
              <button
                type="button"
                class="tool"
                aria-pressed={isMuted}
                disabled={inputId === null}
                onClick={() => sound.setMuted(!isMuted)}
              >
                {t.muteMe}
              </button>
            </div>
          ) : null}
          <div class="view-devices">
            {mayPlay ? (
              <Choice
                label={t.input}
                value={inputId ?? ""}
                options={[["", t.noInput], ...named(sound.inputs.value, t.device)]}
                choose={(id) => void sound.setInput(id === "" ? null : id)}
              />
            ) : null}
            {mayPlay ? (
              <Choice
                label={t.channels.label}
                value={channels}
                options={CHANNELS.map((one) => [one, t.channels[one]])}
                choose={(one) => sound.setChannels(CHANNELS.find((known) => known === one) ?? "both")}
              />
            ) : null}
            <Choice
              label={t.output}
              value={outputId}
              options={[["", t.systemOutput], ...named(sound.outputs.value, t.device)]}
              choose={(id) => void sound.setOutput(id)}
            />
            <Choice
              label={t.buffer.label}
              value={buffer}
              options={BUFFERS.map((one) => [one, t.buffer.choice(t.buffer[one], BUFFER_CEILING_MS[one])])}
              choose={(one) => sound.setBuffer(BUFFERS.find((known) => known === one) ?? "balanced")}
            />
            <Choice
              label={t.delay.label}
              value={delay}
              options={DELAY_MODES.map((one) => [one, t.delay[one]])}
              choose={(one) => sound.setDelay(DELAY_MODES.find((known) => known === one) ?? "live")}
            />
          </div>
          {delay === "live" ? null : (
            <p class="soft" role="status">
              {mode === "live" || delayMs === null ? t.delay.notYet : t.delay.inForce(delayMs.toFixed(1), bars)}
            </p>
          )}
          <Agree session={session} words={words} />
          <Record {...props} />
        </>
      ) : (
        <>
          <p class="soft">{mayPlay ? t.before : t.beforeListening}</p>
          <p class="actions">
            <button
              type="button"
              class="button small"
              disabled={power === "opening" || trouble === "old-browser"}
              onClick={() => void sound.turnOn(mayPlay)}
            >
              {power === "opening" ? t.opening : mayPlay ? t.turnOn : t.listen}
            </button>
          </p>
        </>
      )}
    </section>
  );
}

/** Holding T lets the others hear a person who is muted. */
function useTalkKey(sound: ViewSound, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const onKey = ({ key, type, target, ctrlKey, altKey, metaKey }: KeyboardEvent) => {
      if (key.toLowerCase() !== "t" || ctrlKey || altKey || metaKey) return;
      const isText = target instanceof HTMLElement && target.matches("textarea, select, input, [contenteditable]");
      if (type === "keyup" || !isText) sound.talk(type === "keydown");
    };
    const stop = () => sound.talk(false);
    addEventListener("keydown", onKey);
    addEventListener("keyup", onKey);
    addEventListener("blur", stop);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("keyup", onKey);
      removeEventListener("blur", stop);
      stop();
    };
  }, [sound, isOn]);
}

const named = (devices: readonly SoundDevice[], unnamed: (at: number) => string): [string, string][] =>
  devices.map(({ deviceId, label }, at) => [deviceId, label === "" ? unnamed(at + 1) : label]);

export function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  choose(value: string): void;
}) {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What a person hears of another one, and how. Shown while the sound is on. */
export function Strip({ session, words, memberId, name }: ViewProps & { memberId: MemberId; name: string }) {
  const t = words.sound;
  const { sound } = session;
  if (sound.state.value.power !== "on") return null;
  const { gainDb, pan, isMuted, isSolo } = sound.mixOf(memberId);
  const link = sound.links.value.get(memberId);
  const legs = sound.latencies.value.get(memberId);
  return (
    <fieldset class="view-strip">
      <legend class="hidden">{t.strip(name)}</legend>
      <Meter sound={sound} of={memberId} label={t.level(name)} />
      <span class="view-strip-row">
        <button
          type="button"
          class="tool"
          aria-pressed={isMuted}
          aria-label={t.mute(name)}
          title={t.mute(name)}
          onClick={() => sound.mix(memberId, { isMuted: !isMuted })}
        >
          {t.muteShort}
        </button>
        <button
          type="button"
          class="tool"
          aria-pressed={isSolo}
          aria-label={t.solo(name)}
          title={t.solo(name)}
          onClick={() => sound.mix(memberId, { isSolo: !isSolo })}
        >
          {t.soloShort}
        </button>
        <input
          type="range"
          min={-60}
          max={12}
          step={1}
          value={gainDb}
          aria-label={t.gain(name)}
          aria-valuetext={`${gainDb} dB`}
          title={`${t.gain(name)}: ${gainDb} dB`}
          onInput={(event) => sound.mix(memberId, { gainDb: event.currentTarget.valueAsNumber })}
          onDblClick={() => sound.mix(memberId, { gainDb: 0 })}
        />
        <input
          type="range"
          class="pan"
          min={-1}
          max={1}
          step={0.1}
          value={pan}
          aria-label={t.pan(name)}
          title={t.pan(name)}
          onInput={(event) => sound.mix(memberId, { pan: event.currentTarget.valueAsNumber })}
          onDblClick={() => sound.mix(memberId, { pan: 0 })}
        />
      </span>
      <span class="soft view-way">
        {link === "connected" ? <Way legs={legs} words={words} /> : t.links[link ?? "connecting"]}
      </span>
    </fieldset>
  );
}

/** How far away somebody is, and whose leg is at fault. */
function Way({ legs, words }: { legs: LatencyLegs | undefined; words: ViewProps["words"] }) {
  const t = words.sound;
  if (legs === undefined) return <>{words.people.latencyUnknown}</>;
  const total = totalOf(legs);
  const fault = legAtFault(legs);
  const each = t.legs.all(
    legs.captureMs.toFixed(1),
    legs.networkMs.toFixed(1),
    legs.bufferMs.toFixed(1),
    legs.playoutMs.toFixed(1),
  );
  return (
    <span title={each}>
      <span class={`instrument latency ${adviceOf(total)}`}>{total.toFixed(1)} ms</span> {words.people[adviceOf(total)]}
      {fault === null ? null : ` · ${t.legs.most(t.legs[fault])}`}
    </span>
  );
}

/** Full scale falls by this much a second on the meter, as people are used to (IEC 60268-18 has 20 dB in 1.7 s). */
const FALL_DB_PER_S = 12;
const FLOOR_DB = -60;
/** Above it a converter is about to clip. */
const HOT_DB = -1;
const STEPS = 120;
const NUMBERS_MS = 250;

function Meter({ sound, of, label }: { sound: ViewSound; of: MemberId | "own"; label: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  const box = useRef<HTMLMeterElement>(null);
  const shown = useRef({ db: FLOOR_DB, step: 0, atMs: 0, saidMs: 0 });
  useFrames(() => {
    const nowMs = performance.now();
    const { peak = 0, shortTermLufs = -70 } = sound.levels.get(of) ?? {};
    const last = shown.current;
    const db = Math.max(20 * Math.log10(peak + 1e-9), last.db - ((nowMs - last.atMs) / 1000) * FALL_DB_PER_S, FLOOR_DB);
    // Nothing is drawn that nobody would see: a page of twelve people paints only what moves.
    const step = Math.round(Math.min(1, 1 - db / FLOOR_DB) * STEPS);
    shown.current = { ...last, db, step, atMs: nowMs };
    if (bar.current !== null && step !== last.step) {
      bar.current.style.transform = `scaleX(${step / STEPS})`;
      bar.current.classList.toggle("hot", db > HOT_DB);
    }
    if (nowMs - last.saidMs < NUMBERS_MS) return;
    shown.current.saidMs = nowMs;
    if (box.current !== null) box.current.value = Math.round(db);
    if (number.current !== null)
      number.current.textContent = shortTermLufs <= -70 ? "–" : `${shortTermLufs.toFixed(1)} LUFS`;
  });
  return (
    <div class="view-meter">
      <meter ref={box} class="hidden" aria-label={label} min={FLOOR_DB} max={0} value={FLOOR_DB} />
      <div class="view-meter-bar" aria-hidden="true">
        <span class="view-meter-level" ref={bar} />
      </div>
      <span class="instrument soft" ref={number} />
    </div>
  );
}
