import { LANE_CHANNELS_MAX } from "../protocol/limits.ts";
import { PACKET_HEADER_BYTES, type PacketHead } from "./packet.ts";
import { UPLINK_LEVELS, type UplinkLevel } from "./uplink-budget.ts";

/**
 * A report packet's body: how the lane is received, once a second in the other direction, and what the way there and back takes. After the
 * head, all little-endian:
 *
 *      0  f64  when it was sent, by its sender's clock, in milliseconds
 *      8  f64  the last report's such time that came from the other end, or 0
 *     16  f64  for how long that one had been here, in milliseconds
 *     24  u16  packets that did not come, in ten thousandths
 *     26  u16  the delay of its buffer, in tenths of a millisecond
 *     28  u16  what its device takes before sound can go into a packet, in tenths of a millisecond
 *     30  f64  session time when it was sent, as its sender has it from the room alone, in milliseconds; 0: it has none
 *     38  f32  within how much that is certain, in milliseconds
 *     42  u8   in what its lane goes out, by its place in `UPLINK_LEVELS`
 *     43  u8   how many channels of a lane its sender has a use for: more are folded down before they are sent
 *     44  u8   how many channels its own lane has
 *     45  8 ×  i8, where each of them stands in stereo, from −127 (left) to 127 (right)
 *
 * A report that ends earlier, before session time or after it, is one of an older companion.
 */
export const LANE_REPORT_BYTES = 45 + LANE_CHANNELS_MAX;
const LEVEL_BYTES = 43;
const SESSION_BYTES = 42;
const LANE_REPORT_LEAST_BYTES = 30;

export interface LaneReport {
  sentAtMs: number;
  echoMs: number;
  heldMs: number;
  lossShare: number;
  bufferMs: number;
  deviceMs: number;
  session: SessionReading | null;
  level: UplinkLevel;
  hears: number;
  /** One for each channel of its lane; of none where it says nothing of them. */
  pans: readonly number[];
}

/** Session time at an instant, and within how much it is certain, both in milliseconds. */
export interface SessionReading {
  atMs: number;
  errorMs: number;
}

const U16_MAX = 2 ** 16 - 1;
const PAN_SCALE = 127;

const tenths = (ms: number) => Math.max(0, Math.min(U16_MAX, Math.round(ms * 10)));

export function writeLaneReport(report: LaneReport, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + PACKET_HEADER_BYTES, LANE_REPORT_BYTES);
  view.setFloat64(0, report.sentAtMs, true);
  view.setFloat64(8, report.echoMs, true);
  view.setFloat64(16, report.heldMs, true);
  view.setUint16(24, Math.round(Math.max(0, Math.min(1, report.lossShare)) * 10_000), true);
  view.setUint16(26, tenths(report.bufferMs), true);
  view.setUint16(28, tenths(report.deviceMs), true);
  view.setFloat64(30, report.session?.atMs ?? 0, true);
  view.setFloat32(38, report.session?.errorMs ?? 0, true);
  view.setUint8(42, UPLINK_LEVELS.indexOf(report.level));
  view.setUint8(43, report.hears);
  view.setUint8(44, report.pans.length);
  for (let channel = 0; channel < LANE_CHANNELS_MAX; channel++)
    view.setInt8(45 + channel, Math.round((report.pans[channel] ?? 0) * PAN_SCALE));
}

/** `null`: the body is none, or says what cannot be. */
export function readLaneReport(bytes: Uint8Array, { frames }: PacketHead): LaneReport | null {
  if (![LANE_REPORT_BYTES, LEVEL_BYTES, SESSION_BYTES, LANE_REPORT_LEAST_BYTES].includes(frames)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + PACKET_HEADER_BYTES, frames);
  const [sentAtMs, echoMs, heldMs] = [view.getFloat64(0, true), view.getFloat64(8, true), view.getFloat64(16, true)];
  if (![sentAtMs, echoMs, heldMs].every(Number.isFinite)) return null;
  const lossShare = Math.min(1, view.getUint16(24, true) / 10_000);
  const [bufferMs, deviceMs] = [view.getUint16(26, true) / 10, view.getUint16(28, true) / 10];
  return {
    sentAtMs,
    echoMs,
    heldMs,
    lossShare,
    bufferMs,
    deviceMs,
    session: frames < SESSION_BYTES ? null : readSession(view),
    level: UPLINK_LEVELS[frames < LEVEL_BYTES ? 0 : view.getUint8(42)] ?? "full",
    ...readChannels(view, frames),
  };
}

function readChannels(view: DataView, frames: number): Pick<LaneReport, "hears" | "pans"> {
  if (frames < LANE_REPORT_BYTES) return { hears: 2, pans: [] };
  const channels = Math.min(LANE_CHANNELS_MAX, view.getUint8(44));
  return {
    hears: Math.max(1, Math.min(LANE_CHANNELS_MAX, view.getUint8(43))),
    pans: Array.from({ length: channels }, (_, at) => Math.max(-1, view.getInt8(45 + at) / PAN_SCALE)),
  };
}

function readSession(view: DataView): SessionReading | null {
  const [atMs, errorMs] = [view.getFloat64(30, true), view.getFloat32(38, true)];
  return Number.isFinite(atMs) && atMs > 0 && Number.isFinite(errorMs) && errorMs >= 0 ? { atMs, errorMs } : null;
}
