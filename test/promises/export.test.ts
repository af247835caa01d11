import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { recordings, retentionNotices } from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { EXPORT_RETENTION_MS } from "../../protocol/retention.ts";
import { createApp } from "../../workers/app.ts";
import { runJobs } from "../../workers/cron/jobs.ts";
import { systemDeps } from "../../workers/platform/deps.ts";
import type { Env } from "../../workers/platform/env.ts";
import { eraseAccount } from "../../workers/privacy/account-erasure.ts";
import { archiveOf } from "../../workers/privacy/archive.ts";
import {
  archivesOf,
  continueExportOf,
  continueExports,
  listExports,
  requestExport,
} from "../../workers/privacy/export.ts";
import { exportSchema } from "../../workers/privacy/export-schema.ts";
import { objectKey, peaksKey } from "../../workers/recordings/keys.ts";
import { Faults } from "../../workers/testing/faults.ts";
import { TestClient } from "../../workers/testing/room-client.ts";
import { plenty } from "../../workers/testing/studio.ts";
import { db, fill } from "../../workers/testing/tables.ts";
import { markEverything } from "./marks.ts";
import { askAs, newWorld, type World } from "./world.ts";

const startMs = Date.now();
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs, sleep: async () => undefined });
const app = createApp(at(startMs));
const EMAIL = { send: async () => undefined } as unknown as Env["EMAIL"];

interface Data {
  format: string;
  tables: Record<string, Record<string, unknown>[]>;
  rooms: { sessionId: string; events: { body: { kind: string; text?: string } }[] }[];
}

/** The files of a stored (uncompressed) zip, by its central directory (PKWARE APPNOTE 4.3.12). */
function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, Uint8Array>();
  let end = bytes.byteLength - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  let place = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [size, nameBytes, extra, comment] = [
      view.getUint32(place + 24, true),
      view.getUint16(place + 28, true),
      view.getUint16(place + 30, true),
      view.getUint16(place + 32, true),
    ];
    const header = view.getUint32(place + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(place + 46, place + 46 + nameBytes));
    const from = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    files.set(name, bytes.subarray(from, from + size));
    place += 46 + nameBytes + extra + comment;
  }
  return files;
}

const jsonOf = (files: Map<string, Uint8Array>): Data => JSON.parse(new TextDecoder().decode(files.get("data.json")));

async function archive(world: World, who: "ada" | "ben", exportId: string): Promise<Map<string, Uint8Array>> {
  const response = await askAs(app, world.token[who], "GET", `/api/v1/account/exports/${exportId}/archive`);
  expect(response.status).toBe(200);
  // A stream of fixed length: it would break off if what came were not what was said.
  return unzip(new Uint8Array(await response.arrayBuffer()));
}

/** Whether a value is what the schema says, as far as the schema of the export goes. */
function fits(schema: Record<string, unknown>, value: unknown): boolean {
  const properties = schema.properties as Record<string, Record<string, unknown>> | undefined;
  if (schema.const !== undefined) return schema.const === value;
  if (schema.type === "array")
    return Array.isArray(value) && value.every((item) => fits(schema.items as Record<string, unknown>, item));
  if (schema.type === "object") {
    if (typeof value !== "object" || value === null) return false;
    const keys = Object.keys(value);
    const required = (schema.required ?? []) as string[];
    return (
      required.every((key) => keys.includes(key)) &&
      (schema.additionalProperties !== false || keys.every((key) => properties !== undefined && key in properties)) &&
      keys.every(
        (key) => properties?.[key] === undefined || fits(properties[key], (value as Record<string, unknown>)[key]),
      )
    );
  }
  const types = [schema.type].flat();
  return types.includes(value === null ? "null" : typeof value);
}

