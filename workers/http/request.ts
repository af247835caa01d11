import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { randomBase32 } from "../../protocol/ids.ts";
import { COMPLETE_BODY_MAX_BYTES, JSON_BODY_MAX_BYTES, SAMPLE_MAX_BYTES } from "../../protocol/limits.ts";
import type { Deps } from "../platform/deps.ts";
import type { AppEnv } from "./router.ts";

/** Gives each request its id, which every answer carries as `X-Request-Id`, and the clock and chance it runs on. */
export const withRequest = (deps: Deps) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set("deps", { ...deps, noteWait: (waitMs) => c.set("retryAfterSeconds", Math.ceil(waitMs / 1000)) });
    c.set("requestId", `req_${randomBase32(20, deps.random)}`);
    await next();
    // A WebSocket upgrade is answered by the room and its headers are fixed; a form's answer has the id of the request that it made.
    if (c.res.status !== 101 && !c.res.headers.has("X-Request-Id")) c.header("X-Request-Id", c.get("requestId"));
  });

/** Thrown, so that a browser's form is answered by a page and a program by a problem document. */
const onError = (): never => {
  throw new HTTPException(413);
};
const jsonLimit = bodyLimit({ maxSize: JSON_BODY_MAX_BYTES, onError });
const completeLimit = bodyLimit({ maxSize: COMPLETE_BODY_MAX_BYTES, onError });

/** A form that carries the file has its own lines round it. */
const sampleLimit = bodyLimit({ maxSize: SAMPLE_MAX_BYTES + 16 * 1024, onError });

/** Bounds every body before it is read. A recording's part is the exception: its own route measures it while it streams. */
export const checkBodySize = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") return next();
  if (/^\/api\/v1\/recordings\/[^/]+\/parts\/[^/]+$/.test(c.req.path)) return next();
  if (c.req.path.endsWith("/profile/sample")) return sampleLimit(c, next);
  return (c.req.path.endsWith("/complete") ? completeLimit : jsonLimit)(c, next);
});
