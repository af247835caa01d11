import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { recordings } from "../../migrations/schema.ts";
import { OPEN_UPLOADS_PER_MEMBER_MAX, SESSION_TIME_MAX_MS } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { eraseKey } from "../platform/personal-keys.ts";
import { TestClient } from "../testing/room-client.ts";
import { recordingRow } from "../testing/rows.ts";
import { accountOf, closing, codeOf, fileOf, opening, Studio, seedPeople } from "../testing/studio.ts";
import { fill } from "../testing/tables.ts";

let studio: Studio;
const file = fileOf(300);

beforeEach(async () => {
  for (const table of ["recordings", "session_members", "sessions", "accounts", "rate_limits"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  await seedPeople(["ada", "ben", "eve"]);
  studio = new Studio();
  await studio.meet({ ben: "participant" });
});

const membersOf = async () => {
  const { members } = await (await studio.ask("ada", "GET", `/sessions/${studio.sessionId}`)).json<{
    members: { memberId: string; role: string }[];
  }>();
  return members;
};
const benId = async () => (await membersOf()).find(({ role }) => role !== "host")?.memberId ?? "";

test("X37, C7: whoever has left a session, or was made an observer, still has what they shared: sees, fetches, withdraws it", async () => {
  const [first, second] = [await studio.share(file, "ben"), await studio.share(file, "ben")];
  const pending = await studio.open("ben");
  const path = `/sessions/${studio.sessionId}/members/${await benId()}`;
  await studio.ask("ada", "PATCH", path, { body: { role: "observer" } });
  expect((await studio.ask("ben", "GET", `/recordings/${first}/file`)).status).toBe(200);
  expect((await studio.ask("ada", "DELETE", path)).status).toBe(204);
  const listed = await (await studio.ask("ben", "GET", "/recordings")).json<{ items: Recording[] }>();
  expect(listed.items.map(({ recordingId }) => recordingId).sort()).toEqual([first, second, pending].sort());
  expect((await studio.ask("ben", "GET", `/sessions/${studio.sessionId}/recordings`)).status).toBe(404);
  expect((await studio.ask("ben", "GET", `/recordings/${first}`)).status).toBe(200);
  expect((await studio.put("ben", pending, 1, file)).status).toBe(403);
  expect((await studio.ask("ben", "DELETE", `/recordings/${first}`)).status).toBe(204);
  expect((await studio.ask("ada", "GET", `/recordings/${first}`)).status).toBe(404);
  expect((await studio.ask("ada", "GET", `/recordings/${second}/file`)).status).toBe(200);
  // Nobody else's is theirs: neither to see in the list, nor by its id.
  expect((await (await studio.ask("eve", "GET", "/recordings")).json<{ items: Recording[] }>()).items).toEqual([]);
  expect((await studio.ask("eve", "GET", `/recordings/${second}`)).status).toBe(404);
});

test("E3, A5: a stem's name lies under its owner's key, in who received it as well, and the end of that key is the end of all of them", async () => {
  const [hers, his] = [await studio.share(file, "ada"), await studio.share(file, "ben")];
  const list = async () =>
    (await (await studio.ask("ada", "GET", `/sessions/${studio.sessionId}/recordings`)).json<{ items: Recording[] }>())
      .items;
  expect((await studio.ask("ada", "GET", `/recordings/${his}/file`)).status).toBe(200);
  expect((await list()).map(({ name }) => name)).toEqual(["Guitar 1", "Guitar 1"]);
  const names = await env.DB.prepare(
    "SELECT name FROM recordings WHERE id = ?1 UNION ALL SELECT name FROM deliveries WHERE recording_id = ?1",
  )
    .bind(his)
    .all<{ name: string }>();
  const isBens = (name: string) => name.startsWith(`${accountOf("ben")}:`);
  expect(names.results.map(({ name }) => isBens(name))).toEqual([true, true]);
  await expect(env.DB.prepare("UPDATE recordings SET name = 'Guitar 1' WHERE id = ?").bind(his).run()).rejects.toThrow(
    "recordings_name_is_sealed",
  );
  await eraseKey(env, studio.deps, accountOf("ben"));
  expect((await list()).map(({ recordingId }) => recordingId)).toEqual([hers]);
  expect((await studio.ask("ada", "GET", `/recordings/${his}`)).status).toBe(404);
  const given = await (await studio.ask("ben", "GET", "/account/deliveries")).json<{ items: unknown[] }>();
  expect(given.items).toEqual([]);
});

test("C1: the host may take away any recording of the session, and nobody else's role does", async () => {
  const id = await studio.share(file, "ben");
  const hers = await studio.share(file, "ada");
  expect((await studio.ask("ben", "DELETE", `/recordings/${hers}`)).status).toBe(403);
  expect((await studio.ask("ada", "DELETE", `/recordings/${id}`)).status).toBe(204);
  expect(await studio.keys()).toEqual([`${hers}.wav`]);
});

test("X39, C7: a stem of a few bytes is not laid where the session's transport never was; where it was, it is", async () => {
  const open = async (timelineFrames: number, name: string) => {
    const body = opening({ timelineFrames, name });
    return await studio.ask("ben", "POST", `/sessions/${studio.sessionId}/recordings`, { body });
  };
  const dayFrames = 24 * 60 * 60 * 48_000;
  const refused = await open(dayFrames, "a day from bar one");
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ fields: { timelineFrames: [expect.any(String)] } });
  const ben = await TestClient.join(studio.sessionId, "participant");
  await ben.ask({ kind: "transport", transport: { command: "locate", positionFrames: 10 * 60 * 48_000 } });
  await ben.ask({ kind: "transport", transport: { command: "locate", positionFrames: 0 } });
  expect((await open(10 * 60 * 48_000, "ten minutes in")).status).toBe(201);
  expect((await open(12 * 60 * 48_000, "twelve minutes in")).status).toBe(422);
});

