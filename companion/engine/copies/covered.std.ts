/** A stretch of session time. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/** Clocks differ, and a stem ends at a block: so much of a copy may stick out of the stem that it stands for. */
const SLACK_MS = 500;

/** Whether some stretches, together, hold all of another one. */
export function isCovered({ fromMs, toMs }: Stretch, by: readonly Stretch[]): boolean {
  let heldToMs = fromMs + SLACK_MS;
  for (const one of [...by].sort((a, b) => a.fromMs - b.fromMs))
    if (one.fromMs <= heldToMs) heldToMs = Math.max(heldToMs, one.toMs + SLACK_MS);
  return by.some((one) => one.fromMs <= fromMs + SLACK_MS && one.toMs > fromMs) && heldToMs >= toMs;
}
