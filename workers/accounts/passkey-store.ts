import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { passkeys } from "../../migrations/schema.ts";
import { newSecret } from "../auth/challenges.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sealFor } from "../platform/personal-keys.ts";
import { firstRow, jsonColumn } from "../platform/rows.ts";
import type { Passkey } from "./webauthn.ts";

export async function insertPasskey(env: Env, deps: Deps, accountId: string, passkey: Passkey & { label: string }) {
  const label = await sealFor(env, deps, accountId, "device", passkey.label);
  return env.DB.prepare(
    `INSERT INTO passkeys (id, account_id, public_key, counter, transports, label, created_at_ms)
       SELECT ?2, id, ?3, ?4, ?5, ?6, ?7 FROM accounts WHERE id = ?1 ON CONFLICT DO NOTHING`,
  ).bind(
    accountId,
    passkey.id,
    passkey.publicKey,
    passkey.counter,
    JSON.stringify(passkey.transports),
    label,
    deps.now(),
  );
}

const Transports = z.array(z.string());

export async function findPasskey(db: D1Database, id: string) {
  const passkey = await drizzle(db).select().from(passkeys).where(eq(passkeys.id, id)).get();
  if (passkey === undefined) return null;
  // What a key says of its ways is a hint; a key is not lost with it.
  const transports = jsonColumn(Transports).safeParse(passkey.transports).data ?? [];
  return { ...passkey, transports };
}

export async function passkeyIds(db: D1Database, accountId: string): Promise<string[]> {
  const rows = await drizzle(db)
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(eq(passkeys.accountId, accountId))
    .orderBy(asc(passkeys.createdAtMs));
  return rows.map(({ id }) => id);
}

const UserId = z.object({ id: z.string() });

/** The account's user handle for authenticators; drawn with its first passkey, and the same from then on. */
export async function webauthnUserId(db: D1Database, deps: Deps, accountId: string): Promise<string> {
  const row = await firstRow(
    UserId,
    db
      .prepare(
        "UPDATE accounts SET webauthn_user_id = ifnull(webauthn_user_id, ?2) WHERE id = ?1 RETURNING webauthn_user_id AS id",
      )
      .bind(accountId, newSecret(deps)),
  );
  return row?.id ?? newSecret(deps);
}

export async function renamePasskey(
  env: Env,
  deps: Deps,
  accountId: string,
  passkeyId: string,
  label: string,
): Promise<boolean> {
  const device = await sealFor(env, deps, accountId, "device", label);
  const { meta } = await env.DB.prepare("UPDATE passkeys SET label = ?3 WHERE id = ?1 AND account_id = ?2")
    .bind(passkeyId, accountId, device)
    .run();
  return meta.changes > 0;
}

/** The rule is part of the statement: two removals at once cannot take the last two things that an account is signed in with. */
export async function removePasskey(db: D1Database, accountId: string, passkeyId: string): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `DELETE FROM passkeys WHERE id = ?1 AND account_id = ?2
         AND (EXISTS (SELECT 1 FROM passwords WHERE account_id = ?2)
           OR (SELECT COUNT(*) FROM passkeys WHERE account_id = ?2) > 1)`,
    )
    .bind(passkeyId, accountId)
    .run();
  return meta.changes > 0;
}

/** Notes a use: its counter only grows, so a copy of an authenticator shows. */
export async function notePasskey(db: D1Database, passkeyId: string, counter: number, nowMs: number): Promise<void> {
  await db
    .prepare("UPDATE passkeys SET counter = ?2, last_used_at_ms = ?3 WHERE id = ?1")
    .bind(passkeyId, counter, nowMs)
    .run();
}
