import { createRoute, z } from "@hono/zod-openapi";
import { Breach, HandleBreach, RegisterBreach } from "../../protocol/breaches.ts";
import { BreachId } from "../../protocol/ids.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { handleBreach, listBreaches, registerBreach } from "../privacy/breaches.ts";
import { noteAction, type OperatorContext, requireOperator } from "./guard.ts";

const params = z.object({ breachId: BreachId });

const guarded = { security: bearer, tags: ["operator"] };

async function list(c: AppContext) {
  return c.json({ items: await listBreaches(c.env.DB) }, 200);
}

async function enter(c: OperatorContext, body: RegisterBreach) {
  const id = await registerBreach(c.env, c.var.deps, body);
  await noteAction(c.env.DB, c.var.deps, c.var.operator, "breaches.register", []);
  return id === null ? problem(c, "validation-failed") : c.json({ breachId: BreachId.parse(id) }, 201);
}

async function handle(c: OperatorContext, path: z.output<typeof params>, body: z.output<typeof HandleBreach>) {
  const outcome = await handleBreach(c.env, c.var.deps, path.breachId, body);
  await noteAction(c.env.DB, c.var.deps, c.var.operator, `breaches.${body.do}`, []);
  if (!outcome.ok)
    return outcome.reason === "not-found"
      ? problem(c, "not-found")
      : problem(c, "conflict", "A notice is still to be sent.");
  return c.body(null, 204);
}

/** The breach register (G4): what a person of ours enters, sees computed, sends and notes. */
export const operatorBreaches = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/operator/breaches",
      summary: "The breach register: clocks, people affected and told, and the draft of each notice",
      middleware: [costs("read"), requireOperator] as const,
      responses: {
        200: { description: "Breaches, open ones first", ...json(z.object({ items: z.array(Breach) })) },
        ...problemResponses,
      },
    }),
    (c) => list(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/breaches",
      summary: "Register a breach: its clocks begin when we knew of it, and the people affected are computed",
      middleware: [costs("write"), requireOperator] as const,
      request: { body: json(RegisterBreach) },
      responses: {
        201: { description: "Registered", ...json(z.object({ breachId: BreachId })) },
        ...problemResponses,
      },
    }),
    (c) => enter(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/breaches/{breachId}",
      summary: "Let the people be told, note what was sent, note the corrective measure, or close it",
      middleware: [costs("write"), requireOperator] as const,
      request: { params, body: json(HandleBreach) },
      responses: { 204: { description: "Done" }, ...problemResponses },
    }),
    (c) => handle(c, c.req.valid("param"), c.req.valid("json")),
  );
