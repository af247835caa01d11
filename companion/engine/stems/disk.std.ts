/** A file that is being written, or read in places. */
export interface DiskFile {
  /** Reads into `bytes` from a place on; how many there were. */
  read(bytes: Uint8Array, atBytes: number): Promise<number>;
  /** All of it, or an error. */
  write(bytes: Uint8Array, atBytes: number): void;
  truncate(toBytes: number): void;
  /** Resolves when what was written is on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What stems need of the disk that they are kept on: a folder of this machine, or a browser's own file system. What is called while sound goes
 * by answers at once; small files that say something of a stem are texts, and can be read at once too.
 */
export interface Disk {
  pathOf(folder: string, name: string): string;
  names(folder: string): readonly string[];
  has(path: string): boolean;
  sizeOf(path: string): Promise<number>;
  freeBytes(folder: string): number;
  /** A file that is not there yet; throws where it is. */
  create(path: string): DiskFile;
  /** A file that is there. Only one to be mended can be written. */
  open(path: string, to: "read" | "mend"): Promise<DiskFile>;
  /** A file from its beginning, in pieces that leave others their turn. */
  pieces(path: string): AsyncIterable<Uint8Array>;
  text(path: string): string | null;
  /** A text that is not there yet: there at once, and on the disk itself a moment later. Nothing waits for it. */
  begin(path: string, text: string): void;
  /** Old or new, never half, even after a power cut. */
  replace(path: string, content: string | Uint8Array<ArrayBuffer>): void;
  append(path: string, line: string): void;
  remove(path: string): void;
  /** SHA-256, in lower-case hexadecimal. */
  newHash(): { add(bytes: Uint8Array): void; hex(): string };
}

/** Whether takes can be kept now: `full` where there is no room, `none` where nothing is kept at all, or may only be read. */
export type DiskState = "here" | "full" | "none";

/** Whether a disk refused because there is no room. Node's codes, and the DOM's name. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EFBIG" || code === "EDQUOT" || error.name === "QuotaExceededError";
}

export async function hashOf(disk: Disk, path: string): Promise<string> {
  const hash = disk.newHash();
  for await (const piece of disk.pieces(path)) hash.add(piece);
  return hash.hex();
}

/** All of a file, which is small. */
export async function bytesOf(disk: Disk, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await disk.sizeOf(path));
  const file = await disk.open(path, "read");
  try {
    await file.read(bytes, 0);
  } finally {
    await file.close();
  }
  return bytes;
}
