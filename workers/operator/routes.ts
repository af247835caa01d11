import { createRoute, z } from "@hono/zod-openapi";
import { OpenReport } from "../../protocol/hub.ts";
import { ReportId } from "../../protocol/ids.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";
import { requireOperator } from "./guard.ts";

/** Reports shown at once: a person reads them. */
const SHOWN_MAX = 100;
const guarded = { security: bearer, tags: ["operator"] };
const params = z.object({ reportId: ReportId });

/** What a person of ours does with a report: look, close it, or delete the account it is about (A5). */
export const operator = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/operator/reports",
      summary: "Open reports, oldest first, those about age before all others",
      middleware: [requireOperator] as const,
      responses: {
        200: { description: "Reports", ...json(z.object({ items: z.array(OpenReport) })) },
        ...problemResponses,
      },
    }),
    async (c) => {
      const { results } = await c.env.DB.prepare(
        `SELECT r.id AS reportId, r.reason, r.details, r.created_at_ms AS createdAtMs, r.account_id AS accountId,
           a.display_name AS displayName, p.id AS profileId
         FROM reports r JOIN accounts a ON a.id = r.account_id LEFT JOIN profiles p ON p.account_id = a.id
         WHERE r.closed_at_ms IS NULL ORDER BY r.reason = 'underage' DESC, r.created_at_ms LIMIT ?`,
      )
        .bind(SHOWN_MAX)
        .all<z.infer<typeof OpenReport>>();
      return c.json({ items: results }, 200);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/reports/{reportId}/close",
      summary: "Close a report; nothing else happens",
      middleware: [requireOperator] as const,
      request: { params },
      responses: { 204: { description: "Closed" }, ...problemResponses },
    }),
    async (c) => {
      const { meta } = await c.env.DB.prepare(
        "UPDATE reports SET closed_at_ms = ifnull(closed_at_ms, ?2) WHERE id = ?1",
      )
        .bind(c.req.valid("param").reportId, c.var.deps.now())
        .run();
      return meta.changes === 0 ? problem(c, "not-found") : c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/operator/reports/{reportId}/delete-account",
      summary: "Delete the account that a report is about, with everything of it. Repeat while it answers 503",
      middleware: [requireOperator] as const,
      request: { params },
      responses: { 204: { description: "Gone, and every report about it" }, ...problemResponses },
    }),
    async (c) => {
      const about = await c.env.DB.prepare("SELECT account_id AS accountId FROM reports WHERE id = ?")
        .bind(c.req.valid("param").reportId)
        .first<{ accountId: string }>();
      if (about === null) return problem(c, "not-found");
      return (await eraseAccount(c.env, c.var.deps, about.accountId, "operator"))
        ? c.body(null, 204)
        : problem(c, "unavailable");
    },
  );
