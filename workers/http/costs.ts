import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { JSON_BODY_MAX_BYTES } from "../../protocol/limits.ts";
import type { Env } from "../platform/env.ts";
import { handlersOf } from "./methods.ts";
import type { AppContext, AppEnv } from "./router.ts";

/**
 * What one request of a class costs us, and which of the platform's rate limits it is counted in (wrangler.toml has the numbers). They
 * stand before the database: a flood is refused without a row being read or written.
 */
const limitOf = {
  /** Nothing is asked but memory. */
  free: null,
  /** A page or an answer of a few rows. */
  read: "LIMIT_READS",
  /** Many rows, or a picture that is drawn. */
  search: "LIMIT_SEARCHES",
  /** Somebody signed in changes something. */
  write: "LIMIT_WRITES",
  /** A part of a take: some MiB, verified in memory. */
  part: "LIMIT_PARTS",
  /** Anybody makes a row or a mail, without being signed in. */
  "anonymous-write": "LIMIT_ANONYMOUS_WRITES",
} as const satisfies Record<string, keyof Env | null>;
export type Cost = keyof typeof limitOf;

export interface RouteCost {
  cost: Cost;
  /** The largest body; `null`: the route measures it while it streams. */
  bodyMaxBytes: number | null;
}

const costOfMark = new WeakMap<object, RouteCost>();

/**
 * The first in a route's row: what a request of it costs, and the largest body it takes where that is not what any JSON may be. `withCosts`
 * reads it before anything of the row runs, so a flood is refused ahead of every guard. A form is passed on to a route of the API, which
 * counts for itself.
 */
export function costs(cost: Cost, bodyMaxBytes: number | null = JSON_BODY_MAX_BYTES) {
  const mark = createMiddleware<AppEnv>((_, next) => next());
  costOfMark.set(mark, { cost, bodyMaxBytes });
  return mark;
}

/** What each route costs, as `POST /api/v1/sessions`: by its row's own word. */
export function costsOf(app: Hono<AppEnv>): ReadonlyMap<string, RouteCost> {
  return new Map(
    app.routes.flatMap(({ method, path, handler }) => {
      const cost = costOfMark.get(handler);
      return cost === undefined ? [] : [[`${method} ${path}`, cost] as const];
    }),
  );
}

/** The windows of all limits are this long. */
const WINDOW_S = 60;

/** A path without a route is looked up like a page; a route whose row says nothing counts as the dearest. */
const unsaid = (isRoute: boolean): RouteCost => ({
  cost: isRoute ? "anonymous-write" : "read",
  bodyMaxBytes: JSON_BODY_MAX_BYTES,
});

async function isRefused(env: Env, cost: Cost, networks: readonly [network: string, wide: string]): Promise<boolean> {
  const binding = limitOf[cost];
  if (binding === null) return false;
  const asked = [env[binding].limit({ key: networks[0] })];
  // A provider gives one customer many networks, so what anybody may write is counted by the wider one as well.
  if (cost === "anonymous-write") asked.push(env.LIMIT_ANONYMOUS_WRITES_WIDE.limit({ key: networks[1] }));
  // Should the limiter itself fail, nobody is kept out by it.
  const outcomes = await Promise.all(asked).catch(() => []);
  return outcomes.some(({ success }) => !success);
}

/** Bounds what a network may ask of each class, and each body, before anything else is done. */
export const withCosts = (networksOf: (c: AppContext) => [string, string]) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const handlers = handlersOf(c);
    const marked = handlers.map((handler) => costOfMark.get(handler)).find((found) => found !== undefined);
    const { cost, bodyMaxBytes } = marked ?? unsaid(handlers.length > 0);
    if (await isRefused(c.env, cost, networksOf(c))) {
      c.set("retryAfterSeconds", WINDOW_S);
      throw new HTTPException(429);
    }
    if (bodyMaxBytes === null || c.req.method === "GET" || c.req.method === "HEAD") return next();
    return bodyLimit({ maxSize: bodyMaxBytes, onError: tooLarge })(c, next);
  });

/** Thrown, so that a browser's form is answered by a page and a program by a problem document. */
const tooLarge = (): never => {
  throw new HTTPException(413);
};
