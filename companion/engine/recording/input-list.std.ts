import type { LaneLayout } from "../../../audio/lane-layout.ts";
import { DEVICE_INPUTS_MAX, LANE_CHANNELS_MAX } from "../../../protocol/limits.ts";
import type { Input } from "./take-recorder.std.ts";

/** Numbers of inputs as a person writes them, from 1: `3`, `3+4`, `1-8`. `null`: they are none of a device's. */
function numbersOf(text: string): number[] | null {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  const numbers =
    first === undefined
      ? text.split("+").map((part) => (/^\d+$/.test(part) ? Number(part) : 0))
      : Array.from(
          { length: Math.min(DEVICE_INPUTS_MAX, Number(last) - Number(first) + 1) },
          (_, at) => Number(first) + at,
        );
  const isSound = numbers.length > 0 && numbers.every((one) => one >= 1 && one <= DEVICE_INPUTS_MAX);
  return isSound && new Set(numbers).size === numbers.length ? numbers.map((one) => one - 1) : null;
}

/** Inputs that can be armed, by name: `Guitar:1,Keys:3+4,Drums:5-12`. Throws a sentence for the person. */
export function readInputs(text: string): Input[] {
  return text.split(",").map((part) => {
    const [, name, list = ""] = /^([^:/\\]{1,40}):([\d+-]+)$/.exec(part.trim()) ?? [];
    const channels = numbersOf(list);
    if (name === undefined || channels === null || channels.length > LANE_CHANNELS_MAX)
      throw new Error(
        `"${part}" is not an input. Write a name and one to ${LANE_CHANNELS_MAX} of the device's inputs, for example Guitar:1,Keys:3+4,Drums:5-12.`,
      );
    return { name, channels };
  });
}

/**
 * What goes out to the others: `3+4` is a pair, left and right; `5` or `1-8` are inputs that stand in the middle, or where a letter and a
 * percentage say: `1L30`. Throws a sentence for the person.
 */
export function readLane(text: string): LaneLayout {
  const lane = text.split(",").flatMap((part) => {
    const [, list = "", side, percent] = /^([\d+-]+)(?:([LR])(\d{1,3}))?$/.exec(part.trim()) ?? [];
    const inputs = numbersOf(list);
    const isPair = list.includes("+");
    if (inputs === null || (isPair && (inputs.length !== 2 || side !== undefined)) || Number(percent ?? 0) > 100)
      throw new Error(
        `"${part}" is no part of a lane. Write inputs of the device, for example 3+4 (left and right), 1-8, or 1L30,2R30.`,
      );
    const pan = (Number(percent ?? 0) / 100) * (side === "L" ? -1 : 1);
    return inputs.map((input, at) => ({ input, pan: isPair ? at * 2 - 1 : pan }));
  });
  if (lane.length > LANE_CHANNELS_MAX || new Set(lane.map(({ input }) => input)).size < lane.length)
    throw new Error(`"${text}" is no lane: it has one to ${LANE_CHANNELS_MAX} inputs, each once.`);
  return { inputs: lane.map(({ input }) => input), pans: lane.map(({ pan }) => pan + 0) };
}

/** How many inputs a device needs for all of this; never fewer than two. */
export const inputsNeeded = (named: readonly { channels: readonly number[] }[], lane: LaneLayout): number =>
  1 + Math.max(1, ...named.flatMap(({ channels }) => channels), ...lane.inputs);
