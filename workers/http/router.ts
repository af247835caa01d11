import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { fieldsOf, problem } from "./problem.ts";

/** What every handler finds on its context; a guard in front of it adds what it has found out. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    deps: Deps;
    retryAfterSeconds?: number;
    /** Whoever asks has objected to being counted (usage.ts). */
    isUncounted?: boolean;
    /** This very Worker: a form of a page asks the API through it. */
    self: (request: Request) => Response | Promise<Response>;
  };
}

/**
 * What a function that helps a handler may use of the request: all but setting variables. So it can be called behind every guard: a context
 * that knows more fits where less is asked for.
 */
export type AppContext = Readable<AppEnv>;
export type Readable<E extends AppEnv> = Pick<
  Context<E>,
  | "req"
  | "env"
  | "var"
  | "get"
  | "header"
  | "body"
  | "json"
  | "text"
  | "html"
  | "redirect"
  | "notFound"
  | "executionCtx"
  | "finalized"
  | "res"
>;

/**
 * A router for one noun. What does not fit its schema is answered here: a malformed id in the path is simply not there; a
 * malformed query, header or body names its fields.
 */
export function newRouter<E extends AppEnv = AppEnv>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    strict: true,
    defaultHook: (result, c) => {
      if (result.success) return;
      if (result.target === "param") return problem(c, "not-found");
      return problem(c, "validation-failed", undefined, fieldsOf(result.error.issues));
    },
  });
}
