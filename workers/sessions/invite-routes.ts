import { createRoute, z } from "@hono/zod-openapi";
import { InviteId, newId, SessionId } from "../../protocol/ids.ts";
import { SESSION_MEMBERS_MAX } from "../../protocol/limits.ts";
import { PageQuery, pageSchema } from "../../protocol/paging.ts";
import { AcceptInvite, CreateInvite, Invite, InviteSummary, SessionDetail } from "../../protocol/sessions.ts";
import { requireAccount } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { readCursor } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { findMembership, type MemberEnv, requireMember } from "./guard.ts";
import { createInvite, inviteHash, wentAfter } from "./invite-store.ts";
import { listInvites, sessionDetail } from "./store.ts";

const params = z.object({ sessionId: SessionId });
const guarded = { security: bearer, tags: ["invites"] };

type Accepted = { ok: true; sessionId: string } | { ok: false; reason: "invite-invalid" | "session-full" };

/**
 * Spends one use of a code and makes the account a member, both or neither: the use is taken by the very member row that this
 * batch wrote, whose id nobody else can have. Somebody who is in already stays as they are and spends nothing; somebody who has gone, of
 * themselves or not, does not come back by an invite from before, with the role that it names: a host makes them a new one.
 */
async function acceptInvite(
  db: D1Database,
  codeHash: string,
  accountId: string,
  memberId: string,
  nowMs: number,
): Promise<Accepted> {
  const [, taken, found] = await db.batch([
    db
      .prepare(
        `INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms)
         SELECT session_id, ?2, ?3, role, ?4 FROM invites
         WHERE code_hash = ?1 AND uses_left > 0 AND expires_at_ms > ?4 AND NOT ${wentAfter("?2")}
           AND (SELECT COUNT(*) FROM session_members m WHERE m.session_id = invites.session_id) < ?5
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
  const row = (found?.results as { sessionId: string; valid: number; member: number }[] | undefined)?.[0];
  if (row === undefined) return { ok: false, reason: "invite-invalid" };
  if (taken?.meta.changes === 1 || row.member === 1) return { ok: true, sessionId: row.sessionId };
  return { ok: false, reason: row.valid === 1 ? "session-full" : "invite-invalid" };
}

export const invites = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/sessions/{sessionId}/invites",
      summary: "Make an invite code. It is told once, here",
      middleware: [requireAccount, requireMember("session.invite")] as const,
      request: { params, body: json(CreateInvite) },
      responses: { 201: { description: "The invite with its code", ...json(Invite) }, ...problemResponses },
    }),
    async (c) => {
      const { role, uses, label } = c.req.valid("json");
      const invite = await createInvite(c.env, c.var.deps, c.var.member.sessionId, role, uses, label);
      if (invite === null) return problem(c, "quota-exceeded", "Withdraw invites that are no longer needed first.");
      c.header("Cache-Control", "no-store");
      return c.json(invite, 201);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions/{sessionId}/invites",
      summary: "The session's invites that have not been swept yet, newest first, without their codes",
      middleware: [requireAccount, requireMember("session.invite")] as const,
      request: { params, query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(InviteSummary)) }, ...problemResponses },
    }),
    async (c) => {
      const { limit, cursor: text } = c.req.valid("query");
      const cursor = readCursor(text);
      if (cursor === null) return problem(c, "validation-failed", undefined, { cursor: ["This is not a cursor."] });
      return c.json(await listInvites(c.env.DB, c.var.member.sessionId, limit, cursor), 200);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/invites/{inviteId}",
      summary: "Withdraw an invite; whoever came in by it stays",
      middleware: [requireAccount, requireMember("session.invite")] as const,
      request: { params: params.extend({ inviteId: InviteId }) },
      responses: { 204: { description: "Withdrawn" }, ...problemResponses },
    }),
    async (c) => {
      const { sessionId, inviteId } = c.req.valid("param");
      const { meta } = await c.env.DB.prepare("DELETE FROM invites WHERE id = ? AND session_id = ?")
        .bind(inviteId, sessionId)
        .run();
      return meta.changes === 0 ? problem(c, "not-found") : c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/invites/accept",
      summary: "Join a session by its code. Harmless to repeat",
      middleware: [requireAccount] as const,
      request: { body: json(AcceptInvite) },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    async (c) => {
      const { now, random } = c.var.deps;
      const { code } = c.req.valid("json");
      const accountId = c.var.account.id;
      if (!(await consume(c.env, c.var.deps, ["invite", accountId])).ok) return problem(c, "rate-limited");
      const accepted = await acceptInvite(
        c.env.DB,
        await inviteHash(c.env, code),
        accountId,
        newId("mem", random),
        now(),
      );
      if (!accepted.ok) return problem(c, accepted.reason);
      const member = await findMembership(c.env.DB, accepted.sessionId, accountId);
      return member === null ? problem(c, "invite-invalid") : c.json(await sessionDetail(c.env.DB, member), 200);
    },
  );
