import { execFileSync } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { plainInfo, wavHeader } from "../../audio/wav-writer.ts";
import type { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { Upload, wholeSource } from "../../companion/engine/upload/upload.std.ts";
import { newId, type RecordingId } from "../../protocol/ids.ts";
import { PART_MAX_BYTES } from "../../protocol/limits.ts";

const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;

/** A stem of noise of about so many bytes, on disk. */
export function writeStem(folder: string, aboutBytes: number): Omit<Stem, "recordingId" | "sessionId"> {
  const path = join(folder, `${aboutBytes}.wav`);
  const frames = Math.floor(aboutBytes / 3);
  const header = wavHeader(plainInfo(format), frames * 3);
  const hash = createHash("sha256").update(header);
  const file = openSync(path, "w");
  writeSync(file, header);
  for (let left = frames * 3; left > 0; left -= 2 ** 20) {
    const bytes = randomBytes(Math.min(2 ** 20, left));
    hash.update(bytes);
    writeSync(file, bytes);
  }
  closeSync(file);
  return {
    takeId: randomUUID(),
    name: "Bench",
    path,
    format,
    timelineFrames: 0,
    startedAtMs: 0,
    bpm: 120,
    headerBytes: header.byteLength,
    frames,
    sizeBytes: statSync(path).size,
    sha256: hash.digest("hex"),
    clock: [],
    transportAtStart: stopped,
    transportAtEnd: stopped,
    sharing: "wanted",
    repaired: false,
  };
}

const pageBytes = 4096;
const residentBytes = (pid: number | "self") =>
  Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * pageBytes;
/** The workerd processes of this one, oldest first. */
export const workerds = () =>
  execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map(Number);

/** The most that a process holds while something runs, in MB. */
async function peakOf<Result>(pid: number, run: () => Promise<Result>): Promise<{ result: Result; peak: number }> {
  let peak = residentBytes(pid);
  const watch = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 100);
  try {
    return { result: await run(), peak: peak / 1e6 };
  } finally {
    clearInterval(watch);
  }
}

/**
 * UploadQueue a stem as a companion does. Rates in MB/s: until its parts are acknowledged, and until others may have it, after the store
 * has read it back and hashed it. Memory in MB: what the companion grew by, and the most that workerd held.
 */
export async function share(api: ApiClient, stem: Omit<Stem, "recordingId" | "sessionId">, workerd: number) {
  const { sessionId } = await api.createSession("Bench");
  const recordingId = newId("rec", (length) => new Uint8Array(randomBytes(length))) as RecordingId;
  const whole: Stem = { ...stem, recordingId, sessionId };
  const before = residentBytes("self");
  let own = before;
  let partsDoneMs = 0;
  const startedAtMs = performance.now();
  const onProgress = ({ sentBytes }: { sentBytes: number }) => {
    own = Math.max(own, residentBytes("self"));
    if (sentBytes === stem.sizeBytes && partsDoneMs === 0) partsDoneMs = performance.now() - startedAtMs;
  };
  const { peak } = await peakOf(workerd, () =>
    new Upload({ api, disk: nodeDisk, source: wholeSource(whole), nowMs: () => Date.now(), onProgress }).run(),
  );
  const wholeMs = performance.now() - startedAtMs;
  await api.withdrawRecording(recordingId);
  return {
    partsRate: stem.sizeBytes / 1e3 / partsDoneMs,
    wholeRate: stem.sizeBytes / 1e3 / wholeMs,
    grown: (own - before) / 1e6,
    workerd: peak,
  };
}

/** The floor: a Worker that does nothing but put what it is sent, on the same workerd with the same kind of bucket on disk. */
const BARE = `export default { async fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/put") return new Response((await env.BUCKET.put("object", request.body)).etag);
  if (pathname === "/open") return new Response((await env.BUCKET.createMultipartUpload("object")).uploadId);
  const upload = env.BUCKET.resumeMultipartUpload("object", searchParams.get("upload"));
  if (pathname === "/abort") return new Response(await upload.abort());
  return new Response((await upload.uploadPart(Number(searchParams.get("number")), await request.arrayBuffer())).etag);
} }`;

export class BareStore {
  readonly #miniflare: Miniflare;
  #origin = "";
  workerd = 0;

  constructor(folder: string) {
    this.#miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        resourcePersistencePath: join(folder, "bare"),
        workers: [{ name: "bare", modules: true, script: BARE, r2Buckets: ["BUCKET"] }],
      }),
    );
  }

  async open(): Promise<void> {
    const before = new Set(workerds());
    this.#origin = (await this.#miniflare.ready).origin;
    this.workerd = workerds().find((pid) => !before.has(pid)) ?? 0;
  }

  /** One streaming `put` of the file; MB/s. */
  async put({ path, sizeBytes }: { path: string; sizeBytes: number }): Promise<number> {
    const startedAtMs = performance.now();
    const body = Readable.toWeb(createReadStream(path, { highWaterMark: 2 ** 20 })) as ReadableStream;
    const init = { method: "PUT", body, duplex: "half", headers: { "Content-Length": String(sizeBytes) } };
    const answer = await fetch(`${this.#origin}/put`, init as RequestInit);
    if (!answer.ok) throw new Error(`The bare put was answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
    return sizeBytes / 1e3 / (performance.now() - startedAtMs);
  }

  /** The file in parts, two on their way at once, nothing verified: MB/s, and the most that workerd held, in MB. */
  async multipart({ path, sizeBytes }: { path: string; sizeBytes: number }): Promise<{ rate: number; peak: number }> {
    const upload = encodeURIComponent(await (await fetch(`${this.#origin}/open`)).text());
    const file = openSync(path, "r");
    const startedAtMs = performance.now();
    const { peak } = await peakOf(this.workerd, async () => {
      let next = 1;
      const carry = async () => {
        while ((next - 1) * PART_MAX_BYTES < sizeBytes) {
          const number = next++;
          const bytes = new Uint8Array(Math.min(PART_MAX_BYTES, sizeBytes - (number - 1) * PART_MAX_BYTES));
          readSync(file, bytes, 0, bytes.length, (number - 1) * PART_MAX_BYTES);
          const answer = await fetch(`${this.#origin}/part?upload=${upload}&number=${number}`, {
            method: "PUT",
            body: bytes,
          });
          await answer.text();
        }
      };
      await Promise.all([carry(), carry()]);
    });
    const rate = sizeBytes / 1e3 / (performance.now() - startedAtMs);
    closeSync(file);
    await fetch(`${this.#origin}/abort?upload=${upload}`);
    return { rate, peak };
  }

  close(): Promise<void> {
    return this.#miniflare.dispose();
  }
}
