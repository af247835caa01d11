import { createMiddleware } from "hono/factory";
import { problem } from "../http/problem.ts";
import type { AppEnv } from "../http/router.ts";
import { describeThrown, log } from "../platform/log.ts";
import { isUpToDate } from "./account-erasure.ts";

/** How long one look at the log of erasures holds. */
const LOOK_MS = 60_000;

/**
 * Fault X21: a database that was put back from before an erasure serves nobody until it has been told of it. One look a minute for each
 * isolate; a look that cannot be taken holds nobody up, for cron takes it as well.
 */
export function withErasuresReplayed() {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let upToDate = false;
  return createMiddleware<AppEnv>(async (c, next) => {
    if (/^\/(?:assets\/|status$|api\/v1\/health$)/.test(c.req.path)) return next();
    const nowMs = c.var.deps.now();
    if (!upToDate || Math.abs(nowMs - lookedAtMs) > LOOK_MS) {
      lookedAtMs = nowMs;
      upToDate = await isUpToDate(c.env, c.var.deps).catch((error: unknown) => {
        log({ event: "store-unavailable", call: "erasure-log", ...describeThrown(error) });
        return true;
      });
    }
    if (!upToDate) return problem(c, "unavailable");
    await next();
  });
}
