import * as z from "zod";
import { WAV_HEADER_MAX_BYTES } from "../../../audio/wav-reader.ts";
import { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { ClockPoint, RecordingName, Sha256Hex, StemFormat } from "../../../protocol/recordings.ts";
import { TransportState } from "../../../protocol/room.ts";

/**
 * What the person wants with a stem, and how far that has come. `local`: it stays here. `wanted`: it is on its way. `paused`: on its way,
 * and told to wait. `shared`: it has arrived; when the server's copy has ended this one is not sent again. `withdrawing`: to be taken
 * back, and the server has not said yes yet. `withdrawn`: taken back. Kept beside the file, so that a restart goes on with what the
 * person decided and with nothing else.
 */
const Sharing = z.enum(["local", "wanted", "paused", "shared", "withdrawing", "withdrawn"]);
export type Sharing = z.infer<typeof Sharing>;

/**
 * Everything about a stem that is not sound; beside the file as JSON from its first moment, so that a take whose program died can be
 * repaired and shared. `frames` and `sizeBytes` count what is on disk.
 */
export const Stem = z.object({
  recordingId: RecordingId,
  sessionId: SessionId,
  takeId: z.uuid(),
  name: RecordingName,
  path: z.string(),
  format: StemFormat,
  /** Where frame 0 lies. With a pre-roll that is before the place at which record was pressed, which `transportAtStart` tells. */
  timelineFrames: z.int(),
  startedAtMs: z.number(),
  bpm: z.number(),
  headerBytes: z.int().min(44).max(WAV_HEADER_MAX_BYTES),
  frames: z.int().min(0),
  sizeBytes: z.int().min(0),
  /** Lower-case hexadecimal SHA-256 of the whole file; absent while it is being recorded. */
  sha256: Sha256Hex.optional(),
  clock: z.array(ClockPoint),
  transportAtStart: TransportState,
  transportAtEnd: TransportState,
  sharing: Sharing,
  /** The program ended before the take did; what was on disk by then is all there is. */
  repaired: z.boolean().default(false),
});
export type Stem = z.infer<typeof Stem>;
