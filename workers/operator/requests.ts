import { createRoute, z } from "@hono/zod-openapi";
import { PrivacyRequestId } from "../../protocol/ids.ts";
import { EnterPrivacyRequest, HandlePrivacyRequest } from "../../protocol/privacy.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { findAccountOf } from "../accounts/store.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { accountOfRequest, handleRequest, OpenRequest, openRequests, takeRequest } from "../privacy/requests.ts";
import { noteAction, type OperatorContext, requireOperator } from "./guard.ts";
import type { Operator } from "./sign-in.ts";

const params = z.object({ requestId: PrivacyRequestId });

const guarded = { security: bearer, tags: ["operator"] };

async function listOpen(c: OperatorContext) {
  const items = await openRequests(c.env, c.var.deps);
  const about = items.map(({ accountId }) => accountId);
  await noteAction(c.env.DB, c.var.deps, c.var.operator, "requests.list", about);
  return c.json({ items }, 200);
}

/** Takes in a request that came by mail: from somebody who has an account, and not from tomorrow. */
export async function enterRequest(
  env: Env,
  deps: Deps,
  operator: Operator,
  { email, ...request }: EnterPrivacyRequest,
): Promise<Result<z.output<typeof PrivacyRequestId>, "not-found" | "validation-failed" | "quota-exceeded">> {
  const accountId = await findAccountOf(env, email);
  if (accountId === null) return refused("not-found");
  if (request.receivedAtMs > deps.now()) return refused("validation-failed");
  const id = await takeRequest(env, deps, { ...request, accountId }, false);
  await noteAction(env.DB, deps, operator, "requests.enter", [accountId]);
  return id === null ? refused("quota-exceeded") : ok(PrivacyRequestId.parse(id));
}

async function enter(c: OperatorContext, body: EnterPrivacyRequest) {
  const entered = await enterRequest(c.env, c.var.deps, c.var.operator, body);
  return entered.ok ? c.json({ requestId: entered.value }, 201) : problem(c, entered.reason);
}

async function handle(c: OperatorContext, path: z.output<typeof params>, body: z.output<typeof HandlePrivacyRequest>) {
  const { deps, operator } = c.var;
  const about = await accountOfRequest(c.env.DB, path.requestId);
  const outcome = await handleRequest(c.env, deps, path.requestId, body);
  await noteAction(c.env.DB, deps, operator, `requests.${body.do}`, about === null ? [] : [about]);
  if (!outcome.ok && outcome.reason === "not-found") return problem(c, "not-found");
  if (!outcome.ok)
    return problem(
      c,
      "conflict",
      outcome.reason === "unchecked" ? "Check first who asks." : "It has been extended once.",
    );
  flush(c);
  return c.body(null, 204);
}

/** What a person of ours does with people's requests (G3, V4): enters those that came by mail, checks who asks, extends, answers. */
export const operatorRequests = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/operator/requests",
      summary: "Open requests, whatever is due first before all others",
      middleware: [costs("read"), requireOperator] as const,
      responses: {
        200: { description: "Requests", ...json(z.object({ items: z.array(OpenRequest) })) },
        ...problemResponses,
      },
    }),
    (c) => listOpen(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/requests",
      summary: "Enter a request that came by mail; its clock began when it came",
      middleware: [costs("write"), requireOperator] as const,
      request: { body: json(EnterPrivacyRequest) },
      responses: {
        201: { description: "Entered", ...json(z.object({ requestId: PrivacyRequestId })) },
        ...problemResponses,
      },
    }),
    (c) => enter(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/requests/{requestId}",
      summary: "Note how you made sure who asks, extend with a reason, or answer; nobody unchecked is answered",
      middleware: [costs("write"), requireOperator] as const,
      request: { params, body: json(HandlePrivacyRequest) },
      responses: { 204: { description: "Done; the person sees it" }, ...problemResponses },
    }),
    (c) => handle(c, c.req.valid("param"), c.req.valid("json")),
  );
