import { createRoute, z } from "@hono/zod-openapi";
import { DeleteReported } from "../../protocol/decisions.ts";
import { ReportedAccount } from "../../protocol/hub.ts";
import { ReportId } from "../../protocol/ids.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { noteAction, type OperatorContext, requireOperator } from "./guard.ts";
import { reportedAccounts } from "./overview.ts";
import { closeReport, deleteReported } from "./reports.ts";

const guarded = { security: bearer, tags: ["operator"] };
const params = z.object({ reportId: ReportId });
const Through = z.object({ throughMs: z.coerce.number().int().min(0).optional() });

async function list(c: OperatorContext) {
  const items = await reportedAccounts(c.env, c.var.deps);
  const about = items.map(({ accountId }) => accountId);
  await noteAction(c.env.DB, c.var.deps, c.var.operator, "reports.list", about);
  return c.json({ items }, 200);
}

async function close(c: OperatorContext, path: z.output<typeof params>, { throughMs = -1 }: z.output<typeof Through>) {
  const outcome = await closeReport(c.env, c.var.deps, c.var.operator, path.reportId, throughMs);
  return outcome.ok ? c.body(null, 204) : problem(c, outcome.reason);
}

async function deleteAccount(c: OperatorContext, path: z.output<typeof params>, why: DeleteReported) {
  const outcome = await deleteReported(c.env, c.var.deps, c.var.operator, path.reportId, why);
  flush(c);
  return outcome.ok ? c.body(null, 204) : problem(c, outcome.reason);
}

/** What a person of ours does with a report: look, close it, or delete the account it is about (A5). */
export const operator = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/operator/reports",
      summary:
        "Reported accounts: those about age before all others, then those that most people report, then the oldest",
      middleware: [costs("read"), requireOperator] as const,
      responses: {
        200: { description: "Reported accounts", ...json(z.object({ items: z.array(ReportedAccount) })) },
        ...problemResponses,
      },
    }),
    (c) => list(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/reports/{reportId}/close",
      summary:
        "Close a report, and with `throughMs` all others about the same account up to then; nothing else happens",
      middleware: [costs("write"), requireOperator] as const,
      request: { params, query: Through },
      responses: { 204: { description: "Closed" }, ...problemResponses },
    }),
    (c) => close(c, c.req.valid("param"), c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/reports/{reportId}/delete-account",
      summary:
        "Delete the account that a report is about, with everything of it, and say why to both sides. Repeat while it answers 503",
      middleware: [costs("write"), requireOperator] as const,
      request: { params, body: json(DeleteReported) },
      responses: { 204: { description: "Gone, and every report about it" }, ...problemResponses },
    }),
    (c) => deleteAccount(c, c.req.valid("param"), c.req.valid("json")),
  );
