import { z } from "zod";
import { editProfile, findOwn } from "../hub/store.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { firstValue } from "../platform/rows.ts";

/**
 * Promise G2, Article 18: the data of somebody who asks for it is stored and not otherwise used. From then on their profile is off
 * the Hub, their recordings are given to nobody else, and no news is written to them. What the restriction took off the Hub is published again by
 * the person alone.
 */
export async function restrict(env: Env, deps: Deps, accountId: string): Promise<void> {
  await env.DB.prepare("INSERT INTO restrictions (account_id, since_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING")
    .bind(accountId, deps.now())
    .run();
  if ((await findOwn(env.DB, accountId)) !== null) await editProfile(env.DB, deps, accountId, { published: false });
}

export async function liftRestriction(db: D1Database, accountId: string): Promise<void> {
  await db.prepare("DELETE FROM restrictions WHERE account_id = ?").bind(accountId).run();
}

/** Since when somebody's data is restricted; `null`: it is not. */
export const restrictedSince = (db: D1Database, accountId: string): Promise<number | null> =>
  firstValue(
    z.number(),
    db.prepare("SELECT since_at_ms AS sinceAtMs FROM restrictions WHERE account_id = ?").bind(accountId),
    "sinceAtMs",
  );

/** Promise H4, Article 21: nothing that this person does is counted any more. What was counted before names nobody, so it cannot be found again. */
export async function objectToCounting(env: Env, deps: Deps, accountId: string): Promise<void> {
  await env.DB.prepare("INSERT INTO counting_objections (account_id, since_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING")
    .bind(accountId, deps.now())
    .run();
}

export async function withdrawObjection(db: D1Database, accountId: string): Promise<void> {
  await db.prepare("DELETE FROM counting_objections WHERE account_id = ?").bind(accountId).run();
}

/** Since when somebody objects to being counted; `null`: they do not. */
export const uncountedSince = (db: D1Database, accountId: string): Promise<number | null> =>
  firstValue(
    z.number(),
    db.prepare("SELECT since_at_ms AS sinceAtMs FROM counting_objections WHERE account_id = ?").bind(accountId),
    "sinceAtMs",
  );
