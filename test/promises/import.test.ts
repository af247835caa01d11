import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import {
  type Imported,
  type ImportRoom,
  importArchive,
  type Journal,
} from "../../companion/engine/archive/import.std.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { createApp } from "../../workers/app.ts";
import { systemDeps } from "../../workers/platform/deps.ts";
import { roomOf } from "../../workers/platform/jurisdiction.ts";
import { continueExportOf, requestExport } from "../../workers/privacy/export.ts";
import { person } from "../../workers/testing/person.ts";
import { TestClient } from "../../workers/testing/room-client.ts";
import { accountOf, closing, fileOf, Studio, seedPeople } from "../../workers/testing/studio.ts";

const app = createApp();
const NOTE = "3f2b6c1e-52f4-4c39-9a51-d0a7f0f3c111";
const FAR_FRAMES = 48_000 * 90;
/** The same words twice are two lines. */
const SAID = ["Once more?", "Once more?", "From the bridge."];

afterEach(() => vi.unstubAllGlobals());

/** A world in which Ada has a profile, a session, notes and two takes, one of them far along; the archive of all that. */
async function archiveOfAda(sizeBytes = 60_000): Promise<Uint8Array<ArrayBuffer>> {
  await seedPeople(["ada", "ben"]);
  const studio = new Studio();
  await studio.meet({ ben: "participant" });
  const { memberId } = await studio
    .ask("ada", "GET", `/sessions/${studio.sessionId}`)
    .then((answer) => answer.json<{ memberId: `mem_${string}` }>());
  const room = await TestClient.join(studio.sessionId, "host", { memberId, claims: { displayName: "Ada" } });
  await room.ask({ kind: "note", noteId: NOTE, text: "The bridge is too long." });
  await room.ask({ kind: "note", noteId: NOTE, text: "The bridge is right now." });
  for (const text of SAID) await room.ask({ kind: "chat", text });
  await room.ask({ kind: "transport", transport: { command: "locate", positionFrames: FAR_FRAMES } });
  const ben = await TestClient.join(studio.sessionId, "participant", {});
  await ben.ask({ kind: "note", noteId: crypto.randomUUID(), text: "Ben's own note" });
  await ben.ask({ kind: "chat", text: "Ben's own words" });
  for (const [name, timelineFrames] of [
    ["Cello", 0],
    ["Voice", FAR_FRAMES],
  ] as const) {
    const file = fileOf(sizeBytes, timelineFrames + 1);
    const id = await studio.open("ada", { name, timelineFrames });
    await studio.putAll(id, file);
    const answer = await studio.ask("ada", "POST", `/recordings/${id}/complete`, { body: await closing(file) });
    expect(answer.status).toBe(200);
  }
  await studio.ask("ada", "PUT", "/profile", {
    body: {
      daw: "Reaper",
      instruments: ["Cello"],
      bio: "Plays at night.",
      rate: { amountMinor: 4500, currency: "EUR" },
    },
  });
  for (const one of [room, ben]) one.leave();
  const exportId = await requestExport(env, systemDeps, accountOf("ada"));
  await continueExportOf(env, systemDeps, exportId);
  const archive = await studio.ask("ada", "GET", `/account/exports/${exportId}/archive`);
  expect(archive.status).toBe(200);
  return new Uint8Array(await archive.arrayBuffer());
}

/** Another instance: nothing of the first one is there. */
async function anotherWorld(): Promise<Awaited<ReturnType<typeof person>>> {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  return await person("Ada anew");
}

/** What the program keeps beside the archive. */
function newJournal(): Journal {
  const kept = new Map<string, SessionId>();
  const asked = new Map<string, number>();
  return {
    sessionOf: (oldId) => kept.get(oldId) ?? null,
    askedAtMs: (oldId) => asked.get(oldId) ?? null,
    ask: (oldId, atMs) => void asked.set(oldId, atMs),
    keep: (oldId, sessionId) => void kept.set(oldId, sessionId),
    get kept() {
      return [...kept.values()];
    },
  };
}

/** Brings an archive as somebody; `fails`: the network dies before a request, or before its answer. */
async function bring(
  archive: Uint8Array<ArrayBuffer>,
  token: string,
  journal = newJournal(),
  fails: { at: number; when: "before" | "after" } | null = null,
  isBusy: (post: number) => boolean = () => false,
): Promise<{ imported: Imported | null; requests: number; slept: number }> {
  let [requests, posts, slept] = [0, 0, 0];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests++;
    const isGone = fails !== null && requests >= fails.at;
    if (isGone && (fails.when === "before" || requests > fails.at)) throw new TypeError("The network is gone.");
    const answer = await app.request(url, init, env);
    if (isGone) throw new TypeError("The network is gone.");
    return answer;
  });
  const api = new ApiClient("https://sessionlinked.test", token);
  const enter = async (sessionId: SessionId): Promise<ImportRoom> => {
    const { ticket } = await api.createTicket(sessionId);
    const client = await TestClient.knock(sessionId, ticket);
    client.hello();
    await client.hear("welcome");
    return {
      post: async (eventId, body) => {
        if (isBusy(++posts)) return "later";
        const answer = await client.ask(body, eventId);
        if (typeof answer === "string") throw new Error(answer);
        return "logged";
      },
      leave: () => client.leave(),
    };
  };
  const imported = await importArchive({
    read: async (from, length) => archive.slice(from, from + length),
    sizeBytes: archive.byteLength,
    api,
    enter,
    journal,
    nowMs: Date.now,
    sleep: async () => void slept++,
    say: () => undefined,
  }).catch(() => null);
  return { imported, requests, slept };
}

