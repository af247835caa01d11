import * as z from "zod";
import { MemberId, RecordingId, SessionId } from "./ids.ts";
import { HIDDEN, withoutJoiners } from "./joiners.ts";
import {
  CLOCK_ERROR_MAX_MS,
  LANE_CHANNELS_MAX,
  PART_MAX_BYTES,
  PART_MIN_BYTES,
  PARTS_MAX,
  PEAKS_MAX_BYTES,
  RECORDING_MAX_BYTES,
  RECORDING_NAME_MAX_CHARS,
  SESSION_TIME_MAX_MS,
  TEMPO_MAX_BPM,
  TEMPO_MIN_BPM,
} from "./limits.ts";
import { TransportState } from "./room.ts";
import { PositionFrames } from "./timeline.ts";

/** Lower-case hexadecimal SHA-256 of a whole file. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** A name for a person and for a disk: no path separators, no control characters, no leading dot. */
export const RecordingName = z
  .string()
  .min(1)
  .max(RECORDING_NAME_MAX_CHARS)
  .refine((name) => !HIDDEN.test(withoutJoiners(name)) && !/^\.|[/\\:*?"<>|]/.test(name), {
    error: "A name cannot hold path separators or control characters.",
  });

export const StemFormat = z.object({
  sampleRateHz: z.union([z.literal(44_100), z.literal(48_000), z.literal(88_200), z.literal(96_000)]),
  channels: z.int().min(1).max(LANE_CHANNELS_MAX),
  encoding: z.enum(["pcm24", "float32"]),
});
export type StemFormat = z.infer<typeof StemFormat>;

/** An instant of the room's clock. */
const SessionTimeMs = z.number().min(0).max(SESSION_TIME_MAX_MS);

/** One sample of the map from a device's clock to session time: frame `frame` of the stem was captured at `atMs`. */
export const ClockPoint = z.object({
  frame: z.int().min(0).max(RECORDING_MAX_BYTES),
  atMs: SessionTimeMs,
  errorMs: z.number().min(0).max(CLOCK_ERROR_MAX_MS),
});
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
  startedAtMs: SessionTimeMs,
  bpm: z.number().min(TEMPO_MIN_BPM).max(TEMPO_MAX_BPM),
  partBytes: z.int().min(PART_MIN_BYTES).max(PART_MAX_BYTES).default(PART_MIN_BYTES),
});
export type CreateRecording = z.infer<typeof CreateRecording>;

export const CompleteRecording = z.object({
  sizeBytes: z.int().min(1).max(RECORDING_MAX_BYTES),
  frames: z.int().min(0).max(RECORDING_MAX_BYTES),
  sha256: Sha256Hex,
  parts: z.int().min(1).max(PARTS_MAX),
  clock: z.array(ClockPoint).max(CLOCK_POINTS_MAX).default([]),
  transportAtStart: TransportState,
  transportAtEnd: TransportState,
  /** The uploader's own peaks, if it has them: base64 of the bytes that `peaksProblem` describes. */
  peaks: z
    .base64()
    .max(Math.ceil(PEAKS_MAX_BYTES / 3) * 4)
    .optional(),
});
export type CompleteRecording = z.infer<typeof CompleteRecording>;

/**
 * What is wrong with these peaks, or `null`. Peaks are signed bytes: for each bin, for each channel, the lowest and the highest
 * sample of the bin, scaled to −128…127; bins share the stem's frames evenly.
 */
export function peaksProblem(peaks: Int8Array, channels: number): string | null {
  if (peaks.length === 0 || peaks.length % (2 * channels) !== 0) return "Peaks come in pairs, one for each channel.";
  for (let at = 0; at < peaks.length; at += 2) {
    if ((peaks[at] ?? 0) > (peaks[at + 1] ?? 0)) return "A peak's low is above its high.";
  }
  return null;
}

/**
 * What the keys of an account's safety copies are made of (`protocol/safety-copies.ts`; RFC 9180, section 7.1.3), 32 bytes: the same for as long as
 * the account lives.
 */
export const CopySeed = z.object({ seed: z.string().regex(/^[\w-]{43}$/) });

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
  /** Empty in lists; read the recording itself for its map. */
  clock: z.array(ClockPoint),
  transportAtStart: TransportState.nullable().optional(),
  transportAtEnd: TransportState.nullable().optional(),
  createdAtMs: z.int(),
  completedAtMs: z.int().nullable(),
  /**
   * When the recording is deleted by its tier's retention; `null`: kept until the session is deleted. While uploading: when
   * the unfinished upload is given up.
   */
  expiresAtMs: z.int().nullable(),
  hasPeaks: z.boolean(),
});
export type Recording = z.infer<typeof Recording>;
