import { createHash, randomBytes, randomUUID } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { newId, type RecordingId, type SessionId } from "../../../protocol/ids.ts";
import { ApiError } from "../api/api-client.std.ts";
import { FakeStore } from "../api/store.fake.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import { sha256Of } from "../stems/file-hash.node.ts";
import { readSidecar } from "../stems/sidecar.std.ts";
import type { Stem } from "../stems/stem.std.ts";
import { Upload, type UploadSource, wholeSource } from "./upload.std.ts";
import type { UploadProgress } from "./upload-progress.std.ts";
import { UploadQueue } from "./upload-queue.std.ts";

const PART_BYTES = 8_192;
const PARTS = 7;
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-upload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const random = (length: number) => new Uint8Array(randomBytes(length));
const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;

/** A whole stem on this disk, of six parts and a bit. */
function newStem(sizeBytes = (PARTS - 1) * PART_BYTES + 123): Stem {
  const bytes = random(sizeBytes);
  const path = join(folder, `${randomUUID()}.wav`);
  writeFileSync(path, bytes);
  return {
    recordingId: newId("rec", random) as RecordingId,
    sessionId: newId("ses", random) as SessionId,
    takeId: randomUUID(),
    name: "Long take",
    path,
    format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
    timelineFrames: 0,
    startedAtMs: 1_000,
    bpm: 120,
    headerBytes: 44,
    sharing: "local",
    repaired: false,
    frames: 1,
    sizeBytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    clock: [],
    transportAtStart: stopped,
    transportAtEnd: stopped,
  };
}

/** One stem, a store, and a clock that the test moves. */
function studio(source?: UploadSource) {
  const clock = { nowMs: 1_800_000_000_000 };
  const store = new FakeStore(PART_BYTES, () => 1_800_000_000_000);
  const stem = source?.stem ?? newStem();
  const told: (UploadProgress & { atMs: number })[] = [];
  const seen: { now: (progress: UploadProgress, upload: Upload) => void } = { now: () => undefined };
  const newUpload = () => {
    const upload: Upload = new Upload({
      api: store,
      disk: nodeDisk,
      source: source ?? wholeSource(stem),
      nowMs: () => clock.nowMs,
      onProgress: (progress) => {
        told.push({ ...progress, atMs: clock.nowMs });
        seen.now(progress, upload);
      },
    });
    return upload;
  };
  return { clock, store, stem, told, seen, newUpload };
}

