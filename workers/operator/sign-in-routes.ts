import { createRoute, z } from "@hono/zod-openapi";
import { OperatorId } from "../../protocol/ids.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { holdsDeployKey } from "./guard.ts";
import { newOperator } from "./sign-in.ts";

const NAME_MAX_CHARS = 100;

async function setUp(c: AppContext, name: string) {
  if (!(await holdsDeployKey(c))) return problem(c, "not-found");
  c.header("Cache-Control", "no-store");
  const made = await newOperator(c.env, c.var.deps, name);
  return c.json({ ...made, operatorId: OperatorId.parse(made.operatorId) }, 201);
}

/** How an operator comes to be: by whoever holds the deployment's key, which opens nothing else. */
export const operatorSignIn = newRouter().openapi(
  createRoute({
    security: bearer,
    tags: ["operator"],
    method: "post",
    path: "/api/v1/operator/operators",
    middleware: [costs("write")] as const,
    summary: "Set up an operator: a key, and the address of a second factor, shown once",
    request: { body: json(z.object({ name: z.string().trim().min(1).max(NAME_MAX_CHARS) })) },
    responses: {
      201: {
        description: "Set up",
        ...json(z.object({ operatorId: OperatorId, key: z.string(), uri: z.string() })),
      },
      ...problemResponses,
    },
  }),
  (c) => setUp(c, c.req.valid("json").name),
);
