import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frameBytesOf } from "../../audio/pcm.ts";
import { wavHeader } from "../../audio/wav-writer.ts";
import type { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import { sealStem } from "../../companion/engine/stems/finalize.std.ts";
import { newId, type RecordingId, type SessionId } from "../../protocol/ids.ts";
import { PART_MIN_BYTES } from "../../protocol/limits.ts";
import type { ClockPoint, StemFormat } from "../../protocol/recordings.ts";
import type { TransportState } from "../../protocol/room.ts";

/** A stem as a test wants it: what is in each frame is a function of the frame. */
export interface WantedStem {
  /** Drawn anew unless it is given. */
  recordingId?: RecordingId;
  name: string;
  takeId?: string;
  format?: StemFormat;
  timelineFrames: number;
  frames: number;
  /** One value a channel, full scale ±1. */
  sound: (frame: number) => readonly number[];
  startedAtMs?: number;
  bpm?: number;
  clock?: ClockPoint[];
  transportAtStart?: TransportState;
  /** Only so many parts are sent, and it is not completed. */
  partsOnly?: number;
}

const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;

function soundBytes({ frames, sound }: WantedStem, format: StemFormat): Buffer {
  const bytes = Buffer.alloc(frames * frameBytesOf(format));
  const width = format.encoding === "pcm24" ? 3 : 4;
  for (let frame = 0; frame < frames; frame++) {
    const values = sound(frame);
    for (let channel = 0; channel < format.channels; channel++) {
      const at = (frame * format.channels + channel) * width;
      const value = values[channel] ?? 0;
      if (width === 4) bytes.writeFloatLE(value, at);
      else bytes.writeIntLE(Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, Math.round(value * 2 ** 23))), at, 3);
    }
  }
  return bytes;
}

/** Makes the stem's file as the companion does and shares it over the API, parts, hash, peaks and all. */
export async function shareStem(api: ApiClient, sessionId: SessionId, wanted: WantedStem): Promise<RecordingId> {
  const format = wanted.format ?? { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" };
  const recordingId = wanted.recordingId ?? newId("rec", (length) => new Uint8Array(randomBytes(length)));
  const takeId = wanted.takeId ?? randomUUID();
  const { name, timelineFrames, frames, bpm = 120, startedAtMs = Date.now() - 60_000 } = wanted;
  const sound = soundBytes(wanted, format);
  const info = { format, description: name, reference: "", umid: new Uint8Array(64), timeReference: timelineFrames };
  const about = { startedAtMs, project: sessionId, take: takeId, takeId, track: name, bpm };
  const header = wavHeader({ ...info, ...about }, sound.length);
  const bytes = Buffer.concat([header, sound]);
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-stem-"));
  try {
    const path = join(folder, "stem.wav");
    writeFileSync(path, bytes);
    const { sha256, peaks } = await sealStem(nodeDisk, path, header.length, format, frames);
    const place = { timelineFrames, startedAtMs, bpm };
    await api.createRecording(sessionId, { recordingId, takeId, name, format, ...place, partBytes: PART_MIN_BYTES });
    const parts = Math.ceil(bytes.length / PART_MIN_BYTES);
    for (let number = 1; number <= (wanted.partsOnly ?? parts); number++) {
      const part = new Uint8Array(bytes.subarray((number - 1) * PART_MIN_BYTES, number * PART_MIN_BYTES));
      await api.putPart(recordingId, number, part, createHash("sha256").update(part).digest("base64"));
    }
    if (wanted.partsOnly !== undefined) return recordingId;
    await api.completeRecording(recordingId, {
      sizeBytes: bytes.length,
      frames,
      sha256,
      parts,
      clock: wanted.clock ?? [],
      transportAtStart: wanted.transportAtStart ?? { ...stopped, bpm },
      transportAtEnd: { ...stopped, bpm },
      peaks: Buffer.from(peaks).toString("base64"),
    });
    return recordingId;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
