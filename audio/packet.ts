import { LANE_PACKET_FRAMES, LANE_PACKET_MAX_BYTES } from "../protocol/limits.ts";
import { readInt24, writeInt24 } from "./pcm.ts";

/**
 * A packet of a lane, version 2. The same bytes on every carrier, so a receiver tells them from whatever else a carrier may bring, and two
 * carriers can bring the same. All numbers little-endian:
 *
 *     0  u16  magic, "SL"
 *     2  u8   version (2) in the upper half, kind in the lower: 0 programme, 1 talkback, 2 notes (audio/notes.ts), 3 report, 4 words, 5 again (what is asked for once more)
 *     3  u8   format: channels less one (bits 0–2), 16 instead of 24 bit (bit 3), the packet before rides along (bit 4)
 *     4  u16  frames (of sound), or bytes (of all else)
 *     6  u16  sample rate, in units of 10 Hz
 *     8  u32  stream: chosen anew whenever the sender's frame count begins again
 *    12  u32  frame: the first frame's number in the stream, modulo 2³²
 *    16  f64  session time at which the first frame was captured, in milliseconds; 0 while the sender does not know it
 *    24       interleaved PCM; then, where bit 4 is set, as many frames again of the packet before, in 16 bit
 *
 * 128 stereo frames of 24 bit are 792 bytes: one datagram on any path (RFC 8831 asks for less than 1,200). A block of more channels goes in several
 * packets, each of as many frames as fit: of eight channels in 24 bit, four of 32.
 */
export const PACKET_HEADER_BYTES = 24;
/** Where a packet says which is its first frame. */
export const FRAME_AT = 12;
const MAGIC = 0x4c53;
const VERSION = 2;
export const PACKET_KINDS = ["programme", "talkback", "notes", "report", "words", "again", "announced"] as const;
export type PacketKind = (typeof PACKET_KINDS)[number];
const FRAMES_MAX = 512;
const RATE_UNIT_HZ = 10;
const RATES_HZ: readonly number[] = [44_100, 48_000, 88_200, 96_000];
const INT16_STEP = 2 ** 8;

/** What a packet says before its sound. One object is filled again and again, so that a lane allocates nothing while it runs. */
export interface PacketHead {
  kind: PacketKind;
  channels: number;
  bits: 16 | 24;
  hasPrevious: boolean;
  frames: number;
  sampleRateHz: number;
  stream: number;
  frame: number;
  sessionMs: number;
}

export const newPacketHead = (): PacketHead => ({
  kind: "programme",
  channels: 2,
  bits: 24,
  hasPrevious: false,
  frames: LANE_PACKET_FRAMES,
  sampleRateHz: 48_000,
  stream: 0,
  frame: 0,
  sessionMs: 0,
});

const isSound = (kind: PacketKind) => kind === "programme" || kind === "talkback";

/** Of a block of a device, so many frames go in one packet: half of them, and half of those again, until it fits. */
export function framesInPacket({ channels, bits, hasPrevious }: Pick<PacketHead, "channels" | "bits" | "hasPrevious">) {
  const frameBytes = channels * (bits / 8 + (hasPrevious ? 2 : 0));
  let frames = LANE_PACKET_FRAMES;
  while (PACKET_HEADER_BYTES + frames * frameBytes > LANE_PACKET_MAX_BYTES) frames /= 2;
  return frames;
}

/** How long a packet of this head is. */
export function packetBytes({ kind, channels, bits, hasPrevious, frames }: PacketHead): number {
  if (!isSound(kind)) return PACKET_HEADER_BYTES + frames;
  return PACKET_HEADER_BYTES + frames * channels * (bits / 8) + (hasPrevious ? frames * channels * 2 : 0);
}

/**
 * Writes head and sound into `bytes` and returns their length. `samples` are 24-bit integers, interleaved; `previous`, where the head says
 * so, are those of the packet before.
 */
export function writePacket(
  head: PacketHead,
  samples: ArrayLike<number>,
  previous: ArrayLike<number>,
  bytes: Uint8Array,
): number {
  const view = writeHead(head, bytes);
  let at = PACKET_HEADER_BYTES;
  if (head.bits === 24) {
    writeInt24(samples, bytes, at);
    at += samples.length * 3;
  } else at = writeInt16(samples, view, at);
  return head.hasPrevious ? writeInt16(previous, view, at) : at;
}

