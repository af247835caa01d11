import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { countingObjections, mailPreferences, restrictions } from "../../migrations/schema.ts";
import { countingWording } from "../../site/i18n/consent.ts";
import { unpublish } from "../hub/store.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";

/**
 * Promise G2, Article 18: the data of somebody who asks for it is stored and not otherwise used. From then on their profile is off
 * the Hub, their recordings are given to nobody else, and no news is written to them. What the restriction took off the Hub is published again by
 * the person alone.
 */
export async function restrict(env: Env, deps: Deps, accountId: string): Promise<void> {
  await drizzle(env.DB).insert(restrictions).values({ accountId, sinceAtMs: deps.now() }).onConflictDoNothing();
  await unpublish(env, deps, accountId);
}

export async function liftRestriction(db: D1Database, accountId: string): Promise<void> {
  await drizzle(db).delete(restrictions).where(eq(restrictions.accountId, accountId));
}

/** Since when somebody's data is restricted; `null`: it is not. */
export async function restrictedSince(db: D1Database, accountId: string): Promise<number | null> {
  const row = await drizzle(db).select().from(restrictions).where(eq(restrictions.accountId, accountId)).get();
  return row?.sinceAtMs ?? null;
}

/** Promise H4, Article 21: nothing that this person does is counted any more. What was counted before names nobody, so it cannot be found again. */
export async function objectToCounting(env: Env, deps: Deps, accountId: string): Promise<void> {
  const { language } = (await drizzle(env.DB)
    .select()
    .from(mailPreferences)
    .where(eq(mailPreferences.accountId, accountId))
    .get()) ?? { language: "en" as const };
  await drizzle(env.DB)
    .insert(countingObjections)
    .values({ accountId, sinceAtMs: deps.now(), wording: countingWording[language] })
    .onConflictDoNothing();
}

export async function withdrawObjection(db: D1Database, accountId: string): Promise<void> {
  await drizzle(db).delete(countingObjections).where(eq(countingObjections.accountId, accountId));
}

/** Since when somebody objects to being counted; `null`: they do not. */
export async function uncountedSince(db: D1Database, accountId: string): Promise<number | null> {
  const { accountId: who } = countingObjections;
  return (await drizzle(db).select().from(countingObjections).where(eq(who, accountId)).get())?.sinceAtMs ?? null;
}
