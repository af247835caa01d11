import { type InviteId, newId, randomBase32 } from "../../protocol/ids.ts";
import { INVITE_LIFETIME_MS, INVITES_PER_SESSION_MAX } from "../../protocol/limits.ts";
import type { Role } from "../../protocol/roles.ts";
import type { Deps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";

export interface NewInvite {
  inviteId: InviteId;
  code: string;
  role: Exclude<Role, "host">;
  usesLeft: number;
  createdAtMs: number;
  expiresAtMs: number;
}

/** Makes an invite; its code is told by this answer alone. `null`: the session holds as many as it may. */
export async function newInvite(
  db: D1Database,
  { now, random }: Deps,
  sessionId: string,
  role: NewInvite["role"],
  usesLeft: number,
): Promise<NewInvite | null> {
  const code = randomBase32(10, random);
  const inviteId = newId("inv", random);
  const createdAtMs = now();
  const expiresAtMs = createdAtMs + INVITE_LIFETIME_MS;
  const { meta } = await db
    .prepare(
      `INSERT INTO invites (id, session_id, code_hash, role, uses_left, created_at_ms, expires_at_ms)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT COUNT(*) FROM invites WHERE session_id = ?2) < ?8`,
    )
    .bind(inviteId, sessionId, await sha256Hex(code), role, usesLeft, createdAtMs, expiresAtMs, INVITES_PER_SESSION_MAX)
    .run();
  if (meta.changes === 0) return null;
  const spoken = `${code.slice(0, 5)}-${code.slice(5)}`;
  return { inviteId, code: spoken, role, usesLeft, createdAtMs, expiresAtMs };
}
