import { DEVICE_RATE_HZ, LANE_CHANNELS } from "../../../audio/lane-players.ts";
import { type InputTrouble, inputTroubleOf, isListed, type ListedDevice } from "./devices.std.ts";

/** Why there is no sound from here; each is a state that the view has a sentence and a next step for. */
export type SoundRefusal = "denied" | "no-microphone" | "in-use" | "old-browser" | "failed";

/** What the sound of a session needs of a browser. */
export function canHaveSound(): boolean {
  return (
    globalThis.crossOriginIsolated === true &&
    "RTCRtpScriptTransform" in globalThis &&
    "AudioWorkletNode" in globalThis &&
    "waitAsync" in Atomics &&
    "mediaDevices" in navigator
  );
}

/** An input as the device has it: nothing that is made for telephony. `""`: the system's own choice. */
function openInput(deviceId: string): Promise<MediaStream> {
  const audio: MediaTrackConstraints & { voiceIsolation?: boolean; latency?: ConstrainDouble } = {
    ...(deviceId === "" ? {} : { deviceId: { exact: deviceId } }),
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    voiceIsolation: false,
    channelCount: { ideal: 2 },
    sampleRate: { ideal: 48_000 },
    latency: { ideal: 0 },
  };
  return navigator.mediaDevices.getUserMedia({ audio });
}

/** What a refused `getUserMedia` means for a person (W3C Media Capture and Streams, section 10.2). */
export function refusalOf(error: unknown): SoundRefusal {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no-microphone";
    case "NotReadableError":
    case "AbortError":
      return "in-use";
    default:
      return "failed";
  }
}

/** The one input that is open, and what it is heard by. A person who chooses again before a device has answered has the last choice alone. */
export class DeviceInput {
  readonly #context: AudioContext;
  readonly #to: readonly AudioNode[];
  readonly #onGone: (trouble: InputTrouble) => void;
  #devices: readonly ListedDevice[] = [];
  /** What there was when the input was opened: what has come since and goes again is none of it. */
  #atOpen: readonly ListedDevice[] = [];
  #open: { stream: MediaStream; node: MediaStreamAudioSourceNode } | null = null;
  #choices = 0;

  /** `onGone`: the device was pulled out, or the system has taken it away. */
  constructor(context: AudioContext, to: readonly AudioNode[], onGone: (trouble: InputTrouble) => void) {
    this.#context = context;
    this.#to = to;
    this.#onGone = onGone;
  }

  /** As the device has it, with how long it takes where an engine says so (seconds); empty while none is open. */
  get settings(): MediaTrackSettings & { latency?: number } {
    return this.#open?.stream.getAudioTracks()[0]?.getSettings() ?? {};
  }

  get facts(): InputFacts {
    return factsOf(this.#open?.stream ?? null);
  }

  /** `deviceId`: `null` is none. `"superseded"`: another choice has come meanwhile, and answers for itself. */
  async choose(deviceId: string | null): Promise<SoundRefusal | "superseded" | null> {
    this.close();
    if (deviceId === null) return null;
    const choice = this.#choices;
    try {
      const stream = await openInput(deviceId);
      if (choice !== this.#choices) {
        for (const track of stream.getTracks()) track.stop();
        return "superseded";
      }
      const node = this.#context.createMediaStreamSource(stream);
      for (const to of this.#to) node.connect(to);
      this.#open = { stream, node };
      this.#atOpen = this.#devices;
      for (const track of stream.getAudioTracks())
        track.onended = () => {
          this.close();
          this.#onGone("input-gone");
        };
      return null;
    } catch (error) {
      return choice === this.#choices ? refusalOf(error) : "superseded";
    }
  }

  /** The list of devices is another one: an input that may not be the one any more which a person plays on is closed, and that is said. */
  follow(devices: readonly ListedDevice[]): void {
    const { deviceId } = this.settings;
    this.#devices = devices;
    if (deviceId === undefined) return;
    if (!isListed(deviceId, this.#atOpen)) this.#atOpen = devices;
    const trouble = inputTroubleOf(deviceId, this.#atOpen, devices);
    if (trouble === null) return;
    this.close();
    this.#onGone(trouble);
  }

  close(): void {
    this.#choices++;
    this.#open?.node.disconnect();
    for (const track of this.#open?.stream.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#open = null;
  }
}

/** What an input is, beyond what a person chose: each that is not as it should be has a sentence and a next step. */
export interface InputFacts {
  /** The device's own rate, where it is not the session's and what it gives is therefore resampled. */
  otherRateHz: number | null;
  /** How many inputs it has, where those are more than a browser is given. */
  moreInputs: number | null;
}

export const plainInput: InputFacts = { otherRateHz: null, moreInputs: null };

function factsOf(stream: MediaStream | null): InputFacts {
  const [track] = stream?.getAudioTracks() ?? [];
  if (track === undefined) return plainInput;
  const { sampleRate } = track.getSettings();
  // Not in every engine.
  const inputs = track.getCapabilities?.().channelCount?.max ?? 0;
  return {
    otherRateHz: sampleRate === undefined || sampleRate === DEVICE_RATE_HZ ? null : sampleRate,
    moreInputs: inputs > LANE_CHANNELS ? inputs : null,
  };
}
