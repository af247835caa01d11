import { createRoute, z } from "@hono/zod-openapi";
import { MemberId, SessionId } from "../../protocol/ids.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { may } from "../../protocol/roles.ts";
import type { ApiBody } from "../../protocol/room.ts";
import { PatchMember, SessionDetail } from "../../protocol/sessions.ts";
import { requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { type Decision, deliver, enqueue } from "../rooms/room-outbox.ts";
import { findMembership, type MemberContext, type MemberEnv, type Membership, requireMember } from "./guard.ts";
import { sessionDetail } from "./store.ts";

const params = z.object({ sessionId: SessionId, memberId: MemberId });
const guarded = { security: bearer, tags: ["sessions"] };
const LAST_HOST = "A session needs a host: hand that role over first, or delete the session.";

/** What D1 says after a change to a member was tried: the change happened exactly if its call to the room was recorded. */
async function change(
  db: D1Database,
  by: Membership,
  memberId: MemberId,
  body: ApiBody,
  nowMs: number,
): Promise<Result<Decision, "not-found" | "last-host">> {
  const eventId = crypto.randomUUID();
  const call = { eventId, sessionId: by.sessionId, fromMemberId: by.memberId, body };
  // The rule is part of the statement, so two hosts who demote each other at once cannot both succeed.
  const rule = `EXISTS (SELECT 1 FROM session_members WHERE session_id = ?2 AND member_id = ?6 AND (role <> 'host' OR ?7 = 'host'
    OR (SELECT COUNT(*) FROM session_members WHERE session_id = ?2 AND role = 'host') > 1))`;
  const role = body.kind === "role" ? body.role : "";
  const recorded = enqueue(db, call, nowMs, rule, [memberId, role]);
  const decided = "AND EXISTS (SELECT 1 FROM room_calls WHERE event_id = ?2)";
  const statements =
    body.kind === "role"
      ? [
          db
            .prepare(`UPDATE session_members SET role = ?3 WHERE member_id = ?1 ${decided}`)
            .bind(memberId, eventId, role),
        ]
      : [
          db.prepare(`DELETE FROM session_members WHERE member_id = ?1 ${decided}`).bind(memberId, eventId),
          // No invite from before brings them back.
          db
            .prepare(`UPDATE session_seats SET left_at_ms = ?3 WHERE member_id = ?1 ${decided}`)
            .bind(memberId, eventId, nowMs),
        ];
  const [, changed] = await db.batch([recorded, ...statements]);
  if ((changed?.meta.changes ?? 0) > 0) return ok(call);
  const known = await db
    .prepare("SELECT 1 FROM session_members WHERE session_id = ? AND member_id = ?")
    .bind(by.sessionId, memberId)
    .first();
  return refused(known === null ? "not-found" : "last-host");
}

async function setRole(c: MemberContext, path: z.output<typeof params>, { role }: z.output<typeof PatchMember>) {
  const { memberId, sessionId } = path;
  const decided = { kind: "role" as const, memberId, role };
  const outcome = await change(c.env.DB, c.var.member, memberId, decided, c.var.deps.now());
  if (!outcome.ok) return outcome.reason === "not-found" ? problem(c, "not-found") : problem(c, "conflict", LAST_HOST);
  await deliver(c.env, c.var.deps, outcome.value);
  const member = await findMembership(c.env.DB, sessionId, c.var.account.id);
  return member === null ? problem(c, "not-found") : c.json(await sessionDetail(c.env.DB, member), 200);
}

async function remove(c: MemberContext, path: z.output<typeof params>) {
  const { memberId } = path;
  const by = c.var.member;
  if (memberId !== by.memberId && !may(by.role, "member.remove")) return problem(c, "forbidden");
  const outcome = await change(c.env.DB, by, memberId, { kind: "remove", memberId }, c.var.deps.now());
  if (!outcome.ok) return outcome.reason === "not-found" ? problem(c, "not-found") : problem(c, "conflict", LAST_HOST);
  await deliver(c.env, c.var.deps, outcome.value);
  return c.body(null, 204);
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
  );
