import { spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { Deliveries } from "../../companion/engine/delivery/deliveries.node.ts";
import { deliver } from "../../companion/engine/delivery/delivery.node.ts";
import { Recorder } from "../../companion/engine/recording/recorder.std.ts";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import { sha256Of } from "../../companion/engine/stems/file-hash.node.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { StemLibrary } from "../../companion/engine/upload/stem-library.std.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { newId, type RecordingId, type SessionId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { objectKey } from "../../workers/recordings/keys.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-delivery-"));
let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ isCrowd: true, stateDir: join(folder, "state") });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

class RangeApi extends ApiClient {
  readonly asked: number[] = [];
  override download(...args: Parameters<ApiClient["download"]>) {
    this.asked.push(args[1]);
    return super.download(...args);
  }
}

async function person(): Promise<{ token: string; api: RangeApi }> {
  const { token } = await seedAccount(platform, {
    displayName: "Ada",
    email: `${randomUUID()}@example.org`,
    tier: "pro",
  });
  return { token, api: new RangeApi(platform.origin, token) };
}

const newRecordingId = () => newId("rec", (length) => new Uint8Array(randomBytes(length))) as RecordingId;
const newPlace = () => mkdtempSync(join(folder, "place-"));

/** A stem of some seconds of noise in a folder, as the recorder leaves it. */
async function record(place: string, sessionId: SessionId, name: string, seconds: number): Promise<Stem> {
  const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;
  const recorder = new Recorder(nodeDisk, place, {
    recordingId: newRecordingId(),
    sessionId,
    takeId: randomUUID(),
    name,
    format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
    timelineFrames: 0,
    startedAtMs: Date.now(),
    bpm: 120,
    transportAtStart: stopped,
    sharing: "local",
    project: "Delivery",
  });
  recorder.write(new Int32Array(randomBytes(seconds * 48_000 * 4).buffer).map((sample) => sample >> 8));
  return await recorder.finish(stopped);
}

/** This person's takes in a folder, and what was said of them. */
async function takes(api: ApiClient, place: string, sessionId: SessionId) {
  const shared: Recording[] = [];
  const recovered: Stem[] = [];
  const troubles: string[] = [];
  const own = new StemLibrary({
    disk: nodeDisk,
    api,
    folder: place,
    sessionId,
    nowMs: () => Date.now(),
    onRecovered: (stem) => recovered.push(stem),
    onProgress: () => undefined,
    onShared: (recording) => shared.push(recording),
    onWarning: (_code, message) => troubles.push(message),
  });
  await own.open();
  return { own, shared, recovered, troubles };
}

/** A session in which Ada has shared stems of these seconds, and Ben may have them. */
async function sharedSession(seconds: number[]) {
  const [ada, ben] = [await person(), await person()];
  const { sessionId } = await ada.api.createSession("Delivery");
  await ben.api.acceptInvite((await ada.api.createInvite(sessionId)).code);
  const place = newPlace();
  for (const [at, length] of seconds.entries()) await record(place, sessionId, `Stem ${at}`, length);
  const { own, shared, troubles } = await takes(ada.api, place, sessionId);
  own.share();
  await expect.poll(() => shared.length).toBe(seconds.length);
  expect(troubles).toEqual([]);
  return { ada, ben, sessionId, place, own, shared };
}

function deliveries(api: ApiClient, sessionId: SessionId, place: string, isHere?: (id: string) => boolean) {
  const delivered: Recording[] = [];
  const troubles: string[] = [];
  const fetching = new Deliveries({
    api,
    sessionId,
    sessionName: "Delivery",
    folder: place,
    ...(isHere ? { isHere } : {}),
    onAsk: () => undefined,
    onDelivered: (recording) => delivered.push(recording),
    onWarning: (message) => troubles.push(message),
  });
  return { fetching, delivered, troubles };
}

