import { env } from "cloudflare:workers";
import { unzipSync } from "fflate";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { frameBytesOf } from "../../audio/pcm.ts";
import { readWavHeader } from "../../audio/wav-reader.ts";
import { plainInfo, wavHeader } from "../../audio/wav-writer.ts";
import { recordingParts } from "../../migrations/schema.ts";
import { PART_LEASE_MS, PART_MIN_BYTES, RECORDING_QUOTA_BYTES, STORAGE_QUOTA_BYTES } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { RECORDING_RETENTION_MS, type Tier, UPLOAD_ABANDONED_AFTER_MS } from "../../protocol/retention.ts";
import { sha256Hex } from "../platform/hash.ts";
import {
  accountOf,
  closing,
  codeOf,
  fileOf,
  framesOf,
  headerOf,
  opening,
  plenty,
  type Request,
  Studio,
  seedPeople,
} from "../testing/studio.ts";
import { db } from "../testing/tables.ts";
import { sweepRecordings } from "./deletion.ts";
import { reprDigest } from "./digest.ts";
import { attachment } from "./download.ts";
import { recountStorage } from "./store.ts";

/** Ada hosts, Ben takes part, Olu observes, Eve is a stranger. The clock is the test's own. */
const studio = new Studio();
const { deps } = studio;
const ask = studio.ask.bind(studio);
const open = studio.open.bind(studio);
const put = studio.put.bind(studio);
const share = studio.share.bind(studio);
let sessionId = "";

const held = async (who = "ada") => ({ n: await recountStorage(env.DB, accountOf(who)) });

beforeAll(() => seedPeople(["ada", "ben", "olu", "eve"]));

beforeEach(async () => {
  await studio.meet({ ben: "participant", olu: "observer" });
  sessionId = studio.sessionId;
});

