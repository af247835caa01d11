import { InviteCode, type InviteId, newId, randomBase32 } from "../../protocol/ids.ts";
import { INVITE_LIFETIME_MS, INVITES_PER_SESSION_MAX } from "../../protocol/limits.ts";
import type { Role } from "../../protocol/roles.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";
import { mac } from "../platform/keys.ts";

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

/** Makes an invite; its code is told by this answer alone. `null`: the session holds as many as it may. */
export async function createInvite(
  env: Env,
  { now, random }: Deps,
  sessionId: string,
  role: NewInvite["role"],
  usesLeft: number,
  label = "",
): Promise<NewInvite | null> {
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
      label,
    )
    .run();
  if (meta.changes === 0) return null;
  const spoken = `${code.slice(0, 5)}-${code.slice(5)}`;
  return { inviteId, label, code: spoken, role, usesLeft, createdAtMs, expiresAtMs };
}

/** What a code says to whoever holds it: enough to decide, nothing of anybody but what members see (V1). */
export interface OpenInvite {
  sessionName: string;
  hostName: string;
  role: Exclude<Role, "host">;
  expiresAtMs: number;
  /** The session, if the asking account is in it already; then a used-up invite still leads there. */
  sessionId: string | null;
}

/** The invite behind a code as it was typed, or `null`: unknown, used up, expired and withdrawn are one answer. */
export async function findOpenInvite(
  env: Env,
  typed: string,
  accountId: string | null,
  nowMs: number,
): Promise<{ code: string; invite: OpenInvite } | null> {
  const code = InviteCode.safeParse(typed);
  if (!code.success) return null;
  const invite = await env.DB.prepare(
    `SELECT s.name AS sessionName, invites.role, invites.expires_at_ms AS expiresAtMs,
              (SELECT a.display_name FROM session_members m JOIN accounts a ON a.id = m.account_id
               WHERE m.session_id = s.id AND m.role = 'host' ORDER BY m.joined_at_ms, m.member_id LIMIT 1) AS hostName,
              (SELECT m.session_id FROM session_members m WHERE m.session_id = s.id AND m.account_id = ?2) AS sessionId
       FROM invites JOIN sessions s ON s.id = invites.session_id
       WHERE code_hash = ?1 AND expires_at_ms > ?3 AND (uses_left > 0 AND NOT ${wentAfter("?2")} OR EXISTS
         (SELECT 1 FROM session_members m WHERE m.session_id = s.id AND m.account_id = ?2))`,
  )
    .bind(await inviteHash(env, code.data), accountId, nowMs)
    .first<OpenInvite & { hostName: string | null }>();
  if (invite === null || invite.hostName === null) return null;
  return { code: code.data, invite: { ...invite, hostName: invite.hostName } };
}
