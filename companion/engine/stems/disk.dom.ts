/**
 * A browser's own file system as a session's disk (WHATWG File System): one folder, kept by the browser for this origin alone. It runs in a
 * worker, because only there a file is written at once; opening one takes a moment, and what is written meanwhile waits for it in memory.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type Disk, type DiskFile, type DiskState, isFull } from "./disk.std.ts";

/** The DOM's own types have no worker's half of it. */
export interface SyncHandle {
  read(bytes: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(bytes: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}
interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncHandle>;
}
/** The part of a folder's handle that we use. */
export type Folder = Pick<FileSystemDirectoryHandle, "getFileHandle" | "removeEntry" | "values">;

const syncHandle = (handle: FileSystemFileHandle) => (handle as WorkerFileHandle).createSyncAccessHandle();

const PIECE_BYTES = 1024 * 1024;
/** A few seconds of a take: a file of that size tells whether there is room for one. */
const PROOF_BYTES = PIECE_BYTES;
/** Until the browser has said how much it keeps. */
const UNKNOWN_BYTES = Number.MAX_SAFE_INTEGER;
/** What says something of a stem, and is read at once. */
const isText = (name: string) => name.endsWith(".json") || name.endsWith(".clock");

class BrowserFile implements DiskFile {
  readonly #opened: Promise<void>;
  readonly #onClosed: () => void;
  #handle: SyncHandle | null = null;
  #early: { bytes: Uint8Array; atBytes: number }[] = [];
  #error: Error | null = null;

