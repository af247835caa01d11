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
  /** Whether it rolls on from the new place when it is located while rolling. Many stop. */
  rollsThroughLocate: boolean;
}

/** What a DAW says: something that was done to it, or where it is. */
export type DawEvent = DawMessage | { type: "position"; positionFrames: number };

/** The language of one family of DAWs: pure but for what a running message needs to be remembered. */
export interface DawDriver {
  readonly name: string;
  /** The bytes of a message, or `null` where the language has no word for it. */
  encode(message: DawMessage): Uint8Array | null;
  /** What a port's bytes mean, in their order; nothing for what is none of ours. Never throws. */
  decode(bytes: Uint8Array): DawEvent[];
}
