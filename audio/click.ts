import { BEATS_PER_BAR, beatFrames } from "./timeline.ts";

const TICK_FRAMES = 960;
const BAR_HZ = 1_600;
const BEAT_HZ = 1_000;
const LEVEL = 0.35;
const RATE_HZ = 48_000;

/**
 * Adds a metronome: 20 ms of a tone on each beat, higher on a bar's first. A frame of it is a function of its place alone, so it is on the
 * beat after any jump, and pieces join without a seam.
 *
 * @param position The timeline's frame at `left[offset]`, 48 kHz.
 */
export function addClick(
  left: Float32Array,
  right: Float32Array,
  offset: number,
  frames: number,
  position: number,
  bpm: number,
): void {
  const beat = beatFrames(bpm);
  // Beats may lie between two frames: the nearer one is theirs.
  for (let number = Math.max(0, Math.floor((position - TICK_FRAMES) / beat)); ; number++) {
    const begins = Math.round(number * beat);
    if (begins >= position + frames) return;
    const hz = number % BEATS_PER_BAR === 0 ? BAR_HZ : BEAT_HZ;
    for (let frame = Math.max(begins, position); frame < Math.min(begins + TICK_FRAMES, position + frames); frame++) {
      const since = frame - begins;
      const tone = LEVEL * (1 - since / TICK_FRAMES) ** 2 * Math.sin((2 * Math.PI * hz * since) / RATE_HZ);
      const at = offset + frame - position;
      left[at] = (left[at] ?? 0) + tone;
      right[at] = (right[at] ?? 0) + tone;
    }
  }
}
