import { createRoute, z } from "@hono/zod-openapi";
import { SessionId } from "../../protocol/ids.ts";
import { Evening, SessionDetail } from "../../protocol/sessions.ts";
import { requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { cancelEvening, comingEvenings, planEvening } from "./evenings.ts";
import { type MemberContext, type MemberEnv, requireMember } from "./guard.ts";
import { sessionDetail } from "./store.ts";

const params = z.object({ sessionId: SessionId });
const guarded = { security: bearer, tags: ["sessions"] };

async function plan(c: MemberContext, evening: Evening) {
  const nowMs = c.var.deps.now();
  if (comingEvenings(evening, nowMs, 1).length === 0)
    return problem(c, "validation-failed", undefined, { startsAt: ["This evening is over already."] });
  await planEvening(c.env.DB, c.var.member.sessionId, evening);
  return c.json(await sessionDetail(c.env, c.var.deps, c.var.member), 200);
}

async function cancel(c: MemberContext) {
  await cancelEvening(c.env.DB, c.var.member.sessionId);
  return c.body(null, 204);
}

export const evenings = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/sessions/{sessionId}/evening",
      summary: "Plan when the session meets next, once or again and again",
      middleware: [costs("write"), requireAccount, requireMember("settings.set")] as const,
      request: { params, body: json(Evening) },
      responses: { 200: { description: "The session", ...json(SessionDetail) }, ...problemResponses },
    }),
    (c) => plan(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/sessions/{sessionId}/evening",
      summary: "Call the planned evening off",
      middleware: [costs("write"), requireAccount, requireMember("settings.set")] as const,
      request: { params },
      responses: { 204: { description: "Nothing is planned" }, ...problemResponses },
    }),
    (c) => cancel(c),
  );
