import { createHash } from "node:crypto";
import {
  appendFileSync,
  close,
  closeSync,
  createReadStream,
  existsSync,
  fdatasync,
  fsync,
  fsyncSync,
  ftruncateSync,
  open,
  openSync,
  read,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Disk, DiskFile } from "./disk.std.ts";

/** Read in pieces that leave the device's loop its turn. */
const PIECE_BYTES = 256 * 1024;

const closeAsync = promisify(close);
const openAsync = promisify(open);
const readAsync = promisify(read);
const syncAsync = promisify(fdatasync);

class NodeFile implements DiskFile {
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  async read(bytes: Uint8Array, atBytes: number): Promise<number> {
    let done = 0;
    while (done < bytes.byteLength) {
      const { bytesRead } = await readAsync(this.#file, bytes, done, bytes.byteLength - done, atBytes + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  write(bytes: Uint8Array, atBytes: number): void {
    for (let done = 0; done < bytes.byteLength; )
      done += writeSync(this.#file, bytes, done, bytes.byteLength - done, atBytes + done);
  }

  truncate(toBytes: number): void {
    ftruncateSync(this.#file, toBytes);
  }

  async sync(): Promise<void> {
    await syncAsync(this.#file);
  }

  async close(): Promise<void> {
    await closeAsync(this.#file);
  }
}

/** The machine's own disk. */
export const nodeDisk: Disk = {
  pathOf: join,
  names: (folder) => readdirSync(folder),
  has: existsSync,
  sizeOf: async (path) => statSync(path).size,
  freeBytes(folder) {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
  create: (path) => new NodeFile(openSync(path, "wx")),
  open: async (path, to) => new NodeFile(await openAsync(path, to === "read" ? "r" : "r+")),
  pieces: (path) => createReadStream(path, { highWaterMark: PIECE_BYTES }),
  text: (path) => (existsSync(path) ? readFileSync(path, "utf8") : null),
  begin(path, text) {
    writeFileSync(path, text, { flag: "wx" });
    for (const each of [path, ...(process.platform === "win32" ? [] : [dirname(path)])]) {
      open(each, "r", (error, file) => {
        if (error === null) fsync(file, () => close(file));
      });
    }
  },
  replace(path, content) {
    const file = openSync(`${path}.part`, "w");
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.part`, path);
    syncFolder(dirname(path));
  },
  append: (path, line) => appendFileSync(path, line),
  remove: (path) => rmSync(path, { force: true }),
  newHash() {
    const hash = createHash("sha256");
    return { add: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  },
};

/** A new name is on the disk only when its folder is. Windows has no such call, and does it by itself. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
