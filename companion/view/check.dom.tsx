/** A look at one's own devices before anybody hears them: level, output, the true round trip, and a partner who answers from as far as one likes. */
// Never without it, and so with nothing of it in a script of its own.
import "./beside.dom.tsx";
import { useEffect, useRef, useState } from "preact/hooks";
import { TOGETHER_MAX_MS } from "../../audio/latency.ts";
import { type InputTrouble, type ListedDevice, ofKind } from "../engine/sound/devices.std.ts";
import type { InputFacts } from "../engine/sound/input.dom.ts";
import { plainInput, type SoundRefusal } from "../engine/sound/input.dom.ts";
import { SoundCheck } from "../engine/sound/sound-check.dom.ts";
import { Modal } from "./modal.dom.tsx";
import { Choice, named, useFrames, type ViewProps } from "./parts.dom.tsx";
import { soundOnWords } from "./sound-on-words.dom.ts";
import type { SoundDevice } from "./sound-state.std.ts";
import { de } from "./words/check.de.std.ts";
import { type CheckWords, en } from "./words/check.en.std.ts";

const DISTANCES_MS = [10, 25, 40] as const;
/** Below it nothing is played; above it a converter is about to clip. */
const [SILENT, CLIPS] = [0.002, 0.89];
/** What is said of the level holds for a while, so that it can be read. */
const HELD_MS = 1_500;

type Trip = { ms: number; errorMs: number } | "measuring" | "nothing" | null;

export interface CheckProps extends Pick<ViewProps, "session" | "words"> {
  deviceUrl: string;
  close(turnOn: boolean): void;
}

