import type { Hono } from "hono";
import type { AppEnv } from "./router.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** The methods that some route answers at this path: for the `Allow` header of a 405 (RFC 9110, 15.5.6). */
export function methodsAt(app: Hono<AppEnv>, path: string): string[] {
  return METHODS.filter((method) => {
    const [handlers] = app.router.match(method, path);
    return handlers.some(([[, route]]) => route.method === method);
  });
}

/** The handlers of the routes that will answer, guards and all, first to last; of `HEAD`, those of `GET`. */
export function handlersAt(app: Hono<AppEnv>, method: string, path: string): object[] {
  const asked = method === "HEAD" ? "GET" : method;
  const [handlers] = app.router.match(asked, path);
  return handlers.flatMap(([[handler, route]]) => (route.method === asked ? [handler] : []));
}
