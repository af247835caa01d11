import type { Sealed } from "../../migrations/schema/sealed.ts";
import type { recordings } from "../../migrations/schema.ts";
import { PART_MIN_BYTES } from "../../protocol/limits.ts";

/** For tests: rows with a plain value for all that a test is not about. */

/** Where a sealed text belongs that nobody reads. Nobody can open it either: addresses.ts makes one that is. */
export const SEALED = "zq:AAAA" as Sealed;

/** An account of which a test says no more than its id. */
export const accountRow = (id: string) => ({
  id,
  // Nobody can open it: where a mail is to arrive, addresses.ts makes one.
  email: `${id}:AAAA` as Sealed,
  emailIndex: id,
  displayName: `${id}:AAAA` as Sealed,
  createdAtMs: 0,
});

type RecordingRow = typeof recordings.$inferInsert;

/** A finished stem of which a test says whose it is, and what it is about. */
export const recordingRow = (
  row: Pick<RecordingRow, "id" | "sessionId" | "accountId"> & Partial<RecordingRow>,
): RecordingRow => ({
  memberId: "mem",
  takeId: "00000000-0000-4000-8000-000000000000",
  name: SEALED,
  state: "complete",
  sampleRateHz: 48_000,
  channels: 1,
  encoding: "pcm24",
  timelineFrames: 0,
  startedAtMs: 0,
  bpm: 120,
  partBytes: PART_MIN_BYTES,
  createdAtMs: 0,
  ...row,
});
