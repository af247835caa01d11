import * as z from "zod";
import { CopyDetails } from "../../../protocol/safety-copies.ts";

/** What a record of a copy holds, once opened: its first byte says what, and details and end are JSON. */
const [DETAILS, SOUND, END] = [0, 1, 2];

const CopyEnd = z.object({
  frames: z.int().min(0),
  missingFrames: z.int().min(0),
  /** Older copies do not say. */
  foldedFrames: z.int().min(0).default(0),
});
type CopyEnd = z.infer<typeof CopyEnd>;
/** What a keeper knows not to have: frames that never came, and channels of frames that came folded down. */
export type Lost = Pick<CopyEnd, "missingFrames" | "foldedFrames">;
export const NOTHING_LOST: Lost = { missingFrames: 0, foldedFrames: 0 };

export type CopyPart =
  | { what: "details"; details: CopyDetails }
  /** Interleaved PCM in the format that the details name. */
  | { what: "sound"; bytes: Uint8Array<ArrayBuffer> }
  | ({ what: "end" } & CopyEnd);

function withKind(kind: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + body.byteLength);
  bytes[0] = kind;
  bytes.set(body, 1);
  return bytes;
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export const packDetails = (details: CopyDetails): Uint8Array<ArrayBuffer> => withKind(DETAILS, json(details));
export const packSound = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => withKind(SOUND, bytes);
export const packEnd = (end: CopyEnd): Uint8Array<ArrayBuffer> => withKind(END, json(end));

/** `null`: whoever sealed it has sealed something else. */
export function readCopyPart(record: Uint8Array<ArrayBuffer>): CopyPart | null {
  const body = record.slice(1);
  try {
    if (record[0] === SOUND) return { what: "sound", bytes: body };
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (record[0] === DETAILS) return { what: "details", details: CopyDetails.parse(value) };
    if (record[0] === END) return { what: "end", ...CopyEnd.parse(value) };
  } catch {
    // As if it were none.
  }
  return null;
}