describe("an upload", () => {
  test("C7: a take travels while it is recorded: by its end most of it is there, the header last, and the bytes are the same", async () => {
    const stem: Stem = { ...newStem(0), sha256: undefined };
    const { promise: ended, resolve: end } = Promise.withResolvers<Stem>();
    let ready = 0;
    const { store, told, newUpload } = studio({ stem, readyBytes: () => ready, ended });
    const running = newUpload().run();
    appendFileSync(stem.path, random(4 * PART_BYTES + 99));
    ready = 4 * PART_BYTES + 50;
    await expect.poll(() => told.at(-1)?.sentBytes).toBe(3 * PART_BYTES);
    expect(told.at(-1)).toMatchObject({ totalBytes: null, secondsLeft: null });
    expect(store.sent.slice().sort()).toEqual([2, 3, 4]);
    stem.sizeBytes = readFileSync(stem.path).length;
    stem.sha256 = await sha256Of(stem.path);
    end(stem);
    expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
    expect(store.sent.slice().sort()).toEqual([1, 2, 3, 4, 5]);
    expect(told.at(-1)).toMatchObject({ state: "complete", sentBytes: stem.sizeBytes });
  });

  test("C7: pause stops the line at once, resume goes on, withdraw leaves nothing in the store and everything here", async () => {
    const { store, stem, told, seen, newUpload } = studio();
    const upload = newUpload();
    seen.now = ({ sentBytes }) => {
      if (sentBytes >= 2 * PART_BYTES && !told.some(({ state }) => state === "paused")) upload.pause();
    };
    const running = upload.run();
    await expect.poll(() => upload.progress.state).toBe("paused");
    const { sentBytes } = upload.progress;
    const sent = store.sent.length;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(upload.progress).toMatchObject({ state: "paused", sentBytes });
    expect(store.sent.length).toBe(sent);
    upload.resume();
    expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
    await newUpload().withdraw();
    await expect(store.readRecording(stem.recordingId)).rejects.toMatchObject({ code: "not-found" });
    expect(await sha256Of(stem.path)).toBe(stem.sha256);
    // Taken back by mistake: it can be shared again.
    expect(await newUpload().run()).toMatchObject({ state: "complete" });
  });

  test("C7: progress moves within a part, with a rate and a time left that are true", async () => {
    const { clock, store, told, stem, newUpload } = studio();
    // A line that takes a piece of an eighth of a part in 600 ms.
    store.onPiece = () => {
      clock.nowMs += 600;
    };
    const bytesPerSecond = PART_BYTES / 8 / 0.6;
    await newUpload().run();
    const moving = told.filter(({ state }) => state === "uploading");
    expect(moving.some(({ sentBytes }) => sentBytes % PART_BYTES > 0)).toBe(true);
    for (const [at, { sentBytes }] of moving.entries())
      expect(sentBytes).toBeGreaterThanOrEqual(moving[at - 1]?.sentBytes ?? 0);
    const middle = moving.find(({ sentBytes }) => sentBytes > 0.5 * stem.sizeBytes);
    expect(middle?.bytesPerSecond).toBeGreaterThan(0.8 * bytesPerSecond);
    expect(middle?.bytesPerSecond).toBeLessThan(1.25 * bytesPerSecond);
    const tookSeconds = (clock.nowMs - (middle?.atMs ?? 0)) / 1_000;
    expect((middle?.secondsLeft ?? 0) / tookSeconds).toBeGreaterThan(0.75);
    expect((middle?.secondsLeft ?? 0) / tookSeconds).toBeLessThan(1.3);
  });

  test("C7: an upload of which nothing gets through for a minute warns, and goes on by itself", async () => {
    const { clock, store, told, stem, newUpload } = studio();
    const { promise: free, resolve: go } = Promise.withResolvers<void>();
    store.onCall = (call, part) => (call === "putPart" && part > 2 ? free : undefined);
    const running = newUpload().run();
    await expect.poll(() => store.sent.length).toBe(4);
    clock.nowMs += 59_000;
    expect(told.map(({ state }) => state)).not.toContain("stalled");
    clock.nowMs += 2_000;
    await expect.poll(() => told.at(-1)?.state).toBe("stalled");
    expect(told.at(-1)?.message).toMatch(/The take is safe here/);
    go();
    expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
  });

  test("X4: the server gave up an upload while its companion was away for six days: it is begun anew, from the disk", async () => {
    const { store, stem, told, seen, newUpload } = studio();
    const upload = newUpload();
    seen.now = ({ sentBytes }) => {
      if (sentBytes >= PART_BYTES && !told.some(({ state }) => state === "paused")) upload.pause();
    };
    const running = upload.run();
    await expect.poll(() => upload.progress.state).toBe("paused");
    store.forget(stem.recordingId);
    store.sent.length = 0;
    upload.resume();
    expect(await running).toMatchObject({ state: "complete", sha256: stem.sha256 });
    expect(new Set(store.sent).size).toBe(PARTS);
  });

  test("X4: a companion that stays open past the fifth day begins the upload anew before anybody gives it up", async () => {
    const { clock, store, stem, seen, newUpload } = studio();
    const begunAtMs = clock.nowMs;
    seen.now = ({ sentBytes }) => {
      if (sentBytes >= 3 * PART_BYTES) clock.nowMs = begunAtMs + 6 * DAY_MS;
    };
    expect(await newUpload().run()).toMatchObject({ state: "complete", sha256: stem.sha256 });
    expect(store.sent.length).toBeGreaterThanOrEqual(PARTS + 2);
    expect(clock.nowMs).toBeGreaterThan(begunAtMs);
  });

  test("X4: an upload that is older than five days is begun anew from the disk", async () => {
    const { clock, store, stem, seen, newUpload } = studio();
    seen.now = ({ sentBytes }, upload) => {
      if (sentBytes >= PART_BYTES) upload.stop();
    };
    expect(await newUpload().run()).toBeNull();
    expect((await store.readRecording(stem.recordingId)).partsHeld).not.toEqual([]);
    seen.now = () => undefined;
    store.sent.length = 0;
    // Its own clock stays late, so it is begun anew once and then carried through.
    clock.nowMs += 5.5 * DAY_MS;
    expect(await newUpload().run()).toMatchObject({ state: "complete", sha256: stem.sha256 });
    expect(new Set(store.sent).size).toBe(PARTS);
  });

  test("C7: a file that was changed after it was recorded is never shared as if it were the take", async () => {
    const { store, stem, newUpload } = studio();
    const bytes = readFileSync(stem.path);
    bytes[10_000] = (bytes[10_000] ?? 0) ^ 1;
    writeFileSync(stem.path, bytes);
    await expect(newUpload().run()).rejects.toThrow(/no longer what was recorded/);
    expect(store.sent.length).toBe(PARTS);
    writeFileSync(stem.path, bytes.subarray(0, 20_000));
    await expect(newUpload().run()).rejects.toThrow(/shorter than what was recorded/);
    expect(await store.listRecordings(stem.sessionId)).toMatchObject([{ state: "uploading" }]);
  });
});

