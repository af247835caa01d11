import { createRoute, z } from "@hono/zod-openapi";
import { RunPage } from "../../protocol/runs.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { listRuns } from "./run-chain.ts";

const After = z.object({ after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) });

async function list(c: AppContext, { after }: z.output<typeof After>) {
  return c.json(await listRuns(c.env.DB, after), 200);
}

/** The chain of what was deleted and when, for anybody who wants to hold us to it. */
export const runRoutes = newRouter().openapi(
  createRoute({
    method: "get",
    path: "/api/v1/runs",
    tags: ["privacy"],
    summary: "What the retention and erasure runs took away, in a hash chain, oldest first",
    middleware: [costs("read")] as const,
    request: { query: After },
    responses: { 200: { description: "A page of the chain", ...json(RunPage) }, ...problemResponses },
  }),
  (c) => list(c, c.req.valid("query")),
);
