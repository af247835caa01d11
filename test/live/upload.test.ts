import { execFileSync } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wavHeader } from "../../audio/wav-writer.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { deliver } from "../../companion/engine/delivery/delivery.node.ts";
import { Recorder } from "../../companion/engine/recording/recorder.node.ts";
import { sha256Of } from "../../companion/engine/stems/file-hash.node.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { Upload, type UploadSource, wholeSource } from "../../companion/engine/upload/upload.node.ts";
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

/** Counts what it sends, so that a test can tell how much was sent twice. */
class CountingApi extends ApiClient {
  readonly sent: number[] = [];
  paused = false;
  override async putPart(...args: Parameters<ApiClient["putPart"]>): Promise<void> {
    this.sent.push(args[1]);
    await super.putPart(...args);
  }
}

function shareOf(
  api: ApiClient,
  source: UploadSource,
  onProgress: (progress: UploadProgress) => void = () => undefined,
) {
  return new Upload({ api, source, nowMs: () => Date.now(), onProgress, partBytes: PART_MIN_BYTES });
}

async function studio() {
  const person = { displayName: "Ada", email: `${randomUUID()}@example.org`, tier: "pro" as const };
  const { token } = await seedAccount(platform.db, person);
  const api = new CountingApi(platform.origin, token);
  const { sessionId } = await api.createSession("Upload");
  const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
  const frames = 2 * PART_MIN_BYTES + 1_234;
  const info = { format, description: "", reference: "", umid: new Uint8Array(64), timeReference: 0, startedAtMs: 0 };
  const header = wavHeader({ ...info, project: "", take: "", track: "", bpm: 120 }, frames * 3);
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
  return { api, stem, token };
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
    if (sentBytes >= 3 * PART_MIN_BYTES) crashed ??= crash();
  }).run();
  await crashed;
  expect(shared).toMatchObject({ state: "complete", sha256: stem.sha256 });
  expect(new Set(api.sent).size).toBe(7);
  if (shared === null) throw new Error("It was not shared.");
  const path = await deliver(api, shared, join(folder, "delivered"));
  expect(await sha256Of(path)).toBe(stem.sha256);
});

