import { LANE_CHANNELS } from "../../../audio/lane-players.ts";
import { LaneWriter, laneRingBytes, MEDIA_STREAM } from "../../../audio/lane-ring.ts";
import { newPacketHead, type PacketHead, readPacketSound } from "../../../audio/packet.ts";
import {
  LANE_CHANNELS_MAX,
  LANE_PACKET_FRAMES,
  LANE_PACKET_MAX_BYTES,
  LISTEN_LATE_MS,
} from "../../../protocol/limits.ts";

const MEDIA_FRAMES_MAX = 512;
const INT16_STEP = 256;

/** The other end's lane as it is heard here: what packets bring of it goes into its ring, by whichever carrier it came. Allocates nothing after construction. */
export class HeardLane {
  /** What the device's thread plays from. */
  readonly memory = new SharedArrayBuffer(laneRingBytes(LANE_CHANNELS_MAX));
  readonly #writer = new LaneWriter(this.memory, LANE_CHANNELS_MAX);
  readonly #samples = new Int32Array(LANE_PACKET_MAX_BYTES);
  readonly #previous = new Int32Array(LANE_PACKET_MAX_BYTES);
  readonly #mediaHead: PacketHead = { ...newPacketHead(), bits: 16, stream: MEDIA_STREAM };
  /** The last frame whose place in session time was told. */
  readonly #place = { frame: 0, sessionMs: 0 };
  /** The rate of the other end's device. */
  #rateHz = 48_000;
  /** How long the other end gathers sound for one packet. */
  packetMs = (LANE_PACKET_FRAMES / 48_000) * 1000;

  /** A packet of sound, whose head has been read. */
  put(bytes: Uint8Array, head: PacketHead, nowMs: number): void {
    this.packetMs = (head.frames / head.sampleRateHz) * 1000;
    this.#rateHz = head.sampleRateHz;
    this.#place.frame = head.frame;
    this.#place.sessionMs = head.sessionMs;
    readPacketSound(bytes, head, this.#samples);
    if (head.hasPrevious) readPacketSound(bytes, head, this.#previous, true);
    this.#writer.put(head, this.#samples, head.hasPrevious ? this.#previous : null, nowMs);
  }

  /** Sound of the media lane, stereo interleaved, 16 bit at 48 kHz. */
  putMedia(samples: Int16Array, nowMs: number): void {
    const head = this.#mediaHead;
    head.frames = Math.min(MEDIA_FRAMES_MAX, samples.length / LANE_CHANNELS);
    for (let at = 0; at < head.frames * LANE_CHANNELS; at++) this.#samples[at] = (samples[at] ?? 0) * INT16_STEP;
    this.#writer.put(head, this.#samples, null, nowMs);
    head.frame = (head.frame + head.frames) >>> 0;
  }

  /** How many channels the other end's lane has, and where each stands. */
  setPans(pans: readonly number[]): void {
    this.#writer.setPans(pans);
  }

  /** What comes next may be of the carrier before. */
  mayGoBack(): void {
    this.#writer.mayGoBack();
  }

  /** Which share of the lane did not come, since the last time this was asked. */
  takeLoss(): number {
    return this.#writer.takeLoss();
  }

  /** First frames of packets that have not come and may still be asked for by who listens late, `most` at most. */
  missing(most: number): number[] {
    return this.#writer.missing((LISTEN_LATE_MS / 1000) * this.#rateHz, most);
  }

  /** When one of the lane's frames was captured, in session time; `null` before that is known. */
  sessionMsOf(frame: number): number | null {
    const { frame: of, sessionMs } = this.#place;
    return sessionMs === 0 ? null : sessionMs + (((frame - of) | 0) / this.#rateHz) * 1000;
  }
}