describe("G1: a copy of everything", () => {
  test("G1: one request, one archive: every row about the person, their words in every room, their sound, nothing of others", async () => {
    const world = await newWorld(startMs);
    const join = (who: "ada" | "ben", role: "host" | "participant") =>
      TestClient.join(world.sessionId, role, { memberId: world.memberId[who] });
    const [ada, ben] = [await join("ada", "host"), await join("ben", "participant")];
    await ada.ask({ kind: "chat", text: "Ada's own words" });
    await ben.ask({ kind: "chat", text: "Ben's own words" });
    const asked = await askAs(app, world.token.ada, "POST", "/api/v1/account/exports");
    expect(asked.status).toBe(202);
    const { exportId, readyAtMs } = await asked.json<{ exportId: string; readyAtMs: number | null }>();
    expect(readyAtMs).toBe(startMs);
    const files = await archive(world, "ada", exportId);
    const data = jsonOf(files);
    expect(fits(exportSchema(), data)).toBe(true);
    expect(JSON.parse(new TextDecoder().decode(files.get("data.schema.json")))).toEqual(exportSchema());
    expect(data.tables.accounts).toMatchObject([
      { id: world.accountId.ada, email: `${world.accountId.ada}@example.org` },
    ]);
    expect(data.tables.recordings?.map(({ id }) => id).sort()).toEqual([world.recordingId, world.uploadingId].sort());
    expect(data.tables.profiles).toMatchObject([{ words: expect.stringContaining('"bio":"Plays at night."') }]);
    // What somebody reported about Ada is told to her, and who did is not.
    expect(data.tables["reports.accountId"]).toMatchObject([{ reason: "spam" }]);
    const said = JSON.stringify(data.rooms);
    expect(said).toContain("Ada's own words");
    const all = new TextDecoder("latin1").decode(files.get("data.json"));
    for (const other of [
      "Ben's own words",
      world.accountId.ben,
      world.accountId.eve,
      "Writes too much",
      "tokenHash",
      "codeHash",
    ])
      expect(all.includes(other), other).toBe(false);
    const sound = [...files.keys()].filter((name) => name.startsWith("audio/"));
    expect(sound.sort()).toEqual([`audio/${world.recordingId} Guitar.wav`, `audio/${world.recordingId}.peaks`]);
    ada.leave();
    ben.leave();

    // Nobody else has it, and it goes with its pieces after a week.
    expect((await askAs(app, world.token.ben, "GET", `/api/v1/account/exports/${exportId}/archive`)).status).toBe(404);
    const here: Env = { ...env, EMAIL };
    await runJobs(here, at(startMs + EXPORT_RETENTION_MS - 1));
    expect((await env.RECORDINGS.list({ prefix: "exports/" })).objects.length).toBeGreaterThan(0);
    await runJobs(here, at(startMs + EXPORT_RETENTION_MS));
    expect((await env.RECORDINGS.list({ prefix: "exports/" })).objects).toEqual([]);
  });

  test("G1: every column that the rules export holds what the database holds: marks in every text of every table come out", async () => {
    const world = await newWorld(startMs);
    const marks = await markEverything(world);
    // The mark's own row of this table is no export that is being made.
    await env.DB.prepare("DELETE FROM exports WHERE account_id = ?").bind(world.accountId.ada).run();
    const exportId = await requestExport(env, at(startMs), world.accountId.ada);
    await continueExportOf(env, at(startMs), exportId);
    const text = new TextDecoder().decode((await archive(world, "ada", exportId)).get("data.json"));
    const found = marks.ada.filter((mark) => text.includes(mark));
    expect(found.length).toBeGreaterThan(10);
    for (const who of ["ben", "olu", "pat", "eve"] as const)
      expect(
        marks[who].filter((mark) => text.includes(mark)),
        who,
      ).toEqual([]);
  });

  test("G1: its first byte waits for no stem: as many calls for twenty of them as for one", async () => {
    const world = await newWorld(startMs);
    const exportId = await requestExport(env, at(startMs), world.accountId.ada);
    await continueExportOf(env, at(startMs), exportId);
    const calls = async () => {
      const faults = new Faults();
      const [found] = await listExports(env.DB, world.accountId.ada, startMs);
      if (found === undefined) throw new Error("There is no export.");
      const body = await archiveOf(faults.bindings, at(startMs), world.accountId.ada, found);
      const made = faults.calls;
      expect((await new Response(body).arrayBuffer()).byteLength).toBeGreaterThan(1_000);
      return made;
    };
    const one = await calls();
    const [row] = await db.select().from(recordings).where(eq(recordings.id, world.recordingId));
    if (row === undefined) throw new Error("There is no recording.");
    const more = Array.from({ length: 20 }, () => newId("rec", systemDeps.random));
    await fill(recordings, more.length, (nth) => ({ ...row, id: more[nth] ?? row.id }));
    for (const id of more) {
      await env.RECORDINGS.put(objectKey(world.sessionId, id), new Uint8Array(row.sizeBytes ?? 0));
      await env.RECORDINGS.put(peaksKey(world.sessionId, id), new Uint8Array(row.peaksBytes));
    }
    expect(await calls()).toBe(one);
    expect(one).toBeLessThan(6);
  });

  test("G1: very many stems come in several archives, each stem in one of them and the data in all", async () => {
    const world = await newWorld(startMs);
    const { ada } = world.accountId;
    const exportId = await requestExport(env, at(startMs), ada);
    await continueExportOf(env, at(startMs), exportId);
    const [row] = await db.select().from(recordings).where(eq(recordings.id, world.recordingId));
    if (row === undefined) throw new Error("There is no recording.");
    const more = Array.from({ length: 4 }, () => newId("rec", systemDeps.random));
    await fill(recordings, more.length, (nth) => ({ ...row, id: more[nth] ?? row.id }));
    for (const id of more) {
      await env.RECORDINGS.put(objectKey(world.sessionId, id), new Uint8Array(row.sizeBytes ?? 0));
      await env.RECORDINGS.put(peaksKey(world.sessionId, id), new Uint8Array(row.peaksBytes));
    }
    const [found] = await listExports(env.DB, ada, startMs);
    if (found === undefined) throw new Error("There is no export.");
    expect(found.archives).toEqual([""]);
    const archives = await archivesOf(env.DB, ada, 2);
    expect(archives).toHaveLength(3);
    const stems: string[] = [];
    for (const after of archives) {
      const body = await archiveOf(env, at(startMs), ada, found, after, 2);
      const names = [...unzip(new Uint8Array(await new Response(body).arrayBuffer())).keys()];
      expect(names).toContain("data.json");
      stems.push(...names.flatMap((name) => /^audio\/(rec_\w+) .*wav$/.exec(name)?.[1] ?? []));
    }
    expect(stems.sort()).toEqual([row.id, ...more].sort());
    // Full archives have none behind them.
    expect(await archivesOf(env.DB, ada, 5)).toEqual([""]);
  });

  test("X20: killed after each of its calls, it is whole after the next run", async () => {
    const world = await newWorld(startMs);
    for (let call = 1, reached = true; reached; call += 9) {
      await env.DB.prepare("DELETE FROM exports").run();
      const faults = new Faults({ at: call, moment: "after", fault: "kill" });
      const deps = { ...at(startMs), reachRoom: faults.reachRoom };
      await requestExport(faults.bindings, deps, world.accountId.ada)
        .then((exportId) => continueExportOf(faults.bindings, deps, exportId))
        .catch(() => undefined);
      reached = faults.isDead;
      await continueExports(env, at(startMs), plenty());
      const row = await env.DB.prepare("SELECT id FROM exports").first<{ id: string }>();
      if (row === null) continue;
      const data = jsonOf(await archive(world, "ada", row.id));
      expect(fits(exportSchema(), data), `call ${call}: ${faults.failed}`).toBe(true);
      expect(data.tables.recordings).toHaveLength(2);
    }
  });

  test("E3: erased while an export runs: no piece of it is left", async () => {
    const world = await newWorld(startMs);
    const exportId = await requestExport(env, at(startMs), world.accountId.ada);
    await Promise.all([
      continueExportOf(env, at(startMs), exportId).catch(() => undefined),
      eraseAccount(env, at(startMs), world.accountId.ada, "operator"),
    ]);
    await continueExports(env, at(startMs), plenty());
    expect((await env.RECORDINGS.list({ prefix: `exports/${exportId}` })).objects).toEqual([]);
  });

  test("G1: ten thousand rows come in pieces, each bounded, and all of them once", async () => {
    const world = await newWorld(startMs);
    await fill(retentionNotices, 10_000, (row) => ({
      id: `${world.accountId.eve}${row}`,
      accountId: world.accountId.eve,
      kind: "first" as const,
      recordingCount: 1,
      firstExpiresAtMs: row,
      createdAtMs: row,
    }));
    const exportId = await requestExport(env, at(startMs), world.accountId.eve);
    await continueExportOf(env, at(startMs), exportId);
    for (let run = 0; run < 5; run++) await continueExports(env, at(startMs), plenty());
    const response = await askAs(app, world.token.eve, "GET", `/api/v1/account/exports/${exportId}/archive`);
    const data = jsonOf(unzip(new Uint8Array(await response.arrayBuffer())));
    const times = data.tables.retentionNotices?.map(({ createdAtMs }) => createdAtMs) ?? [];
    expect(new Set(times).size).toBe(10_000);
    expect(times).toHaveLength(10_000);
    const { objects } = await env.RECORDINGS.list({ prefix: `exports/${exportId}/` });
    expect(objects.length).toBeGreaterThan(20);
    expect(Math.max(...objects.map(({ size }) => size))).toBeLessThan(256 * 1024);
  });
});

describe("G2: a restriction on a host", () => {
  test("G2: what a restricted host has shared is given to nobody else, one by one or in a zip, and the host still has it", async () => {
    const world = await newWorld(startMs);
    const file = `/api/v1/recordings/${world.recordingId}/file`;
    const zip = `/api/v1/sessions/${world.sessionId}/recordings.zip`;
    const statusFor = async (who: "ada" | "ben") => (await askAs(app, world.token[who], "GET", file)).status;
    const zipBytes = async () => (await (await askAs(app, world.token.ben, "GET", zip)).arrayBuffer()).byteLength;
    const before = await zipBytes();
    expect([await statusFor("ada"), await statusFor("ben")]).toEqual([200, 200]);
    await askAs(app, world.token.ada, "PUT", "/api/v1/account/restriction");
    expect([await statusFor("ada"), await statusFor("ben")]).toEqual([200, 404]);
    expect(await zipBytes()).toBeLessThan(before - 900);
    await askAs(app, world.token.ada, "DELETE", "/api/v1/account/restriction");
    expect(await statusFor("ben")).toBe(200);
  });
});