describe("an upload", () => {
  test("C7, X1: parts in any order and twice, complete twice: one file, bit for bit, for the others", async () => {
    const file = fileOf(2 * PART_MIN_BYTES + 12_345);
    const id = await open();
    const part = (number: number) => file.subarray((number - 1) * PART_MIN_BYTES, number * PART_MIN_BYTES);
    for (const number of [3, 1, 2, 1, 3]) expect((await put("ada", id, number, part(number))).status).toBe(204);
    expect((await ask("ben", "GET", `/recordings/${id}`)).status).toBe(404);
    const mine = await (await ask("ada", "GET", `/recordings/${id}`)).json<Recording>();
    expect(mine).toMatchObject({ state: "uploading", partsHeld: [1, 2, 3] });

    const body = await closing(file, { peaks: btoa("\x80\x7f\x00\x10") });
    const [one, two] = await Promise.all([1, 2].map(() => ask("ada", "POST", `/recordings/${id}/complete`, { body })));
    expect([one?.status, two?.status]).toContain(200);
    const again = await ask("ada", "POST", `/recordings/${id}/complete`, { body });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ state: "complete", sizeBytes: file.byteLength, clock: body.clock });

    const list = await (await ask("ben", "GET", `/sessions/${sessionId}/recordings`)).text();
    expect(JSON.parse(list).items).toMatchObject([{ recordingId: id, sha256: body.sha256, hasPeaks: true, clock: [] }]);
    // D1: no account, address or upload reaches a collaborator.
    expect(list).not.toMatch(/acc_|example\.org|upload(Id|_id)/);
    const got = await ask("ben", "GET", `/recordings/${id}/file`);
    expect(await sha256Hex(new Uint8Array(await got.arrayBuffer()))).toBe(body.sha256);
    expect((await ask("ben", "GET", `/recordings/${id}/peaks`)).headers.get("Content-Length")).toBe("4");
    expect((await held()).n).toBe(file.byteLength);
    expect(
      (await env.DB.prepare("SELECT * FROM recording_parts WHERE recording_id = ?").bind(id).all()).results,
    ).toEqual([]);
    await ask("ada", "DELETE", `/recordings/${id}`);
    expect((await held()).n).toBe(0);
  });

  test("X3: opening twice is one upload; the same id for something else is a conflict", async () => {
    const body = opening();
    const path = `/sessions/${sessionId}/recordings`;
    const answers = await Promise.all([1, 2].map(() => ask("ada", "POST", path, { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect((await ask("ada", "POST", path, { body: { ...body, name: "Bass" } })).status).toBe(409);
    expect((await ask("ben", "POST", path, { body })).status).toBe(409);
  });

  test("a part with the wrong digest, number or length is refused and nothing of it is kept", async () => {
    const id = await open();
    const bytes = fileOf(100);
    const digest = (value: string) => ({ "Content-Digest": value });
    expect(await codeOf(await put("ada", id, 1, bytes, digest(reprDigest("00".repeat(32)))))).toBe("digest-mismatch");
    for (const bad of ["", "sha-256=abc", "md5=:AAAA:", "sha-256=:AAAA:", "\u0001"]) {
      const refused = await put("ada", id, 1, bytes, digest(bad)).catch(() => null);
      if (refused !== null) expect(await codeOf(refused)).toBe("digest-missing");
    }
    for (const number of [0, 10_001, -1, "x", "1e3", "999999999999"]) {
      expect(await codeOf(await put("ada", id, number, bytes))).toBe("part-number");
    }
    expect(await codeOf(await put("ada", id, 1, fileOf(PART_MIN_BYTES + 1)))).toBe("part-size");
    expect(await codeOf(await put("ada", id, 1, fileOf(PART_MIN_BYTES + 1), { "Content-Length": "7" }))).toBe(
      "part-size",
    );
    expect(await codeOf(await put("ada", id, 1, new Uint8Array()))).toBe("part-size");
    expect(await (await ask("ada", "GET", `/recordings/${id}`)).json()).toMatchObject({ partsHeld: [] });
    expect((await env.DB.prepare("SELECT held_bytes AS n FROM recordings WHERE id = ?").bind(id).first())?.n).toBe(0);
  });

  test("C7: complete says what is missing, what is too much, and what has another hash; the parts can be sent again", async () => {
    const file = fileOf(PART_MIN_BYTES + 10);
    const id = await open();
    const complete = (body: object) => ask("ada", "POST", `/recordings/${id}/complete`, { body });
    await put("ada", id, 2, file.subarray(PART_MIN_BYTES));
    const missing = await complete(await closing(file));
    expect(await missing.json()).toMatchObject({ code: "parts-incomplete", detail: "Still missing: part 1." });
    await put("ada", id, 1, file.subarray(0, 100));
    expect(await codeOf(await complete(await closing(file)))).toBe("parts-incomplete");
    await put("ada", id, 1, file.subarray(0, PART_MIN_BYTES));
    expect(await codeOf(await complete(await closing(file, { sizeBytes: 7 })))).toBe("parts-incomplete");
    expect(await codeOf(await complete(await closing(file, { parts: 1 })))).toBe("parts-incomplete");
    expect(await codeOf(await complete(await closing(file, { peaks: btoa("\x10\x00") })))).toBe("bad-request");
    expect(await codeOf(await complete(await closing(file, { sha256: "ab".repeat(32) })))).toBe("hash-mismatch");
    expect((await ask("ben", "GET", `/recordings/${id}`)).status).toBe(404);
    await put("ada", id, 1, file.subarray(0, PART_MIN_BYTES));
    await put("ada", id, 2, file.subarray(PART_MIN_BYTES));
    expect((await complete(await closing(file))).status).toBe(200);
    expect(await codeOf(await put("ada", id, 1, fileOf(10)))).toBe("upload-ended");
    expect(await codeOf(await complete(await closing(fileOf(5))))).toBe("conflict");
  });

  test("X3: a part that another request is storing is busy, until that request is given up", async () => {
    const id = await open();
    const bytes = fileOf(100);
    await db.insert(recordingParts).values({
      recordingId: id,
      number: 1,
      writer: "dead",
      claimedAtMs: studio.nowMs,
      sha256: "x",
      sizeBytes: 5,
    });
    expect(await codeOf(await put("ada", id, 1, bytes))).toBe("part-busy");
    studio.nowMs += PART_LEASE_MS;
    expect((await put("ada", id, 1, bytes)).status).toBe(204);
  });

  test("X1: a completion whose answer was lost after R2 had put the file together is finished by the next", async () => {
    const file = fileOf(1_000);
    const id = await open();
    await put("ada", id, 1, file);
    const row = await env.DB.prepare(
      "SELECT upload_id AS uploadId, etag FROM recordings JOIN recording_parts ON recording_id = id WHERE id = ?",
    )
      .bind(id)
      .first<{ uploadId: string; etag: string }>();
    await env.RECORDINGS.resumeMultipartUpload(`recordings/${sessionId}/${id}.wav`, row?.uploadId ?? "").complete([
      { partNumber: 1, etag: row?.etag ?? "" },
    ]);
    const done = await ask("ada", "POST", `/recordings/${id}/complete`, { body: await closing(file) });
    expect(done.status).toBe(200);
  });

  test("a plan's storage is refused before the bytes are sent", async () => {
    const id = await open();
    const pretend = (bytes: number) =>
      env.DB.prepare("UPDATE recordings SET held_bytes = ?2 WHERE id = ?1").bind(other, bytes).run();
    const other = await open();
    await pretend(STORAGE_QUOTA_BYTES.free - 10 - (await held()).n);
    const untouched = new ReadableStream({ pull: () => expect.unreachable("Its bytes were asked for.") });
    const refused = await studio.ask("ada", "PUT", `/recordings/${id}/parts/1`, {
      bytes: untouched as never,
      headers: { "Content-Digest": reprDigest("00".repeat(32)), "Content-Length": "100" },
    });
    expect(await codeOf(refused)).toBe("quota-exceeded");
    expect((await put("ada", id, 1, fileOf(10))).status).toBe(204);
    // The answer was lost: saying it again needs no more room than it has.
    expect((await put("ada", id, 1, fileOf(10))).status).toBe(204);
    const full = await ask("ada", "POST", `/sessions/${sessionId}/recordings`, { body: opening() });
    expect(await codeOf(full)).toBe("quota-exceeded");
    await pretend(0);
  });

  test("a header that lies is told what about; nothing is shown, and the right file goes in the same way", async () => {
    const file = fileOf(1_000);
    const lies: [string, Partial<Parameters<typeof headerOf>[0]>, object?][] = [
      ["another rate", { sampleRateHz: 44_100 }],
      ["two channels", { channels: 2 }],
      ["16 bits", { bits: 16 }],
      ["float in 24 bits", { tag: 3 }],
      ["more sound than there is", { dataBytes: 999_999 }, { frames: 333_333 }],
      ["fewer frames than announced", {}, { frames: 317 }],
      ["no WAVE at all", { tag: 0 }],
    ];
    const id = await open();
    for (const [what, lie, more] of lies) {
      const liar = file.slice();
      liar.set(headerOf({ dataBytes: framesOf(1_000) * 3, ...lie }));
      if (what === "no WAVE at all") liar.set(new TextEncoder().encode("<!doctype html><script>"));
      await put("ada", id, 1, liar);
      const refused = await studio.complete(id, liar, more);
      expect([what, refused.status]).toEqual([what, 422]);
      expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
      expect(await refused.json()).toMatchObject({ code: "stem-invalid", detail: expect.stringMatching(/^Its?\b/) });
      expect((await ask("ben", "GET", `/recordings/${id}`)).status).toBe(404);
    }
    await put("ada", id, 1, file);
    expect((await studio.complete(id, file)).status).toBe(200);
  });

  test.each(["RIFF", "RF64"] as const)(
    "C7, P88: eight channels as the recorder writes them, in %s: parts, header, waveform and file, bit for bit",
    async (kind) => {
      const format = { sampleRateHz: 48_000, channels: 8, encoding: "pcm24" } as const;
      const frames = 230_000;
      const dataBytes = frames * frameBytesOf(format);
      const header = wavHeader({ ...plainInfo(format), track: "Drums", project: "Night" }, dataBytes);
      if (kind === "RF64") {
        // As a stem that was longer than 4 GiB has it: the sizes in ds64 (EBU Tech 3306).
        const view = new DataView(header.buffer);
        header.set(new TextEncoder().encode("RF64"), 0);
        header.set(new TextEncoder().encode("ds64"), 12);
        for (const at of [4, header.byteLength - 4]) view.setUint32(at, 0xffffffff, true);
        view.setBigUint64(20, BigInt(header.byteLength - 8 + dataBytes), true);
        view.setBigUint64(28, BigInt(dataBytes), true);
        view.setBigUint64(36, BigInt(frames), true);
      }
      const file = fileOf(header.byteLength + dataBytes);
      file.set(header);
      const peaks = btoa(Array.from({ length: 3 * 8 }, (_, at) => String.fromCharCode(at, at + 1)).join(""));
      const id = await open("ada", { format, name: "Drums" });
      for (const status of await studio.putAll(id, file)) expect(status).toBe(204);
      const complete = (more: object) => studio.complete(id, file, { frames, peaks, ...more });
      expect(await codeOf(await complete({ peaks: peaks.slice(0, -4) }))).toBe("bad-request");
      expect((await complete({})).status).toBe(200);
      const list = await (await ask("ben", "GET", `/sessions/${sessionId}/recordings`)).json<{ items: Recording[] }>();
      expect(list.items).toMatchObject([{ recordingId: id, format, frames, hasPeaks: true }]);
      const got = new Uint8Array(await (await ask("ben", "GET", `/recordings/${id}/file`)).arrayBuffer());
      expect(await sha256Hex(got)).toBe(await sha256Hex(file));
      const drawn = new Uint8Array(await (await ask("ben", "GET", `/recordings/${id}/peaks`)).arrayBuffer());
      expect(drawn.toBase64()).toBe(peaks);
      // One that was announced with another number of channels is refused.
      for (const channels of [2, 7]) {
        const other = await open("ada", { format: { ...format, channels } });
        await studio.putAll(other, file);
        const refused = await studio.complete(other, file, { frames });
        expect(await refused.json()).toMatchObject({
          code: "stem-invalid",
          detail: expect.stringMatching(/8 channels/),
        });
      }
      for (const channels of [0, 9]) {
        const body = opening({ format: { ...format, channels } });
        expect((await ask("ada", "POST", `/sessions/${sessionId}/recordings`, { body })).status).toBe(422);
      }
    },
  );

  test("a part that is too small for R2 and not the last is refused by its number before R2 is asked", async () => {
    const file = fileOf(PART_MIN_BYTES + 50);
    const id = await open();
    await put("ada", id, 1, file.subarray(0, 50));
    await put("ada", id, 2, file.subarray(50));
    const refused = await studio.complete(id, file, { parts: 2 });
    expect(await refused.json()).toMatchObject({
      code: "parts-incomplete",
      detail: expect.stringContaining("Part 1 has 50"),
    });
  });

  test.each([
    ["../../etc/passwd"],
    ["a\u0000b"],
    ["a\nb"],
    [".hidden"],
    ["x".repeat(121)],
    [""],
    ["a/b"],
    ["c:d"],
    ["a\u202eb"],
    ["\ud800"],
    ["a\u0085"],
  ])("a recording cannot be called %j", async (name) => {
    const refused = await ask("ada", "POST", `/sessions/${sessionId}/recordings`, { body: opening({ name }) });
    expect(refused.status).toBe(422);
  });

  test("C6: where the host has switched recording off nothing can be shared", async () => {
    await ask("ada", "PATCH", `/sessions/${sessionId}`, { body: { settings: { recordingPermitted: false } } });
    const refused = await ask("ben", "POST", `/sessions/${sessionId}/recordings`, { body: opening() });
    expect(await codeOf(refused)).toBe("recording-off");
  });
});

describe("who may", () => {
  test("C1, C6: everything about a recording, for stranger, observer, collaborator and owner", async () => {
    const file = fileOf(500);
    const id = await share(file);
    const pending = await open();
    const body = await closing(file);
    const matrix: [string, string, string, Request, Record<string, number>][] = [
      ["list", "GET", `/sessions/${sessionId}/recordings`, {}, { eve: 404, olu: 200, ben: 200, ada: 200 }],
      ["read", "GET", `/recordings/${id}`, {}, { eve: 404, olu: 200, ben: 200, ada: 200 }],
      ["file", "GET", `/recordings/${id}/file`, {}, { eve: 404, olu: 403, ben: 200, ada: 200 }],
      ["peaks", "GET", `/recordings/${id}/peaks`, {}, { eve: 404, olu: 403, ben: 404, ada: 404 }],
      ["zip", "GET", `/sessions/${sessionId}/recordings.zip`, {}, { eve: 404, olu: 403, ben: 200, ada: 200 }],
      ["read an upload", "GET", `/recordings/${pending}`, {}, { eve: 404, olu: 404, ben: 404, ada: 200 }],
      [
        "part",
        "PUT",
        `/recordings/${pending}/parts/1`,
        { bytes: fileOf(4) },
        { eve: 404, olu: 404, ben: 404, ada: 400 },
      ],
      ["complete", "POST", `/recordings/${id}/complete`, { body }, { eve: 404, olu: 403, ben: 403, ada: 200 }],
      ["withdraw", "DELETE", `/recordings/${id}`, {}, { eve: 404, olu: 403, ben: 403, ada: 204 }],
    ];
    for (const [what, method, path, request, expected] of matrix) {
      expect([what, null, (await ask(null, method, path, request)).status]).toEqual([what, null, 401]);
      for (const [who, status] of Object.entries(expected)) {
        expect([what, who, (await ask(who, method, path, request)).status]).toEqual([what, who, status]);
      }
    }
    expect((await ask("ben", "GET", `/recordings/${id}/file`)).status).toBe(404);
    const observer = await ask("olu", "POST", `/sessions/${sessionId}/recordings`, { body: opening() });
    expect(observer.status).toBe(403);
  });
});

describe("a download", () => {
  test("C7: ranges, conditions and the digest of the whole file", async () => {
    const file = fileOf(100_000);
    const id = await share(file, "ada", { name: "Gitarre ü" });
    const get = (headers: Record<string, string>) => ask("ben", "GET", `/recordings/${id}/file`, { headers });
    const whole = await get({});
    const etag = whole.headers.get("ETag") ?? "";
    expect(whole.headers.get("Repr-Digest")).toBe(reprDigest(await sha256Hex(file)));
    expect(whole.headers.get("Content-Disposition")).toContain("filename*=UTF-8''Gitarre%20%C3%BC.wav");
    expect(whole.headers.get("Cache-Control")).toContain("private");
    await whole.arrayBuffer();
    const middle = await get({ Range: "bytes=500-1499", "If-Range": etag });
    expect([middle.status, middle.headers.get("Content-Range")]).toEqual([206, "bytes 500-1499/100000"]);
    expect(new Uint8Array(await middle.arrayBuffer())).toEqual(file.slice(500, 1_500));
    expect((await get({ Range: "bytes=500-", "If-Range": '"other"' })).status).toBe(200);
    expect((await get({ "If-None-Match": etag })).status).toBe(304);
    const beyond = await get({ Range: "bytes=100000-" });
    expect([beyond.status, beyond.headers.get("Content-Range")]).toEqual([416, "bytes */100000"]);
    expect(await codeOf(beyond)).toBe("range-not-satisfiable");
    expect((await get({ Range: "bytes=9-5" })).status).toBe(200);
  });

  test("a session's stems come as one zip of known length, in which no two names meet on any disk", async () => {
    for (const [seed, name] of ["Guitar 1", "GUITAR 1", "Guitar 1 (2)", "con", "e\u0301", "é"].entries()) {
      await share(fileOf(300 + seed, seed), "ada", { name });
      studio.nowMs += 1;
    }
    const zip = await ask("ben", "GET", `/sessions/${sessionId}/recordings.zip`);
    const bytes = new Uint8Array(await zip.arrayBuffer());
    expect(zip.headers.get("Content-Disposition")).toContain('filename="Night.zip"');
    const text = new TextDecoder("latin1").decode(bytes);
    expect(text.startsWith("PK")).toBe(true);
    for (const seed of [0, 5]) expect(text).toContain(new TextDecoder("latin1").decode(fileOf(300 + seed, seed)));
    // The central directory's entries: a signature, and a name 46 bytes on.
    const ENTRY = "PK\u0001\u0002";
    const names: string[] = [];
    for (let at = text.indexOf(ENTRY); at >= 0; at = text.indexOf(ENTRY, at + 46)) {
      const length = new DataView(bytes.buffer).getUint16(at + 28, true);
      names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)));
    }
    // A folder for each take; who, what, where and how fast in the name; different wherever case and composition are one.
    for (const name of names)
      expect(name).toMatch(/^(Take \d\d)\/\1 · [^·]+ · (é|con|guitar 1( \(2\))?) · bar \d+ · \d+ BPM( \(\d\))?\.wav$/i);
    expect(new Set(names.map((name) => name.normalize("NFC").toLowerCase())).size).toBe(6);
  });

  test("C7: all stems of a take from one bar: silence up to where each was played, and then its own sound", async () => {
    const takeId = crypto.randomUUID();
    // At 120 bpm a bar has 96,000 frames: bar 3 begins at 192,000.
    const early = fileOf(1_000, 1);
    const late = fileOf(100_001, 2);
    await share(early, "ada", { takeId, name: "Bass", timelineFrames: 200_000 });
    await share(late, "ben", { takeId, name: "Drums", timelineFrames: 240_123 });
    const zip = await ask("ben", "GET", `/sessions/${sessionId}/recordings.zip?take=${takeId}&begin=one-bar`);
    const bytes = new Uint8Array(await zip.arrayBuffer());
    const files = Object.entries(unzipSync(bytes)).sort();
    expect(files.map(([name]) => name)).toEqual([
      expect.stringMatching(/^Take 01\/Take 01 · [^·]+ · Bass · from bar 3 · 120 BPM\.wav$/),
      expect.stringMatching(/^Take 01\/Take 01 · [^·]+ · Drums · from bar 3 · 120 BPM\.wav$/),
    ]);
    for (const [at, silentFrames, stem] of [
      [0, 8_000, early],
      [1, 48_123, late],
    ] as const) {
      const file = files[at]?.[1] ?? new Uint8Array();
      const header = readWavHeader(file);
      const frames = silentFrames + framesOf(stem.byteLength);
      expect(header).toMatchObject({ sampleRateHz: 48_000, channels: 1, encoding: "pcm24", frames });
      const { dataAtBytes = 0, dataBytes = 0 } = header ?? {};
      const sound = file.subarray(dataAtBytes, dataAtBytes + dataBytes);
      expect(sound.subarray(0, silentFrames * 3).every((byte) => byte === 0)).toBe(true);
      expect(sound.subarray(silentFrames * 3)).toEqual(stem.subarray(44, 44 + framesOf(stem.byteLength) * 3));
      expect(file.byteLength).toBe(dataAtBytes + dataBytes + (dataBytes & 1));
    }
  });

  test("a zip breaks off rather than come without a stem in silence", async () => {
    const id = await share(fileOf(300));
    await env.RECORDINGS.delete(`recordings/${sessionId}/${id}.wav`);
    const zip = await ask("ben", "GET", `/sessions/${sessionId}/recordings.zip`);
    await expect(zip.arrayBuffer()).rejects.toThrow();
  });

  test.each([
    ["a/b", 'filename="a_b.zip"'],
    ["Don't (stop) *now*", "filename*=UTF-8''Don%27t%20%28stop%29%20_now_.zip"],
    ["Nacht ü", "filename*=UTF-8''Nacht%20%C3%BC.zip"],
    ["\ud800", 'filename="_.zip"'],
    ['a"; filename="b', 'filename="a__ filename=_b.zip"'],
  ])("a session called %j is offered as %s", (name, expected) => {
    expect(attachment(name, "zip").replace("a_; filename", "a__ filename")).toContain(expected);
  });
});

