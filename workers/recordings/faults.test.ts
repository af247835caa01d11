import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { profiles, recordings, retentionNotices } from "../../migrations/schema.ts";
import { PART_LEASE_MS, TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import {
  DELETION_RECORD_RETENTION_MS,
  NOTICE_RETENTION_MS,
  RECORDING_RETENTION_MS,
  UPLOAD_ABANDONED_AFTER_MS,
} from "../../protocol/retention.ts";
import { runJob } from "../cron/jobs.ts";
import { QUARANTINE_MS, sweepOrphans } from "../cron/orphans.ts";
import { sha256Hex } from "../platform/hash.ts";
import { roomOf } from "../platform/jurisdiction.ts";
import { forgetKept } from "../platform/personal-keys.ts";
import { findErasure } from "../privacy/session-erasure.ts";
import { Faults } from "../testing/faults.ts";
import { accountOf, fileOf, opening, plenty, Studio, seedPeople } from "../testing/studio.ts";
import { db } from "../testing/tables.ts";
import { sweepRecordings } from "./deletion.ts";
import { recountStorage } from "./store.ts";

/** For a hiccup it matters whether the call was made; a death before one call is a death after another (testing/faults.ts). */
const momentsOf = { hiccup: ["before", "after"], kill: ["after"] } as const;
const peaks = btoa("\x80\x7f\x00\x10");

beforeAll(() => seedPeople(["ada", "ben"]));

/** One session after the other, which nobody makes so fast: how many a person may make is tested in workers/sessions. */
async function meet(studio: Studio, guests?: Parameters<Studio["meet"]>[0]): Promise<void> {
  await env.DB.prepare("DELETE FROM rate_limits").run();
  await studio.meet(guests);
}

/** What a companion does: opens, sends what is not held, completes, and begins again where it was refused, until it is through. */
async function carry(studio: Studio, file: Uint8Array<ArrayBuffer>, afterEach: () => void): Promise<Recording> {
  const body = opening();
  for (let tries = 0; tries < 12; tries++) {
    const opened = await studio.ask("ada", "POST", `/sessions/${studio.sessionId}/recordings`, { body });
    afterEach();
    if (!opened.ok) continue;
    const read = await studio.ask("ada", "GET", `/recordings/${body.recordingId}`);
    afterEach();
    if (!read.ok) continue;
    const { partsHeld = [], state } = await read.json<Recording>();
    if (state === "uploading" && !partsHeld.includes(1)) {
      const put = await studio.put("ada", body.recordingId, 1, file);
      afterEach();
      if (put.status === 409) studio.nowMs += PART_LEASE_MS;
      if (!put.ok) continue;
    }
    const done = await studio.complete(body.recordingId, file, { peaks });
    afterEach();
    if (done.ok) return await done.json<Recording>();
  }
  throw new Error("It never got through.");
}

describe("every step of a take's way fails once", () => {
  test.each([
    ["hiccup", "X5: R2, D1 or the room answers with an error, or its answer is lost"],
    ["kill", "X2: the Worker dies between two steps"],
  ] as const)("%s. %s: asked again, it is there once and whole, and ends without a trace", async (fault, _what) => {
    const file = fileOf(1_000);
    for (const moment of momentsOf[fault]) {
      for (let at = 1; ; at++) {
        const faults = new Faults({ at, moment, fault });
        const studio = new Studio({ reachRoom: faults.reachRoom });
        await meet(studio);
        studio.bindings = faults.bindings;
        const what = () => `${fault} ${moment} call ${at}, ${faults.failed}`;
        // A Worker that died is started again for the next request.
        const restart = () => {
          if (faults.isDead) {
            studio.bindings = env;
            studio.deps.reachRoom = new Faults().reachRoom;
          }
        };
        const recording = await carry(studio, file, restart).catch((error) =>
          expect.unreachable(`${what()}: ${error}`),
        );
        studio.bindings = env;
        const id = recording.recordingId;
        expect(recording, what()).toMatchObject({ state: "complete", sizeBytes: 1_000 });
        expect((await studio.keys()).sort(), what()).toEqual([`${id}.peaks`, `${id}.wav`]);
        const object = await env.RECORDINGS.get(`recordings/${studio.sessionId}/${id}.wav`);
        expect(await sha256Hex(new Uint8Array((await object?.arrayBuffer()) ?? [])), what()).toBe(recording.sha256);
        expect([await studio.count("recordings"), await studio.count("recording_parts")], what()).toEqual([1, 0]);
        expect(await recountStorage(env.DB, accountOf("ada")), what()).toBe(1_000);
        studio.nowMs += RECORDING_RETENTION_MS.free;
        await sweepRecordings(env, studio.deps, 1, plenty());
        expect([await studio.count("recordings"), await studio.keys()], what()).toEqual([0, []]);
        if (faults.failed === null) break;
      }
    }
  });

  test("X20, E1: the sweep is killed at every step; the next run finishes, and takes nothing early", async () => {
    for (const moment of momentsOf.kill) {
      for (let at = 1; ; at++) {
        const faults = new Faults({ at, moment, fault: "kill" });
        const studio = new Studio();
        await meet(studio);
        await studio.share(fileOf(300));
        await studio.put("ada", await studio.open(), 1, fileOf(60));
        studio.nowMs += UPLOAD_ABANDONED_AFTER_MS + RECORDING_RETENTION_MS.free;
        const young = await studio.share(fileOf(500));
        const run = sweepRecordings(faults.bindings, studio.deps, 3, plenty());
        await run.catch(() => undefined);
        await sweepRecordings(env, studio.deps, 3, plenty());
        expect([await studio.keys(), await studio.count("recordings")], `${moment} ${at}`).toEqual([
          [`${young}.wav`],
          1,
        ]);
        expect(await studio.count("recording_parts")).toBe(0);
        await studio.ask("ada", "DELETE", `/recordings/${young}`);
        if (faults.failed === null) break;
      }
    }
  });

  test("X20, E2: a session's deletion is killed at every step; it is closed or untouched at once, and in the end gone", async () => {
    for (const moment of momentsOf.kill) {
      for (let at = 1; ; at++) {
        const faults = new Faults({ at, moment, fault: "kill" });
        const studio = new Studio();
        await meet(studio, { ben: "participant" });
        const { sessionId } = studio;
        await studio.share(fileOf(300), "ben");
        await studio.put("ada", await studio.open(), 1, fileOf(60));
        const room = await roomOf(env, sessionId);
        studio.bindings = faults.bindings;
        studio.deps.reachRoom = faults.reachRoom;
        const what = () => `${moment} call ${at}, ${faults.failed}`;
        const answer = await studio.ask("ada", "DELETE", `/sessions/${sessionId}`);
        studio.bindings = env;
        studio.deps.reachRoom = new Faults().reachRoom;
        const seen = await studio.ask("ben", "GET", `/sessions/${sessionId}`);
        const isClosed = (await findErasure(env.DB, sessionId)) !== null;
        expect(seen.status, what()).toBe(isClosed ? 404 : 200);
        if (answer.ok) expect(isClosed, what()).toBe(true);
        // Ada asks again if she was not answered; cron does the rest once no ticket can be used any more.
        if (!answer.ok)
          expect([200, 202]).toContain((await studio.ask("ada", "DELETE", `/sessions/${sessionId}`)).status);
        studio.nowMs += TICKET_LIFETIME_MS + 1;
        await runJob(env, studio.deps, "session-erasures");
        const erasure = await findErasure(env.DB, sessionId);
        expect(erasure, what()).toMatchObject({ recordingsDeleted: 2, finishedAtMs: studio.nowMs });
        expect(await studio.keys(), what()).toEqual([]);
        const left = await env.DB.prepare(
          `SELECT (SELECT COUNT(*) FROM recordings) + (SELECT COUNT(*) FROM recording_parts) + (SELECT COUNT(*) FROM room_calls)
             + (SELECT COUNT(*) FROM sessions WHERE id = ?1) + (SELECT COUNT(*) FROM session_members WHERE session_id = ?1)
             + (SELECT COUNT(*) FROM invites WHERE session_id = ?1) AS n`,
        )
          .bind(sessionId)
          .first("n");
        expect(left, what()).toBe(0);
        expect((await room.snapshot()).events, what()).toEqual([]);
        if (faults.failed === null) break;
      }
    }
  });
});

describe("what no row knows", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  const noted = () => env.DB.prepare("SELECT COUNT(*) AS n FROM orphans").first<number>("n");
  beforeEach(async () => {
    for (const table of ["recordings", "orphans", "sweep_places"]) await env.DB.prepare(`DELETE FROM ${table}`).run();
    const all = (await env.RECORDINGS.list()).objects.map(({ key }) => key);
    await env.RECORDINGS.delete(all.filter((key) => !key.startsWith("keys/")));
    await db
      .insert(profiles)
      .values({ id: "pro_1", accountId: accountOf("ada"), updatedAtMs: 0 })
      .onConflictDoNothing();
  });

  test("E2, X21: an object without a row goes after a month, those with one and young ones stay", async () => {
    const studio = new Studio();
    await meet(studio);
    const sweep = () => sweepOrphans(env, studio.deps, 5, plenty());
    await sweep();
    const id = await studio.share(fileOf(300));
    for (const kind of ["wav", "peaks"])
      await env.RECORDINGS.put(`recordings/${studio.sessionId}/rec_lost.${kind}`, "left");
    await env.RECORDINGS.put("samples/pro_1/lost", "nobody's sound");
    await sweep();
    expect([await studio.keys(), await noted()]).toMatchObject([{ length: 3 }, 0]);
    studio.nowMs += DAY_MS + 60_000;
    await sweep();
    studio.nowMs += QUARANTINE_MS - 1;
    await sweep();
    expect([await studio.keys(), await noted()]).toMatchObject([{ length: 3 }, 3]);
    studio.nowMs += 1;
    await sweep();
    expect([await studio.keys(), await noted()]).toEqual([[`${id}.wav`], 0]);
    expect(await env.RECORDINGS.head("samples/pro_1/lost")).toBeNull();
  });

  test("X20, X21: wherever the sweep is killed, the next run finds what it had noted and what it had not", async () => {
    const studio = new Studio();
    await meet(studio);
    await sweepOrphans(env, studio.deps, 5, plenty());
    const id = await studio.share(fileOf(300));
    for (const moment of momentsOf.kill) {
      for (let at = 1; ; at++) {
        const faults = new Faults({ at, moment, fault: "kill" });
        await env.RECORDINGS.put(`recordings/${studio.sessionId}/rec_lost.wav`, "left");
        for (const waitMs of [DAY_MS + 60_000, QUARANTINE_MS]) {
          studio.nowMs += waitMs;
          await sweepOrphans(faults.bindings, studio.deps, 2, plenty()).catch(() => undefined);
          await sweepOrphans(env, studio.deps, 2, plenty());
        }
        expect([await studio.keys(), await noted()], `${moment} ${at}`).toEqual([[`${id}.wav`], 0]);
        if (faults.failed === null) break;
      }
    }
  });

  test("X31: a row that comes back in time keeps its object", async () => {
    const studio = new Studio();
    await meet(studio);
    await sweepOrphans(env, studio.deps, 5, plenty());
    const [id, other] = [await studio.share(fileOf(300)), await studio.share(fileOf(400))];
    const [row] = await db.select().from(recordings).where(eq(recordings.id, id));
    if (row === undefined) throw new Error("No row.");
    await env.DB.prepare("DELETE FROM recordings WHERE id = ?").bind(id).run();
    studio.nowMs += DAY_MS + 60_000;
    await sweepOrphans(env, studio.deps, 5, plenty());
    expect(await noted()).toBe(1);
    await db.insert(recordings).values(row);
    studio.nowMs += QUARANTINE_MS;
    await sweepOrphans(env, studio.deps, 5, plenty());
    expect([(await studio.keys()).sort(), await noted()]).toEqual([[`${id}.wav`, `${other}.wav`].sort(), 0]);
  });

  test.each(["empty", "another", "new"] as const)(
    "X31: the database under a full store is %s: nothing is noted, nothing goes, and somebody is told",
    async (what) => {
      const studio = new Studio();
      await meet(studio);
      if (what !== "new") await sweepOrphans(env, studio.deps, 5, plenty());
      const keys = Array.from({ length: 60 }, (_, at) => `recordings/${studio.sessionId}/rec_${at}.wav`);
      await Promise.all(keys.map((key) => env.RECORDINGS.put(key, "sound")));
      if (what !== "empty") await studio.share(fileOf(300));
      const lines: unknown[] = [];
      const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(JSON.parse(line)));
      for (let day = 0; day < 40; day++) {
        studio.nowMs += DAY_MS;
        await sweepOrphans(env, studio.deps, 5, plenty());
      }
      spy.mockRestore();
      expect([(await studio.keys()).length, await noted()]).toEqual([what === "empty" ? 60 : 61, 0]);
      if (what !== "new") expect(lines).toContainEqual(expect.objectContaining({ event: "store-strange" }));
    },
  );

  test("more than one page of objects: each run goes on behind the last key, and then begins anew", async () => {
    const studio = new Studio();
    await meet(studio);
    const asked: (string | undefined)[] = [];
    const list = async ({ prefix = "", startAfter }: R2ListOptions) => {
      asked.push(startAfter);
      const at = Number(startAfter?.replace(/\D/g, "") ?? 0) + 1;
      const objects = prefix === "samples/" ? [] : [{ key: `${prefix}${at}`, uploaded: new Date(studio.nowMs) }];
      return { objects, truncated: prefix !== "samples/" && at < 3 };
    };
    const bindings = { ...env, RECORDINGS: { ...env.RECORDINGS, list } as unknown as R2Bucket };
    for (let run = 0; run < 5; run++) await sweepOrphans(bindings, studio.deps, 1, plenty());
    const round = [undefined, "recordings/1", "recordings/2", "samples/"];
    expect(asked).toEqual([...round, undefined]);
    await sweepOrphans(bindings, studio.deps, 5, plenty());
    expect(asked.slice(5)).toEqual(round.slice(1));
  });

  test("E2: the record of a session's deletion is kept a year, and that of a notice thirty days; then they go", async () => {
    const studio = new Studio();
    await meet(studio);
    const { sessionId } = studio;
    const ended = studio.nowMs;
    // Nothing was in it, so it ends in the same request.
    await studio.ask("ada", "DELETE", `/sessions/${sessionId}`);
    await db.insert(retentionNotices).values({
      id: "n",
      accountId: accountOf("ada"),
      kind: "first",
      recordingCount: 1,
      firstExpiresAtMs: studio.nowMs,
      createdAtMs: 0,
      handedOverAtMs: 0,
    });
    const run = async () => {
      await runJob(env, studio.deps, "retention:sessionErasures");
      await runJob(env, studio.deps, "retention:retentionNotices");
      const notices = await env.DB.prepare("SELECT COUNT(*) AS n FROM retention_notices").first("n");
      return [(await findErasure(env.DB, sessionId)) !== null, notices];
    };
    studio.nowMs = ended + NOTICE_RETENTION_MS - 1;
    expect(await run()).toEqual([true, 1]);
    studio.nowMs = ended + NOTICE_RETENTION_MS;
    expect(await run()).toEqual([true, 0]);
    studio.nowMs = ended + DELETION_RECORD_RETENTION_MS - 1;
    expect(await run()).toEqual([true, 0]);
    studio.nowMs = ended + DELETION_RECORD_RETENTION_MS;
    expect(await run()).toEqual([false, 0]);
  });
});

