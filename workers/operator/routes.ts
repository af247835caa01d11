import { createRoute, z } from "@hono/zod-openapi";
import { OpenReport, ReportedAccount } from "../../protocol/hub.ts";
import { ReportId } from "../../protocol/ids.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { allRows, firstRow, jsonColumn } from "../platform/rows.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";
import { requireOperator } from "./guard.ts";

/** Accounts shown at once, and reports of each: a person reads them. */
const ACCOUNTS_SHOWN_MAX = 100;
const REPORTS_SHOWN_MAX = 5;
const guarded = { security: bearer, tags: ["operator"] };
const params = z.object({ reportId: ReportId });
const Through = z.object({ throughMs: z.coerce.number().int().min(0).optional() });
const ReportedRow = ReportedAccount.extend({ shown: jsonColumn(z.array(OpenReport)) });

const About = z.object({ accountId: z.string() });

async function listReports(c: AppContext) {
  const { results } = await allRows(
    ReportedRow,
    c.env.DB.prepare(
      `SELECT g.*, a.display_name AS displayName, p.id AS profileId,
       (SELECT json_group_array(json_object('reportId', id, 'reason', reason, 'details', details, 'createdAtMs', created_at_ms))
        FROM (SELECT * FROM reports WHERE account_id = g.accountId AND closed_at_ms IS NULL
              ORDER BY reason = 'underage' DESC, created_at_ms LIMIT ?2)) AS shown
     FROM (SELECT account_id AS accountId, COUNT(*) AS reports, MAX(reason = 'underage') AS isAboutAge,
             COUNT(DISTINCT ifnull(reporter_account_id, '')) AS reporters,
             MIN(created_at_ms) AS oldestAtMs, MAX(created_at_ms) AS newestAtMs
           FROM reports WHERE closed_at_ms IS NULL GROUP BY account_id) g
     JOIN accounts a ON a.id = g.accountId LEFT JOIN profiles p ON p.account_id = a.id
     ORDER BY g.isAboutAge DESC, g.reporters DESC, g.oldestAtMs LIMIT ?1`,
    ).bind(ACCOUNTS_SHOWN_MAX, REPORTS_SHOWN_MAX),
  );
  return c.json({ items: results }, 200);
}

async function close(c: AppContext, path: z.output<typeof params>, query: z.output<typeof Through>) {
  const { throughMs = -1 } = query;
  const { meta } = await c.env.DB.prepare(
    `UPDATE reports SET closed_at_ms = ifnull(closed_at_ms, ?2) WHERE id = ?1
       OR (closed_at_ms IS NULL AND created_at_ms <= ?3 AND account_id = (SELECT account_id FROM reports WHERE id = ?1))`,
  )
    .bind(path.reportId, c.var.deps.now(), throughMs)
    .run();
  return meta.changes === 0 ? problem(c, "not-found") : c.body(null, 204);
}

async function deleteReported(c: AppContext, path: z.output<typeof params>) {
  const about = await firstRow(
    About,
    c.env.DB.prepare("SELECT account_id AS accountId FROM reports WHERE id = ?").bind(path.reportId),
  );
  if (about === null) return problem(c, "not-found");
  return (await eraseAccount(c.env, c.var.deps, about.accountId, "operator"))
    ? c.body(null, 204)
    : problem(c, "unavailable");
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
    (c) => listReports(c),
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
      summary: "Delete the account that a report is about, with everything of it. Repeat while it answers 503",
      middleware: [costs("write"), requireOperator] as const,
      request: { params },
      responses: { 204: { description: "Gone, and every report about it" }, ...problemResponses },
    }),
    (c) => deleteReported(c, c.req.valid("param")),
  );