describe("what a person decided", () => {
  function queue(store: FakeStore) {
    const [shared, warnings]: [string[], string[]] = [[], []];
    const uploads = new UploadQueue({
      api: store,
      disk: nodeDisk,
      nowMs: () => 1_800_000_000_000,
      onProgress: () => undefined,
      onShared: ({ recordingId }) => shared.push(recordingId),
      onWarning: (_code, message) => warnings.push(message),
    });
    return { uploads, shared, warnings };
  }
  const newStore = () => new FakeStore(PART_BYTES, () => 1_800_000_000_000);
  const onDisk = (stem: Stem) => readSidecar(nodeDisk, stem.path)?.sharing;

  test("C7: it is on the disk before anybody is asked, and a restart goes on with it", async () => {
    const [store, stem] = [newStore(), newStem()];
    const asked: (string | undefined)[] = [];
    const { promise: never } = Promise.withResolvers<void>();
    store.onCall = () => {
      asked.push(onDisk(stem));
      return never;
    };
    const first = queue(store);
    first.uploads.share(stem);
    await expect.poll(() => asked).toEqual(["wanted"]);
    first.uploads.close();

    store.onCall = () => undefined;
    const [again, read] = [queue(store), readSidecar(nodeDisk, stem.path) as Stem];
    again.uploads.goOn(read);
    await expect.poll(() => again.shared).toEqual([stem.recordingId]);
    expect(onDisk(stem)).toBe("shared");
    // What was carried out is not carried out again.
    store.sent.length = 0;
    const third = queue(store);
    third.uploads.goOn(readSidecar(nodeDisk, stem.path) as Stem);
    expect([store.sent, third.shared]).toEqual([[], []]);
  });

  test("C7: taken back while the network is gone: it says so, and the next run takes it back", async () => {
    const [store, stem] = [newStore(), newStem()];
    const first = queue(store);
    first.uploads.share(stem);
    await expect.poll(() => onDisk(stem)).toBe("shared");
    store.onCall = () => {
      throw new ApiError("network", "There is no network.", false);
    };
    await first.uploads.withdraw(stem);
    expect(onDisk(stem)).toBe("withdrawing");
    expect(first.warnings).toEqual(['"Long take" could not be taken back yet: There is no network.']);
    store.onCall = () => undefined;
    queue(store).uploads.goOn(readSidecar(nodeDisk, stem.path) as Stem);
    await expect.poll(async () => await store.listRecordings(stem.sessionId)).toEqual([]);
    await expect.poll(() => onDisk(readSidecar(nodeDisk, stem.path) as Stem)).toBe("withdrawn");
  });

  test("C7: a stem that was refused stays here, and is said to be here", async () => {
    const [store, stem] = [newStore(), newStem()];
    store.onCall = (call) => {
      if (call === "createRecording") throw new ApiError("forbidden", "The host does not permit it.", false);
    };
    const { uploads, shared, warnings } = queue(store);
    uploads.share(stem);
    await expect
      .poll(() => warnings)
      .toEqual(['"Long take" is on this machine and not shared: The host does not permit it.']);
    expect([shared, onDisk(stem)]).toEqual([[], "local"]);
  });
});
