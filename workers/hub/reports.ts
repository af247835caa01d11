import { createRoute, z } from "@hono/zod-openapi";
import { CreateReport, type CreateTakeReport } from "../../protocol/hub.ts";
import { MemberId, ProfileId, SessionId } from "../../protocol/ids.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import { type AccountContext, authenticate, requireAccount } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findMembership } from "../sessions/guard.ts";
import { isGuest } from "../sessions/guest-store.ts";
import { findAccountOf } from "../sessions/store.ts";
import { findBehind } from "./contact.ts";
import { addReport } from "./report-store.ts";

const params = z.object({ profileId: ProfileId });
const ofMember = z.object({ sessionId: SessionId, memberId: MemberId });

type Report = z.infer<typeof CreateReport | typeof CreateTakeReport>;

/**
 * Takes a report about an account, from anybody (A5). Who reports is noted if they are signed in, and is never told to anybody; saying the
 * same again while a person has yet to look at it changes nothing.
 */
export async function takeReport(
  c: AppContext,
  aboutAccountId: string,
  { reason, details }: Report,
  recordingId: string | null = null,
): Promise<Result<void, "rate-limited">> {
  const { deps } = c.var;
  if (!(await consume(c.env, deps, ["report", networkOf(c.req.header("CF-Connecting-IP"))])).ok)
    return refused("rate-limited");
  const reporter = await authenticate(c);
  await addReport(c.env, deps, { from: reporter?.id ?? null, about: aboutAccountId, recordingId, reason, details });
  return done;
}

const GUEST = "A guest has no account that we could look at. A host of the session can take them out at once.";
const accepted = { 202: { description: "A person here will look at it" }, ...problemResponses };

async function reportProfile(c: AppContext, path: z.output<typeof params>, body: z.output<typeof CreateReport>) {
  const about = await findBehind(c.env.DB, path.profileId);
  if (about === null) return problem(c, "not-found");
  const outcome = await takeReport(c, about.accountId, body);
  return outcome.ok ? c.body(null, 202) : problem(c, outcome.reason);
}

async function reportMember(c: AccountContext, path: z.output<typeof ofMember>, body: z.output<typeof CreateReport>) {
  const { sessionId, memberId } = path;
  if ((await findMembership(c.env.DB, sessionId, c.var.account.id)) === null) return problem(c, "not-found");
  if (await isGuest(c.env.DB, sessionId, memberId)) return problem(c, "conflict", GUEST);
  const about = await findAccountOf(c.env.DB, sessionId, memberId);
  if (about === null) return problem(c, "not-found");
  const outcome = await takeReport(c, about, body);
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
      summary:
        "Report a published profile: underage, abuse, impersonation, not theirs to share, spam, other. No account is needed",
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