test("X24: the disk is full in mid download: it says so in a sentence, keeps what it has, and goes on from there", async () => {
  const { ben, sessionId, shared } = await sharedSession([20]);
  const place = newPlace();
  const program = join(import.meta.dirname, "../simulation/take-client.ts");
  // A file may grow to 1,500 blocks of 1,024 bytes, half of this stem; the write beyond fails as on a full disk.
  const run = spawnSync(
    "bash",
    ["-c", `trap '' XFSZ; ulimit -f 1500; exec node ${program} fetch ${platform.origin} ${sessionId} ${place}`],
    { encoding: "utf8", env: { ...process.env, SESSIONLINKED_TOKEN: ben.token } },
  );
  expect(run.stdout).toContain('The disk is full: \\"Stem 0\\" goes on arriving when there is room again.');
  const [partial = ""] = readdirSync(join(place, "originals"));
  expect(partial).toMatch(/\.wav\.part$/);
  const have = statSync(join(place, "originals", partial)).size;
  expect(have).toBe(1500 * 1024);
  const { fetching, delivered, troubles } = deliveries(ben.api, sessionId, place);
  await fetching.fetch();
  expect([troubles, ben.api.asked]).toEqual([[], [have]]);
  expect(delivered[0]?.sha256).toBe(shared[0]?.sha256);
  expect(readdirSync(place).sort()).toEqual([
    "aligned",
    "originals",
    "session.dawproject",
    "session.json",
    "session.mid",
    "session.rpp",
  ]);
});

test("a stem that cannot be had holds up none of the others, and is fetched when it can be", async () => {
  const { ben, sessionId, shared } = await sharedSession([1, 1, 1]);
  const [, broken] = shared as [Recording, Recording, Recording];
  const key = objectKey(sessionId, broken.recordingId);
  const object = await platform.recordings.get(key);
  const whole = Buffer.from((await object?.arrayBuffer()) ?? new ArrayBuffer());
  await platform.recordings.put(key, randomBytes(whole.length));
  const { fetching, delivered, troubles } = deliveries(ben.api, sessionId, newPlace());
  await fetching.fetch();
  expect(delivered.map(({ name }) => name).sort()).toEqual(
    shared
      .filter((one) => one !== broken)
      .map(({ name }) => name)
      .sort(),
  );
  expect(troubles).toEqual([expect.stringMatching(/did not arrive whole and was thrown away/)]);
  await platform.recordings.put(key, whole);
  await fetching.fetch();
  expect(delivered.at(-1)?.recordingId).toBe(broken.recordingId);
  fetching.stop();
});

test("E1: a recording that ends in mid download is said in a sentence, and leaves nothing half", async () => {
  const { ben, sessionId, shared } = await sharedSession([1]);
  const [recording] = shared as [Recording];
  const place = newPlace();
  await platform.db.prepare("UPDATE recordings SET expires_at_ms = 1 WHERE session_id = ?").bind(sessionId).run();
  await expect(deliver(ben.api, recording, place)).rejects.toThrow(/was withdrawn, or reached its end/);
  expect(readdirSync(place)).toEqual([]);
});

test("X4: half of a recording that was withdrawn while its recipient was away does not stay on the disk", async () => {
  const { ben, sessionId, shared, own } = await sharedSession([1, 1]);
  const [gone, kept] = shared as [Recording, Recording];
  const place = newPlace();
  mkdirSync(join(place, "originals"));
  const half = ({ name, recordingId }: Recording) =>
    join(place, "originals", `${name} ${recordingId.slice(-6)}.wav.part`);
  for (const recording of [gone, kept]) writeFileSync(half(recording), randomBytes(1_000));
  writeFileSync(join(place, "originals", "my own notes.part"), "not ours");
  await own.withdraw(gone.recordingId);
  const { fetching, troubles } = deliveries(ben.api, sessionId, place);
  await fetching.fetch();
  expect(readdirSync(join(place, "originals")).sort()).toEqual(["my own notes.part"]);
  // The other half was of another file: it was thrown away, said once, and comes whole.
  expect(troubles).toEqual([expect.stringMatching(/did not arrive whole/)]);
  await fetching.fetch();
  expect(readdirSync(join(place, "originals"))).toHaveLength(2);
  fetching.stop();
});

