import { createMiddleware } from "hono/factory";
import { isOwnOrigin } from "../auth/guard.ts";
import { guestCookieOf } from "../auth/guest-token.ts";
import { problem } from "../http/problem.ts";
import type { AppContext, AppEnv, Readable } from "../http/router.ts";
import { findGuest, type Guest } from "./guest-store.ts";

export interface GuestEnv extends AppEnv {
  Variables: AppEnv["Variables"] & { guest: Guest };
}
export type GuestContext = Readable<GuestEnv>;

/** The guest that asks, in the session that the path names. A change needs our own origin, as with any cookie. */
export async function guestOf(c: AppContext): Promise<Guest | null> {
  const token = guestCookieOf(c);
  if (token === undefined || token === "") return null;
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  if (!reads && !isOwnOrigin(c)) return null;
  return await findGuest(c.env, c.var.deps, c.req.param("sessionId") ?? "", token);
}

/** Lets a guest of this very session pass. To everybody else, whatever they are signed in as, there is nothing here. */
export const requireGuest = createMiddleware<GuestEnv>(async (c, next) => {
  const guest = await guestOf(c);
  if (guest === null) return problem(c, "not-found");
  c.set("guest", guest);
  await next();
});
