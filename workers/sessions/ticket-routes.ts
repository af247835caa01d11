import { createRoute, z } from "@hono/zod-openapi";
import { randomBase32, SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { JoinTicket } from "../../protocol/sessions.ts";
import type { TicketClaims } from "../../protocol/ticket.ts";
import { requireAccount } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { openName } from "../platform/personal-keys.ts";
import { signTicket } from "../rooms/tickets.ts";
import { relaysOf } from "../rooms/turn.ts";
import { type MemberContext, type MemberEnv, type Membership, requireMember } from "./guard.ts";

const params = z.object({ sessionId: SessionId });

/** Signs a ticket for somebody who is in the session, and answers with it and the relays. */
export async function sendTicket(
  c: AppContext,
  member: Pick<Membership, "sessionId" | "memberId" | "role" | "recordingPermitted" | "decision">,
  who: Pick<TicketClaims, "accountId" | "displayName" | "guest" | "phoneOf" | "broadcast">,
) {
  const { deps } = c.var;
  const issuedAtMs = deps.now();
  const expiresAtMs = issuedAtMs + TICKET_LIFETIME_MS;
  const { sessionId, memberId, role, recordingPermitted, decision } = member;
  const [ticket, { iceServers }] = await Promise.all([
    signTicket(c.env, {
      ticketId: randomBase32(26, deps.random),
      sessionId,
      memberId,
      ...who,
      role,
      recordingPermitted,
      decision,
      issuedAtMs,
      expiresAtMs,
    }),
    relaysOf(c.env, deps, memberId),
  ]);
  c.header("Cache-Control", "no-store");
  return c.json({ ticket, expiresAtMs, roomPath: `/rooms/${sessionId}`, iceServers }, 201);
}

async function issueTicket(c: MemberContext) {
  const { member, account, deps } = c.var;
  const [{ ok: isWithin }, displayName] = await Promise.all([
    consume(c.env, deps, ["ticket", account.id]),
    openName(c.env, deps, account.sealedName),
  ]);
  if (!isWithin) return problem(c, "rate-limited");
  return await sendTicket(c, member, { accountId: account.id as `acc_${string}`, displayName });
}

/** Join tickets: the one way into a room. */
export const tickets = newRouter<MemberEnv>().openapi(
  createRoute({
    method: "post",
    path: "/api/v1/sessions/{sessionId}/tickets",
    summary: "A ticket that opens the session's room once, within a minute, and the relays to use there",
    tags: ["rooms"],
    security: bearer,
    middleware: [costs("write"), requireAccount, requireMember("session.read")] as const,
    request: { params },
    responses: { 201: { description: "The ticket", ...json(JoinTicket) }, ...problemResponses },
  }),
  (c) => issueTicket(c),
);
