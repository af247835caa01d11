import { z } from "zod";
import { InviteCode, type InviteId, newId, randomBase32, type SessionId } from "../../protocol/ids.ts";
import { INVITE_LIFETIME_MS, INVITES_PER_SESSION_MAX, SESSION_MEMBERS_MAX } from "../../protocol/limits.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { Role } from "../../protocol/roles.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";
import { mac } from "../platform/keys.ts";
import { openName, sealWords } from "../platform/personal-keys.ts";
import { firstRow, rowsOf, SqlBoolean, StoredId, StoredSealed } from "../platform/rows.ts";
import { nameOf } from "./name.ts";

export interface NewInvite {
  inviteId: InviteId;
  label: string;
  code: string;
  role: Exclude<Role, "host">;
  usesLeft: number;
  createdAtMs: number;
  expiresAtMs: number;
}

/** What is kept of a code: 50 bits can be tried, so the hash is keyed, and a copy of the database lets nobody in. */
export const inviteHash = async (env: Env, code: string): Promise<string> =>
  toHex(await mac(env, "invite-codes", code));

/** SQL: whether an account, a parameter of the statement, has gone from an invite's session since the invite was made. */
export const wentAfter = (account: string): string =>
  `EXISTS (SELECT 1 FROM session_seats seat WHERE seat.account_id = ${account} AND seat.session_id = invites.session_id
     AND seat.left_at_ms >= invites.created_at_ms)`;

/**
 * Makes an invite; its code is told by this answer alone. Its label is sealed under the key of the account that it goes with: of whom it names, or
 * else of who wrote it. `null`: the session holds as many as it may.
 */
export async function createInvite(
  env: Env,
  deps: Deps,
  sessionId: string,
  role: NewInvite["role"],
  usesLeft: number,
  { text, accountId }: { text: string; accountId: string },
): Promise<NewInvite | null> {
  const { now, random } = deps;
  const code = randomBase32(10, random);
  const inviteId = newId("inv", random);
  const createdAtMs = now();
  const expiresAtMs = createdAtMs + INVITE_LIFETIME_MS;
  const { meta } = await env.DB.prepare(
    `INSERT INTO invites (id, session_id, code_hash, role, uses_left, created_at_ms, expires_at_ms, label)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9 WHERE (SELECT COUNT(*) FROM invites WHERE session_id = ?2) < ?8`,
  )
    .bind(
      inviteId,
      sessionId,
      await inviteHash(env, code),
      role,
      usesLeft,
      createdAtMs,
      expiresAtMs,
      INVITES_PER_SESSION_MAX,
      await sealWords(env, deps, accountId, "invite", text),
    )
    .run();
  if (meta.changes === 0) return null;
  const spoken = `${code.slice(0, 5)}-${code.slice(5)}`;
  return { inviteId, label: text, code: spoken, role, usesLeft, createdAtMs, expiresAtMs };
}

/** What a code says to whoever holds it: enough to decide, nothing of anybody but what members see (V1). */
export const OpenInvite = z.object({
  sessionName: z.string(),
  hostName: z.string(),
  role: Role.exclude(["host"]),
  expiresAtMs: z.int(),
  /** Whether somebody without an account may come in by it. */
  guestsAllowed: SqlBoolean,
  /** The session, if the asking account is in it already; then a used-up invite still leads there. */
  sessionId: z.string().nullable(),
});
export type OpenInvite = z.infer<typeof OpenInvite>;
const OpenInviteRow = OpenInvite.extend({ sessionName: StoredSealed, hostName: z.string().nullable() });

