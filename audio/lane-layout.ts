import { LANE_CHANNELS_MAX } from "../protocol/limits.ts";

/** What a lane is made of: inputs of the device, counted from 0, and where each stands in stereo, from −1 (left) to 1 (right). */
export interface LaneLayout {
  inputs: readonly number[];
  pans: readonly number[];
}

export const stereoLayout: LaneLayout = { inputs: [0, 1], pans: [-1, 1] };

/** Takes a lane's channels out of interleaved samples of all inputs. Allocates nothing. */
export function pickLane({ inputs }: LaneLayout, samples: Int32Array, of: number, into: Int32Array): void {
  let at = 0;
  for (let from = 0; from < samples.length; from += of)
    for (let channel = 0; channel < inputs.length; channel++) into[at++] = samples[from + (inputs[channel] ?? 0)] ?? 0;
}

/** A lane of all the inputs that somebody has named: a pair is left and right, everything else stands in the middle. At most as many as a lane has. */
export function layoutOf(named: readonly { channels: readonly number[] }[]): LaneLayout {
  const pans = new Map<number, number>();
  for (const { channels } of named) {
    const [left, right] = channels;
    for (const channel of channels) if (!pans.has(channel)) pans.set(channel, 0);
    if (channels.length !== 2 || left === undefined || right === undefined) continue;
    pans.set(left, -1);
    pans.set(right, 1);
  }
  const chosen = [...pans].slice(0, LANE_CHANNELS_MAX);
  return { inputs: chosen.map(([input]) => input), pans: chosen.map(([, pan]) => pan) };
}
