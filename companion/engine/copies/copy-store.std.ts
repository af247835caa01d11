import { COPIES_MAX, COPY_KEPT_MS, CopyHead } from "../../../protocol/safety-copies.ts";
import type { Disk, DiskFile } from "../stems/disk.std.ts";

/**
 * Safety copies on the disk of whoever keeps them: `<id>.copy` with the sealed records, each behind its length (u32, big-endian), and beside it
 * `<id>.copy.json` with the head. A copy whose program died is read up to its last whole record.
 */
const [ENDING, HEAD_ENDING] = [".copy", ".copy.json"];
const LENGTH_BYTES = 4;
/** A record is one message: what says that it is longer is no record. */
const RECORD_MAX_BYTES = 64 * 1024;

/** A copy that grows. */
export interface GrowingCopy {
  /** Throws what the disk says. */
  add(sealed: Uint8Array): void;
  /** How far it is: a program that dies has said it. */
  note(head: CopyHead): void;
  /** Its file is closed whatever the disk says. */
  end(head: CopyHead): Promise<void>;
}

export class CopyStore {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #heads = new Map<string, CopyHead>();
  /** Where each record of a copy begins, as far as it has been read. */
  readonly #places = new Map<string, number[]>();
  readonly #bytes = new Map<string, number>();
  /** Those that grow: their file goes when it is closed, and not before. */
  readonly #open = new Set<string>();

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
    for (const name of disk.names(folder)) {
      const head = name.endsWith(HEAD_ENDING) ? this.#readHead(name) : null;
      if (head === null) continue;
      this.#heads.set(head.copyId, head);
      disk.sizeOf(this.#pathOf(head.copyId)).then(
        (bytes) => this.#bytes.set(head.copyId, bytes),
        () => undefined,
      );
    }
  }

  get heads(): readonly CopyHead[] {
    return [...this.#heads.values()];
  }

  get isFull(): boolean {
    return this.#heads.size >= COPIES_MAX;
  }

  get heldBytes(): number {
    return [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  get freeBytes(): number {
    return this.#disk.freeBytes(this.#folder);
  }

  /** Throws what the disk says. */
  begin(head: CopyHead): GrowingCopy {
    const { copyId } = head;
    const path = this.#pathOf(copyId);
    const file = this.#disk.create(path);
    this.#open.add(copyId);
    this.#save(head);
    let at = 0;
    return {
      add: (sealed) => {
        const bytes = new Uint8Array(LENGTH_BYTES + sealed.byteLength);
        new DataView(bytes.buffer).setUint32(0, sealed.byteLength);
        bytes.set(sealed, LENGTH_BYTES);
        file.write(bytes, at);
        at += bytes.byteLength;
        if (this.#heads.has(copyId)) this.#bytes.set(copyId, at);
      },
      note: (soFar) => {
        if (this.#heads.has(copyId)) this.#save(soFar);
      },
      end: async (whole) => {
        try {
          await file.sync();
        } finally {
          await file.close();
          this.#open.delete(copyId);
          // Somebody may have had it deleted meanwhile.
          if (this.#heads.has(copyId)) this.#save(whole);
          else this.#disk.remove(path);
        }
      },
    };
  }

  /** Some records of a copy from a number on, and whether they are the last. Of one that is gone there are none. */
  async read(
    copyId: string,
    from: number,
    most: number,
  ): Promise<{ records: Uint8Array<ArrayBuffer>[]; isEnd: boolean }> {
    const records: Uint8Array<ArrayBuffer>[] = [];
    if (!this.#heads.has(copyId)) return { records, isEnd: true };
    const file = await this.#disk.open(this.#pathOf(copyId), "read");
    try {
      const places = this.#places.get(copyId) ?? [0];
      this.#places.set(copyId, places);
      for (let number = Math.min(from, places.length - 1); records.length < most; number++) {
        const at = places[number] ?? 0;
        const record = await readRecord(file, at);
        if (record === null) return { records, isEnd: true };
        if (number >= from) records.push(record);
        places[number + 1] = at + LENGTH_BYTES + record.byteLength;
      }
    } finally {
      await file.close();
    }
    return { records, isEnd: false };
  }

  remove(copyId: string): void {
    if (!this.#heads.delete(copyId)) return;
    this.#places.delete(copyId);
    this.#bytes.delete(copyId);
    this.#disk.remove(`${this.#pathOf(copyId)}.json`);
    if (!this.#open.has(copyId)) this.#disk.remove(this.#pathOf(copyId));
  }

  /** Ends what nobody has asked for in time. */
  sweep(nowMs: number): void {
    for (const { copyId, madeAtMs } of this.heads) if (nowMs - madeAtMs >= COPY_KEPT_MS) this.remove(copyId);
  }

  #save(head: CopyHead): void {
    this.#heads.set(head.copyId, head);
    this.#disk.replace(`${this.#pathOf(head.copyId)}.json`, JSON.stringify(head));
  }

  #readHead(name: string): CopyHead | null {
    try {
      const head = CopyHead.parse(JSON.parse(this.#disk.text(this.#disk.pathOf(this.#folder, name)) ?? ""));
      return name === `${head.copyId}${HEAD_ENDING}` ? head : null;
    } catch {
      return null;
    }
  }

  #pathOf(copyId: string): string {
    return this.#disk.pathOf(this.#folder, `${copyId}${ENDING}`);
  }
}

async function readRecord(file: DiskFile, at: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const length = new Uint8Array(LENGTH_BYTES);
  if ((await file.read(length, at)) < LENGTH_BYTES) return null;
  const bytes = new DataView(length.buffer).getUint32(0);
  if (bytes === 0 || bytes > RECORD_MAX_BYTES) return null;
  const record = new Uint8Array(bytes);
  return (await file.read(record, at + LENGTH_BYTES)) < bytes ? null : record;
}
