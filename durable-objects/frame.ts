import type { ErrorCode } from "../protocol/errors.ts";
import { EventId } from "../protocol/ids.ts";
import { ROOM_FRAME_MAX_BYTES } from "../protocol/limits.ts";
import { ok, type Result } from "../protocol/result.ts";
import { ClientMessage } from "../protocol/room.ts";

/** `closes`: this client does not speak the protocol at all. `eventId`: it was meant as a post, and is owed an answer.
 * `helloVersion`: it was meant as a hello, perhaps of another generation. */
export type Frame = Result<
  ClientMessage,
  ErrorCode,
  { detail?: string | undefined; closes: boolean; eventId?: EventId | undefined; helloVersion?: number }
>;

const encoder = new TextEncoder();

/** A UTF-16 unit is one to three bytes of UTF-8, so most frames are measured without encoding them. */
function isTooLarge(frame: string): boolean {
  if (frame.length > ROOM_FRAME_MAX_BYTES) return true;
  return frame.length * 3 > ROOM_FRAME_MAX_BYTES && encoder.encode(frame).byteLength > ROOM_FRAME_MAX_BYTES;
}

/** Frames: reads one of a client (docs/PROTOCOL.md P33, P34). */
export function readFrame(frame: string | ArrayBuffer | ArrayBufferView): Frame {
  if (typeof frame !== "string") {
    const tooLarge = frame.byteLength > ROOM_FRAME_MAX_BYTES;
    return { ok: false, reason: tooLarge ? "payload-too-large" : "message-invalid", closes: true };
  }
  if (isTooLarge(frame)) return { ok: false, reason: "payload-too-large", closes: true };
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { ok: false, reason: "message-invalid", closes: true };
  }
  const parsed = ClientMessage.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  // Which field, never what was in it.
  const detail = issue === undefined || issue.path.length === 0 ? undefined : `Not valid: ${issue.path.join(".")}.`;
  return { ok: false, reason: "message-invalid", detail, closes: false, ...meantBy(value) };
}

/** What can be read of a message that is not valid as a whole. */
function meantBy(value: unknown): { eventId?: EventId; helloVersion?: number } {
  if (typeof value !== "object" || value === null || !("type" in value)) return {};
  if (value.type === "post" && "eventId" in value) return { eventId: EventId.safeParse(value.eventId).data };
  const version = value.type === "hello" && "protocolVersion" in value ? value.protocolVersion : undefined;
  return typeof version === "number" && Number.isFinite(version) ? { helloVersion: version } : {};
}
