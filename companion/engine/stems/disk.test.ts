import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { BrowserDisk, type Folder, type SyncHandle } from "./disk.dom.ts";
import { nodeDisk } from "./disk.node.ts";
import { bytesOf, type Disk, hashOf, isFull } from "./disk.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-disk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A browser's folder in memory, as late as the real one; an open file is locked, and a disk may be full. */
function browserFolder(files = new Map<string, Uint8Array<ArrayBuffer>>(), roomBytes = Number.POSITIVE_INFINITY) {
  const locked = new Set<string>();
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1));
  const put = (name: string, bytes: Uint8Array, at: number): number => {
    const old = files.get(name) ?? new Uint8Array(0);
    const room = Math.max(0, Math.min(bytes.length, roomBytes - at));
    const grown = new Uint8Array(Math.max(old.length, at + room));
    grown.set(old);
    grown.set(bytes.subarray(0, room), at);
    files.set(name, grown);
    return room;
  };
  const fileHandle = (name: string) => ({
    kind: "file",
    name,
    getFile: async () => new Blob([files.get(name) ?? new Uint8Array(0)]),
    createWritable: async (options?: { keepExistingData: boolean }) => {
      let next = options?.keepExistingData === true ? (files.get(name) ?? new Uint8Array(0)) : new Uint8Array(0);
      return {
        write: async (what: string | Uint8Array | { position: number; data: string }) => {
          const isPlaced = typeof what === "object" && "data" in what;
          const data = isPlaced ? what.data : what;
          const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
          const at = isPlaced ? what.position : 0;
          const grown = new Uint8Array(Math.max(next.length, at + bytes.length));
          grown.set(next);
          grown.set(bytes, at);
          next = grown;
        },
        close: async () => void files.set(name, next),
      };
    },
    createSyncAccessHandle: async (): Promise<SyncHandle> => {
      await soon();
      if (locked.has(name)) throw new DOMException("It is open.", "NoModificationAllowedError");
      locked.add(name);
      return {
        read: (bytes, { at }) => {
          const found = (files.get(name) ?? new Uint8Array(0)).subarray(at, at + bytes.length);
          bytes.set(found);
          return found.length;
        },
        write: (bytes, { at }) => put(name, bytes, at),
        truncate: (to) => void files.set(name, (files.get(name) ?? new Uint8Array(0)).slice(0, to)),
        getSize: () => files.get(name)?.length ?? 0,
        flush: () => undefined,
        close: () => void locked.delete(name),
      };
    },
  });
  const handle = {
    getFileHandle: async (name: string, { create = false } = {}) => {
      if (!files.has(name) && !create) throw new DOMException("There is none.", "NotFoundError");
      if (!files.has(name)) files.set(name, new Uint8Array(0));
      return fileHandle(name);
    },
    removeEntry: async (name: string) => void files.delete(name),
    values: async function* () {
      for (const name of [...files.keys()]) yield fileHandle(name);
    },
  };
  return { files, handle: handle as unknown as Folder };
}

const openBrowser = (place = browserFolder()) =>
  BrowserDisk.open(place.handle, {
    estimate: async () => ({ quota: 1_000, usage: 400 }),
    onTrouble: (error) => {
      throw error;
    },
  });

test.each([
  ["room", browserFolder(), "here"],
  ["no room", browserFolder(new Map(), 1_000), "full"],
] as const)(
  "X24: a browser's disk with %s says so before a take is begun, and keeps nothing of the question",
  async (_, place, told) => {
    const disk = await openBrowser(place);
    expect(await disk.look()).toBe(told);
    expect(place.files.size).toBe(0);
  },
);

test.each([
  ["QuotaExceededError", "full"],
  ["NoModificationAllowedError", "none"],
] as const)("X24: a browser's disk that refuses a file with %s is %s", async (name, told) => {
  const place = browserFolder();
  const refuse = async () => Promise.reject(new DOMException("", name));
  const disk = await openBrowser({ ...place, handle: Object.assign(place.handle, { getFileHandle: refuse }) });
  expect(await disk.look()).toBe(told);
});

const disks: [string, () => Promise<{ disk: Disk; place: string }>][] = [
  ["this machine's disk", async () => ({ disk: nodeDisk, place: mkdtempSync(join(folder, "node-")) })],
  ["a browser's disk", async () => ({ disk: await openBrowser(), place: "takes" })],
];

