import { newPacketHead, PACKET_HEADER_BYTES, type PacketHead, writePacket } from "./packet.ts";

/** What an Opus carrier takes whole at each of its beats: 10 ms apart, below the 1,200 bytes of one datagram with SRTP's own. */
export const BEAT_MAX_BYTES = 1_164;
/** Mono in 16 bit: a beat's 480 frames fit, and some more, so that what gathered is gone a few beats later. */
const FRAMES_MAX = 512;
const SAMPLE_BYTES = 2;
const HOLD_FRAMES = 8_192;
/** More than this waiting is old sound: it is left out. */
const BEHIND_MAX_FRAMES = 4 * FRAMES_MAX;

/**
 * Packs one lane for a carrier with a beat of its own (an Opus track whose payload is ours): all sound until now goes with the next beat, in mono
 * and 16 bit, and a report behind it. Allocates nothing after construction but views; what it returns is valid until the next call.
 */
export class PacedSender {
  readonly #head: PacketHead;
  readonly #held = new Int32Array(HOLD_FRAMES);
  readonly #samples = new Int32Array(FRAMES_MAX);
  readonly #none = new Int32Array();
  readonly #bytes = new Uint8Array(BEAT_MAX_BYTES);
  /** The frame that goes next, and one past the last that came. */
  #next = 0;
  #end = 0;
  /** Session time of `#end`; 0 while it is not known. */
  #endMs = 0;

  constructor(stream: number) {
    this.#head = { ...newPacketHead(), stream, channels: 1, bits: 16 };
  }

  /** Whether what is sent is talk and not music: others make room for it. */
  set isTalkback(isTalkback: boolean) {
    this.#head.kind = isTalkback ? "talkback" : "programme";
  }

  /** @param samples One block of the device, stereo interleaved, 24-bit; `sessionMs`: when its first frame was captured, or 0. */
  add(frame: number, samples: Int32Array, sessionMs: number): void {
    // The device's count has jumped: what waits belongs to before.
    if (frame !== this.#end) this.#next = frame;
    const frames = samples.length / 2;
    for (let at = 0; at < frames; at++)
      this.#held[(frame + at) % HOLD_FRAMES] = ((samples[at * 2] ?? 0) + (samples[at * 2 + 1] ?? 0)) / 2;
    this.#end = frame + frames;
    this.#endMs = sessionMs === 0 ? 0 : sessionMs + (frames / this.#head.sampleRateHz) * 1000;
    if (this.#end - this.#next > BEHIND_MAX_FRAMES) this.#next = this.#end - FRAMES_MAX;
  }

  /**
   * What the beat brings: sound, where there is some, and behind it whatever else there is and fits. For what is `urgent` the sound makes room,
   * and catches up with the next beats.
   */
  next(others: readonly Uint8Array[], urgent: Uint8Array | null = null): Uint8Array | null {
    const head = this.#head;
    const waiting = this.#end - this.#next;
    const roomBytes = BEAT_MAX_BYTES - PACKET_HEADER_BYTES - (urgent?.byteLength ?? 0);
    const frames = Math.max(0, Math.min(FRAMES_MAX, waiting, Math.floor(roomBytes / SAMPLE_BYTES)));
    let length = 0;
    if (frames > 0) {
      head.frames = frames;
      head.frame = this.#next >>> 0;
      head.sessionMs = this.#endMs === 0 ? 0 : this.#endMs - (waiting / head.sampleRateHz) * 1000;
      for (let at = 0; at < frames; at++) this.#samples[at] = this.#held[(this.#next + at) % HOLD_FRAMES] ?? 0;
      length = writePacket(head, this.#samples.subarray(0, frames), this.#none, this.#bytes);
      this.#next += frames;
    }
    for (const other of urgent === null ? others : [urgent, ...others]) {
      if (length + other.byteLength > BEAT_MAX_BYTES) continue;
      this.#bytes.set(other, length);
      length += other.byteLength;
    }
    return length === 0 ? null : this.#bytes.subarray(0, length);
  }
}
