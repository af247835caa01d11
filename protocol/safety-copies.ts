import * as z from "zod";
import { MemberId, SessionId } from "./ids.ts";
import { SESSION_TIME_MAX_MS } from "./limits.ts";
import { StemFormat } from "./recordings.ts";
import { DAY_MS } from "./retention.ts";
import { TransportState } from "./room.ts";
import { PositionFrames } from "./timeline.ts";

/**
 * Safety copies: what somebody played in a take, kept by a collaborator who heard it live, sealed so that its owner alone can open it. What the
 * two companions say to each other about them goes over their own link, as messages beside the lane; the platform takes no part but to give each
 * account its seed (`GET /api/v1/copy-seed`).
 */

/** A copy that nobody has asked for is kept this long. */
export const COPY_KEPT_MS = 30 * DAY_MS;
/** Copies that one companion keeps in a session, and how long one may be. */
export const COPIES_MAX = 100;
export const COPY_MAX_SECONDS = 4 * 3600;
/** Frames of sound in one record of two channels, and as many bytes of more: sealed, it is one message. */
export const COPY_RECORD_FRAMES = 8_000;
export const copyRecordFrames = (channels: number) => Math.floor((COPY_RECORD_FRAMES * 2) / Math.max(2, channels));
/** Records that are sent for one question. */
export const COPY_WINDOW_RECORDS = 16;

/** DHKEM(P-256, HKDF-SHA256): an uncompressed point of 65 bytes (RFC 9180, section 7.1). */
const Point = z.string().regex(/^[\w-]{87}$/);

/** What stands beside a copy in the clear: whose it is, and when it was played. */
export const CopyHead = z.object({
  copyId: z.uuid(),
  sessionId: SessionId,
  /** Who played it, as the session knows them. */
  memberId: MemberId,
  /** The public key that it is sealed under. */
  publicKey: Point,
  /** What opens it, with the private key (RFC 9180, section 5.1.1). */
  encapsulated: Point,
  /** Session time of its first frame, and how long it is. */
  startedAtMs: z.number().min(0).max(SESSION_TIME_MAX_MS),
  seconds: z
    .number()
    .min(0)
    .max(COPY_MAX_SECONDS + 60),
  /** When it was made, by the clock on the wall. */
  madeAtMs: z.number(),
});
export type CopyHead = z.infer<typeof CopyHead>;

/** The first record of a copy, once opened: what a stem has to know besides its sound. */
export const CopyDetails = z.object({
  format: StemFormat,
  timelineFrames: PositionFrames,
  startedAtMs: z.number().min(0).max(SESSION_TIME_MAX_MS),
  transportAtStart: TransportState,
  /** Where in its lane it begins: copies of two keepers are laid over each other by it. Not of sound that came over the media lane. */
  lane: z.object({ stream: z.int(), frame: z.int() }).optional(),
});
export type CopyDetails = z.infer<typeof CopyDetails>;

export const CopyMessage = z.discriminatedUnion("say", [
  /** Told whenever a link comes up and whenever it is another: one's own key, and what one wishes. */
  z.object({
    say: z.literal("hello"),
    publicKey: Point.nullable(),
    /** Whether the other end may keep what is played here, and whether this end keeps what is played there. */
    mayKeep: z.boolean(),
    keeps: z.boolean(),
    /** Whether it answers one: then it is not answered itself. */
    isAnswer: z.boolean(),
  }),
  /** The copies here that are sealed under the other end's key. */
  z.object({ say: z.literal("have"), copies: z.array(CopyHead).max(COPIES_MAX) }),
  /** Records of a copy, please, from a number on. */
  z.object({ say: z.literal("give"), copyId: z.uuid(), from: z.int().min(0) }),
  /** There are so many records of it, and no more. */
  z.object({ say: z.literal("end"), copyId: z.uuid(), records: z.int().min(0) }),
  /** The owner has no more use for a copy, or (`null`) for any. */
  z.object({ say: z.literal("delete"), copyId: z.uuid().nullable() }),
]);
export type CopyMessage = z.infer<typeof CopyMessage>;

/** One sealed record of a copy on its way. */
export interface CopyRecord {
  copyId: string;
  number: number;
  sealed: Uint8Array<ArrayBuffer>;
}

/** The first byte tells a message in JSON (0) from a record (1), which goes on with its copy's id (36 characters) and its number (u32, big-endian). */
const [JSON_BYTE, RECORD_BYTE, ID_BYTES] = [0, 1, 36];
const RECORD_HEAD_BYTES = 1 + ID_BYTES + 4;
/** What is longer is none of ours. */
const MESSAGE_MAX_BYTES = 128 * 1024;

export function packCopyMessage(message: CopyMessage): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(message));
  const bytes = new Uint8Array(1 + json.byteLength);
  bytes[0] = JSON_BYTE;
  bytes.set(json, 1);
  return bytes;
}

export function packCopyRecord({ copyId, number, sealed }: CopyRecord): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(RECORD_HEAD_BYTES + sealed.byteLength);
  bytes[0] = RECORD_BYTE;
  bytes.set(new TextEncoder().encode(copyId), 1);
  new DataView(bytes.buffer).setUint32(1 + ID_BYTES, number);
  bytes.set(sealed, RECORD_HEAD_BYTES);
  return bytes;
}

/** `null`: whatever it is, it is neither. */
export function readCopyMessage(bytes: Uint8Array<ArrayBuffer>): CopyMessage | CopyRecord | null {
  if (bytes.byteLength > MESSAGE_MAX_BYTES) return null;
  if (bytes[0] === RECORD_BYTE && bytes.byteLength > RECORD_HEAD_BYTES) {
    const copyId = new TextDecoder().decode(bytes.subarray(1, 1 + ID_BYTES));
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1 + ID_BYTES);
    return { copyId, number, sealed: bytes.slice(RECORD_HEAD_BYTES) };
  }
  if (bytes[0] !== JSON_BYTE) return null;
  try {
    return CopyMessage.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(1))));
  } catch {
    return null;
  }
}
