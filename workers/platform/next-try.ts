/** How long work that did not get through waits for its next try, at least and at most; in between, a quarter of its age. */
const WAIT_MIN_MS = 60_000;
const WAIT_MAX_MS = 6 * 60 * 60 * 1000;

/** When work from `sinceMs` that did not get through is taken up again. The older it is, the later: the others go first. */
export const nextTryAtMs = (nowMs: number, sinceMs: number): number =>
  nowMs + Math.max(WAIT_MIN_MS, Math.min(WAIT_MAX_MS, Math.floor((nowMs - sinceMs) / 4)));