/** The invite behind a code as it was typed, or `null`: unknown, used up, expired and withdrawn are one answer. */
export async function findOpenInvite(
  env: Env,
  deps: Deps,
  typed: string,
  accountId: string | null,
): Promise<{ code: string; invite: OpenInvite } | null> {
  const code = InviteCode.safeParse(typed);
  if (!code.success) return null;
  const invite = await firstRow(
    OpenInviteRow,
    env.DB.prepare(
      `SELECT s.name AS sessionName, invites.role, invites.expires_at_ms AS expiresAtMs, s.guests_allowed AS guestsAllowed,
              (SELECT a.display_name FROM session_members m JOIN accounts a ON a.id = m.account_id
               WHERE m.session_id = s.id AND m.role = 'host' ORDER BY m.joined_at_ms, m.member_id LIMIT 1) AS hostName,
              (SELECT m.session_id FROM session_members m WHERE m.session_id = s.id AND m.account_id = ?2) AS sessionId
       FROM invites JOIN sessions s ON s.id = invites.session_id
       WHERE code_hash = ?1 AND expires_at_ms > ?3 AND (uses_left > 0 AND NOT ${wentAfter("?2")} OR EXISTS
         (SELECT 1 FROM session_members m WHERE m.session_id = s.id AND m.account_id = ?2))`,
    ).bind(await inviteHash(env, code.data), accountId, deps.now()),
  );
  if (invite === null || invite.hostName === null) return null;
  const sessionName = await nameOf(env, deps, { sealedName: invite.sessionName });
  const hostName = await openName(env, deps, invite.hostName);
  return { code: code.data, invite: { ...invite, sessionName, hostName } };
}

type Accepted = Result<SessionId, "invite-invalid" | "session-full">;

const Spent = z.object({ sessionId: StoredId.session, valid: SqlBoolean, member: SqlBoolean });

/**
 * Spends one use of a code and makes the account a member, both or neither: the use is taken by the very member row that this
 * batch wrote, whose id nobody else can have. Somebody who is in already stays as they are and spends nothing; somebody who has gone, of
 * themselves or not, does not come back by an invite from before, with the role that it names: a host makes them a new one.
 */
export async function acceptInvite(
  env: Env,
  { now, random }: Deps,
  code: string,
  accountId: string,
): Promise<Accepted> {
  const [db, codeHash, memberId, nowMs] = [env.DB, await inviteHash(env, code), newId("mem", random), now()];
  const [, taken, found] = await db.batch([
    db
      .prepare(
        `INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms)
         SELECT session_id, ?2, ?3, role, ?4 FROM invites
         WHERE code_hash = ?1 AND uses_left > 0 AND expires_at_ms > ?4 AND NOT ${wentAfter("?2")}
           AND (SELECT COUNT(*) FROM session_members m WHERE m.session_id = invites.session_id)
             + (SELECT COUNT(*) FROM session_guests g WHERE g.session_id = invites.session_id) < ?5
         ON CONFLICT DO NOTHING`,
      )
      .bind(codeHash, accountId, memberId, nowMs, SESSION_MEMBERS_MAX),
    db
      .prepare(
        `UPDATE invites SET uses_left = uses_left - 1
         WHERE code_hash = ?1 AND EXISTS (SELECT 1 FROM session_members WHERE member_id = ?2)`,
      )
      .bind(codeHash, memberId),
    db
      .prepare(
        `SELECT session_id AS sessionId, uses_left > 0 AND expires_at_ms > ?3 AND NOT ${wentAfter("?2")} AS valid,
                EXISTS (SELECT 1 FROM session_members m WHERE m.session_id = invites.session_id AND m.account_id = ?2) AS member
         FROM invites WHERE code_hash = ?1`,
      )
      .bind(codeHash, accountId, nowMs),
  ]);
  const [row] = rowsOf(Spent, found);
  if (row === undefined) return refused("invite-invalid");
  if (taken?.meta.changes === 1 || row.member) return ok(row.sessionId);
  return refused(row.valid ? "session-full" : "invite-invalid");
}

/** Takes an invite away; whoever came in by it stays. `false`: the session has none of this id. */
export async function revokeInvite(db: D1Database, sessionId: string, inviteId: string): Promise<boolean> {
  const { meta } = await db
    .prepare("DELETE FROM invites WHERE id = ? AND session_id = ?")
    .bind(inviteId, sessionId)
    .run();
  return meta.changes > 0;
}
