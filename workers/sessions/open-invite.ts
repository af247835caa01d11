import { InviteCode } from "../../protocol/ids.ts";
import type { Role } from "../../protocol/roles.ts";
import { sha256Hex } from "../platform/hash.ts";

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
  db: D1Database,
  typed: string,
  accountId: string | null,
  nowMs: number,
): Promise<{ code: string; invite: OpenInvite } | null> {
  const code = InviteCode.safeParse(typed);
  if (!code.success) return null;
  const invite = await db
    .prepare(
      `SELECT s.name AS sessionName, i.role, i.expires_at_ms AS expiresAtMs,
              (SELECT a.display_name FROM session_members m JOIN accounts a ON a.id = m.account_id
               WHERE m.session_id = s.id AND m.role = 'host' ORDER BY m.joined_at_ms, m.member_id LIMIT 1) AS hostName,
              (SELECT m.session_id FROM session_members m WHERE m.session_id = s.id AND m.account_id = ?2) AS sessionId
       FROM invites i JOIN sessions s ON s.id = i.session_id
       WHERE i.code_hash = ?1 AND i.expires_at_ms > ?3 AND (i.uses_left > 0 OR EXISTS
         (SELECT 1 FROM session_members m WHERE m.session_id = s.id AND m.account_id = ?2))`,
    )
    .bind(await sha256Hex(code.data), accountId, nowMs)
    .first<OpenInvite & { hostName: string | null }>();
  if (invite === null || invite.hostName === null) return null;
  return { code: code.data, invite: { ...invite, hostName: invite.hostName } };
}
