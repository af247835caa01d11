import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Secret, TOTP } from "otpauth";
import { secondFactors } from "../../migrations/schema.ts";
import { randomBase32 } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";
import { mac } from "../platform/keys.ts";
import { openText } from "../platform/sealed-text.ts";

/** Codes by time (RFC 6238) and recovery codes: made, and used up. */
const PERIOD_SECONDS = 30;
/** Steps before and after the present one that count: a phone's clock may be off by half a minute. */
const WINDOW = 1;
const RECOVERY_CODES = 10;

const totp = (secret: string, label = "") =>
  new TOTP({ issuer: "SessionLinked", label, secret: Secret.fromBase32(secret), digits: 6, period: PERIOD_SECONDS });

/** A new secret (160 bits, RFC 4226's recommendation) and the address that a phone reads from a picture. */
export function newTotp(deps: Deps, email: string): { secret: string; uri: string } {
  const secret = new Secret({ buffer: deps.random(20).slice().buffer }).base32;
  return { secret, uri: totp(secret, email).toString() };
}

/** Keeps a sealed secret that is still to be confirmed. `false`: there is a confirmed one. */
export async function keepTotp(db: D1Database, accountId: string, sealed: string): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO second_factors (account_id, secret) VALUES (?1, ?2)
       ON CONFLICT (account_id) DO UPDATE SET secret = ?2, last_step = 0 WHERE confirmed_at_ms IS NULL`,
    )
    .bind(accountId, sealed)
    .run();
  return meta.changes > 0;
}

/** The statements that remove a second factor and what stands in for it. */
export const removeSecondFactor = (db: D1Database, accountId: string): D1PreparedStatement[] => [
  db.prepare("DELETE FROM second_factors WHERE account_id = ?").bind(accountId),
  db.prepare("DELETE FROM recovery_codes WHERE account_id = ?").bind(accountId),
];

/** Checks a code and uses its time step up, in one statement: the same code does not count twice (RFC 6238 section 5.2). */
export async function spendTotp(
  env: Env,
  deps: Deps,
  accountId: string,
  code: string,
  confirmed: boolean,
): Promise<boolean> {
  const db = env.DB;
  const isMeant = (confirmed ? isNotNull : isNull)(secondFactors.confirmedAtMs);
  const factor = await drizzle(db)
    .select({ sealed: secondFactors.secret })
    .from(secondFactors)
    .where(and(eq(secondFactors.accountId, accountId), isMeant))
    .get();
  const secret = factor === undefined ? null : await openText(env, "second-factors", accountId, factor.sealed);
  if (secret === null) return false;
  const nowMs = deps.now();
  const delta = totp(secret).validate({ token: code, timestamp: nowMs, window: WINDOW });
  if (delta === null) return false;
  const step = Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta;
  const { meta } = await db
    .prepare(
      "UPDATE second_factors SET last_step = ?2, confirmed_at_ms = ifnull(confirmed_at_ms, ?3) WHERE account_id = ?1 AND last_step < ?2",
    )
    .bind(accountId, step, nowMs)
    .run();
  return meta.changes === 1;
}

/** As it was shown, however it was typed: in capitals, with other dashes or none. */
const normal = (code: string) => code.toLowerCase().replaceAll(/[^0-9a-z]/g, "");

const hashOf = async (env: Env, accountId: string, code: string) =>
  toHex(await mac(env, "recovery-codes", `${accountId} ${code}`));

/** New recovery codes; the old ones are void from this batch on. */
export async function newRecoveryCodes(env: Env, deps: Deps, accountId: string) {
  const db = env.DB;
  const codes = Array.from({ length: RECOVERY_CODES }, () => randomBase32(16, deps.random));
  const hashes = await Promise.all(codes.map((code) => hashOf(env, accountId, code)));
  const statements = [
    db.prepare("DELETE FROM recovery_codes WHERE account_id = ?").bind(accountId),
    ...hashes.map((hash) =>
      db
        .prepare("INSERT INTO recovery_codes (account_id, code_hash, created_at_ms) VALUES (?, ?, ?)")
        .bind(accountId, hash, deps.now()),
    ),
  ];
  return { codes: codes.map((code) => (code.match(/.{4}/g) ?? []).join("-")), statements };
}

export async function spendRecoveryCode(env: Env, accountId: string, code: string): Promise<boolean> {
  const { meta } = await env.DB.prepare("DELETE FROM recovery_codes WHERE account_id = ?1 AND code_hash = ?2")
    .bind(accountId, await hashOf(env, accountId, normal(code)))
    .run();
  return meta.changes === 1;
}
