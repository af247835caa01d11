import { TIMELINE_RATE_HZ } from "../protocol/limits.ts";

/** The session counts four beats to the bar; a tempo is what beats are counted with, and moves nothing (protocol/transport.ts). */
export const BEATS_PER_BAR = 4;
/** SMPTE non-drop, as the companion writes it into its files. */
const TIMECODE_RATE = 30;

export const beatFrames = (bpm: number) => (60 / bpm) * TIMELINE_RATE_HZ;
export const barFrames = (bpm: number) => beatFrames(bpm) * BEATS_PER_BAR;

/** Bar and beat at a place, both from 1: `17.3`. A frame before a bar line counts as before it. */
export function barBeat(frames: number, bpm: number): string {
  // Places are whole frames, so a line that lies between two frames is the nearer one.
  const beats = Math.floor((frames + 0.5) / beatFrames(bpm));
  return `${Math.floor(beats / BEATS_PER_BAR) + 1}.${(beats % BEATS_PER_BAR) + 1}`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** `hh:mm:ss:ff` at a place on the timeline. */
export function timecode(frames: number): string {
  const count = Math.floor((frames * TIMECODE_RATE) / TIMELINE_RATE_HZ + 1e-6);
  const seconds = Math.floor(count / TIMECODE_RATE);
  const hours = two(Math.floor(seconds / 3600));
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}:${two(count % TIMECODE_RATE)}`;
}

/** A length as a person says it: `1:32`, `1:02:07`. */
export function length(frames: number, rateHz: number = TIMELINE_RATE_HZ): string {
  const seconds = Math.round(frames / rateHz);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

export interface Tick {
  frames: number;
  /** Bar number, where the tick is a bar line. */
  bar: number;
}

/** Lines between two places with what they are called: bars, and where a bar is wider than two lines' room, beats. */
export function beatTicks(
  from: number,
  to: number,
  bpm: number,
  ticksMax: number,
): { frames: number; label: string }[] {
  const bars = barTicks(from, to, bpm, ticksMax);
  const beat = beatFrames(bpm);
  if (bars.length > 2 || (to - from) / beat > ticksMax)
    return bars.map(({ frames, bar }) => ({ frames, label: `${bar}` }));
  const first = Math.ceil(from / beat - 1e-6);
  const beats = Array.from({ length: Math.floor((to + 1) / beat) - first + 1 }, (_, index) => (first + index) * beat);
  if (beats.length > 1) return beats.map((frames) => ({ frames, label: barBeat(Math.round(frames), bpm) }));
  // Closer than a beat: where the view begins, by the clock.
  return [
    ...beats.map((frames) => ({ frames, label: barBeat(Math.round(frames), bpm) })),
    { frames: from, label: timecode(from) },
  ];
}

/** Bar lines between two places, at most `ticksMax` of them, a power of two of bars apart. */
export function barTicks(from: number, to: number, bpm: number, ticksMax: number): Tick[] {
  const bar = barFrames(bpm);
  let step = 1;
  while ((to - from) / (bar * step) > ticksMax) step *= 2;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / (bar * step) - 1e-6) * step; at * bar <= to + 1; at += step)
    ticks.push({ frames: at * bar, bar: at + 1 });
  return ticks;
}
