import { encode, frameBytesOf } from "../../../audio/pcm.ts";
import { sizeHeader, wavHeader } from "../../../audio/wav-writer.ts";
import { CLOCK_POINTS_MAX, type ClockPoint } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { addClockPoint } from "../stems/clock-journal.std.ts";
import type { Disk, DiskFile } from "../stems/disk.std.ts";
import { attempt, finishStem } from "../stems/finalize.std.ts";
import { beginSidecar } from "../stems/sidecar.std.ts";
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

/**
 * Writes one stem as Broadcast Wave while it is played. Sound is handed to the system, and the header made true of it, every half second;
 * so whatever ends the program, what is left is a file that opens. The disk itself is asked in the background, because the device's loop
 * cannot wait for it. `error` is set when the disk refuses: what was written until then stays.
 */
export class Recorder {
  readonly #stem: Stem;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #header: Uint8Array<ArrayBuffer>;
  readonly #headerBytes: number;
  #pending: Uint8Array[] = [];
  #pendingFrames = 0;
  #writtenBytes = 0;
  #syncing: Promise<void> | undefined;
  error: Error | undefined;

  constructor(disk: Disk, folder: string, { project, takeName, ...stem }: NewStem) {
    this.#disk = disk;
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
      path: disk.pathOf(folder, `${stem.name}.wav`),
      headerBytes: this.#headerBytes,
      frames: 0,
      sizeBytes: 0,
      clock: [],
      transportAtEnd: stem.transportAtStart,
      repaired: false,
    };
    // An existing file is never written over: names are unique.
    this.#file = disk.create(this.#stem.path);
    this.#file.write(this.#header, 0);
    beginSidecar(disk, this.#stem);
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
    if (this.error === undefined) attempt(() => addClockPoint(this.#disk, this.#stem.path, point));
  }

  /** Ends the stem: header, hash, peaks, sidecar. */
  async finish(transportAtEnd: TransportState): Promise<Stem> {
    this.#stem.transportAtEnd = transportAtEnd;
    this.#flush();
    await this.#syncing;
    await this.#file.sync().catch((error: Error) => {
      this.error ??= error;
    });
    await this.#file.close();
    return await finishStem(this.#disk, this.#stem);
  }

  #flush(): void {
    if (this.#pending.length === 0 || this.error !== undefined) return;
    try {
      for (const bytes of this.#pending) {
        this.#file.write(bytes, this.#headerBytes + this.#writtenBytes);
        this.#writtenBytes += bytes.byteLength;
      }
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
      this.#writtenBytes -= this.#writtenBytes % frameBytesOf(this.#stem.format);
      this.#file.truncate(this.#headerBytes + this.#writtenBytes);
    }
    this.#pending = [];
    this.#pendingFrames = 0;
    sizeHeader(this.#header, this.#stem.format, this.#writtenBytes);
    try {
      this.#file.write(this.#header, 0);
      // A chunk of odd length ends with a byte that does not count (RIFF).
      if (this.#writtenBytes & 1) this.#file.write(Uint8Array.of(0), this.#headerBytes + this.#writtenBytes);
    } catch (error) {
      this.error ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#stem.frames = this.#writtenBytes / frameBytesOf(this.#stem.format);
    this.#stem.sizeBytes = this.#headerBytes + this.#writtenBytes + (this.#writtenBytes & 1);
    this.#syncing ??= this.#file
      .sync()
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
  bytes.set(crypto.getRandomValues(new Uint8Array(16)), 16);
  return bytes;
}
