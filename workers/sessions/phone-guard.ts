import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { accounts, sessionMembers, sessions } from "../../migrations/schema.ts";
import { may } from "../../protocol/roles.ts";
import { isOwnOrigin } from "../auth/guard.ts";
import { type PhonePlace, phoneCookieOf, readPhone } from "../auth/phone-token.ts";
import { problem } from "../http/problem.ts";
import type { AppContext, AppEnv, Readable } from "../http/router.ts";
import type { Env } from "../platform/env.ts";
import { type Membership, membershipColumns } from "./guard.ts";

/** A phone that asks, and the member whose it is, as they stand now. */
export interface Phone extends PhonePlace {
  member: Membership;
  /** What the owner is called, as it is kept. */
  sealedOwner: Sealed;
}

export interface PhoneEnv extends AppEnv {
  Variables: AppEnv["Variables"] & { phone: Phone };
}
export type PhoneContext = Readable<PhoneEnv>;

/** The member behind a phone's place; `null`: they are none of this session any more, or may move nothing in it. */
export async function findPhone(env: Env, place: PhonePlace): Promise<Phone | null> {
  const { sessionId, memberId, accountId } = sessionMembers;
  const found = await drizzle(env.DB)
    .select({ ...membershipColumns, sealedOwner: accounts.displayName })
    .from(sessionMembers)
    .innerJoin(sessions, eq(sessions.id, sessionId))
    .innerJoin(accounts, eq(accounts.id, accountId))
    .where(and(eq(sessionId, place.sessionId), eq(memberId, place.owner)))
    .get();
  if (found === undefined || !may(found.role, "transport.command")) return null;
  const { sealedOwner, ...member } = found;
  return { ...place, member, sealedOwner };
}

/** The phone that asks, in the session that the path names. A change needs our own origin, as with any cookie. */
export async function phoneOf(c: AppContext): Promise<Phone | null> {
  const seat = phoneCookieOf(c);
  if (seat === undefined || seat === "") return null;
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  if (!reads && !isOwnOrigin(c)) return null;
  const place = await readPhone(c.env, "seat", seat, c.var.deps.now());
  if (place === null || place.sessionId !== c.req.param("sessionId")) return null;
  return await findPhone(c.env, place);
}

/** Lets a member's phone pass in this very session. To everybody else there is nothing here. */
export const requirePhone = createMiddleware<PhoneEnv>(async (c, next) => {
  const phone = await phoneOf(c);
  if (phone === null) return problem(c, "not-found");
  c.set("phone", phone);
  await next();
});
