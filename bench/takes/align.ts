import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { plainInfo, wavHeader } from "../../audio/wav-writer.ts";
import { writeAligned } from "../../companion/engine/project/align.node.ts";
import { RecordingId, SessionId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";

const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;

/** The largest distance from its place of a tick at start, middle and end of an hour, after alignment. */
export async function alignHour(folder: string, ppm: number): Promise<{ worstMs: number; seconds: number }> {
  const SECONDS = 3_600;
  const [original, aligned] = [join(folder, "hour.wav"), join(folder, "hour aligned.wav")];
  const frames = Math.round(SECONDS * 48_000 * (1 + ppm / 1e6));
  const header = wavHeader(plainInfo(format), frames * 3);
  const file = openSync(original, "w");
  writeSync(file, header);
  writeSync(file, new Uint8Array(1), 0, 1, header.byteLength + frames * 3 - 1);
  const seconds = [1, SECONDS / 4, SECONDS / 2, SECONDS - 1];
  for (const second of seconds) {
    const at = second * 48_000 * (1 + ppm / 1e6);
    const first = Math.round(at) - 40;
    const tick = Buffer.alloc(81 * 3);
    for (let n = 0; n <= 80; n++)
      tick.writeIntLE(Math.round(2 ** 22 * Math.exp(-(((first + n - at) / 12) ** 2))), n * 3, 3);
    writeSync(file, tick, 0, tick.length, header.byteLength + first * 3);
  }
  closeSync(file);
  const recording: Recording = {
    recordingId: RecordingId.parse("rec_00000000000000000000000000"),
    sessionId: SessionId.parse("ses_00000000000000000000000000"),
    takeId: randomUUID(),
    memberId: "mem_00000000000000000000000000",
    name: "hour",
    format,
    timelineFrames: 96_000,
    startedAtMs: 1e6,
    bpm: 120,
    state: "complete",
    partBytes: 8 * 2 ** 20,
    sizeBytes: null,
    frames,
    sha256: null,
    clock: Array.from({ length: SECONDS / 5 }, (_, at) => ({
      frame: at * 240_000,
      // As in life: each point is wrong by up to its error, here a slow wave and a fast one of 0.8 ms together.
      atMs: 1e6 + (at * 5_000) / (1 + ppm / 1e6) + 0.4 * Math.sin(at * 7) + 0.4 * Math.sin(at / 90),
      errorMs: 0.8,
    })),
    createdAtMs: 0,
    completedAtMs: 0,
    expiresAtMs: null,
    hasPeaks: false,
  };
  const startedAtMs = performance.now();
  await writeAligned(original, recording, aligned);
  const tookSeconds = (performance.now() - startedAtMs) / 1000;
  const out = openSync(aligned, "r");
  const dataAt = wavHeader(
    {
      ...plainInfo(format),
      description: "hour, aligned",
      reference: recording.recordingId,
      project: recording.sessionId,
      take: recording.takeId,
      track: "hour",
    },
    0,
  ).byteLength;
  let worstMs = 0;
  for (const second of seconds) {
    const expected = 96_000 + second * 48_000;
    const window = Buffer.alloc(961 * 3);
    readSync(out, window, 0, window.length, dataAt + (expected - 480) * 3);
    let sum = 0;
    let moment = 0;
    for (let n = 0; n <= 960; n++) {
      const value = Math.abs(window.readIntLE(n * 3, 3));
      sum += value;
      moment += value * (n - 480);
    }
    worstMs = Math.max(worstMs, sum === 0 ? Number.POSITIVE_INFINITY : Math.abs(moment / sum / 48));
  }
  closeSync(out);
  rmSync(original);
  rmSync(aligned);
  return { worstMs, seconds: tookSeconds };
}
