import { and, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Secret, TOTP } from "otpauth";
import { operatorSignIns, operators } from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { newSecret } from "../auth/challenges.ts";
import { consume, giveBack } from "../auth/rate-limits.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { openText, sealText } from "../platform/sealed-text.ts";

/**
 * An operator's way in, which is not that of people: a key of 256 random bits that is shown once, and a code by time (RFC 6238) from a
 * phone. Both are set up by whoever holds the deployment's key; without a code the key opens nothing. A sign-in is good for a working day, and
 * whoever has not signed in for three months is no operator any more.
 */
const SIGNED_IN_MS = 8 * 3_600_000;
const PERIOD_SECONDS = 30;
const WINDOW = 1;

export interface Operator {
  id: string;
  name: string;
}

const totp = (secret: string, label = "") =>
  new TOTP({
    issuer: "SessionLinked operators",
    label,
    secret: Secret.fromBase32(secret),
    digits: 6,
    period: PERIOD_SECONDS,
  });

/** The key and the second factor's address, for the operator alone and once. */
export async function newOperator(env: Env, deps: Deps, name: string) {
  const id = newId("opr", deps.random);
  const key = newSecret(deps);
  const secret = new Secret({ buffer: deps.random(20).slice().buffer }).base32;
  const sealed = await sealText(env, deps, "operators", id, secret);
  const keyHash = await sha256Hex(key);
  await drizzle(env.DB).insert(operators).values({ id, name, keyHash, secret: sealed, lastUsedAtMs: deps.now() });
  return { operatorId: id, key, uri: totp(secret, name).toString() };
}

/** A token for who shows both; `wrong` says nothing of which it was. A code is guessed no faster than a person's (X27). */
export async function signInOperator(
  env: Env,
  deps: Deps,
  key: string,
  code: string,
): Promise<Result<string, "wrong" | "rate-limited">> {
  const row = await drizzle(env.DB)
    .select()
    .from(operators)
    .where(eq(operators.keyHash, await sha256Hex(key)))
    .get();
  const secret = row === undefined ? null : await openText(env, "operators", row.id, row.secret);
  if (row === undefined || secret === null || !/^\d{6}$/.test(code)) return refused("wrong");
  const limit = await consume(env, deps, ["operator-code", row.id]);
  if (!limit.ok) return refused("rate-limited");
  const nowMs = deps.now();
  const delta = totp(secret).validate({ token: code, timestamp: nowMs, window: WINDOW });
  if (delta === null) return refused("wrong");
  const token = newSecret(deps);
  const step = Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta;
  const [used] = await env.DB.batch([
    env.DB.prepare("UPDATE operators SET last_step = ?2, last_used_at_ms = ?3 WHERE id = ?1 AND last_step < ?2").bind(
      row.id,
      step,
      nowMs,
    ),
    env.DB.prepare(
      "INSERT INTO operator_sign_ins (token_hash, operator_id, expires_at_ms) SELECT ?1, ?2, ?3 WHERE changes() = 1",
    ).bind(await sha256Hex(token), row.id, nowMs + SIGNED_IN_MS),
  ]);
  if (used?.meta.changes !== 1) return refused("wrong");
  await giveBack(env.DB, limit.value);
  return ok(token);
}

export async function findOperator(env: Env, deps: Deps, token: string): Promise<Operator | null> {
  const { tokenHash, operatorId, expiresAtMs } = operatorSignIns;
  const operator = await drizzle(env.DB)
    .select({ id: operators.id, name: operators.name })
    .from(operatorSignIns)
    .innerJoin(operators, eq(operators.id, operatorId))
    .where(and(eq(tokenHash, await sha256Hex(token)), gt(expiresAtMs, deps.now())))
    .get();
  return operator ?? null;
}

export async function signOutOperator(env: Env, token: string): Promise<void> {
  await drizzle(env.DB)
    .delete(operatorSignIns)
    .where(eq(operatorSignIns.tokenHash, await sha256Hex(token)));
}
