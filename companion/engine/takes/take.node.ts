import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { ClockPoint } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { Recorder } from "./recorder.node.ts";
import type { Stem } from "./stem.std.ts";

/** The seconds before the record button that are still there when it is pressed. */
const PRE_ROLL_FRAMES = 10 * 48_000;
/** How often a take notes where it is in session time. */
const MARK_FRAMES = 5 * 48_000;

/** The last ten seconds of an input, addressed by the device's frame count: a take may begin and end at any of them. */
export class InputRing {
  readonly #samples = new Int32Array(PRE_ROLL_FRAMES * 2);
  #end = 0;

  /** One past the newest frame. */
  get end(): number {
    return this.#end;
  }

  push(frame: number, block: Int32Array): void {
    // A device that jumped leaves silence, not the sound of ten seconds ago.
    while (this.#end < frame && frame - this.#end < PRE_ROLL_FRAMES) {
      this.#samples.fill(0, (this.#end % PRE_ROLL_FRAMES) * 2, (this.#end % PRE_ROLL_FRAMES) * 2 + 2);
      this.#end++;
    }
    this.#samples.set(block, (frame % PRE_ROLL_FRAMES) * 2);
    this.#end = frame + block.length / 2;
  }

  /** Frames from `from` on, at most one block and never past `to`. */
  read(from: number, to: number): Int32Array {
    const place = from % PRE_ROLL_FRAMES;
    const frames = Math.min(to - from, LANE_PACKET_FRAMES, PRE_ROLL_FRAMES - place);
    return this.#samples.slice(place * 2, (place + frames) * 2);
  }
}

/** One armed input of a take: the channels of the device that it is made of, and the file it goes to. */
export interface TakeStem {
  /** Channels of the device's stereo frame, 0 and 1: one for mono, both for stereo. */
  channels: readonly number[];
  recorder: Recorder;
}

/**
 * One roll of the transport on its way to disk: exactly the frames from the command that began it to the one that ended it, each armed
 * input in a file of its own.
 */
export class Take {
  readonly #stems: readonly TakeStem[];
  readonly #firstFrame: number;
  readonly #clockAt: (frame: number) => Omit<ClockPoint, "frame">;
  #nextFrame: number;
  #endFrame = Number.POSITIVE_INFINITY;
  #markAt = 0;
  #endState: TransportState | undefined;
  #ended: ((stem: Stem) => void) | undefined;

  constructor(stems: readonly TakeStem[], firstFrame: number, clockAt: (frame: number) => Omit<ClockPoint, "frame">) {
    this.#stems = stems;
    this.#firstFrame = firstFrame;
    this.#nextFrame = firstFrame;
    this.#clockAt = clockAt;
  }

  /** The frame after the last one, and the transport's state there. Later calls change nothing. */
  end(endFrame: number, state: TransportState, ended: (stem: Stem) => void): void {
    if (this.#endState !== undefined) return;
    this.#endFrame = Math.max(endFrame, this.#firstFrame);
    this.#endState = state;
    this.#ended = ended;
  }

  /** Why the disk refused, once it has. The take is to be ended then: what it holds is safe. */
  get error(): Error | undefined {
    return this.#stems.find(({ recorder }) => recorder.error !== undefined)?.recorder.error;
  }

  /** Writes what the ring has of it. Returns `true` when the take is whole. */
  follow(ring: InputRing): boolean {
    if (this.error !== undefined) this.#nextFrame = this.#endFrame;
    const to = Math.min(ring.end, this.#endFrame);
    while (this.#nextFrame < to) {
      const samples = ring.read(this.#nextFrame, to);
      const frame = this.#nextFrame - this.#firstFrame;
      const isMark = frame >= this.#markAt;
      for (const { channels, recorder } of this.#stems) {
        if (isMark) recorder.mark({ frame, ...this.#clockAt(this.#nextFrame) });
        recorder.write(channels.length === 2 ? samples : oneOf(samples, channels[0] ?? 0));
      }
      if (isMark) this.#markAt = frame + MARK_FRAMES;
      this.#nextFrame += samples.length / 2;
    }
    if (this.#nextFrame < this.#endFrame || this.#endState === undefined) return false;
    for (const { recorder } of this.#stems) void recorder.finish(this.#endState).then(this.#ended);
    return true;
  }
}

/** One channel of stereo interleaved samples. */
function oneOf(stereo: Int32Array, channel: number): Int32Array {
  const mono = new Int32Array(stereo.length / 2);
  for (let at = 0; at < mono.length; at++) mono[at] = stereo[at * 2 + channel] ?? 0;
  return mono;
}
