import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Account } from "../auth/guard.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { fieldsOf, problem } from "./problem.ts";

/** What every handler finds on its context. `account` is there behind `requireAccount` only. */
export interface AppEnv {
  Bindings: Env;
  Variables: { requestId: string; deps: Deps; account: Account; retryAfterSeconds?: number };
}

export type AppContext = Context<AppEnv>;

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
