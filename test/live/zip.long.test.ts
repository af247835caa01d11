import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const GIB = 2 ** 30;

/** The Worker's own zip; its types are another runtime's. */
type ZipOf = (
  store: { get(key: string): Promise<{ body: ReadableStream<Uint8Array>; size: number } | null> },
  stems: object[],
) => { stream: ReadableStream<Uint8Array>; length: bigint };

/** So many bytes of silence, made as they are asked for. */
function silence(sizeBytes: number): ReadableStream<Uint8Array> {
  const piece = new Uint8Array(2 ** 20);
  let left = sizeBytes;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      const length = Math.min(left, piece.length);
      controller.enqueue(piece.subarray(0, length));
      left -= length;
    },
  });
}

test("a stem past 4 GiB, and one that begins past it, come in a ZIP64 that another program finds whole; memory stays flat", async () => {
  const { zipOf } = (await import(new URL("../../workers/recordings/zip.ts", import.meta.url).href)) as {
    zipOf: ZipOf;
  };
  const sizes = [4 * GIB + 12_345, 1_000, 0];
  const stems = sizes.map((sizeBytes, at) => ({
    sessionId: "ses",
    recordingId: `rec_${at}`,
    name: `Stem ${at}`,
    createdAtMs: Date.UTC(2026, 10, 25),
    sizeBytes,
  }));
  let open = 0;
  const store = {
    async get(key: string) {
      expect(++open).toBeLessThanOrEqual(stems.length);
      const size = sizes[Number(/rec_(\d)/.exec(key)?.[1])] ?? 0;
      return { body: silence(size), size };
    },
  };
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-zip-"));
  try {
    const path = join(folder, "session.zip");
    const file = openSync(path, "w");
    const { stream, length } = zipOf(store, stems);
    const before = process.memoryUsage.rss();
    let [at, peak] = [0, before];
    for await (const chunk of stream) {
      // Silence is left out of the file on disk, which reads as zeros there.
      if (chunk.length < 2 ** 20) writeSync(file, chunk, 0, chunk.length, at);
      at += chunk.length;
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    ftruncateSync(file, at);
    closeSync(file);
    expect(BigInt(at)).toBe(length);
    expect(BigInt(statSync(path).size)).toBe(length);
    expect(peak - before).toBeLessThan(128e6);
    const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    print(json.dumps({"bad": z.testzip(), "files": [[i.filename, i.file_size] for i in z.infolist()]}))`;
    const found = JSON.parse(execFileSync("python3", ["-c", script, path], { encoding: "utf8" }));
    expect(found).toEqual({ bad: null, files: sizes.map((size, at) => [`Stem ${at}.wav`, size]) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
