import type { RandomBytes } from "../protocol/ids.ts";

/** What a pure rule may not reach for by itself. Passed in, so that a test can move time and replay chance. */
export interface Deps {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  random: RandomBytes;
}

export const systemDeps: Deps = {
  now: () => Date.now(),
  random: (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)),
};
