/** One turn of a device: what came in, and where it lies in the device's own count. */
export interface Block {
  /** Number of the block's first frame since the device was opened. */
  frame: number;
  /** Interleaved, 24-bit, all channels of the device. Valid during the call only. */
  input: Int32Array;
  /** What the device plays: the caller mixes into it. */
  output: Int32Array;
}

/**
 * A sound device as the engine sees it: it counts frames, and says when each was captured by the machine's clock. It may skip frames
 * (a jump of the count), fall silent (no blocks) and come back; what that means for a take is decided elsewhere.
 */
export interface Device {
  readonly sampleRateHz: 44_100 | 48_000 | 88_200 | 96_000;
  readonly channels: number;
  /** The frame captured at an instant of the machine's clock. */
  frameAt(localMs: number): number;
  /** When a frame was captured, by the machine's clock. */
  timeOf(frame: number): number;
}
