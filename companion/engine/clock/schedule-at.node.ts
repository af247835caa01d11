import { machineNowMs } from "./machine-clock.node.ts";

/** Node's timers are late by a millisecond or more; from here on the loop is turned over without sleeping. */
const SPIN_MS = 3;

/** Calls `wake` at an instant of the machine's clock, as exactly as an event loop can; in the next turn if it has passed. Returns a cancel. */
export function scheduleAt(atMs: number, wake: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let spin: NodeJS.Immediate | undefined;
  const turn = () => {
    if (machineNowMs() >= atMs) wake();
    else spin = setImmediate(turn);
  };
  const leftMs = atMs - machineNowMs();
  if (leftMs <= SPIN_MS) spin = setImmediate(turn);
  else timer = setTimeout(turn, leftMs - SPIN_MS);
  return () => {
    clearTimeout(timer);
    clearImmediate(spin);
  };
}
