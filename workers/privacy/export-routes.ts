import { createRoute, z } from "@hono/zod-openapi";
import { ExportId, RecordingId } from "../../protocol/ids.ts";
import { Export } from "../../protocol/privacy.ts";
import { type AccountContext, requireAccount, requireReauthentication } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { archiveOf } from "./archive.ts";
import { continueExportOf, listExports, requestExport } from "./export.ts";

const params = z.object({ exportId: ExportId });
const From = z.object({ after: RecordingId.optional() });

const guarded = { security: bearer, tags: ["privacy"] };
const listed = { 200: { description: "Exports, newest first", ...json(z.object({ items: z.array(Export) })) } };

async function request(c: AccountContext) {
  const { deps, account } = c.var;
  const exportId = await requestExport(c.env, deps, account.id);
  await continueExportOf(c.env, deps, exportId);
  flush(c);
  const found = (await listExports(c.env.DB, account.id, deps.now())).find((one) => one.exportId === exportId);
  return found === undefined ? problem(c, "not-found") : c.json(found, 202);
}

async function list(c: AccountContext) {
  c.header("Cache-Control", "no-store");
  return c.json({ items: await listExports(c.env.DB, c.var.account.id, c.var.deps.now()) }, 200);
}

async function sendArchive(c: AccountContext, path: z.output<typeof params>, { after }: z.output<typeof From>) {
  const { exportId } = path;
  const { account, deps } = c.var;
  const found = (await listExports(c.env.DB, account.id, deps.now())).find((one) => one.exportId === exportId);
  if (found === undefined) return problem(c, "not-found");
  if (found.readyAtMs === null) return problem(c, "conflict", "The copy is still being made.");
  const nth = found.archives.indexOf(after ?? "");
  const name = `sessionlinked-${new Date(found.requestedAtMs).toISOString().slice(0, 10)}${nth > 0 ? `-${nth + 1}` : ""}.zip`;
  return new Response(await archiveOf(c.env, deps, account.id, found, after), {
    headers: {
      "Content-Type": "application/zip",
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "private, no-store",
    },
  });
}

/** A copy of everything about a person (G1): asked for, made in the background, fetched for some days. */
export const dataExport = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/exports",
      summary: "Ask for a copy of everything about you; while one is being made, asking again finds that one",
      middleware: [costs("write"), requireAccount, requireReauthentication] as const,
      responses: { 202: { description: "Under way", ...json(Export) }, ...problemResponses },
    }),
    (c) => request(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account/exports",
      summary: "Your exports and how far each has come",
      middleware: [costs("read"), requireAccount] as const,
      responses: { ...listed, ...problemResponses },
    }),
    (c) => list(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account/exports/{exportId}/archive",
      summary:
        "The archive: data.json with its JSON Schema, and the sound, of very many stems those after the one that `archives` names. Streamed, of known length",
      middleware: [costs("search"), requireAccount] as const,
      request: { params, query: From },
      responses: {
        200: {
          description: "A zip archive",
          content: { "application/zip": { schema: z.string().meta({ format: "binary" }) } },
        },
        ...problemResponses,
      },
    }),
    (c) => sendArchive(c, c.req.valid("param"), c.req.valid("query")),
  );
