import { createRoute, z } from "@hono/zod-openapi";
import { type MemberId, newId, SessionId } from "../../protocol/ids.ts";
import { PHONE_LIFETIME_MS, PHONE_LINK_LIFETIME_MS } from "../../protocol/limits.ts";
import { ConnectPhone, PhoneLink, PhoneSeat } from "../../protocol/phones.ts";
import { JoinTicket } from "../../protocol/sessions.ts";
import { isOwnOrigin, requireAccount } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { keepPhoneCookie, readPhone, signPhone } from "../auth/phone-token.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { log } from "../platform/log.ts";
import { type MemberContext, type MemberEnv, requireMember } from "./guard.ts";
import { findPhone, type PhoneContext, type PhoneEnv, requirePhone } from "./phone-guard.ts";
import { sendTicket } from "./ticket-routes.ts";

const params = z.object({ sessionId: SessionId });
const tags = ["phones"];

async function makeLink(c: MemberContext) {
  const { member, deps } = c.var;
  if (!(await consume(c.env, deps, ["ticket", member.memberId])).ok) return problem(c, "rate-limited");
  const expiresAtMs = deps.now() + PHONE_LINK_LIFETIME_MS;
  const phone = newId("mem", deps.random) as MemberId;
  const { sessionId, memberId: owner } = member;
  const link = await signPhone(c.env, "link", { sessionId, owner, phone, expiresAtMs });
  return c.json({ link, expiresAtMs }, 201);
}

async function sendAway(c: MemberContext) {
  const { sessionId, memberId } = c.var.member;
  try {
    await (await c.var.deps.reachRoom(c.env, sessionId)).endPhones(memberId);
  } catch {
    log({ event: "room-unreachable", call: "phone" });
    return problem(c, "unavailable");
  }
  return c.body(null, 204);
}

async function connect(c: AppContext, { link }: z.output<typeof ConnectPhone>) {
  const { env } = c;
  const { deps } = c.var;
  // The answer is a cookie, so another site's page may not ask for it in somebody's name.
  if (!isOwnOrigin(c)) return problem(c, "forbidden");
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(env, deps, ["invite", network])).ok) return problem(c, "rate-limited");
  const place = await readPhone(env, "link", link, deps.now());
  const found = place === null ? null : await findPhone(env, place);
  if (found === null) return problem(c, "invite-invalid");
  const { sessionId, phone, owner } = found;
  let isConnected = false;
  try {
    isConnected = await (await deps.reachRoom(env, sessionId)).connectPhone(phone, owner);
  } catch {
    log({ event: "room-unreachable", call: "phone" });
    return problem(c, "unavailable");
  }
  if (!isConnected) return problem(c, "invite-invalid");
  const expiresAtMs = deps.now() + PHONE_LIFETIME_MS;
  keepPhoneCookie(c, await signPhone(env, "seat", { sessionId, phone, owner, expiresAtMs }));
  return c.json({ sessionId, memberId: phone, expiresAtMs }, 201);
}

async function issueTicket(c: PhoneContext) {
  const { phone, member } = c.var.phone;
  if (!(await consume(c.env, c.var.deps, ["ticket", phone])).ok) return problem(c, "rate-limited");
  const place = { ...member, memberId: phone, role: "participant" as const };
  return await sendTicket(c, place, { displayName: "", phoneOf: member.memberId });
}

const forMembers = { security: bearer, tags };
const asMember = [costs("write"), requireAccount, requireMember("transport.command")] as const;

/** A member's phone in a session (P83): its link, its end, its connection, its ticket. */
export const phones = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...forMembers,
      method: "post",
      path: "/api/v1/sessions/{sessionId}/phone",
      summary: "A link by which one's own phone comes into the session, once, within five minutes",
      middleware: [...asMember] as const,
      request: { params },
      responses: { 201: { description: "The link, told once", ...json(PhoneLink) }, ...problemResponses },
    }),
    (c) => makeLink(c),
  )
  .openapi(
    createRoute({
      ...forMembers,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/phone",
      summary: "Send one's own phone away",
      middleware: [...asMember] as const,
      request: { params },
      responses: { 204: { description: "Gone" }, ...problemResponses },
    }),
    (c) => sendAway(c),
  );

/** The phone's own end. */
export const phonePlaces = newRouter<PhoneEnv>()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/phones",
      summary: "Come into a session as a member's phone, by their link",
      tags,
      middleware: [costs("anonymous-write")] as const,
      request: { body: json(ConnectPhone) },
      responses: {
        201: { description: "The phone's place; a cookie opens it", ...json(PhoneSeat) },
        ...problemResponses,
      },
    }),
    (c) => connect(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sessions/{sessionId}/phone/tickets",
      summary: "A phone's ticket for the session's room",
      tags,
      middleware: [costs("write"), requirePhone] as const,
      request: { params },
      responses: { 201: { description: "The ticket", ...json(JoinTicket) }, ...problemResponses },
    }),
    (c) => issueTicket(c),
  );
