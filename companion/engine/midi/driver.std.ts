import type { TransportState } from "../../../protocol/room.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";

/** What a DAW can be told. `record` starts the roll where it stands still, `punch-out` ends the recording and rolls on. */
export type DawMessage =
  | { type: "play" }
  | { type: "stop" }
  | { type: "record" }
  | { type: "punch-out" }
  | { type: "locate"; positionFrames: number }
  | { type: "tempo"; bpm: number };

/** What a port's DAW needs, from its profile or measured. */
export interface Cue {
  /** Time from a locate until the DAW stands there and can roll. */
  locateMs: number;
  /** Time from a stop until it takes a locate; absent: at once. Ardour loses one that comes in the same cycle, while it fades out. */
  restMs?: number;
  /** Whether it rolls on from the new place when it is located while rolling. Many stop. */
  rollsThroughLocate: boolean;
  /**
   * The first place, not before this one, at which it can be put; absent where that is any. It is put there, and rolls when the session comes by.
   * Ardour, for one, leaves out the subframes of a place.
   */
  placeFrom?(positionFrames: number): number;
  /** How much later than it is told it does a thing, as a test roll has measured: everything leaves so much earlier. */
  lateMs?: number;
  /** That was heard in its sound, and not told by its places, which may be of before its own latency: they teach nothing else then. */
  isLateHeard?: true;
}

/** What a DAW says: something that was done to it, where it is, or a question of its protocol that wants these bytes for an answer. */
export type DawEvent = (
  | DawMessage
  /** `rolls`: it says so while it rolls, and not where it stands. */
  | { type: "position"; positionFrames: number; rolls?: true }
  | { type: "answer"; bytes: Uint8Array }
) & {
  /** The instant of the machine's clock, where it is an earlier one than that of the bytes. */
  localMs?: number;
};

/** Sums of places and instants are a little off: a tick that is due this much before it is asked for is due now. */
export const TICK_SLACK_MS = 0.1;

/** Bytes that leave at an instant of session time because the playhead is somewhere then. */
export interface Tick {
  atMs: number;
  bytes: Uint8Array;
}

/** What a driver needs besides the bytes: the machine's clock at their instant, and what bars are counted with. */
export interface Moment {
  localMs: number;
  map: TimelineMap;
}

/** The language of one family of DAWs: pure but for what a running message needs to be remembered. */
export interface DawDriver {
  readonly name: string;
  /** What is sent when the port opens and when it comes back. */
  readonly greeting?: Uint8Array;
  /** After this long without bytes `decode` is asked once with none, for languages in which silence means something. */
  readonly quietMs?: number;
  /** The bytes of a message, or `null` where the language has no word for it. */
  encode(message: DawMessage, moment: Moment): Uint8Array | null;
  /**
   * For languages that tick: the first tick not before an instant of session time, while the DAW is to do this on one straight line;
   * `null` if none comes. Such a language may have no bytes for a message that its ticks say.
   */
  tick?(state: TransportState, map: TimelineMap, fromMs: number): Tick | null;
  /** What a port's bytes mean, in their order; nothing for what is none of ours. Never throws. */
  decode(bytes: Uint8Array, moment: Moment): DawEvent[];
}
