import { execFileSync } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plainInfo, wavHeader } from "../../audio/wav-writer.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { deliver } from "../../companion/engine/delivery/delivery.node.ts";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import { sha256Of } from "../../companion/engine/stems/file-hash.node.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { Upload, type UploadSource, wholeSource } from "../../companion/engine/upload/upload.std.ts";
import type { UploadProgress } from "../../companion/engine/upload/upload-progress.std.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { newId, type RecordingId } from "../../protocol/ids.ts";
import { PART_MIN_BYTES } from "../../protocol/limits.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-upload-"));
const stateDir = join(folder, "state");
let platform: Platform;
let port = 0;

beforeAll(async () => {
  platform = await startPlatform({ isCrowd: true, stateDir });
  port = Number(new URL(platform.origin).port);
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts what it sends, so that a test can tell how much was sent twice, and tells of each piece that the network took. */
class CountingApi extends ApiClient {
  readonly sent: number[] = [];
  onPiece: () => void = () => undefined;
  override async putPart(...[id, number, bytes, digest, signal, onSent]: Parameters<ApiClient["putPart"]>) {
    this.sent.push(number);
    await super.putPart(id, number, bytes, digest, signal, (sentBytes) => {
      this.onPiece();
      onSent?.(sentBytes);
    });
  }
}

function shareOf(
  api: ApiClient,
  source: UploadSource,
  onProgress: (progress: UploadProgress) => void = () => undefined,
) {
  return new Upload({ api, disk: nodeDisk, source, nowMs: () => Date.now(), onProgress, partBytes: PART_MIN_BYTES });
}

async function studio() {
  const person = { displayName: "Ada", email: `${randomUUID()}@example.org`, tier: "pro" as const };
  const { token } = await seedAccount(platform, person);
  const api = new CountingApi(platform.origin, token);
  const { sessionId } = await api.createSession("Upload");
  const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
  // Four parts: two on their way, one held, one to come.
  const frames = PART_MIN_BYTES + 1_234;
  const header = wavHeader(plainInfo(format), frames * 3);
  const bytes = Buffer.concat([header, randomBytes(frames * 3)]);
  const path = join(folder, `${randomUUID()}.wav`);
  writeFileSync(path, bytes);
  const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;
  const stem: Stem = {
    recordingId: newId("rec", (length) => new Uint8Array(randomBytes(length))) as RecordingId,
    sessionId,
    takeId: randomUUID(),
    name: "Long take",
    path,
    format,
    timelineFrames: 0,
    startedAtMs: 1_000,
    bpm: 120,
    headerBytes: header.byteLength,
    sharing: "wanted",
    repaired: false,
    frames,
    sizeBytes: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    clock: [],
    transportAtStart: stopped,
    transportAtEnd: stopped,
  };
  return { api, stem };
}

/** The platform's process dies as in a power cut, and comes back on the same port. */
async function crash(): Promise<void> {
  const children = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" });
  for (const pid of children.trim().split("\n")) process.kill(Number(pid), "SIGKILL");
  await platform.stop();
  platform = await startPlatform({ isCrowd: true, stateDir, port });
}

test("X1: workerd is killed in the middle of an upload; it goes on by itself and the file is the same", async () => {
  const { api, stem } = await studio();
  let crashed: Promise<void> | undefined;
  const shared = await shareOf(api, wholeSource(stem), ({ sentBytes }) => {
    if (sentBytes >= 2 * PART_MIN_BYTES) crashed ??= crash();
  }).run();
  await crashed;
  expect(shared).toMatchObject({ state: "complete", sha256: stem.sha256 });
  expect(new Set(api.sent).size).toBe(4);
  if (shared === null) throw new Error("It was not shared.");
  const path = await deliver(api, shared, join(folder, "delivered"));
  expect(await sha256Of(path)).toBe(stem.sha256);
});

test("X1: a companion that dies in the middle of a part sends only what was not held", async () => {
  const { api, stem } = await studio();
  const cut = shareOf(api, wholeSource(stem));
  api.onPiece = () => {
    if (api.sent.length > 2) cut.stop();
  };
  expect(await cut.run()).toBeNull();
  const before = new Set(api.sent).size;
  expect(before).toBeLessThan(4);
  api.onPiece = () => undefined;
  const shared = await shareOf(api, wholeSource(stem)).run();
  expect(shared).toMatchObject({ state: "complete", sha256: stem.sha256 });
  // Two parts may have been on their way.
  expect(api.sent.length).toBeLessThanOrEqual(6);
});

test("X1, C7: a download that broke off goes on where it stopped, and one that was damaged is thrown away", async () => {
  const { api, stem } = await studio();
  const shared = await shareOf(api, wholeSource(stem)).run();
  if (shared === null) throw new Error("It was not shared.");
  const place = join(folder, "resumed");
  const path = await deliver(api, shared, place);
  const whole = execFileSync("cat", [path], { maxBuffer: 1e8 });
  rmSync(path);
  writeFileSync(`${path}.part`, whole.subarray(0, 10_000_000));
  expect(await deliver(api, shared, place)).toBe(path);
  expect(await sha256Of(path)).toBe(stem.sha256);
  rmSync(path);
  writeFileSync(`${path}.part`, randomBytes(9_000_000));
  await expect(deliver(api, shared, place)).rejects.toThrow(/did not arrive whole/);
  expect(await sha256Of(await deliver(api, shared, place))).toBe(stem.sha256);
});
