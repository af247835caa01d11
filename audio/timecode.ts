import { TIMELINE_RATE_HZ } from "../protocol/limits.ts";

/** SMPTE timecode (ST 12-1): rates, labels and places. */
export const timecodeRates = ["24", "25", "29.97", "29.97df", "30"] as const;
export type TimecodeRate = (typeof timecodeRates)[number];

/** A label. `hundredths` count hundredths of a frame, as MIDI's subframes do. */
export interface Timecode {
  hours: number;
  minutes: number;
  seconds: number;
  frames: number;
  hundredths: number;
}

/** Frames that a label counts to a second; the true rate is a thousandth less for the two of 29.97. */
export const labelRate = (rate: TimecodeRate): number => (rate === "24" ? 24 : rate === "25" ? 25 : 30);
export const trueRate = (rate: TimecodeRate): number => (rate.startsWith("29.97") ? 30_000 / 1_001 : labelRate(rate));

/** Labels 00 and 01 are left out at each minute but the tenth. */
const DROPPED = 2;
const DROP_MINUTE = 60 * 30 - DROPPED;
const DROP_TEN_MINUTES = 10 * DROP_MINUTE + DROPPED;

/** The label of a place on the timeline (48 kHz frames, 0 or more), rounded to a hundredth of a frame. Hours are not wrapped. */
export function timecodeAt(positionFrames: number, rate: TimecodeRate): Timecode {
  const hundredths = Math.round((positionFrames / TIMELINE_RATE_HZ) * trueRate(rate) * 100);
  let count = Math.floor(hundredths / 100);
  if (rate === "29.97df") {
    const [tens, rest] = [Math.floor(count / DROP_TEN_MINUTES), count % DROP_TEN_MINUTES];
    // The first minute of ten keeps its labels.
    const minutes = rest < 60 * 30 ? 0 : Math.floor((rest - 60 * 30) / DROP_MINUTE) + 1;
    count += DROPPED * (9 * tens + minutes);
  }
  const perSecond = labelRate(rate);
  const seconds = Math.floor(count / perSecond);
  return {
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
    frames: count % perSecond,
    hundredths: hundredths % 100,
  };
}

/** The place of a label, in whole 48 kHz frames; `null` for one that does not exist. A label that drop-frame leaves out is the next one. */
export function placeOfTimecode(timecode: Timecode, rate: TimecodeRate): number | null {
  const { hours, minutes, seconds, frames, hundredths } = timecode;
  const perSecond = labelRate(rate);
  const inRange = [
    [hours, 24],
    [minutes, 60],
    [seconds, 60],
    [frames, perSecond],
    [hundredths, 100],
  ].every(([value = -1, end = 0]) => Number.isInteger(value) && value >= 0 && value < end);
  if (!inRange) return null;
  const allMinutes = hours * 60 + minutes;
  let count = (allMinutes * 60 + seconds) * perSecond + frames;
  if (rate === "29.97df") {
    const isDropped = minutes % 10 !== 0 && seconds === 0 && frames < DROPPED;
    count += (isDropped ? DROPPED - frames : 0) - DROPPED * (allMinutes - Math.floor(allMinutes / 10));
  }
  return Math.round(((count + hundredths / 100) / trueRate(rate)) * TIMELINE_RATE_HZ);
}
