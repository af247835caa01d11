import type { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { randomBase32 } from "../../protocol/ids.ts";
import { withRetries } from "../platform/database.ts";
import type { Deps } from "../platform/deps.ts";
import { keepLog } from "../platform/log-store.ts";
import type { AppContext, AppEnv } from "./router.ts";

/**
 * Gives each request its id, which every answer carries as `X-Request-Id`, the clock and chance it runs on, a way to ask
 * this Worker itself, and a database that asks again.
 */
export const withRequest = (deps: Deps, app: Hono<AppEnv>) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set("deps", {
      ...deps,
      noteWait: (waitMs) => c.set("retryAfterSeconds", Math.ceil(waitMs / 1000)),
      noteObjection: () => c.set("isUncounted", true),
    });
    c.set("requestId", `req_${randomBase32(20, deps.random)}`);
    c.env = { ...c.env, DB: withRetries(c.env.DB, deps) };
    c.set("self", (request) => app.fetch(request, c.env, contextOf(c)));
    await next();
    // A WebSocket upgrade is answered by the room and its headers are fixed; a form's answer has the id of the request that it made.
    if (c.res.status !== 101 && !c.res.headers.has("X-Request-Id")) c.header("X-Request-Id", c.get("requestId"));
    const kept = keepLog(c.env, deps);
    const context = contextOf(c);
    if (context === undefined) await kept;
    else context.waitUntil(kept);
  });

function contextOf(c: AppContext): ExecutionContext | undefined {
  try {
    return c.executionCtx as ExecutionContext;
  } catch {
    // A test may call the app without a platform round it.
    return undefined;
  }
}

/** A slash or backslash in disguise would be another path to whoever decodes it later. */
const DISGUISED = /%(?:2f|5c)/i;
const CONTROL = /\p{Cc}/u;

/** Whether a path means one thing to everybody: no escaped slash, no control character, nothing that is not UTF-8. */
export function isPlainPath(path: string): boolean {
  if (DISGUISED.test(path)) return false;
  try {
    return !CONTROL.test(decodeURIComponent(path));
  } catch {
    return false;
  }
}

/** Refuses an address that no link of ours has, before any id of it is looked for. */
export const checkPath = createMiddleware<AppEnv>(async (c, next) => {
  if (!isPlainPath(new URL(c.req.url).pathname)) throw new HTTPException(404);
  await next();
});

/** What the API answers is for who asked, and for nobody's cache, unless a route says otherwise (RFC 9111, 5.2.2.5). */
export const withNoStore = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const isApi = c.req.path.startsWith("/api/");
  if (isApi && c.res.status !== 101 && !c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
});
