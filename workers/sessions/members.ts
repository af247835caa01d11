import { createRoute, z } from "@hono/zod-openapi";
import { MemberId, SessionId } from "../../protocol/ids.ts";
import { may } from "../../protocol/roles.ts";
import { PatchMember, SessionDetail } from "../../protocol/sessions.ts";
import { requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { deliver } from "../rooms/room-outbox.ts";
import { findMembership, type MemberContext, type MemberEnv, requireMember } from "./guard.ts";
import { endInviteOf, isGuest, removeGuest, setGuestRole } from "./guest-store.ts";
import { changeMember } from "./member-store.ts";
import { sessionDetail } from "./store.ts";

const params = z.object({ sessionId: SessionId, memberId: MemberId });
const guarded = { security: bearer, tags: ["sessions"] };
const NO_ACCOUNT = "A guest has no account, and a host needs one.";
const LAST_HOST = "A session needs a host: hand that role over first, or delete the session.";

async function setRole(c: MemberContext, path: z.output<typeof params>, { role }: z.output<typeof PatchMember>) {
  const { memberId, sessionId } = path;
  const decided = { kind: "role" as const, memberId, role };
  const nowMs = c.var.deps.now();
  const outcome = (await isGuest(c.env.DB, sessionId, memberId))
    ? await setGuestRole(c.env.DB, c.var.member, memberId, role, nowMs)
    : await changeMember(c.env.DB, c.var.member, memberId, decided, nowMs);
  if (!outcome.ok && outcome.reason === "conflict") return problem(c, "conflict", NO_ACCOUNT);
  if (!outcome.ok) return outcome.reason === "not-found" ? problem(c, "not-found") : problem(c, "conflict", LAST_HOST);
  await deliver(c.env, c.var.deps, outcome.value);
  const member = await findMembership(c.env.DB, sessionId, c.var.account.id);
  return member === null ? problem(c, "not-found") : c.json(await sessionDetail(c.env, c.var.deps, member), 200);
}

async function remove(c: MemberContext, path: z.output<typeof params>) {
  const { memberId } = path;
  const by = c.var.member;
  if (memberId !== by.memberId && !may(by.role, "member.remove")) return problem(c, "forbidden");
  if (await isGuest(c.env.DB, by.sessionId, memberId)) {
    const removed = await removeGuest(c.env, c.var.deps, by, memberId);
    return removed.ok ? c.body(null, 204) : problem(c, removed.reason);
  }
  const outcome = await changeMember(c.env.DB, by, memberId, { kind: "remove", memberId }, c.var.deps.now());
  if (!outcome.ok) return outcome.reason === "not-found" ? problem(c, "not-found") : problem(c, "conflict", LAST_HOST);
  await deliver(c.env, c.var.deps, outcome.value);
  return c.body(null, 204);
}

async function endInvite(c: MemberContext, { sessionId, memberId }: z.output<typeof params>) {
  const isEnded = await endInviteOf(c.env.DB, sessionId, memberId);
  return isEnded ? c.body(null, 204) : problem(c, "not-found");
}

export const members = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "patch",
      path: "/api/v1/sessions/{sessionId}/members/{memberId}",
      summary: "Give a member another role",
      middleware: [costs("write"), requireAccount, requireMember("role.set")] as const,
      request: { params, body: json(PatchMember) },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => setRole(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/members/{memberId}",
      summary: "Remove a member; anybody may remove themselves. Recordings they shared stay until they end",
      middleware: [costs("write"), requireAccount, requireMember("session.read")] as const,
      request: { params },
      responses: { 204: { description: "Removed; their socket is closed" }, ...problemResponses },
    }),
    (c) => remove(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/members/{memberId}/invite",
      summary: "End the invite that a guest came by, so that whom the room keeps out is not back by it",
      middleware: [costs("write"), requireAccount, requireMember("member.remove")] as const,
      request: { params },
      responses: { 204: { description: "Good for nobody any more" }, ...problemResponses },
    }),
    (c) => endInvite(c, c.req.valid("param")),
  );
