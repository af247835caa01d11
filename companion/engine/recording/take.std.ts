import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { ClockPoint } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { CaptureRing } from "../capture/capture-ring.std.ts";
import type { Stem } from "../stems/stem.std.ts";
import type { Recorder } from "./recorder.std.ts";

/** Blocks written for each new one besides it: a pre-roll is caught up with in a second, and the lanes do not wait. */
const CATCH_UP_MAX_BLOCKS = 12;
/** Blocks after which one more is caught up with for each new one: at full speed after a quarter of a second. */
const CATCH_UP_STEP_BLOCKS = 8;
/** How often a take notes where it is in session time. */
const MARK_SECONDS = 5;

/** One armed input of a take: where it begins, the channels of the device that it is made of, and the file it goes to. */
export interface TakeStem {
  firstFrame: number;
  /** Counted from 0; one for mono, two for stereo, up to eight. */
  channels: readonly number[];
  recorder: Recorder;
}

/**
 * One roll of the transport on its way to disk: exactly the frames up to the one of the command that ended it, each armed input in a file
 * of its own.
 */
export class Take {
  readonly #stems: { stem: TakeStem; nextFrame: number; markAt: number }[];
  readonly #clockAt: (frame: number) => Omit<ClockPoint, "frame">;
  #endFrame = Number.POSITIVE_INFINITY;
  #seenEnd: number;
  #seenBlocks = 0;
  #endState: TransportState | undefined;

  constructor(stems: readonly TakeStem[], clockAt: (frame: number) => Omit<ClockPoint, "frame">) {
    this.#stems = stems.map((stem) => ({ stem, nextFrame: stem.firstFrame, markAt: 0 }));
    this.#clockAt = clockAt;
    this.#seenEnd = Math.max(...stems.map(({ firstFrame }) => firstFrame));
  }

  /** The frame after the last one, and the transport's state there. Later calls change nothing. */
  end(endFrame: number, state: TransportState): void {
    if (this.#endState !== undefined) return;
    this.#endFrame = Math.max(endFrame, ...this.#stems.map(({ stem }) => stem.firstFrame));
    this.#endState = state;
  }

  /** Why the disk refused, once it has. The take is to be ended then: what it holds is safe. */
  get error(): Error | undefined {
    return this.#stems.find(({ stem }) => stem.recorder.error !== undefined)?.stem.recorder.error;
  }

  /**
   * Writes what the ring has of it, a few blocks at a time or all. Returns its stems, to be sealed in time, when the take is whole; `null`
   * while it rolls.
   */
  drain(ring: CaptureRing, all: boolean): { recorder: Recorder; sealed: Promise<Stem> }[] | null {
    // No more blocks may come: then an end that lies ahead is not waited for.
    if (all && this.#endState !== undefined) this.#endFrame = Math.min(this.#endFrame, ring.end);
    const to = Math.min(ring.end, this.#endFrame);
    const newBlocks = Math.max(0, Math.ceil((ring.end - this.#seenEnd) / LANE_PACKET_FRAMES));
    this.#seenBlocks += newBlocks;
    // One more every few blocks: a take begins while others are heard, and code that runs for the first time is slow.
    const extra = Math.min(CATCH_UP_MAX_BLOCKS, 1 + Math.floor(this.#seenBlocks / CATCH_UP_STEP_BLOCKS));
    const blocks = all ? Number.POSITIVE_INFINITY : (1 + newBlocks) * (1 + extra);
    this.#seenEnd = ring.end;
    if (this.error === undefined) for (const one of this.#stems) this.#write(one, ring, to, blocks);
    const isWhole = this.error !== undefined || this.#stems.every(({ nextFrame }) => nextFrame >= this.#endFrame);
    const state = this.#endState;
    if (!isWhole || state === undefined) return null;
    return this.#stems.map(({ stem: { recorder } }) => ({ recorder, sealed: recorder.finish(state) }));
  }

  #write(
    one: { stem: TakeStem; nextFrame: number; markAt: number },
    ring: CaptureRing,
    to: number,
    blocks: number,
  ): void {
    const { firstFrame, channels, recorder } = one.stem;
    const until = Math.min(to, one.nextFrame + blocks * LANE_PACKET_FRAMES);
    while (one.nextFrame < until) {
      const frame = one.nextFrame - firstFrame;
      if (frame >= one.markAt) {
        recorder.mark({ frame, ...this.#clockAt(one.nextFrame) });
        one.markAt = frame + MARK_SECONDS * ring.sampleRateHz;
      }
      const samples = ring.read(one.nextFrame, until);
      recorder.write(pick(samples, ring.channels, channels));
      one.nextFrame += samples.length / ring.channels;
    }
  }
}

/** Some channels of interleaved samples, interleaved. */
function pick(samples: Int32Array, of: number, channels: readonly number[]): Int32Array {
  if (channels.length === of && channels.every((channel, at) => channel === at)) return samples;
  const picked = new Int32Array((samples.length / of) * channels.length);
  for (let at = 0, from = 0; at < picked.length; from += of) {
    for (const channel of channels) picked[at++] = samples[from + channel] ?? 0;
  }
  return picked;
}
