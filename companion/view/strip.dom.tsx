/** How a person hears each of the others, and themselves: level, gain, balance, mute, solo, and how far away they are. */
import { useRef } from "preact/hooks";
import { adviceOf, type LatencyLegs, legAtFault, totalOf } from "../../audio/latency.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { later } from "./later.dom.tsx";
import { useFrames, type ViewProps, write } from "./parts.dom.tsx";
import { soundOnWords } from "./sound-on-words.dom.ts";
import type { HeardInProps } from "./uplink.dom.tsx";
import type { ViewSound } from "./view-sound.dom.ts";
import type { SoundOnWords } from "./words/sound-on.en.std.ts";

const HeardIn = later<HeardInProps>(() => import("./uplink.dom.tsx").then((parts) => parts.HeardIn));

/** What a person hears of another one, and how. Shown while the sound is on. */
export interface StripProps extends ViewProps {
  memberId: MemberId;
  name: string;
}

export function Strip({ session, words, memberId, name }: StripProps) {
  const t = soundOnWords();
  const { sound } = session;
  const { gainDb, pan, isMuted, isSolo } = sound.mixOf(memberId);
  const link = sound.links.value.get(memberId);
  const legs = sound.latencies.value.get(memberId);
  const channels = sound.channels.value.get(memberId) ?? 2;
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
        {link === "connected" ? <Way legs={legs} words={words} t={t} /> : t.links[link ?? "connecting"]}
        {channels === 2 ? null : ` · ${t.plays(channels)}`}{" "}
        {sound.heard.value.size === 0 ? null : <HeardIn session={session} memberId={memberId} />}
      </span>
    </fieldset>
  );
}

/** How far away somebody is, and whose leg is at fault. */
function Way({ legs, words, t }: { legs: LatencyLegs | undefined; words: ViewProps["words"]; t: SoundOnWords }) {
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
/** A level is drawn in each second frame, which is more often than it is told of; all meters in the same one. */
const FRAMES = 2;

export function Meter({ sound, of, label }: { sound: ViewSound; of: MemberId | "own"; label: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  const box = useRef<HTMLMeterElement>(null);
  const shown = useRef({ db: FLOOR_DB, step: 0, atMs: 0, said: 0 });
  useFrames((frame) => {
    if (frame % FRAMES !== 0) return;
    const nowMs = performance.now();
    const { peak = 0, shortTermLufs = -70 } = sound.levels.get(of) ?? {};
    const last = shown.current;
    const db = Math.max(20 * Math.log10(peak + 1e-9), last.db - ((nowMs - last.atMs) / 1000) * FALL_DB_PER_S, FLOOR_DB);
    // Nothing is drawn that nobody would see: a page of twelve people paints only what moves.
    const step = Math.round(Math.min(1, 1 - db / FLOOR_DB) * STEPS);
    const isHot = db > HOT_DB;
    if (bar.current !== null && step !== last.step) {
      bar.current.style.transform = `scaleX(${step / STEPS})`;
      if (isHot !== last.db > HOT_DB) bar.current.classList.toggle("hot", isHot);
    }
    // Everybody's figures change together.
    const said = Math.floor(nowMs / NUMBERS_MS);
    shown.current = { db, step, atMs: nowMs, said };
    if (said === last.said) return;
    if (box.current !== null) box.current.value = Math.round(db);
    write(number.current, shortTermLufs <= -70 ? "–" : `${shortTermLufs.toFixed(1)} LUFS`);
  });
  return (
    <div class="view-meter">
      <span class="view-meter-said">
        <meter ref={box} aria-label={label} min={FLOOR_DB} max={0} value={FLOOR_DB} />
      </span>
      <div class="view-meter-bar" aria-hidden="true">
        <span class="view-meter-level" ref={bar} />
      </div>
      <span class="instrument soft">
        <span class="figure" ref={number} />
      </span>
    </div>
  );
}
