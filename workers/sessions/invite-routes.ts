import { createRoute, z } from "@hono/zod-openapi";
import { InviteId, SessionId } from "../../protocol/ids.ts";
import { PageQuery, pageSchema } from "../../protocol/paging.ts";
import { AcceptInvite, CreateInvite, Invite, InviteSummary, SessionDetail } from "../../protocol/sessions.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { readCursor } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { findMembership, type MemberContext, type MemberEnv, requireMember } from "./guard.ts";
import { acceptInvite, createInvite, revokeInvite } from "./invite-store.ts";
import { listInvites, sessionDetail } from "./store.ts";

const params = z.object({ sessionId: SessionId });
const ofInvite = params.extend({ inviteId: InviteId });
const guarded = { security: bearer, tags: ["invites"] };

async function create(c: MemberContext, body: z.output<typeof CreateInvite>) {
  const { role, uses, label } = body;
  const { deps, account, member } = c.var;
  const words = { text: label, accountId: account.id };
  const invite = await createInvite(c.env, deps, member.sessionId, role, uses, words);
  if (invite === null) return problem(c, "quota-exceeded", "Withdraw invites that are no longer needed first.");
  c.header("Cache-Control", "no-store");
  return c.json(invite, 201);
}

async function list(c: MemberContext, query: z.output<typeof PageQuery>) {
  const { limit, cursor: text } = query;
  const cursor = readCursor(text);
  if (cursor === null) return problem(c, "validation-failed", undefined, { cursor: ["This is not a cursor."] });
  return c.json(await listInvites(c.env, c.var.deps, c.var.member.sessionId, limit, cursor), 200);
}

async function revoke(c: MemberContext, path: z.output<typeof ofInvite>) {
  const { sessionId, inviteId } = path;
  const isRevoked = await revokeInvite(c.env.DB, sessionId, inviteId);
  return isRevoked ? c.body(null, 204) : problem(c, "not-found");
}

async function accept(c: AccountContext, body: z.output<typeof AcceptInvite>) {
  const { code } = body;
  const accountId = c.var.account.id;
  if (!(await consume(c.env, c.var.deps, ["invite", accountId])).ok) return problem(c, "rate-limited");
  const accepted = await acceptInvite(c.env, c.var.deps, code, accountId);
  if (!accepted.ok) return problem(c, accepted.reason);
  const member = await findMembership(c.env.DB, accepted.value, accountId);
  return member === null ? problem(c, "invite-invalid") : c.json(await sessionDetail(c.env, c.var.deps, member), 200);
}

export const invites = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/sessions/{sessionId}/invites",
      summary: "Make an invite code. It is told once, here",
      middleware: [costs("write"), requireAccount, requireMember("session.invite")] as const,
      request: { params, body: json(CreateInvite) },
      responses: { 201: { description: "The invite with its code", ...json(Invite) }, ...problemResponses },
    }),
    (c) => create(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions/{sessionId}/invites",
      summary: "The session's invites that have not been swept yet, newest first, without their codes",
      middleware: [costs("read"), requireAccount, requireMember("session.invite")] as const,
      request: { params, query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(InviteSummary)) }, ...problemResponses },
    }),
    (c) => list(c, c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/invites/{inviteId}",
      summary: "Withdraw an invite; whoever came in by it stays",
      middleware: [costs("write"), requireAccount, requireMember("session.invite")] as const,
      request: { params: ofInvite },
      responses: { 204: { description: "Withdrawn" }, ...problemResponses },
    }),
    (c) => revoke(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/invites/accept",
      summary: "Join a session by its code. Harmless to repeat",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(AcceptInvite) },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => accept(c, c.req.valid("json")),
  );
