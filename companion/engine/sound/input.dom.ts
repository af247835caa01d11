import { DEVICE_RATE_HZ, LANE_CHANNELS } from "../../../audio/lane-players.ts";

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
export function openInput(deviceId: string): Promise<MediaStream> {
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

/** What an input is, beyond what a person chose: each that is not as it should be has a sentence and a next step. */
export interface InputFacts {
  /** The device's own rate, where it is not the session's and what it gives is therefore resampled. */
  otherRateHz: number | null;
  /** How many inputs it has, where those are more than a browser is given. */
  moreInputs: number | null;
}

export const plainInput: InputFacts = { otherRateHz: null, moreInputs: null };

export function factsOf(stream: MediaStream | null): InputFacts {
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
