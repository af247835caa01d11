import { createRoute, z } from "@hono/zod-openapi";
import { CreateReport } from "../../protocol/hub.ts";
import { MemberId, newId, ProfileId, SessionId } from "../../protocol/ids.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import { type AccountContext, authenticate, requireAccount } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { firstRow } from "../platform/rows.ts";
import { findMembership } from "../sessions/guard.ts";
import { findBehind } from "./contact.ts";

const params = z.object({ profileId: ProfileId });
const ofMember = z.object({ sessionId: SessionId, memberId: MemberId });

type Report = z.infer<typeof CreateReport>;

/**
 * Takes a report about an account, from anybody (A5). Who reports is noted if they are signed in, and is never told to anybody; saying the
 * same again while a person has yet to look at it changes nothing.
 */
export async function takeReport(
  c: AppContext,
  aboutAccountId: string,
  { reason, details }: Report,
): Promise<Result<void, "rate-limited">> {
  const { deps } = c.var;
  if (!(await consume(c.env, deps, ["report", networkOf(c.req.header("CF-Connecting-IP"))])).ok)
    return refused("rate-limited");
  const reporter = await authenticate(c);
  await c.env.DB.prepare(
    `INSERT INTO reports (id, reporter_account_id, account_id, reason, details, created_at_ms)
     SELECT ?1, ?2, id, ?4, ?5, ?6 FROM accounts WHERE id = ?3 AND NOT EXISTS
       (SELECT 1 FROM reports WHERE account_id = ?3 AND reporter_account_id = ?2 AND reason = ?4 AND details = ?5 AND closed_at_ms IS NULL)`,
  )
    .bind(newId("rep", deps.random), reporter?.id ?? null, aboutAccountId, reason, details, deps.now())
    .run();
  return done;
}

const accepted = { 202: { description: "A person here will look at it" }, ...problemResponses };

const About = z.object({ accountId: z.string() });

async function reportProfile(c: AppContext, path: z.output<typeof params>, body: z.output<typeof CreateReport>) {
  const about = await findBehind(c.env.DB, path.profileId);
  if (about === null) return problem(c, "not-found");
  const outcome = await takeReport(c, about.accountId, body);
  return outcome.ok ? c.body(null, 202) : problem(c, outcome.reason);
}

async function reportMember(c: AccountContext, path: z.output<typeof ofMember>, body: z.output<typeof CreateReport>) {
  const { sessionId, memberId } = path;
  if ((await findMembership(c.env.DB, sessionId, c.var.account.id)) === null) return problem(c, "not-found");
  const about = await firstRow(
    About,
    c.env.DB.prepare("SELECT account_id AS accountId FROM session_members WHERE session_id = ? AND member_id = ?").bind(
      sessionId,
      memberId,
    ),
  );
  if (about === null) return problem(c, "not-found");
  const outcome = await takeReport(c, about.accountId, body);
  return outcome.ok ? c.body(null, 202) : problem(c, outcome.reason);
}

/** Telling us about somebody: on the Hub without an account, in a session as one of its members. */
export const reports = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/hub/profiles/{profileId}/reports",
      tags: ["reports"],
      middleware: [costs("anonymous-write")] as const,
      summary: "Report a published profile: underage, abuse, impersonation, spam, other. No account is needed",
      request: { params, body: json(CreateReport) },
      responses: accepted,
    }),
    (c) => reportProfile(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sessions/{sessionId}/members/{memberId}/reports",
      tags: ["reports"],
      security: bearer,
      summary: "Report a member of a session that one is in",
      middleware: [costs("anonymous-write"), requireAccount] as const,
      request: { params: ofMember, body: json(CreateReport) },
      responses: accepted,
    }),
    (c) => reportMember(c, c.req.valid("param"), c.req.valid("json")),
  );
