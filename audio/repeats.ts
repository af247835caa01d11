import { LANE_PACKET_FRAMES, LANE_PACKET_MAX_BYTES } from "../protocol/limits.ts";
import { FRAME_AT, framesInPacket } from "./packet.ts";

/** Blocks that a sender keeps for who asks for them again: more than whoever listens late is behind, at 96 kHz too. */
const KEPT_BLOCKS = 1_024;
/** Frames that one request names: the body of a packet, four bytes each. */
export const ASKED_MAX = 48;
/** Of what is sent, so much may be sent twice: whoever asks for everything costs no more than that. */
const TWICE_SHARE = 0.25;
const TWICE_BURST = 2 * ASKED_MAX;

/** What was sent of a lane lately, packet by packet, for who listens late and can wait for it once more. */
export class SentPackets {
  readonly #unitFrames: number;
  readonly #kept: number;
  readonly #bytes: Uint8Array;
  readonly #frames: Float64Array;
  readonly #lengths: Int32Array;
  #allowed = TWICE_BURST;

  /** @param channels At most so many of a lane go in one packet: the more, the fewer frames. */
  constructor(channels = 2) {
    const formats = [
      { channels, bits: 24, hasPrevious: false },
      { channels, bits: 16, hasPrevious: true },
    ] as const;
    this.#unitFrames = Math.min(...formats.map(framesInPacket));
    this.#kept = KEPT_BLOCKS * (LANE_PACKET_FRAMES / this.#unitFrames);
    this.#bytes = new Uint8Array(this.#kept * LANE_PACKET_MAX_BYTES);
    this.#frames = new Float64Array(this.#kept).fill(-1);
    this.#lengths = new Int32Array(this.#kept);
  }

  keep(packet: Uint8Array): void {
    const frame = new DataView(packet.buffer, packet.byteOffset).getUint32(FRAME_AT, true);
    const place = Math.floor(frame / this.#unitFrames) % this.#kept;
    this.#bytes.set(packet, place * LANE_PACKET_MAX_BYTES);
    this.#frames[place] = frame;
    this.#lengths[place] = packet.byteLength;
    this.#allowed = Math.min(TWICE_BURST, this.#allowed + TWICE_SHARE);
  }

  /** The packets that a request names and that are still here, valid until the next call; never more than may be sent twice. */
  *asked(body: Uint8Array): Generator<Uint8Array> {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    for (let at = 0; at + 4 <= body.byteLength && at < ASKED_MAX * 4 && this.#allowed >= 1; at += 4) {
      const frame = view.getUint32(at, true);
      const place = Math.floor(frame / this.#unitFrames) % this.#kept;
      if (this.#frames[place] !== frame) continue;
      this.#allowed--;
      const from = place * LANE_PACKET_MAX_BYTES;
      yield this.#bytes.subarray(from, from + (this.#lengths[place] ?? 0));
    }
  }
}

/** A request's body: the first frame of each packet that is asked for. */
export function requestBody(frames: readonly number[]): Uint8Array {
  const body = new Uint8Array(frames.length * 4);
  const view = new DataView(body.buffer);
  for (const [at, frame] of frames.entries()) view.setUint32(at * 4, frame >>> 0, true);
  return body;
}
