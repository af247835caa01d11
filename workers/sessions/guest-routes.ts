import { createRoute, z } from "@hono/zod-openapi";
import { BecomeGuest, GuestSeat } from "../../protocol/guests.ts";
import { SessionId } from "../../protocol/ids.ts";
import { JoinTicket, SessionDetail } from "../../protocol/sessions.ts";
import { isOwnOrigin } from "../auth/guard.ts";
import { dropGuestCookie, keepGuestCookie } from "../auth/guest-token.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { type GuestContext, type GuestEnv, requireGuest } from "./guest-guard.ts";
import { becomeGuest, findGuest, leaveAsGuest, seatOf } from "./guest-store.ts";
import { sessionDetail } from "./store.ts";
import { sendTicket } from "./ticket-routes.ts";

const params = z.object({ sessionId: SessionId });
const tags = ["guests"];
const NAME_TAKEN = "Somebody in this session has this name.";

async function come(c: AppContext, body: z.output<typeof BecomeGuest>) {
  const { env } = c;
  const { deps } = c.var;
  // The answer is a cookie, so another site's page may not ask for it in somebody's name.
  if (!isOwnOrigin(c)) return problem(c, "forbidden");
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(env, deps, ["invite", network])).ok) return problem(c, "rate-limited");
  const come = await becomeGuest(env, deps, body);
  if (!come.ok)
    return come.reason === "name-taken"
      ? problem(c, "validation-failed", undefined, { displayName: [NAME_TAKEN] })
      : problem(c, come.reason);
  const { sessionId, token } = come.value;
  const guest = await findGuest(env, deps, sessionId, token);
  if (guest === null) return problem(c, "invite-invalid");
  keepGuestCookie(c, token);
  return c.json(await seatOf(env, deps, guest), 201);
}

async function see(c: GuestContext) {
  // When the others meet next is for those who come again.
  return c.json({ ...(await sessionDetail(c.env, c.var.deps, c.var.guest)), evening: null }, 200);
}

async function issueTicket(c: GuestContext) {
  const { guest, deps } = c.var;
  if (!(await consume(c.env, deps, ["ticket", guest.memberId])).ok) return problem(c, "rate-limited");
  return await sendTicket(c, guest, { displayName: guest.displayName, guest: true });
}

async function leave(c: GuestContext) {
  const left = await leaveAsGuest(c.env, c.var.deps, c.var.guest);
  if (!left.ok) return problem(c, left.reason);
  dropGuestCookie(c);
  return c.body(null, 204);
}

/** Guests: people without an account in one session. The cookie that the first of these gives opens the other three, there, and nothing else. */
export const guests = newRouter<GuestEnv>()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/guests",
      summary: "Come into a session by its invite without an account, where its host allows guests; for a day at most",
      tags,
      middleware: [costs("anonymous-write")] as const,
      request: { body: json(BecomeGuest) },
      responses: {
        201: { description: "The guest's place; a cookie opens it", ...json(GuestSeat) },
        ...problemResponses,
      },
    }),
    (c) => come(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sessions/{sessionId}/guest",
      summary: "The session as its guest sees it",
      tags,
      middleware: [costs("read"), requireGuest] as const,
      request: { params },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => see(c),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sessions/{sessionId}/guest/tickets",
      summary: "A guest's ticket for the session's room",
      tags,
      middleware: [costs("write"), requireGuest] as const,
      request: { params },
      responses: { 201: { description: "The ticket", ...json(JoinTicket) }, ...problemResponses },
    }),
    (c) => issueTicket(c),
  )
  .openapi(
    createRoute({
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/guest",
      summary: "Leave as a guest: name and words go with it",
      tags,
      middleware: [costs("write"), requireGuest] as const,
      request: { params },
      responses: { 204: { description: "Gone" }, ...problemResponses },
    }),
    (c) => leave(c),
  );