test("X1: a companion that dies in the middle of a part sends only what was not held", async () => {
  const { api, stem } = await studio();
  const cut = shareOf(api, wholeSource(stem), ({ sentBytes }) => {
    if (sentBytes >= 3 * PART_MIN_BYTES) setTimeout(() => cut.stop(), 5);
  });
  expect(await cut.run()).toBeNull();
  const before = new Set(api.sent).size;
  expect(before).toBeLessThan(8);
  const shared = await shareOf(api, wholeSource(stem)).run();
  expect(shared).toMatchObject({ state: "complete", sha256: stem.sha256 });
  // Two parts may have been on their way.
  expect(api.sent.length).toBeLessThanOrEqual(9);
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

test("C7: a take travels while it is recorded: by its end most of it is there, the header last, and the bytes are the same", async () => {
  const { api, stem: like } = await studio();
  const place = mkdtempSync(join(folder, "growing-"));
  const recorder = new Recorder(place, {
    ...like,
    recordingId: newId("rec", (length) => new Uint8Array(randomBytes(length))) as RecordingId,
    format: { sampleRateHz: 96_000, channels: 2, encoding: "float32" },
    name: "Growing",
    project: "Upload",
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<Stem>();
  let latest: UploadProgress | undefined;
  const source = { stem: recorder.stem, readyBytes: () => recorder.readyBytes, ended };
  const share = shareOf(api, source, (progress) => {
    latest = progress;
  });
  const running = share.run();
  const block = new Int32Array(96_000).map((_, at) => ((at * 7919) % 2 ** 23) - 2 ** 22);
  for (let written = 0; written < 4.5 * PART_MIN_BYTES; written += block.length * 4) recorder.write(block);
  await expect.poll(() => latest?.sentBytes, { timeout: 20_000 }).toBe(3 * PART_MIN_BYTES);
  expect(latest).toMatchObject({ totalBytes: null, secondsLeft: null });
  expect(api.sent).not.toContain(1);
  end(await recorder.finish(like.transportAtStart));
  const shared = await running;
  expect(shared).toMatchObject({ state: "complete", sha256: recorder.stem.sha256, hasPeaks: true });
  expect(api.sent.slice().sort()).toEqual([1, 2, 3, 4, 5]);
  expect(latest).toMatchObject({ state: "complete", sentBytes: recorder.stem.sizeBytes });
});

test("C7: pause stops the line at once, resume goes on, withdraw leaves nothing on the server and everything here", async () => {
  const { api, stem } = await studio();
  const states: string[] = [];
  const share = shareOf(api, wholeSource(stem), ({ state, sentBytes }) => {
    states.push(state);
    if (sentBytes >= 2 * PART_MIN_BYTES && !states.includes("paused")) share.pause();
  });
  const running = share.run();
  await expect.poll(() => states, { timeout: 20_000 }).toContain("paused");
  const { sentBytes } = share.progress;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(share.progress).toMatchObject({ state: "paused", sentBytes });
  share.resume();
  expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
  await shareOf(api, wholeSource(stem)).withdraw();
  await expect(api.readRecording(stem.recordingId)).rejects.toMatchObject({ code: "not-found" });
  expect(await sha256Of(stem.path)).toBe(stem.sha256);
  // Taken back by mistake: it can be shared again.
  expect(await shareOf(api, wholeSource(stem)).run()).toMatchObject({ state: "complete" });
});

/** A line between companion and platform: as slow as it is told to be, or silent while it is held. */
async function openLine(bytesPerSecond = Number.POSITIVE_INFINITY) {
  const line = { origin: "", held: false, close: () => server.close() };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    far.pipe(near);
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    void (async () => {
      for await (const chunk of near) {
        while (line.held) await sleep(50);
        if (!far.write(chunk)) await once(far, "drain");
        if (Number.isFinite(bytesPerSecond)) await sleep(((chunk as Buffer).length / bytesPerSecond) * 1000);
      }
    })().catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  line.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return line;
}

test("C7: on a slow line progress moves within a part, with a rate and a time left that are true", async () => {
  const { stem, token } = await studio();
  const line = await openLine(1e6);
  const told: (UploadProgress & { atMs: number })[] = [];
  const share = shareOf(new ApiClient(line.origin, token), wholeSource(stem), (progress) =>
    told.push({ ...progress, atMs: performance.now() }),
  );
  const running = share.run();
  await expect.poll(() => told.at(-1)?.sentBytes ?? 0, { timeout: 60_000 }).toBeGreaterThan(0.6 * stem.sizeBytes);
  const middle = told.at(-1);
  // Not only when a part has been acknowledged.
  expect(told.some(({ sentBytes }) => sentBytes % PART_MIN_BYTES > 0)).toBe(true);
  for (const [at, { sentBytes }] of told.entries())
    expect(sentBytes).toBeGreaterThanOrEqual(told[at - 1]?.sentBytes ?? 0);
  await running;
  const tookMs = performance.now() - (middle?.atMs ?? 0);
  line.close();
  expect(middle?.bytesPerSecond).toBeGreaterThan(0.4e6);
  expect(middle?.bytesPerSecond).toBeLessThan(6e6);
  expect(((middle?.secondsLeft ?? 0) * 1000) / tookMs).toBeGreaterThan(0.25);
  expect(((middle?.secondsLeft ?? 0) * 1000) / tookMs).toBeLessThan(4);
});

test("an upload of which nothing gets through for a minute warns, and goes on by itself", async () => {
  const { stem, token } = await studio();
  const line = await openLine();
  let laterMs = 0;
  const told: UploadProgress[] = [];
  const share = new Upload({
    api: new ApiClient(line.origin, token),
    source: wholeSource(stem),
    nowMs: () => Date.now() + laterMs,
    partBytes: PART_MIN_BYTES,
    onProgress: (progress) => {
      told.push(progress);
      if (progress.sentBytes >= PART_MIN_BYTES && laterMs === 0) line.held = true;
    },
  });
  const running = share.run();
  await expect.poll(() => line.held, { timeout: 20_000 }).toBe(true);
  await sleep(1_500);
  expect(told.map(({ state }) => state)).not.toContain("stalled");
  laterMs = 61_000;
  await expect.poll(() => told.at(-1)?.state, { timeout: 5_000 }).toBe("stalled");
  expect(told.at(-1)?.message).toMatch(/The take is safe here/);
  line.held = false;
  expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
  line.close();
});

test("X4: the server gave up an upload while its companion was away for six days: it is begun anew, from the disk", async () => {
  const { api, stem } = await studio();
  const share = shareOf(api, wholeSource(stem), ({ sentBytes, state }) => {
    if (sentBytes >= PART_MIN_BYTES && state === "uploading" && !api.paused) {
      api.paused = true;
      share.pause();
    }
  });
  const running = share.run();
  await expect.poll(() => share.progress.state, { timeout: 20_000 }).toBe("paused");
  // Six days later, as the database sees it; the same program, never closed.
  await platform.db.prepare("UPDATE recordings SET expires_at_ms = 1 WHERE id = ?").bind(stem.recordingId).run();
  await platform.runCron();
  await expect(api.readRecording(stem.recordingId)).rejects.toMatchObject({ code: "not-found" });
  api.sent.length = 0;
  share.resume();
  expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
  expect(new Set(api.sent).size).toBe(7);
});

test("X4: a companion that stays open past the fifth day begins the upload anew before anybody gives it up", async () => {
  const { api, stem } = await studio();
  let laterMs = 0;
  const share = new Upload({
    api,
    source: wholeSource(stem),
    nowMs: () => Date.now() + laterMs,
    partBytes: PART_MIN_BYTES,
    onProgress: ({ sentBytes }) => {
      if (sentBytes >= 3 * PART_MIN_BYTES) laterMs = 6 * 86_400_000;
    },
  });
  expect(await share.run()).toMatchObject({ state: "complete", sha256: stem.sha256 });
  const twice = api.sent.filter((number, at) => api.sent.indexOf(number) !== at);
  expect(twice.length).toBeGreaterThanOrEqual(2);
  expect(laterMs).toBeGreaterThan(0);
});

test("a file that was changed after it was recorded is never shared as if it were the take", async () => {
  const { api, stem } = await studio();
  const bytes = readFileSync(stem.path);
  bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
  writeFileSync(stem.path, bytes);
  await expect(shareOf(api, wholeSource(stem)).run()).rejects.toThrow(/no longer what was recorded/);
  expect(api.sent.length).toBe(7);
  writeFileSync(stem.path, bytes.subarray(0, 6_000_000));
  await expect(shareOf(api, wholeSource(stem)).run()).rejects.toThrow(/shorter than what was recorded/);
  expect(await api.listRecordings(stem.sessionId)).toMatchObject([{ state: "uploading" }]);
});

test("X4: an upload that is older than five days is begun anew from the disk", async () => {
  const { api, stem } = await studio();
  const cut = shareOf(api, wholeSource(stem), ({ sentBytes }) => {
    if (sentBytes >= PART_MIN_BYTES) cut.stop();
  });
  await cut.run();
  const opened = await api.readRecording(stem.recordingId);
  expect(opened.partsHeld).not.toEqual([]);
  const late = Date.now() + 5.5 * 86_400_000;
  const source = wholeSource(stem);
  const again = new Upload({ api, source, nowMs: () => late, onProgress: () => undefined, partBytes: PART_MIN_BYTES });
  api.sent.length = 0;
  // Its own clock stays late, so it is begun anew once and then carried through.
  expect(await again.run()).toMatchObject({ state: "complete", sha256: stem.sha256 });
  expect(new Set(api.sent).size).toBe(7);
});
