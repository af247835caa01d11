import type { OpenAPIHono } from "@hono/zod-openapi";
import type { z } from "zod";
import { Problem } from "../../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { sha256Hex } from "../platform/hash.ts";
import { matchesNone } from "./preconditions.ts";
import type { AppContext, AppEnv } from "./router.ts";

/** What every route may answer besides its success. Spread into `responses`. */
export const problemResponses = {
  default: {
    description: "A problem document (RFC 9457)",
    content: { "application/problem+json": { schema: Problem } },
  },
} as const;

/** A JSON body, in a request or in an answer. A request must have one. */
export const json = <Schema extends z.ZodType>(schema: Schema) =>
  ({ required: true, content: { "application/json": { schema } } }) as const;

/** On every route behind `requireAccount`. */
export const bearer = [{ bearer: [] }];

/** `/openapi.json`: the API's description (OpenAPI 3.1), made once, from the very schemas that check the requests. */
export const openApi = (app: OpenAPIHono<AppEnv>) => {
  let made: Promise<{ text: string; etag: string }> | undefined;
  const make = async () => {
    const info = { title: "SessionLinked", version: String(PROTOCOL_VERSION) };
    const text = JSON.stringify(app.getOpenAPI31Document({ openapi: "3.1.0", info, servers: [{ url: "/" }] }));
    return { text, etag: `"${(await sha256Hex(text)).slice(0, 32)}"` };
  };
  return async (c: AppContext) => {
    made ??= make();
    const { text, etag } = await made;
    const headers = { ETag: etag, "Cache-Control": "public, max-age=3600" };
    if (matchesNone(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
    return c.body(text, 200, { ...headers, "Content-Type": "application/json" });
  };
};