describe("races", () => {
  let studio: Studio;
  const file = fileOf(1_000);
  beforeEach(async () => {
    studio = new Studio();
    await meet(studio);
  });

  /** A completion that is stopped when it reads the object for the `nth` time, until `meanwhile` is through. */
  async function completeWhile(id: string, nth: number, meanwhile: () => Promise<unknown>, more: object = {}) {
    let gets = 0;
    const get: R2Bucket["get"] = (async (...args: Parameters<R2Bucket["get"]>) => {
      // Its owner's key lies in the same store.
      if (args[0].startsWith("recordings/") && ++gets === nth) {
        studio.bindings = env;
        await meanwhile();
      }
      return await env.RECORDINGS.get(...args);
    }) as R2Bucket["get"];
    studio.bindings = {
      ...env,
      RECORDINGS: new Proxy(env.RECORDINGS, {
        get: (target, name) => (name === "get" ? get : Reflect.get(target, name, target).bind(target)),
      }),
    };
    const answer = await studio.complete(id, file, more);
    studio.bindings = env;
    expect(gets).toBeGreaterThanOrEqual(nth);
    return answer;
  }

  test.each([1, 2])("E1: a completion that began in time is not ended under its hands (read %i)", async (nth) => {
    const id = await studio.open();
    await studio.put("ada", id, 1, file);
    const opened = studio.nowMs;
    studio.nowMs = opened + UPLOAD_ABANDONED_AFTER_MS - 2 * 60_000;
    const answer = await completeWhile(id, nth, async () => {
      studio.nowMs = opened + UPLOAD_ABANDONED_AFTER_MS + 60_000;
      await sweepRecordings(env, studio.deps, 1, plenty());
    });
    expect(answer.status).toBe(200);
    expect(await studio.keys()).toEqual([`${id}.wav`]);
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("E1: one that comes in the last minute is too late, and the take is shared anew", async () => {
    const id = await studio.open();
    await studio.put("ada", id, 1, file);
    studio.nowMs += UPLOAD_ABANDONED_AFTER_MS - 1_000;
    const late = await studio.complete(id, file);
    expect([late.status, (await late.json<{ code: string }>()).code]).toEqual([409, "upload-ended"]);
    studio.nowMs += 1_000;
    await studio.share(file, "ada", { recordingId: id });
    expect(await studio.keys()).toEqual([`${id}.wav`]);
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("C7: withdrawn while it is being completed: it is not shown, and nothing stays", async () => {
    const id = await studio.open();
    await studio.put("ada", id, 1, file);
    const answer = await completeWhile(id, 2, () => studio.ask("ada", "DELETE", `/recordings/${id}`), { peaks });
    expect(answer.status).toBe(409);
    expect([await studio.keys(), await studio.count("recordings")]).toEqual([[], 0]);
  });

  test("X3: completed twice at once with different hashes: whoever is right wins, or both begin anew; never half", async () => {
    const id = await studio.open();
    await studio.put("ada", id, 1, file);
    const wrong = { sha256: "ab".repeat(32) };
    const answer = await completeWhile(id, 2, async () => {
      expect((await studio.complete(id, file, wrong)).status).toBe(409);
    });
    expect((await answer.json<{ code: string }>()).code).toBe("upload-ended");
    expect(await (await studio.ask("ada", "GET", `/recordings/${id}`)).json()).toMatchObject({ partsHeld: [] });
    await studio.put("ada", id, 1, file);
    const other = await completeWhile(
      id,
      2,
      async () => {
        expect((await studio.complete(id, file)).status).toBe(200);
      },
      wrong,
    );
    expect(other.status).toBe(409);
    const got = await studio.ask("ada", "GET", `/recordings/${id}/file`);
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(file);
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  const uploadOf = async (id: string) => {
    const row = await env.DB.prepare("SELECT upload_id AS uploadId FROM recordings WHERE id = ?").bind(id).first();
    return env.RECORDINGS.resumeMultipartUpload(`recordings/${studio.sessionId}/${id}.wav`, String(row?.uploadId));
  };

  test("X3: a slow twin wrote other bytes under a part after the winner was told: it is noticed, and sent again", async () => {
    const id = await studio.open();
    await studio.put("ada", id, 1, file);
    await (await uploadOf(id)).uploadPart(1, fileOf(1_000, 2));
    expect((await studio.complete(id, file)).status).toBe(409);
    await studio.put("ada", id, 1, file);
    expect((await studio.complete(id, file)).status).toBe(200);
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("X4: R2 has dropped the upload: the next part says so, and the upload goes on anew under the same recording", async () => {
    const id = await studio.open();
    await (await uploadOf(id)).abort();
    expect((await studio.put("ada", id, 1, file)).status).toBe(409);
    expect((await studio.put("ada", id, 1, file)).status).toBe(204);
    expect((await studio.complete(id, file)).status).toBe(200);
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("X3: the same part sent ten times at once, half of them with other bytes: one wins, and the file is what was announced", async () => {
    const id = await studio.open();
    const other = fileOf(1_000, 2);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => studio.put("ada", id, 1, at % 2 === 0 ? file : other)),
    );
    expect(answers.map(({ status }) => status).filter((status) => status !== 204 && status !== 409)).toEqual([]);
    expect(answers.some(({ status }) => status === 204)).toBe(true);
    studio.nowMs += PART_LEASE_MS;
    expect((await studio.put("ada", id, 1, file)).status).toBe(204);
    expect((await studio.complete(id, file)).status).toBe(200);
    expect(await recountStorage(env.DB, accountOf("ada"))).toBe(1_000);
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("X5: R2 is away for longer: 503 with a time to come back, the claim is given up, and nothing is held", async () => {
    const id = await studio.open();
    const away = async () => {
      throw new Error("uploadPart: Please reduce your rate of simultaneous writes. (10058)");
    };
    const waits: number[] = [];
    studio.deps.sleep = async (ms) => void waits.push(ms);
    const resumeMultipartUpload = () => ({ uploadPart: away, complete: away, abort: away });
    studio.bindings = { ...env, RECORDINGS: { ...env.RECORDINGS, resumeMultipartUpload } as unknown as R2Bucket };
    const refused = await studio.put("ada", id, 1, file);
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
    // Bounded, longer each time, and not in step with anybody.
    expect(waits).toHaveLength(3);
    for (const [at, ms] of waits.entries()) {
      expect(ms).toBeGreaterThanOrEqual(60 * 3 ** at * 0.5);
      expect(ms).toBeLessThanOrEqual(60 * 3 ** at * 1.5);
    }
    // Withdrawn while R2 is away: out of sight at once, and gone with the next sweep.
    expect((await studio.ask("ada", "DELETE", `/recordings/${id}`)).status).toBe(204);
    expect(await studio.count("recordings")).toBe(1);
    studio.bindings = env;
    expect((await studio.ask("ada", "GET", `/recordings/${id}`)).status).toBe(404);
    await sweepRecordings(env, studio.deps, 1, plenty());
    expect(await studio.count("recordings")).toBe(0);
  });

  test("X5: where no key can be read, a list of takes comes later, 503 with a time, and never without a name: companions call files by it", async () => {
    await meet(studio);
    const id = await studio.share(file, "ada", { name: "Cello" });
    forgetKept();
    const away = async () => {
      throw new Error("get: We encountered an internal error. Please try again. (10001)");
    };
    const RECORDINGS = new Proxy(env.RECORDINGS, {
      get: (bucket, name) => (name === "get" ? away : Reflect.get(bucket, name, bucket).bind(bucket)),
    });
    studio.bindings = { ...env, RECORDINGS };
    const inSession = `/sessions/${studio.sessionId}/recordings`;
    for (const path of [inSession, "/recordings", `/recordings/${id}`, `${inSession}.zip`]) {
      const refused = await studio.ask("ada", "GET", path);
      expect([path, refused.status, refused.headers.get("Retry-After")]).toEqual([path, 503, "5"]);
    }
    studio.bindings = env;
    for (const path of [inSession, "/recordings"]) {
      const { items } = await (await studio.ask("ada", "GET", path)).json<{ items: Recording[] }>();
      expect(items.find(({ recordingId }) => recordingId === id)?.name).toBe("Cello");
    }
    await studio.ask("ada", "DELETE", `/recordings/${id}`);
  });

  test("X30, E2: an upload that R2 does not give up keeps neither the session's other takes nor another deletion waiting", async () => {
    await meet(studio);
    const stuck = studio.sessionId;
    await studio.put("ada", await studio.open(), 1, file);
    await studio.share(file);
    await meet(studio);
    const other = studio.sessionId;
    await studio.share(file);
    const left = () =>
      env.DB.prepare("SELECT COUNT(*) AS n FROM recordings WHERE session_id = ?").bind(stuck).first<number>("n");
    const abort = async () => {
      throw new Error("abortMultipartUpload: We encountered an internal error. Please try again. (10001)");
    };
    const RECORDINGS = new Proxy(env.RECORDINGS, {
      get: (bucket, name) =>
        name === "resumeMultipartUpload" ? () => ({ abort }) : Reflect.get(bucket, name, bucket).bind(bucket),
    });
    const bindings = { ...env, RECORDINGS };
    studio.bindings = bindings;
    for (const sessionId of [stuck, other]) await studio.ask("ada", "DELETE", `/sessions/${sessionId}`);
    studio.nowMs += 2 * TICKET_LIFETIME_MS;
    await runJob(bindings, studio.deps, "session-erasures");
    expect((await findErasure(env.DB, other))?.finishedAtMs).not.toBeNull();
    // Of the one that waits nothing is left but the row by which the upload is found.
    expect((await findErasure(env.DB, stuck))?.finishedAtMs).toBeNull();
    expect((await env.RECORDINGS.list({ prefix: `recordings/${stuck}/` })).objects).toEqual([]);
    expect(await left()).toBe(1);
    studio.nowMs += 24 * 3_600_000;
    await runJob(env, studio.deps, "session-erasures");
    expect((await findErasure(env.DB, stuck))?.finishedAtMs).not.toBeNull();
    expect(await left()).toBe(0);
    studio.bindings = env;
    await meet(studio);
  });

  test("a plan's storage holds for parts sent at once: not one byte over it", async () => {
    const id = await studio.open();
    const other = await studio.open();
    const FREE_BYTES = 10e9;
    await env.DB.prepare("UPDATE recordings SET held_bytes = ?2 WHERE id = ?1")
      .bind(other, FREE_BYTES - 250)
      .run();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => studio.put("ada", id, at + 1, fileOf(100, at))),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(6);
    for (const one of [id, other]) await studio.ask("ada", "DELETE", `/recordings/${one}`);
  });
});
