import { z } from "zod";
import { MemberId, RecordingId, SessionId } from "./ids.ts";
import {
  PART_MAX_BYTES,
  PART_MIN_BYTES,
  PARTS_MAX,
  RECORDING_MAX_BYTES,
  RECORDING_NAME_MAX_CHARS,
  TEMPO_MAX_BPM,
  TEMPO_MIN_BPM,
} from "./limits.ts";
import { PositionFrames, TransportState } from "./room.ts";

/** Lower-case hexadecimal SHA-256 of a whole file. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** A name for a person and for a disk: no path separators, no control characters, no leading dot. */
export const RecordingName = z
  .string()
  .min(1)
  .max(RECORDING_NAME_MAX_CHARS)
  .regex(/^[^\p{C}/\\:*?"<>|.][^\p{C}/\\:*?"<>|]*$/u, "A name cannot hold path separators or control characters.");

export const StemFormat = z.object({
  sampleRateHz: z.union([z.literal(44_100), z.literal(48_000), z.literal(88_200), z.literal(96_000)]),
  channels: z.union([z.literal(1), z.literal(2)]),
  encoding: z.enum(["pcm24", "float32"]),
});
export type StemFormat = z.infer<typeof StemFormat>;

/** One sample of the map from a device's clock to session time: frame `frame` of the stem was captured at `atMs`. */
export const ClockPoint = z.object({ frame: z.int().min(0), atMs: z.number(), errorMs: z.number().min(0) });
export type ClockPoint = z.infer<typeof ClockPoint>;
export const CLOCK_POINTS_MAX = 4_096;

/** Opens an upload. `recordingId` is the client's, so that a lost answer can be asked again. */
export const CreateRecording = z.object({
  recordingId: RecordingId,
  /** Stems recorded by one roll of the transport share a take id. */
  takeId: z.uuid(),
  name: RecordingName,
  format: StemFormat,
  /** Where frame 0 of the stem lies on the session timeline. */
  timelineFrames: PositionFrames,
  startedAtMs: z.number(),
  bpm: z.number().min(TEMPO_MIN_BPM).max(TEMPO_MAX_BPM),
  partBytes: z.int().min(PART_MIN_BYTES).max(PART_MAX_BYTES).default(PART_MIN_BYTES),
});
export type CreateRecording = z.infer<typeof CreateRecording>;

export const CompleteRecording = z.object({
  sizeBytes: z.int().min(1).max(RECORDING_MAX_BYTES),
  frames: z.int().min(0),
  sha256: Sha256Hex,
  parts: z.int().min(1).max(PARTS_MAX),
  clock: z.array(ClockPoint).max(CLOCK_POINTS_MAX).default([]),
  transportAtStart: TransportState,
  transportAtEnd: TransportState,
  /** The uploader's own peaks, if it has them: 8-bit min/max pairs, base64, see docs/PROTOCOL.md. */
  peaks: z
    .base64()
    .max(256 * 1024)
    .optional(),
});
export type CompleteRecording = z.infer<typeof CompleteRecording>;

/** A recording as every permitted member of its session sees it. */
export const Recording = z.object({
  recordingId: RecordingId,
  sessionId: SessionId,
  takeId: z.uuid(),
  memberId: MemberId,
  name: RecordingName,
  format: StemFormat,
  timelineFrames: PositionFrames,
  startedAtMs: z.number(),
  bpm: z.number(),
  state: z.enum(["uploading", "complete"]),
  partBytes: z.int(),
  /** Numbers of the parts that the store holds; only while uploading, only to the uploader. */
  partsHeld: z.array(z.int()).optional(),
  sizeBytes: z.int().nullable(),
  frames: z.int().nullable(),
  sha256: Sha256Hex.nullable(),
  clock: z.array(ClockPoint),
  createdAtMs: z.int(),
  completedAtMs: z.int().nullable(),
  /** When the recording is deleted by its tier's retention; `null`: kept until the session is deleted. */
  expiresAtMs: z.int().nullable(),
  hasPeaks: z.boolean(),
});
export type Recording = z.infer<typeof Recording>;
