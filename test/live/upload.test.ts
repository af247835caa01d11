import { execFileSync } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { deliver, sha256Of } from "../../companion/engine/takes/delivery.node.ts";
import type { Stem } from "../../companion/engine/takes/recorder.node.ts";
import { shareStem } from "../../companion/engine/takes/uploader.node.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { newId, type RecordingId } from "../../protocol/ids.ts";
import { PART_MIN_BYTES } from "../../protocol/limits.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-upload-"));
const stateDir = join(folder, "state");
let platform: Platform;
let port = 0;

beforeAll(async () => {
  platform = await startPlatform({ stateDir });
  port = Number(new URL(platform.origin).port);
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts what it sends, so that a test can tell how much was sent twice. */
class CountingApi extends ApiClient {
  readonly sent: number[] = [];
  override async putPart(...args: Parameters<ApiClient["putPart"]>): Promise<void> {
    this.sent.push(args[1]);
    await super.putPart(...args);
  }
}

async function studio() {
  const person = { displayName: "Ada", email: `${randomUUID()}@example.org`, tier: "pro" as const };
  const { token } = await seedAccount(platform.db, person);
  const api = new CountingApi(platform.origin, token);
  const { sessionId } = await api.createSession("Upload");
  const bytes = randomBytes(6 * PART_MIN_BYTES + 4_321);
  const path = join(folder, `${randomUUID()}.wav`);
  writeFileSync(path, bytes);
  const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;
  const stem: Stem = {
    recordingId: newId("rec", (length) => new Uint8Array(randomBytes(length))) as RecordingId,
    sessionId,
    takeId: randomUUID(),
    name: "Long take",
    path,
    format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
    timelineFrames: 0,
    startedAtMs: 1_000,
    bpm: 120,
    frames: 1,
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
  platform = await startPlatform({ stateDir, port });
}

test("R1: workerd is killed in the middle of an upload; it goes on by itself and the file is the same", async () => {
  const { api, stem } = await studio();
  let crashed: Promise<void> | undefined;
  const shared = await shareStem(api, stem, (sent) => {
    if (sent >= 3 * PART_MIN_BYTES) crashed ??= crash();
  });
  await crashed;
  expect(shared).toMatchObject({ state: "complete", sha256: stem.sha256 });
  expect(new Set(api.sent).size).toBe(7);
  const path = await deliver(api, shared, join(folder, "delivered"));
  expect(await sha256Of(path)).toBe(stem.sha256);
});

test("R1: a companion that dies in the middle of a part sends only what was not held", async () => {
  const { api, stem } = await studio();
  const stop = new AbortController();
  const cut = shareStem(
    api,
    stem,
    (sent) => {
      if (sent >= 3 * PART_MIN_BYTES) setTimeout(() => stop.abort(), 5);
    },
    stop.signal,
  );
  await cut.then(
    () => undefined,
    () => undefined,
  );
  const before = new Set(api.sent).size;
  expect(before).toBeLessThan(8);
  const shared = await shareStem(api, stem, () => undefined);
  expect(shared).toMatchObject({ state: "complete", sha256: stem.sha256 });
  expect(api.sent.length).toBeLessThanOrEqual(8);
});

test("R2: a download that broke off goes on where it stopped, and one that was damaged is thrown away", async () => {
  const { api, stem } = await studio();
  const shared = await shareStem(api, stem, () => undefined);
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