const saidIn = async (sessionId: SessionId) => {
  const { events } = await (await roomOf(env, sessionId)).snapshot(0);
  return events.flatMap(({ body }) => (body.kind === "chat" ? [body.text] : []));
};

const count = (table: string) => env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<number>("n");

test("G1: what an export holds of a person's own is brought to another instance: profile, notes and takes with their sound; again it changes nothing", async () => {
  // Of two parts each.
  const archive = await archiveOfAda(6_000_000);
  const ada = await anotherWorld();
  const journal = newJournal();
  const { imported } = await bring(archive, ada.token, journal);
  expect(imported).toEqual({ profile: true, sessions: 1, notes: 1, lines: 3, takes: 2, known: 0, left: [] });
  expect(await (await ada.call("GET", "/api/v1/profile")).json()).toMatchObject({
    daw: "Reaper",
    instruments: ["Cello"],
    bio: "Plays at night.",
    rate: { amountMinor: 4500, currency: "EUR" },
    publishedAtMs: null,
  });
  const [sessionId] = journal.kept;
  if (sessionId === undefined) throw new Error("Nothing was brought.");
  expect(await (await ada.call("GET", `/api/v1/sessions/${sessionId}`)).json()).toMatchObject({ name: "Night" });
  const { events } = await (await roomOf(env, sessionId)).snapshot(0);
  const notes = events.flatMap(({ body }) => (body.kind === "note" ? [body.text] : []));
  expect(notes).toEqual(["The bridge is right now."]);
  expect(await saidIn(sessionId)).toEqual(SAID);
  const { items } = await (await ada.call("GET", `/api/v1/sessions/${sessionId}/recordings`)).json<{
    items: { recordingId: string; name: string; timelineFrames: number }[];
  }>();
  expect(items.map(({ name, timelineFrames }) => [name, timelineFrames]).sort()).toEqual([
    ["Cello", 0],
    ["Voice", FAR_FRAMES],
  ]);
  for (const { recordingId, timelineFrames } of items) {
    const file = await ada.call("GET", `/api/v1/recordings/${recordingId}/file`);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(fileOf(6_000_000, timelineFrames + 1));
  }
  // Again, on a machine that has no journal of it: the takes say where they are.
  const again = await bring(archive, ada.token);
  expect(again.imported).toMatchObject({ takes: 0, known: 2, left: [] });
  expect([await count("sessions"), await count("recordings")]).toEqual([1, 2]);
});

test("G1, X20: broken off at each request, an import goes on where it was, and ends as if it had not been", async () => {
  const archive = await archiveOfAda();
  let ada = await anotherWorld();
  const { requests } = await bring(archive, ada.token);
  // Every third, so that each kind of loss meets each kind of request over the takes.
  for (let at = 1; at <= requests; at += 3) {
    ada = await anotherWorld();
    const journal = newJournal();
    const fails = { at, when: at % 2 === 0 ? "before" : "after" } as const;
    const broken = await bring(archive, ada.token, journal, fails);
    // Whose last answer is lost has been brought whole, and does not know it.
    expect(broken.imported, `request ${at}`).toBeNull();
    const { imported } = await bring(archive, ada.token, journal);
    expect(imported, `request ${at}`).toMatchObject({ sessions: 1, notes: 1, lines: 3, left: [] });
    expect([await count("sessions"), await count("recordings")], `request ${at}`).toEqual([1, 2]);
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM recordings WHERE state = 'complete'").first("n")).toBe(2);
  }
});

test("G1: a person's chat comes to another instance once and in its order, however busy the room is and however often it is brought", async () => {
  const archive = await archiveOfAda();
  const ada = await anotherWorld();
  const journal = newJournal();
  // Every second post finds the member's bucket empty.
  const { imported, slept } = await bring(archive, ada.token, journal, null, (post) => post % 2 === 1);
  expect(imported).toMatchObject({ notes: 1, lines: 3 });
  // Where its transport has been, a note, and three lines.
  expect(slept).toBe(5);
  await bring(archive, ada.token, journal);
  const [sessionId] = journal.kept;
  if (sessionId === undefined) throw new Error("Nothing was brought.");
  expect(await saidIn(sessionId)).toEqual(SAID);
});

test("G1: an archive that was cut off, or whose data is not what its schema says, brings nothing", async () => {
  const archive = await archiveOfAda();
  const ada = await anotherWorld();
  const text = new TextDecoder("latin1").decode(archive);
  const at = text.indexOf('"profiles":');
  const changed = archive.slice();
  changed[at + 1] = "q".charCodeAt(0);
  for (const bad of [archive.slice(0, archive.byteLength - 100), archive.slice(0, 0), changed]) {
    const { imported, requests } = await bring(bad, ada.token);
    expect([imported, requests]).toEqual([null, 0]);
  }
  expect(await count("profiles")).toBe(0);
});
