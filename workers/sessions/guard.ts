import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { may, type Permission, Role } from "../../protocol/roles.ts";
import type { AccountEnv } from "../auth/guard.ts";
import { problem } from "../http/problem.ts";
import type { Readable } from "../http/router.ts";
import { firstRow, SqlBoolean, StoredId } from "../platform/rows.ts";

/** What the asking account is in the session that the path names. */
const Membership = z.object({
  sessionId: StoredId.session,
  memberId: StoredId.member,
  role: Role,
  sessionName: z.string(),
  recordingPermitted: SqlBoolean,
  /** The session's newest decision; role and settings are as it left them. */
  decision: z.int(),
  sessionCreatedAtMs: z.int(),
});
export type Membership = z.infer<typeof Membership>;

export interface MemberEnv extends AccountEnv {
  Variables: AccountEnv["Variables"] & { member: Membership };
}
export type MemberContext = Readable<MemberEnv>;

export async function findMembership(db: D1Database, sessionId: string, accountId: string): Promise<Membership | null> {
  return await firstRow(
    Membership,
    db
      .prepare(
        `SELECT session_id AS sessionId, member_id AS memberId, role, name AS sessionName,
              recording_permitted AS recordingPermitted, decisions AS decision, sessions.created_at_ms AS sessionCreatedAtMs
       FROM session_members JOIN sessions ON sessions.id = session_id
       WHERE session_id = ?1 AND account_id = ?2`,
      )
      .bind(sessionId, accountId),
  );
}

/**
 * Lets members pass whose role may do this (promise C1). To anybody else the session is simply not there, so a stranger and a
 * former member learn nothing. After `requireAccount`.
 */
export const requireMember = (permission: Permission) =>
  createMiddleware<MemberEnv>(async (c, next) => {
    const member = await findMembership(c.env.DB, c.req.param("sessionId") ?? "", c.var.account.id);
    if (member === null) return problem(c, "not-found");
    if (!may(member.role, permission)) return problem(c, "forbidden");
    c.set("member", member);
    await next();
  });
