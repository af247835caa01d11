import { and, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { sessionGuests } from "../../migrations/schema.ts";
import type { BecomeGuest, GuestSeat } from "../../protocol/guests.ts";
import { InviteCode, type MemberId, newId, type SessionId } from "../../protocol/ids.ts";
import { GUESTS_PER_SESSION_MAX, SESSION_MEMBERS_MAX } from "../../protocol/limits.ts";
import { done, ok, type Result, refused } from "../../protocol/result.ts";
import { GUEST_RETENTION_MS } from "../../protocol/retention.ts";
import { Role } from "../../protocol/roles.ts";
import type { ApiBody } from "../../protocol/room.ts";
import { newSecret } from "../auth/challenges.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { log } from "../platform/log.ts";
import { eraseKey, eraseKeys, openEach, openSealed, sealFor } from "../platform/personal-keys.ts";
import { firstRow, firstValue, readAll, SqlBoolean, StoredId, StoredSealed } from "../platform/rows.ts";
import { type Decision, deliver, enqueue } from "../rooms/room-outbox.ts";
import type { Membership } from "./guard.ts";
import { inviteHash } from "./invite-store.ts";
import { nameOf } from "./name.ts";

/**
 * A guest: somebody without an account in one session, and the life of their place in it. It begins with an invite's code, a name and their
 * word that they are 16 or over; it ends when they leave, when a host takes them out or lets no guests in any more, with the session, and after a
 * day at the latest. Its row, the key that its name is sealed under, and the name in the room go together, and nothing of them is left but what they
 * wrote to the others, under a number. Whoever leaves takes that along as well.
 */
export interface Guest extends Omit<Membership, "role"> {
  role: Exclude<Role, "host">;
  displayName: string;
  expiresAtMs: number;
}

const Invited = z.object({ sessionId: StoredId.session, allowed: SqlBoolean, guests: z.int(), people: z.int() });

/** SQL about an invite: how many guests its session has, and how many people in all. */
const GUESTS = "(SELECT COUNT(*) FROM session_guests g WHERE g.session_id = invites.session_id)";
const PEOPLE = `((SELECT COUNT(*) FROM session_members m WHERE m.session_id = invites.session_id) + ${GUESTS})`;
const OPEN = `code_hash = ?1 AND uses_left > 0 AND expires_at_ms > ?2
  AND NOT EXISTS (SELECT 1 FROM session_erasures e WHERE e.session_id = invites.session_id)`;

/** Names as eyes compare them: letters and digits, whatever their case or their clothes. */
const seen = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

const Name = z.object({ displayName: StoredSealed });

/** Whether somebody in the session is called so already: nobody comes in as another who is there. */
async function isTaken(env: Env, deps: Deps, sessionId: SessionId, name: string): Promise<boolean> {
  const { results } = await env.DB.prepare(
    "SELECT a.display_name AS displayName FROM session_members m JOIN accounts a ON a.id = m.account_id WHERE m.session_id = ?",
  )
    .bind(sessionId)
    .all();
  const [members, guests] = await Promise.all([
    openEach(env, deps, readAll(Name, results), async (row, open) => ({
      displayName: await open("name", row.displayName),
    })),
    listGuests(env, deps, sessionId),
  ]);
  return [...members, ...guests].some(({ displayName }) => seen(displayName) === seen(name));
}

type Refusal = "invite-invalid" | "guests-off" | "guests-full" | "session-full" | "name-taken";

/** Spends one use of an invite on a place for a guest, both or neither. Returns it with the token that the browser keeps. */
export async function becomeGuest(
  env: Env,
  deps: Deps,
  { code, displayName }: Omit<BecomeGuest, "isSixteen">,
): Promise<Result<{ sessionId: SessionId; token: string }, Refusal>> {
  const nowMs = deps.now();
  const codeHash = await inviteHash(env, code);
  const invited = await firstRow(
    Invited,
    env.DB.prepare(
      `SELECT invites.session_id AS sessionId, s.guests_allowed AS allowed, ${GUESTS} AS guests, ${PEOPLE} AS people
       FROM invites JOIN sessions s ON s.id = invites.session_id WHERE ${OPEN}`,
    ).bind(codeHash, nowMs),
  );
  if (invited === null) return refused("invite-invalid");
  const { sessionId, allowed, guests, people } = invited;
  if (!allowed) return refused("guests-off");
  if (guests >= GUESTS_PER_SESSION_MAX) return refused("guests-full");
  if (people >= SESSION_MEMBERS_MAX) return refused("session-full");
  if (await isTaken(env, deps, sessionId, displayName)) return refused("name-taken");
  const memberId = newId("mem", deps.random) as MemberId;
  const token = newSecret(deps);
  const name = await sealFor(env, deps, memberId, "guest", displayName);
  const [taken] = await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO session_guests (member_id, session_id, token_hash, display_name, role, invite_id, joined_at_ms, expires_at_ms)
       SELECT ?3, session_id, ?4, ?5, role, id, ?2, ?6 FROM invites
       WHERE ${OPEN} AND ${GUESTS} < ?7 AND ${PEOPLE} < ?8
         AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = invites.session_id AND s.guests_allowed = 1)`,
    ).bind(
      codeHash,
      nowMs,
      memberId,
      await sha256Hex(token),
      name,
      nowMs + GUEST_RETENTION_MS,
      GUESTS_PER_SESSION_MAX,
      SESSION_MEMBERS_MAX,
    ),
    env.DB.prepare(
      `UPDATE invites SET uses_left = uses_left - 1
       WHERE code_hash = ?1 AND EXISTS (SELECT 1 FROM session_guests WHERE member_id = ?2)`,
    ).bind(codeHash, memberId),
  ]);
  if (taken?.meta.changes === 1) return ok({ sessionId, token });
  // Of two who came at once for the last place.
  await eraseKey(env, deps, memberId);
  return refused("guests-full");
}

const Found = z.object({
  sessionId: StoredId.session,
  memberId: StoredId.member,
  role: Role.exclude(["host"]),
  displayName: StoredSealed,
  expiresAtMs: z.int(),
  sealedName: StoredSealed,
  recordingPermitted: SqlBoolean,
  guestsAllowed: SqlBoolean,
  decision: z.int(),
  sessionCreatedAtMs: z.int(),
});

/** The guest behind a token in the session that is asked for; `null`: there is none such, or their time is over. */
export async function findGuest(env: Env, deps: Deps, asked: string, token: string): Promise<Guest | null> {
  const found = await firstRow(
    Found,
    env.DB.prepare(
      `SELECT g.session_id AS sessionId, g.member_id AS memberId, g.role, g.display_name AS displayName, g.expires_at_ms AS expiresAtMs,
         s.name AS sealedName, s.recording_permitted AS recordingPermitted, s.guests_allowed AS guestsAllowed,
         s.decisions AS decision, s.created_at_ms AS sessionCreatedAtMs
       FROM session_guests g JOIN sessions s ON s.id = g.session_id
       WHERE g.token_hash = ?1 AND g.session_id = ?2 AND g.expires_at_ms > ?3`,
    ).bind(await sha256Hex(token), asked, deps.now()),
  );
  const displayName = found === null ? null : await openSealed(env, deps, "guest", found.displayName);
  return found === null || displayName === null ? null : { ...found, displayName };
}

/** The session that a guest's token and an invite's code, as it was typed, both lead to; `null`: there is none. */
export async function findGuestByInvite(env: Env, deps: Deps, typed: string, token: string) {
  const code = InviteCode.safeParse(typed);
  if (!code.success) return null;
  return await firstValue(
    StoredId.session,
    env.DB.prepare(
      `SELECT g.session_id AS id FROM session_guests g JOIN invites ON invites.session_id = g.session_id
       WHERE g.token_hash = ?1 AND invites.code_hash = ?2 AND g.expires_at_ms > ?3`,
    ).bind(await sha256Hex(token), await inviteHash(env, code.data), deps.now()),
    "id",
  );
}

/** Guests of a session, in the order in which they came, with their names sealed. */
export function guestRows(db: D1Database, session: SessionId, nowMs: number) {
  const { sessionId, memberId, displayName, role, joinedAtMs, expiresAtMs } = sessionGuests;
  return drizzle(db)
    .select({ memberId, displayName, role })
    .from(sessionGuests)
    .where(and(eq(sessionId, session), gt(expiresAtMs, nowMs)))
    .orderBy(joinedAtMs, memberId);
}

/** The same for those who are in it. */
export async function listGuests(env: Env, deps: Deps, session: SessionId) {
  const rows = await guestRows(env.DB, session, deps.now());
  return await openEach(env, deps, rows, async (row, open) => ({
    ...row,
    displayName: await open("guest", row.displayName),
    guest: true as const,
  }));
}

export const isGuest = async (db: D1Database, session: SessionId, member: MemberId): Promise<boolean> =>
  (await drizzle(db).$count(
    sessionGuests,
    and(eq(sessionGuests.sessionId, session), eq(sessionGuests.memberId, member)),
  )) > 0;

const isDecided = "AND EXISTS (SELECT 1 FROM room_calls WHERE event_id = ?2)";

/** A decision about a guest, if there is such a one when the batch runs. */
function decide(db: D1Database, by: Pick<Membership, "sessionId" | "memberId">, body: ApiBody, nowMs: number) {
  const memberId = "memberId" in body ? body.memberId : "";
  const call: Decision = {
    eventId: crypto.randomUUID(),
    sessionId: by.sessionId,
    fromMemberId: by.memberId,
    body,
  };
  const rule = "EXISTS (SELECT 1 FROM session_guests WHERE session_id = ?2 AND member_id = ?6)";
  return { call, recorded: enqueue(db, call, nowMs, rule, [memberId]) };
}

/** What a host makes of a guest: to play, or to listen. Hosts have accounts. */
export async function setGuestRole(
  db: D1Database,
  by: Membership,
  memberId: MemberId,
  role: Role,
  nowMs: number,
): Promise<Result<Decision, "not-found" | "conflict">> {
  if (role === "host") return refused("conflict");
  const { call, recorded } = decide(db, by, { kind: "role", memberId, role }, nowMs);
  const [, changed] = await db.batch([
    recorded,
    db
      .prepare(`UPDATE session_guests SET role = ?3 WHERE member_id = ?1 ${isDecided}`)
      .bind(memberId, call.eventId, role),
  ]);
  return (changed?.meta.changes ?? 0) > 0 ? ok(call) : refused("not-found");
}

/**
 * A host takes a guest out. The invite that they came by is good for nobody any more, or they would be back by it under another name in a
 * minute.
 */
export async function removeGuest(
  env: Env,
  deps: Deps,
  by: Membership,
  memberId: MemberId,
): Promise<Result<void, "not-found">> {
  const { call, recorded } = decide(env.DB, by, { kind: "remove", memberId }, deps.now());
  const [, , removed] = await env.DB.batch([
    recorded,
    env.DB.prepare(
      `UPDATE invites SET uses_left = 0
       WHERE id = (SELECT invite_id FROM session_guests WHERE member_id = ?1) ${isDecided}`,
    ).bind(memberId, call.eventId),
    env.DB.prepare(`DELETE FROM session_guests WHERE member_id = ?1 ${isDecided}`).bind(memberId, call.eventId),
  ]);
  if ((removed?.meta.changes ?? 0) === 0) return refused("not-found");
  await eraseKey(env, deps, memberId);
  await deliver(env, deps, call);
  return done;
}

/** The invite that a guest came by is good for nobody any more: whom a host keeps out would be back by it under another name. `false`: no such guest. */
export async function endInviteOf(db: D1Database, sessionId: SessionId, memberId: MemberId): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE invites SET uses_left = 0
       WHERE id = (SELECT invite_id FROM session_guests WHERE session_id = ?1 AND member_id = ?2)`,
    )
    .bind(sessionId, memberId)
    .run();
  return meta.changes > 0 || (await isGuest(db, sessionId, memberId));
}

