import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { accounts, sessionErasures, sessionMembers, sessions } from "../../migrations/schema.ts";
import { accentsOf } from "../../protocol/accents.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { SESSIONS_PER_ACCOUNT_MAX } from "../../protocol/limits.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import type { SessionSettings } from "../../protocol/room.ts";
import { InviteSummary, type SessionDetail, SessionSummary } from "../../protocol/sessions.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { eraseKey, openNamed, openSealed, readKeys, sealFor } from "../platform/personal-keys.ts";
import { allRows, StoredId } from "../platform/rows.ts";
import { type Decision, enqueue } from "../rooms/room-outbox.ts";
import { comingEvenings, findEvening } from "./evenings.ts";
import { findMembership, type Membership } from "./guard.ts";
import { guestRows, listGuests } from "./guest-store.ts";
import { nameOf, withNames } from "./name.ts";

type Detail = z.infer<typeof SessionDetail>;

type Created = Result<void, "conflict" | "quota-exceeded">;

/** Creates the session with its host, or finds that the very same was created before (fault X10). */
export async function createSession(
  env: Env,
  deps: Deps,
  session: { sessionId: SessionId; name: string; settings: SessionSettings },
  host: { accountId: string; memberId: MemberId },
): Promise<Created> {
  const db = env.DB;
  const nowMs = deps.now();
  const name = await sealFor(env, deps, session.sessionId, "session", session.name);
  const permitted = session.settings.recordingPermitted ? 1 : 0;
  const [created] = await db.batch([
    db
      .prepare(
        `INSERT INTO sessions (id, name, recording_permitted, created_at_ms)
         SELECT ?1, ?2, ?3, ?4
         WHERE (SELECT COUNT(*) FROM session_members WHERE account_id = ?5) < ?6
           AND NOT EXISTS (SELECT 1 FROM session_erasures WHERE session_id = ?1)
         ON CONFLICT DO NOTHING`,
      )
      .bind(session.sessionId, name, permitted, nowMs, host.accountId, SESSIONS_PER_ACCOUNT_MAX),
    // Only the session that this very batch made is without members.
    db
      .prepare(
        `INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms)
         SELECT id, ?2, ?3, 'host', ?4 FROM sessions
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM session_members WHERE session_id = ?1)
           AND NOT EXISTS (SELECT 1 FROM session_erasures WHERE session_id = ?1)`,
      )
      .bind(session.sessionId, host.accountId, host.memberId, nowMs),
  ]);
  if (created?.meta.changes === 1) return done;
  const known = await drizzle(db).select().from(sessions).where(eq(sessions.id, session.sessionId)).get();
  if (known === undefined) {
    await eraseKey(env, deps, session.sessionId);
    const erased = await drizzle(db).$count(sessionErasures, eq(sessionErasures.sessionId, session.sessionId));
    return refused(erased === 0 ? "quota-exceeded" : "conflict");
  }
  const member = await findMembership(db, session.sessionId, host.accountId);
  const { recordingPermitted } = session.settings;
  const isSame =
    (await nameOf(env, deps, { sealedName: known.name })) === session.name &&
    known.recordingPermitted === recordingPermitted;
  const same = member?.role === "host" && isSame;
  return same ? done : refused("conflict");
}

const SummaryRow = SessionSummary.extend({
  sessionId: StoredId.session,
  memberId: StoredId.member,
  joinedAtMs: z.int(),
});
const InviteRow = InviteSummary.extend({ inviteId: StoredId.invite });

/** One page of an account's sessions, newest membership first. Reads two rows for each session shown. */
export async function listSessions(env: Env, deps: Deps, accountId: string, limit: number, [atMs, id]: Cursor) {
  const { results, passedOver } = await allRows(
    SummaryRow,
    env.DB.prepare(
      `SELECT m.session_id AS sessionId, s.name, m.role, m.member_id AS memberId, s.created_at_ms AS createdAtMs,
              m.joined_at_ms AS joinedAtMs
       FROM session_members m JOIN sessions s ON s.id = m.session_id
       WHERE m.account_id = ?1 AND (m.joined_at_ms, m.session_id) < (?2, ?3)
       ORDER BY m.joined_at_ms DESC, m.session_id DESC LIMIT ?4`,
    ).bind(accountId, atMs, id, limit + 1),
  );
  const { items, nextCursor } = cutPage(
    results,
    limit,
    ({ joinedAtMs: _, ...summary }) => summary,
    (row) => [row.joinedAtMs, row.sessionId],
    passedOver,
  );
  return { items: await withNames(env, deps, items), nextCursor };
}

/** Sessions that an account hosts, newest first: for choosing one of them. */
export async function listHosted(env: Env, deps: Deps, accountId: string, limit = 50) {
  const { sessionId, accountId: who, role, joinedAtMs } = sessionMembers;
  const hosted = await drizzle(env.DB)
    .select({ sessionId, name: sessions.name })
    .from(sessionMembers)
    .innerJoin(sessions, eq(sessions.id, sessionId))
    .where(and(eq(who, accountId), eq(role, "host")))
    .orderBy(desc(joinedAtMs), desc(sessionId))
    .limit(limit);
  return await withNames<{ sessionId: SessionId; name: string }>(env, deps, hosted);
}

