import { createRoute, z } from "@hono/zod-openapi";
import { Breach, HandleBreach, RegisterBreach } from "../../protocol/breaches.ts";
import { BreachId } from "../../protocol/ids.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { handleBreach, listBreaches, registerBreach } from "../privacy/breaches.ts";
import { requireOperator } from "./guard.ts";

const guarded = { security: bearer, tags: ["operator"] };

/** The breach register (G4): what a person of ours enters, sees computed, sends and notes. */
export const operatorBreaches = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/operator/breaches",
      summary: "The breach register: clocks, people affected and told, and the draft of each notice",
      middleware: [requireOperator] as const,
      responses: {
        200: { description: "Breaches, open ones first", ...json(z.object({ items: z.array(Breach) })) },
        ...problemResponses,
      },
    }),
    async (c) => c.json({ items: z.array(Breach).parse(await listBreaches(c.env.DB)) }, 200),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/breaches",
      summary: "Register a breach: its clocks begin when we knew of it, and the people affected are computed",
      middleware: [requireOperator] as const,
      request: { body: json(RegisterBreach) },
      responses: {
        201: { description: "Registered", ...json(z.object({ breachId: BreachId })) },
        ...problemResponses,
      },
    }),
    async (c) => {
      const id = await registerBreach(c.env, c.var.deps, c.req.valid("json"));
      return id === null ? problem(c, "validation-failed") : c.json({ breachId: BreachId.parse(id) }, 201);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/breaches/{breachId}",
      summary: "Let the people be told, note what was sent, note the corrective measure, or close it",
      middleware: [requireOperator] as const,
      request: { params: z.object({ breachId: BreachId }), body: json(HandleBreach) },
      responses: { 204: { description: "Done" }, ...problemResponses },
    }),
    async (c) => {
      const outcome = await handleBreach(c.env, c.var.deps, c.req.valid("param").breachId, c.req.valid("json"));
      if (outcome === "not-found") return problem(c, "not-found");
      if (outcome === "untold") return problem(c, "conflict", "A notice is still to be sent.");
      return c.body(null, 204);
    },
  );
