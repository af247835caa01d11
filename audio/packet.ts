import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import { readInt24, writeInt24 } from "./pcm.ts";

/**
 * A packet of the studio lane: 12 bytes of header, then 24-bit little-endian PCM at 48 kHz, interleaved. All numbers little-endian.
 *
 *     0  u8   version (1)
 *     1  u8   channels, 1 or 2
 *     2  u16  frames, 1 to 512
 *     4  u32  stream: chosen anew whenever the sender's frame count begins again
 *     8  u32  frame: the first frame's number in the stream, modulo 2³²
 *
 * 128 stereo frames are 780 bytes: one datagram on any path (RFC 8831 asks for less than 1,200).
 */
export const HEADER_BYTES = 12;
const VERSION = 1;
const FRAMES_MAX = 512;

export interface LanePacket {
  channels: 1 | 2;
  stream: number;
  frame: number;
  /** Interleaved samples, −2²³ to 2²³ − 1. */
  samples: Int32Array;
}

export function encodePacket({ channels, stream, frame, samples }: LanePacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + samples.length * 3);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, channels);
  view.setUint16(2, samples.length / channels, true);
  view.setUint32(4, stream, true);
  view.setUint32(8, frame >>> 0, true);
  writeInt24(samples, bytes, HEADER_BYTES);
  return bytes;
}

/** The packet in these bytes, or `null` if they are not one: whatever the other side sends, nothing throws and nothing grows. */
export function decodePacket(bytes: Uint8Array): LanePacket | null {
  if (bytes.byteLength < HEADER_BYTES || bytes[0] !== VERSION) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = view.getUint8(1);
  const frames = view.getUint16(2, true);
  if ((channels !== 1 && channels !== 2) || frames === 0 || frames > FRAMES_MAX) return null;
  const count = frames * channels;
  if (bytes.byteLength !== HEADER_BYTES + count * 3) return null;
  const samples = new Int32Array(count);
  for (let at = 0; at < count; at++) samples[at] = readInt24(bytes, HEADER_BYTES + at * 3);
  return { channels, stream: view.getUint32(4, true), frame: view.getUint32(8, true), samples };
}

/** Bytes a second of a lane, for a person who wants to know: PCM and our headers, without those of the layers below. */
export const laneBytesPerSecond = (channels: 1 | 2) =>
  (48_000 / LANE_PACKET_FRAMES) * (HEADER_BYTES + LANE_PACKET_FRAMES * channels * 3);