test("C6: a recipient without permission gets a clear message and no file; with it, the files", async () => {
  const { ada, sessionId, shared } = await sharedSession([1]);
  const observer = await person();
  await fetch(`${platform.origin}/api/v1/sessions/${sessionId}/invites`, {
    method: "POST",
    headers: { Authorization: `Bearer ${ada.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ role: "observer" }),
  })
    .then(async (answer) => (await answer.json()) as { code: string })
    .then(({ code }) => observer.api.acceptInvite(code));
  const place = newPlace();
  const { fetching, troubles } = deliveries(observer.api, sessionId, place);
  await fetching.fetch();
  fetching.stop();
  expect(troubles).toEqual(["Your role does not allow this."]);
  expect(existsSync(join(place, "originals")) ? readdirSync(join(place, "originals")) : []).toEqual([]);
  await expect(deliver((await person()).api, shared[0] as Recording, place)).rejects.toThrow(/withdrawn/);
});

test("a name that plays tricks lands in the session's folder all the same", async () => {
  const { ben, shared } = await sharedSession([1]);
  const place = newPlace();
  const path = await deliver(ben.api, { ...(shared[0] as Recording), name: "../../../out\u0000side" }, place);
  expect(path).toBe(join(place, `_.._.._out_side ${shared[0]?.recordingId.slice(-6)}.wav`));
  expect(await sha256Of(path)).toBe(shared[0]?.sha256);
});

test("late joiners, and a person's own other machine, get everything; what was recorded in a folder is not fetched into it", async () => {
  const { ada, sessionId, shared, place, own } = await sharedSession([1, 1]);
  const late = await person();
  await late.api.acceptInvite((await ada.api.createInvite(sessionId)).code);
  for (const api of [late.api, ada.api]) {
    const { fetching, delivered } = deliveries(api, sessionId, newPlace());
    await fetching.fetch();
    expect(delivered.map(({ sha256 }) => sha256).sort()).toEqual(shared.map(({ sha256 }) => sha256).sort());
  }
  const here = deliveries(ada.api, sessionId, place, (id) => own.has(id));
  await here.fetching.fetch();
  expect([here.delivered, here.troubles]).toEqual([[], []]);
});

test("E1: what was shared once is not sent again by a restart, not even after the server's copy has ended", async () => {
  const { ada, sessionId, place } = await sharedSession([1]);
  await platform.db.prepare("UPDATE recordings SET expires_at_ms = 1 WHERE session_id = ?").bind(sessionId).run();
  await platform.runCron();
  const { own, recovered, troubles } = await takes(ada.api, place, sessionId);
  expect(recovered.map(({ sharing }) => sharing)).toEqual(["shared"]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect([await ada.api.listRecordings(sessionId), troubles]).toEqual([[], []]);
  // The person may share it anew: that is another act.
  own.share(recovered[0]?.recordingId);
  await expect.poll(async () => (await ada.api.listRecordings(sessionId))[0]?.state).toBe("complete");
});

test("C7: taken back while the network is gone: the next run takes it back", async () => {
  const { ada, sessionId, place, own, shared } = await sharedSession([1]);
  const [recording] = shared as [Recording];
  const gone = await takes(new ApiClient("http://127.0.0.1:9", ada.token), place, sessionId);
  void gone.own.withdraw(recording.recordingId);
  const sidecar = () => JSON.parse(readFileSync(join(place, "Stem 0.wav.json"), "utf8")).sharing;
  await expect.poll(sidecar).toBe("withdrawing");
  gone.own.close();
  own.close();
  expect(await ada.api.listRecordings(sessionId)).toHaveLength(1);
  await takes(ada.api, place, sessionId);
  await expect.poll(sidecar).toBe("withdrawn");
  expect(await ada.api.listRecordings(sessionId)).toEqual([]);
  expect(await platform.recordings.head(objectKey(sessionId, recording.recordingId))).toBeNull();
  expect(existsSync(join(place, "Stem 0.wav"))).toBe(true);
});
