/**
 * Fills a platform on this machine with people, profiles, sessions, takes and talk, over its own API and rooms: what is seen is what
 * the product makes of it. Every id is derived, so a run that was cut short is finished by the next, and a finished world costs seconds.
 */
import { createHash } from "node:crypto";
import WebSocket from "ws";
import * as z from "zod";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { RoomClient } from "../../companion/engine/room/room-client.std.ts";
import { ticketEntry } from "../../companion/engine/room/ticket-entry.std.ts";
import { newId, type RecordingId, type SessionId } from "../../protocol/ids.ts";
import { type Evening, SessionDetail } from "../../protocol/sessions.ts";
import type { Platform } from "../platform.ts";
import { shareStem } from "../screens/stems.ts";
import { type SeededAccount, seedAccount, seededIndex, signInSeeded } from "../seed.ts";
import { LIVE, type Musician, messages, musicians, NEWCOMER, type SeededSession, sessions } from "./cast.ts";
import { BAR_FRAMES, BPM, LOOP_FRAMES, type Part, playPart } from "./instruments.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A session whose id was used up, because it was deleted, gets the next one. */
const SESSION_TRIES = 20;
const POSTS_TIMEOUT_MS = 20_000;

export interface World {
  liveSessionId: SessionId;
  /** For whoever opens the printed address. */
  newcomerToken: string;
  tokenOf(who: string): string;
}

