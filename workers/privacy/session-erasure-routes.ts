import { createRoute, z } from "@hono/zod-openapi";
import { SessionId } from "../../protocol/ids.ts";
import { SessionErasure } from "../../protocol/sessions.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { withRequestBudget } from "../platform/call-budget.ts";
import { continueErasure, findErasure, requestErasure } from "./session-erasure.ts";

const params = z.object({ sessionId: SessionId });

async function erase(c: AccountContext, path: z.output<typeof params>) {
  const { sessionId } = path;
  if (!(await consume(c.env, c.var.deps, ["session-end", c.var.account.id])).ok) return problem(c, "rate-limited");
  const outcome = await requestErasure(c.env.DB, sessionId, c.var.account.id, c.var.deps.now());
  if (outcome !== "requested") return problem(c, outcome);
  const { env, deps, budget } = withRequestBudget(c.env, c.var.deps);
  await continueErasure(env, deps, sessionId, budget);
  const erasure = await findErasure(c.env.DB, sessionId);
  if (erasure === null) return problem(c, "not-found");
  return erasure.finishedAtMs === null ? c.json(erasure, 202) : c.json(erasure, 200);
}

/** A session is deleted by its host, at once and everywhere (E2). */
export const sessionErasure = newRouter().openapi(
  createRoute({
    security: bearer,
    tags: ["sessions"],
    method: "delete",
    path: "/api/v1/sessions/{sessionId}",
    summary: "Delete a session: recordings, chat, notes, log, members. Collaborators keep their own copies",
    middleware: [costs("write"), requireAccount] as const,
    request: { params },
    responses: {
      200: { description: "Everything of it is gone, or asked for before", ...json(SessionErasure) },
      202: { description: "It is closed to everybody, and its data is going", ...json(SessionErasure) },
      ...problemResponses,
    },
  }),
  (c) => erase(c, c.req.valid("param")),
);
