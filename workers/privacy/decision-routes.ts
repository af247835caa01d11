import { createRoute, z } from "@hono/zod-openapi";
import { CreateAppeal, Decision } from "../../protocol/decisions.ts";
import { CreateTakeReport } from "../../protocol/hub.ts";
import { DecisionId, RecordingId } from "../../protocol/ids.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { takeReport } from "../hub/reports.ts";
import { findRecording } from "../recordings/store.ts";
import { appeal, listDecisions } from "./decisions.ts";

const guarded = { security: bearer, tags: ["reports"] };
const ofTake = z.object({ recordingId: RecordingId });
const ofDecision = z.object({ decisionId: DecisionId });

async function reportTake(
  c: AccountContext,
  { recordingId }: z.output<typeof ofTake>,
  body: z.output<typeof CreateTakeReport>,
) {
  const { account, deps } = c.var;
  const row = await findRecording(c.env, deps, recordingId, account.id);
  if (row === null) return problem(c, "not-found");
  if (row.accountId === account.id) return problem(c, "conflict", "It is yours: you can take it back.");
  const outcome = await takeReport(c, row.accountId, body, recordingId);
  return outcome.ok ? c.body(null, 202) : problem(c, outcome.reason);
}

async function list(c: AccountContext) {
  c.header("Cache-Control", "no-store");
  return c.json({ items: await listDecisions(c.env, c.var.deps, c.var.account.id) }, 200);
}

async function take(
  c: AccountContext,
  { decisionId }: z.output<typeof ofDecision>,
  { text }: z.output<typeof CreateAppeal>,
) {
  const outcome = await appeal(c.env, c.var.deps, c.var.account.id, decisionId, text);
  return outcome.ok ? c.body(null, 204) : problem(c, outcome.reason);
}

/** A report of a take, the decisions that concern a person, and their appeal (DSA, Articles 16, 17 and 20). */
export const decisionRoutes = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/recordings/{recordingId}/reports",
      summary:
        "Report a take that somebody shared in a session of yours: not theirs to share, not agreed to, abuse, spam, other",
      middleware: [costs("anonymous-write"), requireAccount] as const,
      request: { params: ofTake, body: json(CreateTakeReport) },
      responses: { 202: { description: "A person here will look at it" }, ...problemResponses },
    }),
    (c) => reportTake(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account/decisions",
      summary: "Decisions about what you reported, or about something of yours, with their reasons",
      middleware: [costs("read"), requireAccount] as const,
      responses: {
        200: { description: "Decisions, newest first", ...json(z.object({ items: z.array(Decision) })) },
        ...problemResponses,
      },
    }),
    (c) => list(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/decisions/{decisionId}/appeal",
      summary: "Appeal against a decision, once, within six months; a person looks at it anew",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: ofDecision, body: json(CreateAppeal) },
      responses: { 204: { description: "Taken" }, ...problemResponses },
    }),
    (c) => take(c, c.req.valid("param"), c.req.valid("json")),
  );