const hashOf = (...of: readonly (string | number)[]) => createHash("sha256").update(of.join("\n")).digest();
/** An id that is the same each time (RFC 9562 version 8). */
function uuidOf(...of: readonly (string | number)[]): string {
  const hex = hashOf(...of).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
const idOf = <Kind extends string>(kind: Kind, ...of: readonly (string | number)[]) =>
  newId(kind, (length) => new Uint8Array(hashOf(kind, ...of).subarray(0, length)));

async function ask(origin: string, token: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function settlePerson(platform: Platform, { key, displayName, tier, profile }: Musician): Promise<SeededAccount> {
  const email = `${key}@world.example`;
  const known = await platform.db
    .prepare("SELECT id FROM accounts WHERE email_index = ?")
    .bind(await seededIndex(platform.storeKey, email))
    .first<{ id: SeededAccount["accountId"] }>();
  if (known !== null) return { accountId: known.id, token: await signInSeeded(platform, known.id) };
  const account = await seedAccount(platform, { displayName, email, tier });
  await ask(platform.origin, account.token, "PUT", "/profile", profile);
  await ask(platform.origin, account.token, "PUT", "/profile/publication");
  return account;
}

/** What members have written to each other; nothing is said twice. */
async function write(origin: string, tokenOf: (who: string) => string): Promise<void> {
  for (const { from, to, text } of messages) {
    const profile = z
      .object({ profileId: z.string() })
      .parse(await (await ask(origin, tokenOf(to), "GET", "/profile")).json());
    const name = musicians.find(({ key }) => key === to)?.displayName;
    const List = z.object({ items: z.array(z.object({ displayName: z.string(), conversationId: z.string() })) });
    const { items } = List.parse(await (await ask(origin, tokenOf(from), "GET", "/conversations")).json());
    const known = items.find(({ displayName }) => displayName === name);
    const Said = z.object({ items: z.array(z.object({ text: z.string() })) });
    const said =
      known === undefined
        ? []
        : Said.parse(
            await (await ask(origin, tokenOf(from), "GET", `/conversations/${known.conversationId}/messages`)).json(),
          ).items;
    if (said.some((one) => one.text === text)) continue;
    await ask(origin, tokenOf(from), "POST", `/hub/profiles/${profile.profileId}/messages`, { text });
  }
}

/** The session as its host has it; made if it is not there. */
async function settleSession(origin: string, token: string, host: string, { key, name }: SeededSession) {
  for (let number = 0; number < SESSION_TRIES; number++) {
    const sessionId = idOf("ses", "world", host, key, number);
    const there = await ask(origin, token, "GET", `/sessions/${sessionId}`);
    const answer = there.ok ? there : await ask(origin, token, "POST", "/sessions", { sessionId, name });
    if (answer.ok) return SessionDetail.parse(await answer.json());
  }
  throw new Error(`The session "${name}" could not be made.`);
}

/** They meet again a week after they began, and each week from then on. */
const eveningAfter = (createdAtMs: number): Evening => ({
  startsAt: `${new Date(createdAtMs + 7 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)}T20:00`,
  timeZone: "Europe/Berlin",
  minutes: 120,
  repeats: "weekly",
});

type Posts = { at: number; body: SeededSession["posts"][number]["body"] }[];

/** Who speaks when, in order: what one says in a row is one turn. */
function turnsOf(posts: SeededSession["posts"]): { who: string; posts: Posts }[] {
  const turns: { who: string; posts: Posts }[] = [];
  for (const [at, { who, body }] of posts.entries()) {
    const last = turns.at(-1);
    if (last?.who === who) last.posts.push({ at, body });
    else turns.push({ who, posts: [{ at, body }] });
  }
  return turns;
}

/** Says what is said in a session, under ids of its own: what the log has already is not said twice. */
async function talk(api: ApiClient, sessionId: SessionId, posts: Posts) {
  if (posts.length === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const waiting = new Map(posts.map(({ at, body }) => [uuidOf(sessionId, at, JSON.stringify(body)), body]));
  const done = (eventId: string) => {
    if (waiting.delete(eventId) && waiting.size === 0) resolve();
  };
  const room: RoomClient = new RoomClient({
    enter: ticketEntry(api, sessionId),
    nowMs: () => performance.now(),
    client: "world/1",
    WebSocket,
    handlers: {
      onWelcome: () => undefined,
      onEvent: ({ eventId }) => done(eventId),
      onMembers: () => undefined,
      onSignal: () => undefined,
      onRecordingsChanged: () => undefined,
      onRefused: done,
      onWarning: (_code, message, final) => final && reject(new Error(message)),
      onClock: () => undefined,
      onRelays: () => undefined,
      onWaiting: () => undefined,
      onWaitingRoom: () => undefined,
      onMute: () => undefined,
    },
  });
  for (const [eventId, body] of waiting) room.post(eventId, body);
  const timer = setTimeout(() => reject(new Error("The room did not answer.")), POSTS_TIMEOUT_MS);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    room.close();
  }
}

/** Fills the world, or finds it filled. `onStep` says what is being done, for a person who waits. */
export async function seedWorld(platform: Platform, onStep: (label: string, ratio: number) => void): Promise<World> {
  const { origin } = platform;
  onStep("people and profiles", 0);
  const people = new Map<string, SeededAccount>();
  for (const musician of musicians) people.set(musician.key, await settlePerson(platform, musician));
  const accountOf = (who: string): SeededAccount => {
    const account = people.get(who);
    if (account === undefined) throw new Error(`Nobody in the world is called "${who}".`);
    return account;
  };
  const apiOf = (who: string) => new ApiClient(origin, accountOf(who).token);

  const ids = new Map<string, SessionId>();
  const heard = new Map<string, Float64Array>();
  const loopOf = (part: Part, roll: number) => {
    const known = heard.get(`${part} ${roll}`) ?? playPart(part, roll);
    heard.set(`${part} ${roll}`, known);
    return known;
  };
  const stemCount = sessions.reduce((sum, { stems }) => sum + stems.length, 0);
  let shared = 0;
  for (const wanted of sessions) {
    const host = accountOf(wanted.host);
    const { sessionId, members, createdAtMs } = await settleSession(origin, host.token, host.accountId, wanted);
    ids.set(wanted.key, sessionId);
    await ask(origin, host.token, "PUT", `/sessions/${sessionId}/evening`, eveningAfter(createdAtMs));
    const isHere = (who: string) =>
      members.some(({ displayName }) => displayName === musicians.find(({ key }) => key === who)?.displayName);
    for (const { who, role } of wanted.members) {
      if (isHere(who)) continue;
      const invite = await ask(origin, host.token, "POST", `/sessions/${sessionId}/invites`, { role });
      const { code } = z.object({ code: z.string() }).parse(await invite.json());
      await apiOf(who).acceptInvite(code);
    }
    const complete = new Set(
      (await apiOf(wanted.host).listRecordings(sessionId))
        .filter(({ state }) => state === "complete")
        .map(({ recordingId }) => recordingId),
    );
    for (const [at, stem] of wanted.stems.entries()) {
      onStep(`takes: ${wanted.name}`, shared++ / stemCount);
      const recordingId = idOf("rec", sessionId, at) as RecordingId;
      if (complete.has(recordingId)) continue;
      const loop = loopOf(stem.part, stem.roll);
      const from = (stem.fromBar - 1) * BAR_FRAMES;
      await shareStem(apiOf(stem.by), sessionId, {
        recordingId,
        takeId: uuidOf(sessionId, "roll", stem.roll),
        name: stem.name,
        timelineFrames: from,
        frames: stem.bars * BAR_FRAMES,
        sound: (frame) => [loop[(from + frame) % LOOP_FRAMES] ?? 0],
        startedAtMs: createdAtMs - DAY_MS + stem.roll * 600_000,
        bpm: BPM,
      });
    }
    for (const turn of turnsOf(wanted.posts)) await talk(apiOf(turn.who), sessionId, turn.posts);
  }
  await write(origin, (who) => accountOf(who).token);
  const liveSessionId = ids.get(LIVE);
  if (liveSessionId === undefined) throw new Error("The world has no live session.");
  return {
    liveSessionId,
    newcomerToken: accountOf(NEWCOMER).token,
    tokenOf: (who) => accountOf(who).token,
  };
}