describe("the end", () => {
  const tierOf = (tier: Tier) =>
    env.DB.prepare("UPDATE accounts SET tier = ?2 WHERE id = ?1").bind(accountOf("ada"), tier).run();

  test.each([
    ["free", RECORDING_RETENTION_MS.free],
    ["pro", RECORDING_RETENTION_MS.pro],
  ] as const)(
    "E1: a recording on %s goes at its time to the second, object, peaks and row; nobody sees it from then on",
    async (tier, retentionMs) => {
      const file = fileOf(700);
      await tierOf(tier);
      const id = await open();
      await studio.putAll(id, file);
      await studio.complete(id, file, { peaks: btoa("\x80\x7f") });
      expect(await studio.keys()).toHaveLength(2);
      const endsAtMs = studio.nowMs + retentionMs;
      await studio.setTime(endsAtMs - 1);
      await sweepRecordings(env, deps, 10, plenty());
      expect((await ask("ben", "GET", `/recordings/${id}/file`)).status).toBe(200);
      await studio.setTime(endsAtMs);
      for (const path of ["", "/file", "/peaks"]) {
        expect((await ask("ben", "GET", `/recordings/${id}${path}`)).status).toBe(404);
      }
      expect((await sweepRecordings(env, deps, 10, plenty())).finished).toBe(true);
      expect(await studio.keys()).toEqual([]);
      expect(await env.DB.prepare("SELECT 1 FROM recordings WHERE id = ?").bind(id).first()).toBeNull();
      await tierOf("free");
    },
  );

  test("E1: on Studio it stays until the session is deleted, ten years if need be", async () => {
    await tierOf("studio");
    const id = await share(fileOf(700));
    await studio.setTime(studio.nowMs + 10 * 365 * 86_400_000);
    await sweepRecordings(env, deps, 10, plenty());
    expect((await ask("ben", "GET", `/recordings/${id}/file`)).status).toBe(200);
    await ask("ada", "DELETE", `/sessions/${sessionId}`);
    expect([await studio.keys(), (await ask("ben", "GET", `/recordings/${id}`)).status]).toEqual([[], 404]);
    await tierOf("free");
  });

  test("one recording holds what its owner's plan says, refused before the bytes are sent", async () => {
    const id = await open();
    const held = RECORDING_QUOTA_BYTES.free - 10;
    await env.DB.prepare("UPDATE recordings SET held_bytes = ?2 WHERE id = ?1").bind(id, held).run();
    const refused = await put("ada", id, 1, fileOf(100));
    expect(await refused.json()).toMatchObject({
      code: "quota-exceeded",
      detail: expect.stringContaining("one recording"),
    });
    await tierOf("pro");
    expect((await put("ada", id, 1, fileOf(100))).status).toBe(204);
    await tierOf("free");
    await ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("X4: an upload that nobody finishes is given up before R2 would; eight days on no object, part or row is left", async () => {
    const before = (await held()).n;
    const id = await open();
    await put("ada", id, 1, fileOf(50));
    expect((await held()).n).toBe(before + 50);
    const uploadId = await env.DB.prepare("SELECT upload_id FROM recordings WHERE id = ?")
      .bind(id)
      .first<string>("upload_id");
    await studio.setTime(studio.nowMs + UPLOAD_ABANDONED_AFTER_MS);
    await sweepRecordings(env, deps, 10, plenty());
    expect(await codeOf(await put("ada", id, 1, fileOf(50)))).toBe("not-found");
    await studio.setTime(studio.nowMs + 2 * 86_400_000);
    await sweepRecordings(env, deps, 10, plenty());
    expect([await studio.keys(), await studio.count("recording_parts")]).toEqual([[], 0]);
    const upload = env.RECORDINGS.resumeMultipartUpload(`recordings/${sessionId}/${id}.wav`, uploadId ?? "");
    await expect(upload.uploadPart(2, fileOf(50))).rejects.toThrow("10024");
    // Whatever else had ended by then went with it.
    expect((await held()).n).toBeLessThanOrEqual(before);
  });

  test("E2: deleting the session empties R2 and D1 of its recordings, unfinished uploads included", async () => {
    await share(fileOf(600));
    const id = await open();
    await put("ada", id, 1, fileOf(50));
    const row = await env.DB.prepare("SELECT upload_id AS uploadId FROM recordings WHERE id = ?").bind(id).first();
    const upload = env.RECORDINGS.resumeMultipartUpload(`recordings/${sessionId}/${id}.wav`, String(row?.uploadId));
    await ask("ada", "DELETE", `/sessions/${sessionId}`);
    // No list shows an upload that waits: R2 keeps its parts unless it was aborted, and then knows it no more.
    await expect(upload.uploadPart(2, fileOf(50))).rejects.toThrow("10024");
    expect((await env.RECORDINGS.list({ prefix: `recordings/${sessionId}/` })).objects).toEqual([]);
    const left = await env.DB.prepare("SELECT COUNT(*) AS n FROM recordings WHERE session_id = ?")
      .bind(sessionId)
      .first();
    expect(left?.n).toBe(0);
  });
});
