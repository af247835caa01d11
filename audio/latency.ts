/**
 * One-way latency between two players, by its legs: from the moment a string is struck at the other end to the moment it is heard here. Nothing
 * that a person waits for is left out.
 */
export interface LatencyLegs {
  /** A packet is sent when its last frame has been captured. */
  captureMs: number;
  /** Half of what there and back takes. */
  networkMs: number;
  /** From a packet's arrival on an undisturbed path until its first frame leaves the player. */
  bufferMs: number;
  /** The device's own block. */
  playoutMs: number;
}

export type LatencyLeg = keyof LatencyLegs;
export type Advice = "together" | "caution" | "overdub";

/** Ensembles keep time up to about 25 ms; beyond 40 they slow each other down (Chafe, Cáceres and Gurevich 2010). */
export const TOGETHER_MAX_MS = 25;
const CAUTION_MAX_MS = 40;
/** What each leg costs at its best. */
const LEAST: LatencyLegs = { captureMs: 2.7, networkMs: 0, bufferMs: 5.3, playoutMs: 2.7 };

export const totalOf = ({ captureMs, networkMs, bufferMs, playoutMs }: LatencyLegs) =>
  captureMs + networkMs + bufferMs + playoutMs;

export function adviceOf(totalMs: number): Advice {
  if (totalMs <= TOGETHER_MAX_MS) return "together";
  return totalMs <= CAUTION_MAX_MS ? "caution" : "overdub";
}

/** The leg that costs most above what it has to; `null` while two can play together. */
export function legAtFault(legs: LatencyLegs): LatencyLeg | null {
  if (totalOf(legs) <= TOGETHER_MAX_MS) return null;
  let worst: LatencyLeg = "networkMs";
  for (const leg of ["captureMs", "bufferMs", "playoutMs"] as const)
    if (legs[leg] - LEAST[leg] > legs[worst] - LEAST[worst]) worst = leg;
  return worst;
}