/** One page of a session's invites, newest first, without their codes. */
export async function listInvites(env: Env, deps: Deps, sessionId: SessionId, limit: number, [atMs, id]: Cursor) {
  const { results, passedOver } = await allRows(
    InviteRow,
    env.DB.prepare(
      `SELECT id AS inviteId, label, role, uses_left AS usesLeft, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs
       FROM invites WHERE session_id = ?1 AND (created_at_ms, id) < (?2, ?3)
       ORDER BY created_at_ms DESC, id DESC LIMIT ?4`,
    ).bind(sessionId, atMs, id, limit + 1),
  );
  const { items, nextCursor } = cutPage(
    results,
    limit,
    (row) => row,
    (row) => [row.createdAtMs, row.inviteId],
    passedOver,
  );
  const labels = items.map(({ label }) => label);
  await readKeys(env, deps, labels);
  // Whoever wrote one may have gone since: the invite is still there to be withdrawn.
  const opened = await Promise.all(labels.map((label) => openSealed(env, deps, "invite", label)));
  return { items: items.map((item, at) => ({ ...item, label: opened[at] ?? "" })), nextCursor };
}

/** Members of a session in the order in which they joined, with their names sealed. */
function memberRows(db: D1Database, session: SessionId) {
  const { sessionId, memberId, role, accountId, joinedAtMs } = sessionMembers;
  return drizzle(db)
    .select({ memberId, displayName: accounts.displayName, role, accountId })
    .from(sessionMembers)
    .innerJoin(accounts, eq(accounts.id, accountId))
    .where(eq(sessionId, session))
    .orderBy(asc(joinedAtMs), asc(memberId));
}

/** Accents by the ids that they are reckoned from: guests have no account. */
const accentsIn = (people: readonly { accountId: string }[], guests: readonly { memberId: MemberId }[]) =>
  accentsOf([...people.map(({ accountId }) => accountId), ...guests.map(({ memberId }): string => memberId)]);

/** What the page of the live session says before the room does: what the session is called, and everybody's accent. No member's name is opened for it. */
export async function openingOf(env: Env, deps: Deps, session: Pick<Membership, "sessionId" | "sealedName">) {
  const [name, people, guests] = await Promise.all([
    nameOf(env, deps, session),
    memberRows(env.DB, session.sessionId),
    guestRows(env.DB, session.sessionId, deps.now()),
  ]);
  const accents = accentsIn(people, guests);
  const byMember = [
    ...people.map(({ memberId, accountId }) => [memberId, accents.get(accountId) ?? 1] as const),
    ...guests.map(({ memberId }) => [memberId, accents.get(memberId) ?? 1] as const),
  ];
  return { name, accents: Object.fromEntries(byMember) };
}

/** Who is in a session, as its members see them: promise V1's list and nothing else of anybody. Guests come last. */
export async function listMembers(env: Env, deps: Deps, session: SessionId): Promise<Detail["members"]> {
  const [people, guests] = await Promise.all([memberRows(env.DB, session), listGuests(env, deps, session)]);
  const named = await openNamed(env, deps, people, async (row, open) => ({
    ...row,
    displayName: await open("name", row.displayName),
  }));
  const accents = accentsIn(people, guests);
  return [
    ...named.map(({ accountId: whose, ...seen }) => ({ ...seen, accent: accents.get(whose) ?? 1 })),
    ...guests.map((guest) => ({ ...guest, accent: accents.get(guest.memberId) ?? 1 })),
  ];
}

/** The session as its members see it. */
export async function sessionDetail(env: Env, deps: Deps, member: Membership): Promise<Detail> {
  const [members, plan, name] = await Promise.all([
    listMembers(env, deps, member.sessionId),
    findEvening(env.DB, member.sessionId),
    nameOf(env, deps, member),
  ]);
  const [nextAtMs] = plan === null ? [] : comingEvenings(plan, deps.now(), 1);
  return {
    sessionId: member.sessionId,
    name,
    role: member.role,
    memberId: member.memberId,
    createdAtMs: member.sessionCreatedAtMs,
    settings: { recordingPermitted: member.recordingPermitted },
    guestsAllowed: member.guestsAllowed,
    evening: plan === null || nextAtMs === undefined ? null : { ...plan, nextAtMs },
    members,
  };
}

/** The account behind a member of a session; never handed to another member. */
export async function findAccountOf(db: D1Database, session: SessionId, member: MemberId): Promise<string | null> {
  const { sessionId, memberId, accountId } = sessionMembers;
  const isThis = and(eq(sessionId, session), eq(memberId, member));
  return (await drizzle(db).select({ accountId }).from(sessionMembers).where(isThis).get())?.accountId ?? null;
}

/** Sets a session's settings. Returns the decision that its room has to be told of. */
export async function setSettings(
  db: D1Database,
  by: Membership,
  settings: SessionSettings,
  nowMs: number,
): Promise<Decision> {
  const { sessionId, memberId: fromMemberId } = by;
  const call: Decision = {
    eventId: crypto.randomUUID(),
    sessionId,
    fromMemberId,
    body: { kind: "settings", settings },
  };
  await db.batch([
    db
      .prepare("UPDATE sessions SET recording_permitted = ?2 WHERE id = ?1")
      .bind(sessionId, settings.recordingPermitted ? 1 : 0),
    enqueue(db, call, nowMs),
  ]);
  return call;
}

/** Names of those of these sessions that the account is in. */
export async function sessionNames(env: Env, deps: Deps, accountId: string, sessionIds: readonly SessionId[]) {
  const rows = await drizzle(env.DB)
    .select({ id: sessions.id, name: sessions.name })
    .from(sessionMembers)
    .innerJoin(sessions, eq(sessions.id, sessionMembers.sessionId))
    .where(and(eq(sessionMembers.accountId, accountId), inArray(sessions.id, sessionIds)));
  const named = await withNames<{ id: SessionId; name: string }>(env, deps, rows);
  return new Map(named.map(({ id, name }) => [id, name]));
}
