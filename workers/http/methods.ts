import type { Context, Hono } from "hono";
import { matchedRoutes } from "hono/route";
import type { AppEnv } from "./router.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** The methods that some route answers at this path: for the `Allow` header of a 405 (RFC 9110, 15.5.6). */
export function methodsAt(app: Hono<AppEnv>, path: string): string[] {
  return METHODS.filter((method) => {
    const [handlers] = app.router.match(method, path);
    return handlers.some(([[, route]]) => route.method === method);
  });
}

/**
 * The handlers of the routes that will answer a request, guards and all, first to last; of `HEAD`, those of `GET`. Read from the match that
 * brought the request here: matching once more would cost as much as all the rest of a short answer.
 */
export function handlersOf(c: Context<AppEnv>): object[] {
  const asked = c.req.method === "HEAD" ? "GET" : c.req.method;
  return matchedRoutes(c).flatMap(({ handler, method }) => (method === asked ? [handler] : []));
}