function writeHead(head: PacketHead, bytes: Uint8Array): DataView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, (VERSION << 4) | PACKET_KINDS.indexOf(head.kind));
  view.setUint8(3, (head.channels - 1) | (head.bits === 16 ? 8 : 0) | (head.hasPrevious ? 16 : 0));
  view.setUint16(4, head.frames, true);
  view.setUint16(6, head.sampleRateHz / RATE_UNIT_HZ, true);
  view.setUint32(8, head.stream, true);
  view.setUint32(FRAME_AT, head.frame >>> 0, true);
  view.setFloat64(16, head.sessionMs, true);
  return view;
}

function writeInt16(samples: ArrayLike<number>, view: DataView, at: number): number {
  for (let n = 0; n < samples.length; n++, at += 2)
    view.setInt16(at, Math.min(2 ** 15 - 1, Math.round((samples[n] ?? 0) / INT16_STEP)), true);
  return at;
}

/**
 * Reads the head of a packet into `head`. `false`: these bytes are none. Whatever the other side sends, nothing throws and nothing grows. One
 * datagram may bring several packets, one behind the other; `mayFollow`: others may stand behind this one.
 */
export function readPacketHead(bytes: Uint8Array, head: PacketHead, mayFollow = false): boolean {
  if (bytes.byteLength < PACKET_HEADER_BYTES || bytes.byteLength > LANE_PACKET_MAX_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = PACKET_KINDS[view.getUint8(2) & 15];
  const format = view.getUint8(3);
  if (view.getUint16(0, true) !== MAGIC || view.getUint8(2) >> 4 !== VERSION || kind === undefined || format >= 32)
    return false;
  head.kind = kind;
  head.channels = (format & 7) + 1;
  head.bits = (format & 8) === 0 ? 24 : 16;
  head.hasPrevious = (format & 16) !== 0;
  head.frames = view.getUint16(4, true);
  head.sampleRateHz = view.getUint16(6, true) * RATE_UNIT_HZ;
  head.stream = view.getUint32(8, true);
  head.frame = view.getUint32(FRAME_AT, true);
  head.sessionMs = view.getFloat64(16, true);
  if (isSound(kind) && (head.frames === 0 || head.frames > FRAMES_MAX || !RATES_HZ.includes(head.sampleRateHz)))
    return false;
  const length = packetBytes(head);
  return Number.isFinite(head.sessionMs) && (bytes.byteLength === length || (mayFollow && bytes.byteLength > length));
}

/**
 * The sound behind a head that was read, as 24-bit integers, interleaved, into `samples`; with `previous`, that of the packet before. What
 * rode along in 16 bit has zeros below.
 */
export function readPacketSound(bytes: Uint8Array, head: PacketHead, samples: Int32Array, previous = false): void {
  const count = head.frames * head.channels;
  const isNarrow = previous || head.bits === 16;
  const from = PACKET_HEADER_BYTES + (previous ? count * (head.bits / 8) : 0);
  if (isNarrow) {
    for (let n = 0, at = from; n < count; n++, at += 2)
      samples[n] = ((bytes[at] ?? 0) << 8) | (((bytes[at + 1] ?? 0) << 24) >> 8);
  } else for (let n = 0; n < count; n++) samples[n] = readInt24(bytes, from + n * 3);
}

/** A packet that is no sound: its head, then its body. */
export function bodyPacket(kind: PacketKind, stream: number, body: Uint8Array, sessionMs = 0): Uint8Array {
  const bytes = new Uint8Array(PACKET_HEADER_BYTES + body.length);
  writeHead({ ...newPacketHead(), kind, stream, frames: body.length, sessionMs }, bytes);
  bytes.set(body, PACKET_HEADER_BYTES);
  return bytes;
}

/** Bytes a second of a lane, for a person who wants to know: PCM and our headers, without those of the layers below. */
export const laneBytesPerSecond = (head: PacketHead) => (head.sampleRateHz / head.frames) * packetBytes(head);
