import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { z } from "zod";
import { Problem } from "../../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import type { AppEnv } from "./router.ts";

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

/** `/openapi.json`: the API's description (OpenAPI 3.1), made from the very schemas that check the requests. */
export const openApi = (app: OpenAPIHono<AppEnv>) => (c: Context<AppEnv>) =>
  c.json(
    app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { title: "SessionLinked", version: String(PROTOCOL_VERSION) },
      servers: [{ url: new URL(c.req.url).origin }],
    }),
  );