test("X39: a room that does not answer keeps nobody from sharing", async () => {
  const away = new Studio({ reachRoom: () => Promise.reject(new Error("away")) });
  away.sessionId = studio.sessionId;
  const body = opening({ timelineFrames: 24 * 60 * 60 * 48_000 });
  expect((await away.ask("ben", "POST", `/sessions/${away.sessionId}/recordings`, { body })).status).toBe(201);
});

test.each([{ startedAtMs: 9e15 }, { startedAtMs: -1 }, { timelineFrames: 1e15 }, { bpm: 1e9 }])(
  "X32: an upload with %j is refused",
  async (more) => {
    const refused = await studio.ask("ada", "POST", `/sessions/${studio.sessionId}/recordings`, {
      body: opening(more),
    });
    expect(await codeOf(refused)).toBe("validation-failed");
  },
);

test.each([
  { frames: 1e15 },
  { clock: [{ frame: 0, atMs: SESSION_TIME_MAX_MS + 1, errorMs: 0 }] },
  { clock: [{ frame: 1e15, atMs: 1, errorMs: 0 }] },
  { clock: [{ frame: 0, atMs: 1, errorMs: 1e300 }] },
  { transportAtStart: { motion: "stopped", positionFrames: 0, atMs: 9e15, bpm: 120 } },
  { transportAtEnd: { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 1e12 } },
])("X32: a completion with %j is refused", async (more) => {
  const id = await studio.open();
  const refused = await studio.ask("ada", "POST", `/recordings/${id}/complete`, { body: await closing(file, more) });
  expect(await codeOf(refused)).toBe("validation-failed");
});

test("X32: rows that today's schema would refuse are listed, read and taken away, and the log names them", async () => {
  const id = await studio.share(file);
  await env.DB.prepare("UPDATE recordings SET started_at_ms = 9e15, bpm = 1e12, place = '{\"clock\":7}' WHERE id = ?")
    .bind(id)
    .run();
  const lines: unknown[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(JSON.parse(line)));
  for (const path of [`/sessions/${studio.sessionId}/recordings`, `/recordings/${id}`, "/recordings"])
    expect([path, (await studio.ask("ada", "GET", path)).status]).toEqual([path, 200]);
  spy.mockRestore();
  expect(lines).toContainEqual({ event: "row-unreadable", table: "recordings", id });
  expect((await studio.ask("ada", "DELETE", `/recordings/${id}`)).status).toBe(204);
});

test("one member's unfinished uploads are bounded, and keep nobody else's takes out", async () => {
  const memberId = await benId();
  await fill(recordings, OPEN_UPLOADS_PER_MEMBER_MAX, (at) => ({
    ...recordingRow({ id: `rec_${at}`, sessionId: studio.sessionId, accountId: accountOf("ben"), memberId }),
    state: "uploading" as const,
    expiresAtMs: 9e15,
  }));
  const path = `/sessions/${studio.sessionId}/recordings`;
  expect((await studio.ask("ben", "POST", path, { body: opening() })).status).toBe(409);
  expect((await studio.ask("ada", "POST", path, { body: opening() })).status).toBe(201);
});
