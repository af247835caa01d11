import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PART_MIN_BYTES } from "../../../protocol/limits.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { type ApiClient, ApiError } from "../api/api-client.std.ts";
import type { Stem } from "./recorder.node.ts";

const RETRIES = 8;

/**
 * Uploads a finished stem; only ever called because a person shares it (C7). Opening, parts and completion may all be repeated, so a
 * stem whose upload broke off is simply shared again: the parts that are held are not sent twice. Memory: one part.
 */
export async function shareStem(
  api: ApiClient,
  stem: Stem,
  onProgress: (sentBytes: number, totalBytes: number) => void,
  signal?: AbortSignal,
): Promise<Recording> {
  if (stem.sha256 === undefined) throw new Error("The take is still being recorded.");
  const { recordingId, takeId, name, format, timelineFrames, startedAtMs, bpm } = stem;
  await again(() =>
    api.createRecording(stem.sessionId, {
      recordingId,
      takeId,
      name,
      format,
      timelineFrames,
      startedAtMs,
      bpm,
      partBytes: PART_MIN_BYTES,
    }),
  );
  const opened = await again(() => api.readRecording(recordingId));
  const held = new Set(opened.partsHeld);
  const parts = Math.ceil(stem.sizeBytes / opened.partBytes);
  const file = await open(stem.path);
  try {
    for (let number = 1; number <= parts && opened.state === "uploading"; number++) {
      signal?.throwIfAborted();
      const from = (number - 1) * opened.partBytes;
      const bytes = new Uint8Array(Math.min(opened.partBytes, stem.sizeBytes - from));
      if (!held.has(number)) {
        await file.read(bytes, 0, bytes.length, from);
        const digest = createHash("sha256").update(bytes).digest("base64");
        await again(() => api.putPart(recordingId, number, bytes, digest, signal));
      }
      onProgress(from + bytes.length, stem.sizeBytes);
    }
  } finally {
    await file.close();
  }
  const { sizeBytes, frames, sha256, clock, transportAtStart, transportAtEnd } = stem;
  return await again(() =>
    api.completeRecording(recordingId, { sizeBytes, frames, sha256, parts, clock, transportAtStart, transportAtEnd }),
  );
}

/** Tries again what may work later, with exponential backoff and full jitter. */
export async function again<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ApiError) || !error.retryable || tries >= RETRIES) throw error;
      await sleep(Math.random() * Math.min(30_000, 250 * 2 ** tries));
    }
  }
}
