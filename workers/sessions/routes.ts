import { createRoute, z } from "@hono/zod-openapi";
import { newId, SessionId } from "../../protocol/ids.ts";
import { PageQuery, pageSchema } from "../../protocol/paging.ts";
import { CreateSession, PatchSession, SessionDetail, SessionSummary } from "../../protocol/sessions.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { readCursor } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { deliver } from "../rooms/room-outbox.ts";
import { findMembership, type MemberContext, type MemberEnv, requireMember } from "./guard.ts";
import { allowGuests } from "./guest-store.ts";
import { createSession, listSessions, sessionDetail, setSettings } from "./store.ts";

const params = z.object({ sessionId: SessionId });
const guarded = { security: bearer, tags: ["sessions"] };

async function create(c: AccountContext, body: z.output<typeof CreateSession>) {
  const { random } = c.var.deps;
  if (!(await consume(c.env, c.var.deps, ["session", c.var.account.id])).ok) return problem(c, "rate-limited");
  const { sessionId = newId("ses", random), ...session } = body;
  const host = { accountId: c.var.account.id, memberId: newId("mem", random) };
  const outcome = await createSession(c.env, c.var.deps, { ...session, sessionId }, host);
  if (!outcome.ok) return problem(c, outcome.reason);
  const member = await findMembership(c.env.DB, sessionId, host.accountId);
  return member === null ? problem(c, "conflict") : c.json(await sessionDetail(c.env, c.var.deps, member), 201);
}

async function list(c: AccountContext, query: z.output<typeof PageQuery>) {
  const { limit, cursor: text } = query;
  const cursor = readCursor(text);
  if (cursor === null) return problem(c, "validation-failed", undefined, { cursor: ["This is not a cursor."] });
  return c.json(await listSessions(c.env, c.var.deps, c.var.account.id, limit, cursor), 200);
}

async function read(c: MemberContext) {
  return c.json(await sessionDetail(c.env, c.var.deps, c.var.member), 200);
}

async function patch(c: MemberContext, { settings, guestsAllowed }: z.output<typeof PatchSession>) {
  const { member, deps } = c.var;
  if (guestsAllowed !== undefined) await allowGuests(c.env, deps, member, guestsAllowed);
  if (settings !== undefined) await deliver(c.env, deps, await setSettings(c.env.DB, member, settings, deps.now()));
  const now = { ...member, ...settings, guestsAllowed: guestsAllowed ?? member.guestsAllowed };
  return c.json(await sessionDetail(c.env, deps, now), 200);
}

export const sessions = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/sessions",
      summary: "Create a session; whoever creates it is its host",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(CreateSession) },
      responses: { 201: { description: "Created", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => create(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions",
      summary: "The sessions one is a member of, newest first",
      middleware: [costs("read"), requireAccount] as const,
      request: { query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(SessionSummary)) }, ...problemResponses },
    }),
    (c) => list(c, c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions/{sessionId}",
      summary: "A session with its settings and members",
      middleware: [costs("read"), requireAccount, requireMember("session.read")] as const,
      request: { params },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => read(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "patch",
      path: "/api/v1/sessions/{sessionId}",
      summary: "Set the session's settings",
      middleware: [costs("write"), requireAccount, requireMember("settings.set")] as const,
      request: { params, body: json(PatchSession) },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => patch(c, c.req.valid("json")),
  );