const Id = z.object({ memberId: StoredId.member });

/** Whether guests may come in. To allow none takes those out who are in; to keep a link from others, its invite is withdrawn. */
export async function allowGuests(env: Env, deps: Deps, by: Membership, allowed: boolean): Promise<void> {
  await env.DB.prepare("UPDATE sessions SET guests_allowed = ?2 WHERE id = ?1")
    .bind(by.sessionId, allowed ? 1 : 0)
    .run();
  if (allowed) return;
  const { results } = await env.DB.prepare("SELECT member_id AS memberId FROM session_guests WHERE session_id = ?")
    .bind(by.sessionId)
    .all();
  const ids = readAll(Id, results).map(({ memberId }) => memberId);
  if (ids.length === 0) return;
  const decisions = ids.map((memberId) => decide(env.DB, by, { kind: "remove", memberId }, deps.now()));
  await env.DB.batch([
    ...decisions.map(({ recorded }) => recorded),
    env.DB.prepare("DELETE FROM session_guests WHERE session_id = ?").bind(by.sessionId),
  ]);
  await eraseKeys(env, deps, ids);
  for (const { call } of decisions) await deliver(env, deps, call);
}

/** Parts of a room's log that one request goes through. */
const FORGET_CALLS = 200;

/**
 * A guest leaves, and takes their name and their words along. The room comes first: until it has forgotten them their cookie is good, and
 * asking again goes on.
 */
