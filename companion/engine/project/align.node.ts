import { closeSync, openSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { clockCurve } from "../../../audio/clock-line.ts";
import { decodeInterleaved, encode, frameBytesOf } from "../../../audio/pcm.ts";
import { DriftResampler } from "../../../audio/resample.ts";
import { placeOf, preRollOf } from "../../../audio/stem-place.ts";
import { readWavHeader, WAV_HEADER_MAX_BYTES } from "../../../audio/wav-reader.ts";
import { type StemInfo, wavHeader } from "../../../audio/wav-writer.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { Recording } from "../../../protocol/recordings.ts";

/** Less drift than this over a whole stem is not worth touching its sound for. */
const DRIFT_IGNORED_MS = 0.05;
/** Small enough that lanes in the same program do not notice. */
const CHUNK_FRAMES = 4_096;

/** Silence before the sound, at most: a file that begins at bar one is dropped into any DAW, but half an hour of nothing is enough. */
const PADDING_MAX_SECONDS = 30 * 60;

/** What alignment needs to know of a stem, whether it was delivered or recorded here. */
export type Alignable = Pick<
  Recording,
  | "recordingId"
  | "sessionId"
  | "takeId"
  | "name"
  | "format"
  | "timelineFrames"
  | "startedAtMs"
  | "bpm"
  | "clock"
  | "frames"
> &
  Partial<Pick<Recording, "transportAtStart">>;

/**
 * Writes the aligned copy of a delivered stem: resampled from its device's clock to session time, and beginning at the session's
 * origin, so that dropping it at bar one of any project puts every sound in its place. A stem that lies far from there begins with its sound, and
 * its header and the projects say where. What was played before the record button is
 * silence in it; the original has it, and is not touched. Streamed: memory does not grow with the take. Returns the drift that was taken
 * out, in parts per million, and in frames where its sound lies, where in the file it begins, and how long it is.
 */
export async function writeAligned(
  original: string,
  recording: Alignable,
  path: string,
  project: string = recording.sessionId,
): Promise<{ driftPpm: number; startFrames: number; paddingFrames: number; frames: number }> {
  const { format } = recording;
  const frames = recording.frames ?? 0;
  const line = clockCurve(recording.clock, format.sampleRateHz, recording.startedAtMs);
  const { ratio } = line;
  const driftMs = (frames / format.sampleRateHz) * Math.abs(ratio - 1) * 1000;
  const outRateHz = format.sampleRateHz;
  const padFrames = Math.round((placeOf(recording, line) * outRateHz) / TIMELINE_RATE_HZ);
  let skip = Math.round((preRollOf(recording) * outRateHz) / TIMELINE_RATE_HZ) * format.channels;
  const startFrames = padFrames + skip / format.channels;
  const paddingFrames = startFrames > PADDING_MAX_SECONDS * outRateHz ? 0 : startFrames;
  const info: StemInfo = {
    format,
    description: `${recording.name}, aligned`,
    reference: recording.recordingId,
    umid: new Uint8Array(64),
    timeReference: startFrames - paddingFrames,
    startedAtMs: recording.startedAtMs,
    project,
    take: recording.takeId,
    takeId: recording.takeId,
    track: recording.name,
    bpm: recording.bpm,
  };
  const { channels } = format;
  const frameBytes = frameBytesOf(format);
  const source = await open(original);
  const partial = `${path}.part`;
  const target = openSync(partial, "w");
  const headerBytes = wavHeader(info, 0).byteLength;
  const resampler = driftMs < DRIFT_IGNORED_MS ? undefined : new DriftResampler(channels, line.stemFrameAt);
  // What lies before the take is a hole in the file, which reads as silence.
  let at = headerBytes + paddingFrames * frameBytes;
  const put = (all: Float64Array) => {
    const samples = all.subarray(skip);
    skip -= all.length - samples.length;
    const bytes = encode(samples, format.encoding);
    for (let done = 0; done < bytes.length; ) done += writeSync(target, bytes, done, bytes.length - done, at + done);
    at += bytes.length;
  };
  try {
    const dataAt = await soundAt(source);
    const sampleBytes = frameBytes / channels;
    const bytes = Buffer.alloc(CHUNK_FRAMES * channels * sampleBytes);
    for (let frame = 0; frame < frames; ) {
      const wanted = Math.min(CHUNK_FRAMES, frames - frame) * channels * sampleBytes;
      const { bytesRead } = await source.read(bytes, 0, wanted, dataAt + frame * channels * sampleBytes);
      if (bytesRead === 0) break;
      const samples = decodeInterleaved(bytes.subarray(0, bytesRead), format.encoding);
      put(resampler === undefined ? samples : resampler.push(samples));
      frame += samples.length / channels;
    }
    if (resampler !== undefined) put(resampler.finish());
    const dataBytes = at - headerBytes;
    const header = wavHeader(info, dataBytes);
    writeSync(target, header, 0, header.byteLength, 0);
    if (dataBytes & 1) writeSync(target, Uint8Array.of(0), 0, 1, at);
  } catch (error) {
    // On a full disk half a copy would take the room that the sound itself needs.
    await rm(partial, { force: true });
    throw error;
  } finally {
    closeSync(target);
    await source.close();
  }
  await rename(partial, path);
  const soundFrames = (at - headerBytes) / frameBytes - paddingFrames;
  return { driftPpm: (ratio - 1) * 1e6, startFrames, paddingFrames, frames: soundFrames };
}

/** Where a stem's sound begins. */
async function soundAt(file: Awaited<ReturnType<typeof open>>): Promise<number> {
  const start = new Uint8Array(WAV_HEADER_MAX_BYTES);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  const header = readWavHeader(start.subarray(0, bytesRead));
  if (header === null) throw new Error("This is not a stem: no sound was found in it.");
  return header.dataAtBytes;
}
