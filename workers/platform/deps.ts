import type { RandomBytes } from "../../protocol/ids.ts";
import type { ReachRoom } from "../rooms/room.ts";

/** What a pure rule may not reach for by itself. Passed in, so that a test can move time and replay chance. */
export interface Deps {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  random: RandomBytes;
  /** The session's room; a test may put one there that fails. */
  reachRoom?: ReachRoom;
  /** Waits; a test may make waiting short. */
  sleep?(ms: number): Promise<void>;
  /** Told of a limit that was met, and when it will be past; each request has its own. */
  noteWait?(waitMs: number): void;
  /** Outgoing HTTP; a test may put a stand-in there. */
  fetch?: typeof fetch;
}

export const systemDeps: Deps = {
  now: () => Date.now(),
  random: (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)),
};
