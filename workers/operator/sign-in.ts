import { Secret, TOTP } from "otpauth";
import { z } from "zod";
import { newId } from "../../protocol/ids.ts";
import { newSecret } from "../auth/challenges.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { firstRow } from "../platform/rows.ts";
import { openText, sealText } from "../platform/sealed-text.ts";

/**
 * An operator's way in, which is not that of people: a key of 256 random bits that is shown once, and a code by time (RFC 6238) from a
 * phone. Both are set up by whoever holds the deployment's key; without a code the key opens nothing. A sign-in is good for a working day, and
 * whoever has not signed in for three months is no operator any more.
 */
const SIGNED_IN_MS = 8 * 3_600_000;
const PERIOD_SECONDS = 30;
const WINDOW = 1;

const Operator = z.object({ id: z.string(), name: z.string() });
export type Operator = z.infer<typeof Operator>;
const Credentials = z.object({ id: z.string(), secret: z.string() });

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
  await env.DB.prepare("INSERT INTO operators (id, name, key_hash, secret, last_used_at_ms) VALUES (?, ?, ?, ?, ?)")
    .bind(id, name, await sha256Hex(key), await sealText(env, deps, "operators", id, secret), deps.now())
    .run();
  return { operatorId: id, key, uri: totp(secret, name).toString() };
}

/** A token for who shows both; `null` says nothing of which was wrong. */
export async function signInOperator(env: Env, deps: Deps, key: string, code: string): Promise<string | null> {
  const row = await firstRow(
    Credentials,
    env.DB.prepare("SELECT id, secret FROM operators WHERE key_hash = ?").bind(await sha256Hex(key)),
  );
  const secret = row === null ? null : await openText(env, "operators", row.id, row.secret);
  if (row === null || secret === null || !/^\d{6}$/.test(code)) return null;
  const nowMs = deps.now();
  const delta = totp(secret).validate({ token: code, timestamp: nowMs, window: WINDOW });
  if (delta === null) return null;
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
  return used?.meta.changes === 1 ? token : null;
}

export async function findOperator(env: Env, deps: Deps, token: string): Promise<Operator | null> {
  return await firstRow(
    Operator,
    env.DB.prepare(
      `SELECT o.id, o.name FROM operator_sign_ins s JOIN operators o ON o.id = s.operator_id
       WHERE s.token_hash = ? AND s.expires_at_ms > ?`,
    ).bind(await sha256Hex(token), deps.now()),
  );
}

export async function signOutOperator(env: Env, token: string): Promise<void> {
  await env.DB.prepare("DELETE FROM operator_sign_ins WHERE token_hash = ?")
    .bind(await sha256Hex(token))
    .run();
}