  constructor(opening: Promise<SyncHandle>, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#opened = opening
      .then((handle) => {
        this.#handle = handle;
        for (const { bytes, atBytes } of this.#early.splice(0)) this.write(bytes, atBytes);
      })
      .catch((error) => {
        this.#error = error instanceof Error ? error : new Error(String(error));
      });
  }

  async read(bytes: Uint8Array, atBytes: number): Promise<number> {
    await this.#opened;
    if (this.#error !== null) throw this.#error;
    return this.#handle?.read(bytes, { at: atBytes }) ?? 0;
  }

  write(bytes: Uint8Array, atBytes: number): void {
    if (this.#error !== null) throw this.#error;
    if (this.#handle === null) {
      this.#early.push({ bytes: bytes.slice(), atBytes });
      return;
    }
    for (let done = 0; done < bytes.byteLength; ) {
      const written = this.#handle.write(bytes.subarray(done), { at: atBytes + done });
      if (written === 0) throw new DOMException("The browser's disk is full.", "QuotaExceededError");
      done += written;
    }
  }

  truncate(toBytes: number): void {
    this.#handle?.truncate(toBytes);
  }

  async sync(): Promise<void> {
    await this.#opened;
    if (this.#error !== null) throw this.#error;
    this.#handle?.flush();
  }

  async close(): Promise<void> {
    await this.#opened;
    this.#handle?.close();
    this.#onClosed();
  }
}

export interface BrowserDiskOptions {
  /** What the browser keeps for this origin, and what of it is used (W3C Storage). */
  estimate(): Promise<{ quota?: number; usage?: number }>;
  /** Hears of what could not be kept after all. */
  onTrouble(error: unknown): void;
}

export class BrowserDisk implements Disk {
  readonly #folder: Folder;
  readonly #options: BrowserDiskOptions;
  readonly #names = new Set<string>();
  readonly #texts = new Map<string, string>();
  readonly #files = new Map<string, BrowserFile>();
  #writing: Promise<void> = Promise.resolve();
  #freeBytes = UNKNOWN_BYTES;

  private constructor(folder: Folder, options: BrowserDiskOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  static async open(folder: Folder, options: BrowserDiskOptions): Promise<BrowserDisk> {
    const disk = new BrowserDisk(folder, options);
    for await (const entry of folder.values()) {
      if (entry.kind !== "file") continue;
      disk.#names.add(entry.name);
      if (isText(entry.name)) disk.#texts.set(entry.name, await (await disk.#blob(entry.name)).text());
    }
    await disk.#look();
    return disk;
  }

  /** Whether a take can be kept now: found by writing a file, since a disk that lists its files may be full, or not be written. */
  async look(): Promise<DiskState> {
    await this.#writing;
    const name = "proof";
    try {
      const handle = await syncHandle(await this.#folder.getFileHandle(name, { create: true }));
      try {
        const written = handle.write(new Uint8Array(PROOF_BYTES), { at: 0 });
        handle.flush();
        return written === PROOF_BYTES ? "here" : "full";
      } finally {
        handle.close();
      }
    } catch (error) {
      return isFull(error) ? "full" : "none";
    } finally {
      await this.#folder.removeEntry(name).catch(() => undefined);
    }
  }

  /** Resolves when everything that was said of stems is kept. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  pathOf(_folder: string, name: string): string {
    return name;
  }

  names(): readonly string[] {
    return [...this.#names];
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  async sizeOf(path: string): Promise<number> {
    return (await this.#blob(path)).size;
  }

  freeBytes(): number {
    void this.#look();
    return this.#freeBytes;
  }

  create(path: string): DiskFile {
    if (this.#names.has(path)) throw new Error(`There is a file "${path}" already.`);
    return this.#openFile(path, true);
  }

  async open(path: string, to: "read" | "mend"): Promise<DiskFile> {
    return to === "mend" ? this.#openFile(path, false) : this.#reader(path);
  }

  async *pieces(path: string): AsyncIterable<Uint8Array> {
    const blob = await this.#blob(path);
    for (let at = 0; at < blob.size; at += PIECE_BYTES)
      yield new Uint8Array(await blob.slice(at, at + PIECE_BYTES).arrayBuffer());
  }

  text(path: string): string | null {
    return this.#texts.get(path) ?? null;
  }

  begin(path: string, text: string): void {
    this.replace(path, text);
  }

  replace(path: string, content: string | Uint8Array<ArrayBuffer>): void {
    this.#names.add(path);
    if (typeof content === "string") this.#texts.set(path, content);
    this.#later(async () => {
      const file = await this.#folder.getFileHandle(path, { create: true });
      // It is swapped in when it is closed, and not before.
      const writable = await file.createWritable();
      await writable.write(content);
      await writable.close();
    });
  }

  append(path: string, line: string): void {
    const before = this.#texts.get(path) ?? "";
    this.#names.add(path);
    this.#texts.set(path, before + line);
    this.#later(async () => {
      const file = await this.#folder.getFileHandle(path, { create: true });
      const writable = await file.createWritable({ keepExistingData: true });
      await writable.write({ type: "write", position: before.length, data: line });
      await writable.close();
    });
  }

  remove(path: string): void {
    this.#names.delete(path);
    this.#texts.delete(path);
    this.#later(async () => {
      await this.#folder.removeEntry(path).catch((error) => {
        if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
      });
    });
  }

  newHash() {
    const hash = sha256.create();
    return { add: (bytes: Uint8Array) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
  }

  #openFile(path: string, create: boolean): BrowserFile {
    this.#names.add(path);
    const opening = this.#folder.getFileHandle(path, { create }).then(syncHandle);
    const file = new BrowserFile(opening, () => this.#files.delete(path));
    this.#files.set(path, file);
    return file;
  }

  /** A file that is being written is read through the hand that writes it: nobody else may open it. */
  #reader(path: string): DiskFile {
    return {
      read: async (bytes, atBytes) => {
        const growing = this.#files.get(path);
        if (growing !== undefined) return await growing.read(bytes, atBytes);
        const read = await (await this.#blob(path)).slice(atBytes, atBytes + bytes.byteLength).arrayBuffer();
        bytes.set(new Uint8Array(read));
        return read.byteLength;
      },
      write: () => {
        throw new Error(`"${path}" was opened to be read.`);
      },
      truncate: () => {
        throw new Error(`"${path}" was opened to be read.`);
      },
      sync: async () => undefined,
      close: async () => undefined,
    };
  }

  async #blob(path: string): Promise<File> {
    return await (await this.#folder.getFileHandle(path)).getFile();
  }

  /** One after the other: what is said last of a stem is what stays. */
  #later(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch(this.#options.onTrouble);
  }

  async #look(): Promise<void> {
    const { quota, usage } = await this.#options.estimate();
    if (quota !== undefined) this.#freeBytes = quota - (usage ?? 0);
  }
}
