/** The sound while it is on: one's own level, devices, buffer, delay, the four words, and one's own recording. A script of its own. */
import { DELAY_MODES } from "../../audio/delay-mode.ts";
import { BUFFER_CEILING_MS, type BufferChoice } from "../../audio/playout.ts";
import { may } from "../../protocol/roles.ts";
import { SYSTEM_CHOICE } from "../engine/sound/devices.std.ts";
import { Agree } from "./agree.dom.tsx";
import { later } from "./later.dom.tsx";
import { Choice, named, type ViewProps } from "./parts.dom.tsx";
import { Record } from "./record.dom.tsx";
import { soundOnWords } from "./sound-on-words.dom.ts";
import { Meter } from "./strip.dom.tsx";

const OwnUplink = later<ViewProps>(() => import("./uplink.dom.tsx").then((parts) => parts.OwnUplink));
const Instrument = later<ViewProps>(() => import("./instrument.dom.tsx").then((parts) => parts.Instrument));
const Safety = later<ViewProps>(() => import("./safety.dom.tsx").then((parts) => parts.Safety));
const CHANNELS = ["both", "left", "right"] as const;
const BUFFERS: readonly BufferChoice[] = ["tight", "balanced", "safe"];

export function SoundOn(props: ViewProps) {
  const { session, state } = props;
  const t = soundOnWords();
  const { sound } = session;
  const { inputId, outputId, channels, buffer, delay, isMuted, isDirect } = sound.state.value;
  const { mode, delayMs, bars } = sound.delays.value;
  const { otherRateHz, moreInputs } = sound.facts.value;
  const trueRateHz = sound.trueRateHz.value;
  const mayPlay = state.role !== null && may(state.role, "audio.send");
  return (
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
            value={sound.opening.value ?? inputId ?? ""}
            options={[["", t.noInput], ...named(sound.inputs.value, SYSTEM_CHOICE, t)]}
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
          options={named(sound.outputs.value, "", t)}
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
      {trueRateHz === null ? null : (
        <p role="alert" class="view-trouble">
          {t.facts.lies((trueRateHz / 1000).toFixed(1))}
        </p>
      )}
      {otherRateHz === null ? null : <p class="soft">{t.facts.rate(String(otherRateHz / 1000))}</p>}
      {moreInputs === null ? null : <p class="soft">{t.facts.inputs(moreInputs)}</p>}
      {sound.uplink.value === "full" ? null : <OwnUplink {...props} />}
      {delay === "live" ? null : (
        <p class="soft" role="status">
          {mode === "live" || delayMs === null ? t.delay.notYet : t.delay.inForce(delayMs.toFixed(1), bars)}
        </p>
      )}
      <label class="view-line">
        <input
          type="checkbox"
          checked={isDirect}
          onChange={({ currentTarget }) => sound.setDirect(currentTarget.checked)}
        />
        {t.direct.label}
      </label>
      <p class="soft">{t.direct.means}</p>
      <Agree session={session} />
      <Instrument {...props} />
      <Record {...props} />
      <Safety {...props} />
    </>
  );
}

export { Strip } from "./strip.dom.tsx";
export { Path } from "./way.dom.tsx";
