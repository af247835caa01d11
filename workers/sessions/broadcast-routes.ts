import { createRoute, z } from "@hono/zod-openapi";
import { BroadcastLink, ListenerSeat } from "../../protocol/broadcasts.ts";
import { randomBase32, SessionId } from "../../protocol/ids.ts";
import { BROADCAST_LIFETIME_MS } from "../../protocol/limits.ts";
import { JoinTicket } from "../../protocol/sessions.ts";
import { readSeat, signBroadcast } from "../auth/broadcast-token.ts";
import { requireAccount } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { log } from "../platform/log.ts";
import { type MemberContext, type MemberEnv, requireMember } from "./guard.ts";
import { sendTicket } from "./ticket-routes.ts";

const params = z.object({ sessionId: SessionId });
const tags = ["broadcasts"];
const ID_CHARS = 20;

async function start(c: MemberContext) {
  const { member, deps } = c.var;
  const { sessionId, memberId } = member;
  if (!(await consume(c.env, deps, ["ticket", memberId])).ok) return problem(c, "rate-limited");
  try {
    const room = await deps.reachRoom(c.env, sessionId);
    const id = randomBase32(ID_CHARS, deps.random);
    const broadcast = await room.startBroadcast(id, deps.now() + BROADCAST_LIFETIME_MS);
    if (broadcast === null) return problem(c, "gone");
    const expiresAtMs = broadcast.untilMs;
    return c.json({ link: await signBroadcast(c.env, { sessionId, id: broadcast.id, expiresAtMs }), expiresAtMs }, 201);
  } catch {
    log({ event: "room-unreachable", call: "broadcast" });
    return problem(c, "unavailable");
  }
}

async function end(c: MemberContext) {
  try {
    await (await c.var.deps.reachRoom(c.env, c.var.member.sessionId)).endBroadcast();
  } catch {
    log({ event: "room-unreachable", call: "broadcast" });
    return problem(c, "unavailable");
  }
  return c.body(null, 204);
}

/** The seat is all there is of a listener: whether the broadcast is on, and has room, the room says when it is entered. */
async function issueTicket(c: AppContext, { seat }: z.output<typeof ListenerSeat>) {
  const { env } = c;
  const { deps } = c.var;
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(env, deps, ["invite", network])).ok) return problem(c, "rate-limited");
  const found = await readSeat(env, seat, deps.now());
  if (found === null || found.sessionId !== c.req.param("sessionId")) return problem(c, "not-found");
  const { sessionId, listener: memberId, id: broadcast } = found;
  const place = { sessionId, memberId, role: "observer" as const, recordingPermitted: false, decision: 0 };
  return await sendTicket(c, place, { displayName: "", broadcast });
}

const forHosts = { security: bearer, tags };
const asHost = [costs("write"), requireAccount, requireMember("broadcast.set")] as const;

/** A session that others listen to (P85): its link and its end, for hosts. */
export const broadcasts = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...forHosts,
      method: "post",
      path: "/api/v1/sessions/{sessionId}/broadcast",
      summary: "Broadcast the session: a link by which anybody listens, without an account, until the evening ends",
      middleware: [...asHost] as const,
      request: { params },
      responses: {
        201: { description: "The link; the same again while the broadcast is on", ...json(BroadcastLink) },
        ...problemResponses,
      },
    }),
    (c) => start(c),
  )
  .openapi(
    createRoute({
      ...forHosts,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/broadcast",
      summary: "End the broadcast: whoever listened is out, and its link is good for nobody",
      middleware: [...asHost] as const,
      request: { params },
      responses: { 204: { description: "Over" }, ...problemResponses },
    }),
    (c) => end(c),
  );

/** A listener's own end. */
export const listeners = newRouter().openapi(
  createRoute({
    method: "post",
    path: "/api/v1/sessions/{sessionId}/listener/tickets",
    summary: "A listener's ticket for the session's room, by the seat that their page was drawn with",
    tags,
    middleware: [costs("anonymous-write")] as const,
    request: { params, body: json(ListenerSeat) },
    responses: { 201: { description: "The ticket", ...json(JoinTicket) }, ...problemResponses },
  }),
  (c) => issueTicket(c, c.req.valid("json")),
);
