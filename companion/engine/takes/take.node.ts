import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { ClockPoint } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { Recorder, Stem } from "./recorder.node.ts";

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

/** One roll of the transport on its way to disk: exactly the frames from the command that began it to the one that ended it. */
export class Take {
  readonly #recorder: Recorder;
  readonly #firstFrame: number;
  readonly #clockAt: (frame: number) => Omit<ClockPoint, "frame">;
  #nextFrame: number;
  #endFrame = Number.POSITIVE_INFINITY;
  #markAt = 0;
  #ended: ((state: TransportState) => Promise<void>) | undefined;
  #endState: TransportState | undefined;

  constructor(recorder: Recorder, firstFrame: number, clockAt: (frame: number) => Omit<ClockPoint, "frame">) {
    this.#recorder = recorder;
    this.#firstFrame = firstFrame;
    this.#nextFrame = firstFrame;
    this.#clockAt = clockAt;
  }

  /** The frame after the last one. Called once; the file ends when the device has got there. */
  end(endFrame: number, state: TransportState, ended: (stem: Stem) => void): void {
    this.#endFrame = Math.max(endFrame, this.#firstFrame);
    this.#endState = state;
    this.#ended = async (at) => ended(await this.#recorder.finish(at));
  }

  /** Why the disk refused, once it has. The take is to be ended then: what it holds is safe. */
  get error(): Error | undefined {
    return this.#recorder.error;
  }

  /** Writes what the ring has of it. Returns `true` when the take is whole. */
  follow(ring: InputRing): boolean {
    if (this.#recorder.error !== undefined) this.#nextFrame = this.#endFrame;
    const to = Math.min(ring.end, this.#endFrame);
    while (this.#nextFrame < to) {
      const samples = ring.read(this.#nextFrame, to);
      const frame = this.#nextFrame - this.#firstFrame;
      if (frame >= this.#markAt) {
        this.#recorder.mark({ frame, ...this.#clockAt(this.#nextFrame) });
        this.#markAt = frame + MARK_FRAMES;
      }
      this.#recorder.write(samples);
      this.#nextFrame += samples.length / 2;
    }
    if (this.#nextFrame < this.#endFrame || this.#ended === undefined || this.#endState === undefined) return false;
    void this.#ended(this.#endState);
    return true;
  }
}
