/** What sticks: settings of a device, which hold in every session, and settings of a session on this device. Kept in this browser alone. */
import * as z from "zod";
import { DELAY_MODES } from "../../audio/delay-mode.ts";
import type { LaneMix } from "../../audio/lane-mixer.ts";
import { MemberId, type SessionId } from "../../protocol/ids.ts";
import { KEPT_SESSIONS_MAX, SESSION_MEMBERS_MAX } from "../../protocol/limits.ts";

/** A browser's id of a device is a hash of this size; whatever is longer is none. */
const Device = z.string().max(256);

export const DeviceSettings = z.object({
  inputId: Device,
  outputId: Device,
  channels: z.enum(["both", "left", "right"]),
  buffer: z.enum(["tight", "balanced", "safe"]),
  inputName: z.string().max(64),
  preRollSeconds: z.number().min(0).max(10),
});
export type DeviceSettings = z.infer<typeof DeviceSettings>;

/** The DAW at a port of this machine, and how late its test roll has found it. */
export const DawSettings = z.object({
  port: z.string().max(256),
  language: z.enum(["mmc", "mackie", "clock", "mtc"]),
  profile: z.string().max(64),
  lateMs: z.number().min(0).max(200).nullable(),
});
export type DawSettings = z.infer<typeof DawSettings>;

const Mix = z.object({
  gainDb: z.number().min(-60).max(12),
  pan: z.number().min(-1).max(1),
  isMuted: z.boolean(),
  isSolo: z.boolean(),
}) satisfies z.ZodType<LaneMix>;

/** The side panel, in pixels: as narrow as its controls allow, as wide as half a large window. */
export const SIDE_MIN_PX = 280;
export const SIDE_MAX_PX = 960;

export const SessionSettings = z.object({
  mixes: z.array(z.object({ memberId: MemberId, mix: Mix })).max(SESSION_MEMBERS_MAX),
  delay: z.enum(DELAY_MODES),
  loopBars: z.number().min(1).max(64),
  takesVolume: z.number().min(0).max(1),
  isFar: z.boolean(),
  /** `null`: as wide as the page has it. */
  sidePx: z.number().min(SIDE_MIN_PX).max(SIDE_MAX_PX).nullable(),
  usedAtMs: z.number(),
});
export type SessionSettings = z.infer<typeof SessionSettings>;

/** As much of `localStorage` (WHATWG HTML, 12.2) as is used. */
export interface Shelf {
  readonly length: number;
  key(at: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const DEVICE_KEY = "view device";
const DAW_KEY = "view daw";
const SESSION_PREFIX = "view ses_";
const keyOf = (sessionId: SessionId) => `view ${sessionId}`;

/** What was kept, as far as it can be read; what cannot is as if it had never been. */
export function readShelf<Kept>(shelf: Shelf, key: string, schema: z.ZodType<Kept>): Kept | null {
  try {
    const kept = schema.safeParse(JSON.parse(shelf.getItem(key) ?? "null"));
    return kept.success ? kept.data : null;
  } catch {
    return null;
  }
}

export const readDevice = (shelf: Shelf) => readShelf(shelf, DEVICE_KEY, DeviceSettings);
export const readDaw = (shelf: Shelf) => readShelf(shelf, DAW_KEY, DawSettings);
export const readSession = (shelf: Shelf, sessionId: SessionId) => readShelf(shelf, keyOf(sessionId), SessionSettings);

export function keepDevice(shelf: Shelf, settings: DeviceSettings): void {
  writeShelf(shelf, DEVICE_KEY, settings);
}

export function keepDaw(shelf: Shelf, settings: DawSettings): void {
  writeShelf(shelf, DAW_KEY, settings);
}

/** Keeps a session's, and lets go of those that were not used for longest where there are too many. */
export function keepSession(shelf: Shelf, sessionId: SessionId, settings: SessionSettings): void {
  writeShelf(shelf, keyOf(sessionId), settings);
  const kept = Array.from({ length: shelf.length }, (_, at) => shelf.key(at) ?? "")
    .filter((key) => key.startsWith(SESSION_PREFIX))
    .map((key) => ({ key, usedAtMs: readShelf(shelf, key, SessionSettings)?.usedAtMs ?? 0 }))
    .sort((one, other) => other.usedAtMs - one.usedAtMs);
  for (const { key } of kept.slice(KEPT_SESSIONS_MAX)) shelf.removeItem(key);
}

export function forgetSession(shelf: Shelf, sessionId: SessionId): void {
  try {
    shelf.removeItem(keyOf(sessionId));
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

export function writeShelf(shelf: Shelf, key: string, settings: object): void {
  try {
    shelf.setItem(key, JSON.stringify(settings));
  } catch {
    // Full, or switched off: then it holds until the page goes.
  }
}
