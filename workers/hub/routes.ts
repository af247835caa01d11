import { createRoute, z } from "@hono/zod-openapi";
import { HubPage, HubQuery, PublicProfile } from "../../protocol/hub.ts";
import { ProfileId } from "../../protocol/ids.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { readCursor } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { publicProfile } from "./profile-row.ts";
import { playSample } from "./sample.ts";
import { isHubCursor, searchHub } from "./search.ts";
import { findPublished } from "./store.ts";

const tags = ["hub"];
const params = z.object({ profileId: ProfileId });

async function search(c: AppContext, query: z.output<typeof HubQuery>) {
  const cursor = readCursor(query.cursor);
  if (cursor === null || !isHubCursor(cursor))
    return problem(c, "validation-failed", undefined, { cursor: ["This is not a cursor."] });
  if ((query.rateMin !== undefined || query.rateMax !== undefined) && query.currency === undefined)
    return problem(c, "validation-failed", undefined, { currency: ["A rate needs its currency."] });
  c.header("Cache-Control", "no-store");
  const { page, rowsRead } = await searchHub(c.env, c.var.deps, query, cursor);
  // What a search costs is measured where it runs (bench/people/hub.ts).
  c.header("Server-Timing", `rows;desc="D1 rows read";dur=${rowsRead}`);
  return c.json(page, 200);
}

async function readProfile(c: AppContext, path: z.output<typeof params>) {
  const row = await findPublished(c.env, c.var.deps, path.profileId);
  if (row === null) return problem(c, "not-found");
  c.header("Cache-Control", "no-store");
  return c.json(publicProfile(row), 200);
}

async function play(c: AppContext, path: z.output<typeof params>) {
  return playSample(c, await findPublished(c.env, c.var.deps, path.profileId));
}

/** The Hub, for everybody. Nothing here is kept by a cache: a profile that is made private is gone with the next request (A4). */
export const hub = newRouter()
  .openapi(
    createRoute({
      method: "get",
      path: "/api/v1/hub/profiles",
      tags,
      middleware: [costs("search")] as const,
      summary: "Search published profiles: nearest fit first, then newest",
      request: { query: HubQuery },
      responses: { 200: { description: "A page", ...json(HubPage) }, ...problemResponses },
    }),
    (c) => search(c, c.req.valid("query")),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/api/v1/hub/profiles/{profileId}",
      tags,
      middleware: [costs("read")] as const,
      summary: "A published profile",
      request: { params },
      responses: { 200: { description: "The profile", ...json(PublicProfile) }, ...problemResponses },
    }),
    (c) => readProfile(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/hub/{profileId}/sample",
      tags,
      middleware: [costs("read")] as const,
      summary: "The sound on a published profile; one Range at a time (RFC 9110)",
      request: { params },
      responses: {
        200: { description: "The sound", content: { "audio/*": { schema: z.string().meta({ format: "binary" }) } } },
        206: { description: "A range of it" },
        304: { description: "Not changed" },
        ...problemResponses,
      },
    }),
    (c) => play(c, c.req.valid("param")),
  );
