import { createHash, randomBytes } from "node:crypto";
import { closeSync, createReadStream, fdatasyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { ClockPoint, StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { frameBytesOf, type StemInfo, wavHeader } from "./wav.std.ts";

/** Everything about a stem that is not sound; beside the file as JSON, so that a share can begin after a restart. */
export interface Stem {
  recordingId: RecordingId;
  sessionId: SessionId;
  takeId: string;
  name: string;
  path: string;
  format: StemFormat;
  timelineFrames: number;
  startedAtMs: number;
  bpm: number;
  frames: number;
  sizeBytes: number;
  /** Lower-case hexadecimal SHA-256 of the whole file; absent while it is being recorded. */
  sha256?: string;
  clock: ClockPoint[];
  transportAtStart: TransportState;
  transportAtEnd: TransportState;
}

export type NewStem = Omit<Stem, "path" | "frames" | "sizeBytes" | "sha256" | "clock" | "transportAtEnd"> & {
  project: string;
};

/** How often sound goes to the disk and the header says so: what a power cut can cost at most. */
const FLUSH_MS = 500;

/**
 * Writes one stem as Broadcast Wave while it is played. Sound is on disk, and the header true of it, every half second; so whatever
 * ends the program, what is left is a file that opens. `error` is set when the disk refuses: what was written until then stays.
 */
export class Recorder {
  readonly #info: StemInfo;
  readonly #stem: Stem;
  readonly #file: number;
  readonly #headerBytes: number;
  #pending: Uint8Array[] = [];
  #pendingFrames = 0;
  #writtenBytes = 0;
  error: Error | undefined;

  constructor(folder: string, { project, ...stem }: NewStem) {
    this.#stem = {
      ...stem,
      path: join(folder, `${stem.name}.wav`),
      frames: 0,
      sizeBytes: 0,
      clock: [],
      transportAtEnd: stem.transportAtStart,
    };
    this.#info = {
      format: stem.format,
      description: `${project}: ${stem.name}`,
      reference: stem.recordingId,
      umid: umid(),
      timeReference: Math.round((stem.timelineFrames * stem.format.sampleRateHz) / 48_000),
      startedAtMs: stem.startedAtMs,
      project,
      take: stem.takeId,
      track: stem.name,
      bpm: stem.bpm,
    };
    // An existing file is never written over: names are unique.
    this.#file = openSync(this.#stem.path, "wx");
    const header = wavHeader(this.#info, 0);
    this.#headerBytes = header.byteLength;
    writeSync(this.#file, header, 0, header.byteLength, 0);
  }

  get stem(): Stem {
    return this.#stem;
  }

  /** Samples as a device gives them, interleaved in the stem's own number of channels, 24-bit. */
  write(samples: Int32Array): void {
    if (this.error !== undefined) return;
    const bytes = new Uint8Array(samples.length * 3);
    for (let at = 0, byte = 0; at < samples.length; at++, byte += 3) {
      const sample = samples[at] ?? 0;
      bytes[byte] = sample;
      bytes[byte + 1] = sample >> 8;
      bytes[byte + 2] = sample >> 16;
    }
    this.#pending.push(bytes);
    this.#pendingFrames += samples.length / this.#stem.format.channels;
    this.#stem.frames += samples.length / this.#stem.format.channels;
    if (this.#pendingFrames * 1000 >= FLUSH_MS * this.#stem.format.sampleRateHz) this.#flush();
  }

  /** Where a frame of the stem lies in session time; a few a minute make the map. */
  mark(point: ClockPoint): void {
    this.#stem.clock.push(point);
  }

  /** Ends the stem: header, hash, sidecar. */
  async finish(transportAtEnd: TransportState): Promise<Stem> {
    this.#flush();
    closeSync(this.#file);
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(this.#stem.path)) hash.update(chunk);
    this.#stem.transportAtEnd = transportAtEnd;
    this.#stem.sha256 = hash.digest("hex");
    await writeSidecar(this.#stem);
    return this.#stem;
  }

  #flush(): void {
    if (this.#pending.length === 0 || this.error !== undefined) return;
    try {
      for (const bytes of this.#pending) {
        let done = 0;
        while (done < bytes.byteLength) {
          done += writeSync(
            this.#file,
            bytes,
            done,
            bytes.byteLength - done,
            this.#headerBytes + this.#writtenBytes + done,
          );
        }
        this.#writtenBytes += bytes.byteLength;
      }
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
      this.#writtenBytes -= this.#writtenBytes % frameBytesOf(this.#stem.format);
      this.#stem.frames = this.#writtenBytes / frameBytesOf(this.#stem.format);
      ftruncateSync(this.#file, this.#headerBytes + this.#writtenBytes);
    }
    this.#pending = [];
    this.#pendingFrames = 0;
    const header = wavHeader(this.#info, this.#writtenBytes);
    writeSync(this.#file, header, 0, header.byteLength, 0);
    // A chunk of odd length ends with a byte that does not count (RIFF).
    if (this.#writtenBytes & 1) writeSync(this.#file, Uint8Array.of(0), 0, 1, this.#headerBytes + this.#writtenBytes);
    this.#stem.sizeBytes = this.#headerBytes + this.#writtenBytes + (this.#writtenBytes & 1);
    fdatasyncSync(this.#file);
  }
}

/** Written aside and moved into place, so that a reader finds the old one or the new one and never half of it. */
async function writeSidecar(stem: Stem): Promise<void> {
  const path = `${stem.path}.json`;
  await writeFile(`${path}.part`, JSON.stringify(stem, null, 2));
  await rename(`${path}.part`, path);
}

/** A basic UMID (SMPTE ST 330): the label, its length, and a material number that is random enough to be unique. */
function umid(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x06, 0x0a, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x05, 0x01, 0x01, 0x08, 0x20, 0x13, 0, 0, 0]);
  bytes.set(randomBytes(16), 16);
  return bytes;
}