describe.each(disks)("%s", (_name, open) => {
  test("C6: a file grows while it is read, keeps what was written, and is nobody's twice", async () => {
    const { disk, place } = await open();
    const path = disk.pathOf(place, "take.wav");
    const file = disk.create(path);
    expect(disk.has(path)).toBe(true);
    expect(() => disk.create(path)).toThrow();
    file.write(Uint8Array.of(1, 2, 3, 4), 0);
    file.write(Uint8Array.of(9), 1);
    file.write(Uint8Array.of(5, 6), 4);
    await file.sync();
    const reader = await disk.open(path, "read");
    const read = new Uint8Array(4);
    expect(await reader.read(read, 3)).toBe(3);
    expect([...read]).toEqual([4, 5, 6, 0]);
    file.truncate(5);
    await file.sync();
    await file.close();
    expect([...(await bytesOf(disk, path))]).toEqual([1, 9, 3, 4, 5]);
    // The reader that was there before goes on.
    expect(await reader.read(read, 0)).toBe(4);
    await reader.close();
    expect(await hashOf(disk, path)).toBe(
      createHash("sha256")
        .update(Uint8Array.of(1, 9, 3, 4, 5))
        .digest("hex"),
    );
    expect(await disk.sizeOf(path)).toBe(5);
    expect(disk.names(place)).toContain("take.wav");
    const mended = await disk.open(path, "mend");
    mended.write(Uint8Array.of(7), 0);
    await mended.close();
    expect([...(await bytesOf(disk, path))]).toEqual([7, 9, 3, 4, 5]);
  });

  test("C6: what is said of a stem is read at once, and what was said last stays", async () => {
    const { disk, place } = await open();
    const path = disk.pathOf(place, "take.wav.json");
    expect(disk.text(path)).toBeNull();
    disk.begin(path, "first");
    disk.replace(path, "second");
    expect(disk.text(path)).toBe("second");
    const journal = disk.pathOf(place, "take.wav.clock");
    disk.append(journal, "one\n");
    disk.append(journal, "two\n");
    expect(disk.text(journal)).toBe("one\ntwo\n");
    disk.remove(journal);
    disk.remove(journal);
    expect(disk.text(journal)).toBeNull();
    expect(disk.has(journal)).toBe(false);
    expect(disk.freeBytes(place)).toBeGreaterThan(0);
  });
});

describe("a browser's disk", () => {
  test("C6: the next visit finds files, what was said of them, and the journal of one that was torn", async () => {
    const place = browserFolder();
    const disk = await openBrowser(place);
    const file = disk.create("take.wav");
    file.write(Uint8Array.of(1, 2), 0);
    disk.begin("take.wav.json", "{}");
    disk.append("take.wav.clock", "one\n");
    disk.append("take.wav.clock", "two\n");
    await file.sync();
    await disk.settled();
    const again = await openBrowser(browserFolder(place.files));
    expect(again.names().toSorted()).toEqual(["take.wav", "take.wav.clock", "take.wav.json"]);
    expect(again.text("take.wav.json")).toBe("{}");
    expect(again.text("take.wav.clock")).toBe("one\ntwo\n");
    expect([...(await bytesOf(again, "take.wav"))]).toEqual([1, 2]);
  });

  test("X24: where the browser has no room left, it says so as a disk does", async () => {
    const disk = await openBrowser(browserFolder(new Map(), 3));
    const file = disk.create("take.wav");
    await file.sync();
    let said: unknown;
    try {
      file.write(Uint8Array.of(1, 2, 3, 4), 0);
    } catch (error) {
      said = error;
    }
    expect(isFull(said)).toBe(true);
    await file.close();
  });

  test("X24: a file that cannot be opened is said at the next write, and nothing hangs", async () => {
    const place = browserFolder();
    const disk = await openBrowser(place);
    const first = disk.create("take.wav");
    await first.sync();
    const second = await disk.open("take.wav", "mend");
    second.write(Uint8Array.of(1), 0);
    await expect(second.sync()).rejects.toThrow("It is open.");
    expect(() => second.write(Uint8Array.of(1), 0)).toThrow("It is open.");
    await second.close();
    await first.close();
  });
});
