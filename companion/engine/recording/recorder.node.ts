import { randomBytes } from "node:crypto";
import { close, fdatasync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { encode, frameBytesOf } from "../../../audio/pcm.ts";
import { sizeHeader, wavHeader } from "../../../audio/wav-writer.ts";
import { CLOCK_POINTS_MAX, type ClockPoint } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { addClockPoint } from "../stems/clock-journal.node.ts";
import { attempt, finishStem } from "../stems/finalize.node.ts";
import { beginSidecar } from "../stems/sidecar.node.ts";
import type { Stem } from "../stems/stem.std.ts";

export type NewStem = Pick<
  Stem,
  | "recordingId"
  | "sessionId"
  | "takeId"
  | "name"
  | "format"
  | "timelineFrames"
  | "startedAtMs"
  | "bpm"
  | "transportAtStart"
  | "sharing"
> & {
  project: string;
  /** What the take is called in the file's own tags; its id where it has no other name. */
  takeName?: string;
};

/** How often sound goes to the disk and the header says so: twice in the second that a power cut may cost. */
const FLUSH_MS = 500;

const fdatasyncAsync = promisify(fdatasync);
const closeAsync = promisify(close);

/**
 * Writes one stem as Broadcast Wave while it is played. Sound is handed to the system, and the header made true of it, every half second;
 * so whatever ends the program, what is left is a file that opens. The disk itself is asked in the background, because the device's loop
 * cannot wait for it. `error` is set when the disk refuses: what was written until then stays.
 */
export class Recorder {
  readonly #stem: Stem;
  readonly #file: number;
  readonly #header: Uint8Array<ArrayBuffer>;
  readonly #headerBytes: number;
  #pending: Uint8Array[] = [];
  #pendingFrames = 0;
  #writtenBytes = 0;
  #syncing: Promise<void> | undefined;
  error: Error | undefined;

  constructor(folder: string, { project, takeName, ...stem }: NewStem) {
    this.#header = wavHeader(
      {
        format: stem.format,
        description: `${project}: ${stem.name}`,
        reference: stem.recordingId,
        umid: umid(),
        timeReference: Math.round((stem.timelineFrames * stem.format.sampleRateHz) / 48_000),
        startedAtMs: stem.startedAtMs,
        project,
        take: takeName ?? stem.takeId,
        takeId: stem.takeId,
        track: stem.name,
        bpm: stem.bpm,
      },
      0,
    );
    this.#headerBytes = this.#header.byteLength;
    this.#stem = {
      ...stem,
      path: join(folder, `${stem.name}.wav`),
      headerBytes: this.#headerBytes,
      frames: 0,
      sizeBytes: 0,
      clock: [],
      transportAtEnd: stem.transportAtStart,
      repaired: false,
    };
    // An existing file is never written over: names are unique.
    this.#file = openSync(this.#stem.path, "wx");
    writeSync(this.#file, this.#header, 0, this.#headerBytes, 0);
    beginSidecar(this.#stem);
  }

  /** Bytes from the start of the file that are on disk; past the header they will not change any more. */
  get readyBytes(): number {
    return this.#headerBytes + this.#writtenBytes;
  }

  get stem(): Stem {
    return this.#stem;
  }

  /** Samples as a device gives them, interleaved in the stem's own number of channels, 24-bit. */
  write(samples: Int32Array): void {
    if (this.error !== undefined) return;
    this.#pending.push(encode(samples, this.#stem.format.encoding));
    this.#pendingFrames += samples.length / this.#stem.format.channels;
    if (this.#pendingFrames * 1000 >= FLUSH_MS * this.#stem.format.sampleRateHz) this.#flush();
  }

  /** Where a frame of the stem lies in session time; a few a minute make the map. On disk at once: a repaired take needs it too. */
  mark(point: ClockPoint): void {
    // A take of many hours keeps every other point rather than none of the later ones.
    if (this.#stem.clock.length >= CLOCK_POINTS_MAX)
      this.#stem.clock = this.#stem.clock.filter((_, at) => at % 2 === 0);
    this.#stem.clock.push(point);
    if (this.error === undefined) attempt(() => addClockPoint(this.#stem.path, point));
  }

  /** Ends the stem: header, hash, peaks, sidecar. */
  async finish(transportAtEnd: TransportState): Promise<Stem> {
    this.#stem.transportAtEnd = transportAtEnd;
    this.#flush();
    await this.#syncing;
    await fdatasyncAsync(this.#file).catch((error: Error) => {
      this.error ??= error;
    });
    await closeAsync(this.#file);
    return await finishStem(this.#stem);
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
      ftruncateSync(this.#file, this.#headerBytes + this.#writtenBytes);
    }
    this.#pending = [];
    this.#pendingFrames = 0;
    sizeHeader(this.#header, this.#stem.format, this.#writtenBytes);
    writeSync(this.#file, this.#header, 0, this.#headerBytes, 0);
    // A chunk of odd length ends with a byte that does not count (RIFF).
    if (this.#writtenBytes & 1) writeSync(this.#file, Uint8Array.of(0), 0, 1, this.#headerBytes + this.#writtenBytes);
    this.#stem.frames = this.#writtenBytes / frameBytesOf(this.#stem.format);
    this.#stem.sizeBytes = this.#headerBytes + this.#writtenBytes + (this.#writtenBytes & 1);
    this.#syncing ??= fdatasyncAsync(this.#file)
      .catch((error: Error) => {
        this.error ??= error;
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }
}

/** A basic UMID (SMPTE ST 330): the label, its length, and a material number that is random enough to be unique. */
function umid(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x06, 0x0a, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x05, 0x01, 0x01, 0x08, 0x20, 0x13, 0, 0, 0]);
  bytes.set(randomBytes(16), 16);
  return bytes;
}
