import { DEVICE_RATE_HZ } from "../../../audio/lane-players.ts";
import { framesBack, roundTripOf, sweep } from "../../../audio/round-trip.ts";
import { DeviceWatch } from "./device-watch.dom.ts";
import type { InputTrouble, ListedDevice } from "./devices.std.ts";
import { DeviceInput, type InputFacts, type SoundRefusal } from "./input.dom.ts";

/** So many sweeps, each a moment after the one before. */
const LOOKS = 5;
const TONE_SECONDS = 0.6;
/** Longer than anybody would play with. */
const ECHO_MAX_SECONDS = 1;

/**
 * A look at one's own devices, before the session's sound is on and with nobody else to hear it: how loud the input is, whether the output is the
 * right one, how long a sound takes out and back in, and what somebody sounds like who is so far away. Life: opened by a click; closed, it
 * leaves no microphone open.
 */
export interface SoundCheckOptions {
  /** The input is not there any more, or may be another one. */
  onGone(trouble: InputTrouble): void;
  /** What there is to choose from, whenever that is something else. */
  onDevices(devices: readonly ListedDevice[]): void;
}

export class SoundCheck {
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #meter: AnalyserNode;
  readonly #echo: DelayNode;
  readonly #echoGain: GainNode;
  readonly #samples = new Float32Array(2_048);
  readonly #input: DeviceInput;
  readonly #watch: DeviceWatch;

  static async open(deviceUrl: string, options: SoundCheckOptions): Promise<SoundCheck> {
    const context = new AudioContext({ sampleRate: DEVICE_RATE_HZ, latencyHint: 0 });
    try {
      await context.audioWorklet.addModule(deviceUrl);
      await context.resume();
      return new SoundCheck(context, options);
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  private constructor(context: AudioContext, { onGone, onDevices }: SoundCheckOptions) {
    this.#context = context;
    this.#node = new AudioWorkletNode(context, "round-trip", { outputChannelCount: [1] });
    this.#node.connect(context.destination);
    this.#meter = new AnalyserNode(context, { fftSize: 2_048 });
    this.#echo = new DelayNode(context, { maxDelayTime: ECHO_MAX_SECONDS });
    this.#echoGain = new GainNode(context, { gain: 0 });
    this.#echo.connect(this.#echoGain).connect(context.destination);
    this.#input = new DeviceInput(context, [this.#node, this.#meter, this.#echo], onGone);
    this.#watch = new DeviceWatch((devices) => {
      onDevices(devices);
      this.#input.follow(devices);
    });
  }

  get facts(): InputFacts {
    return this.#input.facts;
  }

  /** What the devices are said to take, in and out, with the block between; it is seldom all of it. */
  get toldMs(): number {
    const { outputLatency, baseLatency } = this.#context;
    return ((this.#input.settings.latency ?? 0) + (outputLatency || baseLatency)) * 1000;
  }

  async setInput(deviceId: string): Promise<SoundRefusal | "superseded" | null> {
    const refusal = await this.#input.choose(deviceId);
    void this.#watch.look();
    return refusal;
  }

  /** `false`: the output cannot be had, and the one before goes on. */
  async setOutput(deviceId: string): Promise<boolean> {
    try {
      const context: AudioContext & { setSinkId?(id: string): Promise<void> } = this.#context;
      await context.setSinkId?.(deviceId);
      return true;
    } catch {
      return false;
    }
  }

  /** The loudest of the last moment, full scale 1. */
  get peak(): number {
    this.#meter.getFloatTimeDomainData(this.#samples);
    return this.#samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  }

  /** A tone in one's own ears, soft and short. */
  tone(): void {
    const tone = new OscillatorNode(this.#context, { frequency: 440 });
    const gain = new GainNode(this.#context, { gain: 0 });
    const now = this.#context.currentTime;
    gain.gain.setTargetAtTime(0.1, now, 0.02);
    gain.gain.setTargetAtTime(0, now + TONE_SECONDS / 2, 0.05);
    tone.connect(gain).connect(this.#context.destination);
    tone.start(now);
    tone.stop(now + TONE_SECONDS);
  }

  /** Out and back in, through the air or a cable; `null`: nothing came back. */
  async measure(): Promise<{ ms: number; errorMs: number } | null> {
    const sent = sweep(this.#context.sampleRate);
    const looks: (number | null)[] = [];
    for (let look = 0; look < LOOKS; look++) {
      const heard = new Promise<Float32Array>((resolve) => {
        this.#node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => resolve(data);
      });
      this.#node.port.postMessage(null);
      looks.push(framesBack(await heard, sent));
      // After one look it is known whether anything comes back at all.
      if (looks.length === 2 && looks.every((frames) => frames === null)) return null;
    }
    return roundTripOf(looks, this.#context.sampleRate);
  }

  /** Somebody who answers every note at once, from so far away one way; `null`: nobody. What one's own devices take is part of that way. */
  partner(awayMs: number | null): void {
    const { currentTime } = this.#context;
    this.#echoGain.gain.setTargetAtTime(awayMs === null ? 0 : 0.8, currentTime, 0.02);
    if (awayMs === null) return;
    const seconds = Math.min(ECHO_MAX_SECONDS, Math.max(0, (2 * awayMs - this.toldMs) / 1000));
    this.#echo.delayTime.setTargetAtTime(seconds, currentTime, 0.02);
  }

  async close(): Promise<void> {
    this.#watch.close();
    this.#input.close();
    await this.#context.close();
  }
}