export async function leaveAsGuest(
  env: Env,
  deps: Deps,
  { sessionId, memberId }: Pick<Guest, "sessionId" | "memberId">,
): Promise<Result<void, "unavailable">> {
  try {
    let place = { doneSeq: 0, headSeq: 1 };
    for (let calls = 0; calls < FORGET_CALLS && place.doneSeq < place.headSeq; calls++)
      place = await (await deps.reachRoom(env, sessionId)).forgetMember(memberId, place.doneSeq);
    if (place.doneSeq < place.headSeq) return refused("unavailable");
  } catch {
    log({ event: "room-unreachable", call: "forget" });
    return refused("unavailable");
  }
  const { call, recorded } = decide(env.DB, { sessionId, memberId }, { kind: "remove", memberId }, deps.now());
  await env.DB.batch([recorded, env.DB.prepare("DELETE FROM session_guests WHERE member_id = ?").bind(memberId)]);
  await eraseKey(env, deps, memberId);
  await deliver(env, deps, call);
  return done;
}

/** Ends the guests of a session that is deleted: their keys, then their rows. */
export async function endGuests(env: Env, deps: Deps, sessionId: SessionId): Promise<void> {
  const { results } = await env.DB.prepare("SELECT member_id AS memberId FROM session_guests WHERE session_id = ?")
    .bind(sessionId)
    .all();
  const ids = readAll(Id, results).map(({ memberId }) => memberId);
  if (ids.length === 0) return;
  await eraseKeys(env, deps, ids);
  await env.DB.prepare("DELETE FROM session_guests WHERE session_id = ?").bind(sessionId).run();
}

export async function seatOf(env: Env, deps: Deps, guest: Guest): Promise<z.infer<typeof GuestSeat>> {
  const { sessionId, memberId, role, expiresAtMs } = guest;
  return { sessionId, memberId, sessionName: await nameOf(env, deps, guest), role, expiresAtMs };
}
