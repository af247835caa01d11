import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { sessionMembers, sessions } from "../../migrations/schema.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { may, type Permission, type Role } from "../../protocol/roles.ts";
import type { AccountEnv } from "../auth/guard.ts";
import { problem } from "../http/problem.ts";
import type { Readable } from "../http/router.ts";

/** What the asking account is in the session that the path names. */
export interface Membership {
  sessionId: SessionId;
  memberId: MemberId;
  role: Role;
  /** `nameOf` opens it. */
  sealedName: Sealed | "";
  recordingPermitted: boolean;
  guestsAllowed: boolean;
  /** The session's newest decision; role and settings are as it left them. */
  decision: number;
  sessionCreatedAtMs: number;
}

export interface MemberEnv extends AccountEnv {
  Variables: AccountEnv["Variables"] & { member: Membership };
}
export type MemberContext = Readable<MemberEnv>;

/** What a `Membership` is read from. */
export const membershipColumns = {
  sessionId: sessionMembers.sessionId,
  memberId: sessionMembers.memberId,
  role: sessionMembers.role,
  sealedName: sessions.name,
  recordingPermitted: sessions.recordingPermitted,
  guestsAllowed: sessions.guestsAllowed,
  decision: sessions.decisions,
  sessionCreatedAtMs: sessions.createdAtMs,
};

/** `null`: whatever `sessionId` says, the account is in no such session. */
export async function findMembership(db: D1Database, asked: string, accountId: string): Promise<Membership | null> {
  const { sessionId, accountId: who } = sessionMembers;
  const member = await drizzle(db)
    .select(membershipColumns)
    .from(sessionMembers)
    .innerJoin(sessions, eq(sessions.id, sessionId))
    .where(and(sql`${sessionId} = ${asked}`, eq(who, accountId)))
    .get();
  return member ?? null;
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