export function Check({ session, words, deviceUrl, close }: CheckProps) {
  const t = document.documentElement.lang === "de" ? de : en;
  const devicesIn = soundOnWords();
  const { sound } = session;
  const { wanted } = sound;
  const [check, setCheck] = useState<SoundCheck | null>(null);
  const [trouble, setTrouble] = useState<SoundRefusal | InputTrouble | null>(null);
  const [facts, setFacts] = useState<InputFacts>(plainInput);
  const [devices, setDevices] = useState<{ inputs: SoundDevice[]; outputs: SoundDevice[] }>({
    inputs: [],
    outputs: [],
  });
  const [trip, setTrip] = useState<Trip>(null);
  const [away, setAway] = useState<number | null>(null);

  const setInput = async (opened: SoundCheck, deviceId: string) => {
    const refusal = await opened.setInput(deviceId);
    if (refusal === "superseded") return;
    setTrouble(refusal);
    setFacts(opened.facts);
    setTrip(null);
  };
  useEffect(() => {
    let opened: SoundCheck | null = null;
    let isOver = false;
    const onDevices = (all: readonly ListedDevice[]) =>
      setDevices({ inputs: ofKind(all, "audioinput"), outputs: ofKind(all, "audiooutput") });
    SoundCheck.open(deviceUrl, { onGone: setTrouble, onDevices }).then(
      async (one) => {
        if (isOver) return void one.close();
        opened = one;
        await setInput(one, wanted.value.inputId);
        if (wanted.value.outputId !== "") await one.setOutput(wanted.value.outputId);
        setCheck(one);
      },
      () => setTrouble("failed"),
    );
    return () => {
      isOver = true;
      void opened?.close();
    };
  }, []);

  const measure = async () => {
    if (check === null) return;
    setTrip("measuring");
    setAway(null);
    check.partner(null);
    const measured = await check.measure();
    if (measured !== null) sound.trip.value = measured;
    setTrip(measured ?? "nothing");
  };
  return (
    <Modal label={t.title} class="view-check" close={(said) => close(said === "on")}>
      <h2>{t.title}</h2>
      <p class="soft">{t.lead}</p>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {words.sound.troubles[trouble]}
        </p>
      )}
      <div class="view-devices">
        <Choice
          label={devicesIn.input}
          value={wanted.value.inputId}
          options={named(devices.inputs, "", devicesIn)}
          choose={(inputId) => {
            sound.restore({ inputId });
            if (check !== null) void setInput(check, inputId);
          }}
        />
        <Choice
          label={devicesIn.output}
          value={wanted.value.outputId}
          options={named(devices.outputs, "", devicesIn)}
          choose={(outputId) => {
            sound.restore({ outputId });
            void check?.setOutput(outputId);
          }}
        />
        <button type="button" class="tool" disabled={check === null} onClick={() => check?.tone()}>
          {t.tone}
        </button>
      </div>
      <Level check={check} t={t} />
      {facts.otherRateHz === null ? null : <p>{devicesIn.facts.rate(String(facts.otherRateHz / 1000))}</p>}
      {facts.moreInputs === null ? null : <p>{devicesIn.facts.inputs(facts.moreInputs)}</p>}
      <section aria-label={t.trip}>
        <h3>{t.trip}</h3>
        <p class={trip === "nothing" ? "" : "instrument"} role="status">
          {typeof trip === "object" && trip !== null
            ? t.measured(trip.ms.toFixed(1), trip.errorMs.toFixed(1))
            : trip === "measuring" || check === null
              ? t.measuring
              : trip === "nothing"
                ? t.nothing
                : t.told(check.toldMs.toFixed(1))}
        </p>
        {typeof trip === "object" && trip !== null && trip.ms > TOGETHER_MAX_MS ? <p>{t.tripFar}</p> : null}
        <p class="soft">{t.tripNote}</p>
        <button
          type="button"
          class="button quiet small"
          disabled={check === null || trip === "measuring" || trouble !== null}
          onClick={() => void measure()}
        >
          {t.measure}
        </button>
      </section>
      <fieldset class="view-partner">
        <legend>{t.partner}</legend>
        <p class="soft">{t.partnerNote}</p>
        {[null, ...DISTANCES_MS].map((ms) => (
          <label key={ms} class="view-line">
            <input
              type="radio"
              name="partner"
              checked={away === ms}
              disabled={check === null}
              onChange={() => {
                setAway(ms);
                check?.partner(ms);
              }}
            />
            <span>{ms === null ? t.nobody : `${t.away(ms)}, ${t.distances[ms]}`}</span>
          </label>
        ))}
      </fieldset>
      <form method="dialog" class="actions">
        <button type="submit" class="button quiet small" value="">
          {t.close}
        </button>
        <button type="submit" class="button small" value="on">
          {t.done}
        </button>
      </form>
    </Modal>
  );
}

/** Drawn for each frame; the sentence beside it changes when it has held for a while. */
function Level({ check, t }: { check: SoundCheck | null; t: CheckWords }) {
  const bar = useRef<HTMLSpanElement>(null);
  const says = useRef<HTMLParagraphElement>(null);
  const held = useRef({ loudest: 0, sinceMs: 0, isHeard: false });
  useFrames(() => {
    if (check === null || bar.current === null || says.current === null) return;
    const { peak } = check;
    const db = 20 * Math.log10(peak + 1e-9);
    bar.current.style.transform = `scaleX(${Math.min(1, Math.max(0, 1 + db / 60)).toFixed(3)})`;
    const last = held.current;
    const nowMs = performance.now();
    last.loudest = Math.max(last.loudest, peak);
    if (nowMs - last.sinceMs < HELD_MS) return;
    last.isHeard ||= last.loudest > SILENT;
    const text = last.loudest > CLIPS ? t.clips : last.loudest > SILENT ? t.good : last.isHeard ? t.level : t.silent;
    if (last.sinceMs > 0 && says.current.textContent !== text) says.current.textContent = text;
    held.current = { ...last, loudest: 0, sinceMs: nowMs };
  });
  return (
    <div class="view-meter view-check-level">
      <div class="view-meter-bar" aria-hidden="true">
        <span class="view-meter-level" ref={bar} />
      </div>
      <p ref={says} role="status">
        {t.level}
      </p>
    </div>
  );
}
