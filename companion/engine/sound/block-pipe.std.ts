import type { Readable, Writable } from "node:stream";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";

/**
 * One block of the device on its way to another process: its first frame and its rate (f64), then 24-bit samples of all its inputs, interleaved
 * (i32), in the machine's own order. Both ends know how many inputs there are.
 */
const HEAD_BYTES = 16;
const blockBytesOf = (channels: number) => HEAD_BYTES + LANE_PACKET_FRAMES * channels * 4;
/** What waits for a reader that is busy: as much as the ring of a take holds. */
const WAITING_MAX_BLOCKS = 12 * 375;

/** The device's end. A reader that does not read for seconds loses nothing; one that never reads costs a bounded heap. */
export class BlockWriter {
  readonly #to: Writable;

  constructor(to: Writable) {
    this.#to = to;
    to.on("error", () => undefined);
  }

  write(frame: number, samples: Int32Array, rateHz: number): void {
    const blockBytes = HEAD_BYTES + samples.byteLength;
    if (this.#to.writableLength > WAITING_MAX_BLOCKS * blockBytes || this.#to.destroyed) return;
    const bytes = new ArrayBuffer(blockBytes);
    new Float64Array(bytes, 0, 2).set([frame, rateHz]);
    new Int32Array(bytes, HEAD_BYTES).set(samples);
    this.#to.write(new Uint8Array(bytes));
  }
}

/** The other end: each block once, in order. */
export function readBlocks(
  from: Readable,
  channels: number,
  onBlock: (frame: number, samples: Int32Array, rateHz: number) => void,
): void {
  const blockBytes = blockBytesOf(channels);
  const block = new ArrayBuffer(blockBytes);
  const bytes = new Uint8Array(block);
  const head = new Float64Array(block, 0, 2);
  const samples = new Int32Array(block, HEAD_BYTES);
  let filled = 0;
  from.on("error", () => undefined);
  from.on("data", (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      const take = Math.min(blockBytes - filled, chunk.length - at);
      bytes.set(chunk.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled < blockBytes) continue;
      filled = 0;
      onBlock(head[0] ?? 0, samples, head[1] ?? 0);
    }
  });
}
