import { Secret, TOTP } from "otpauth";
import { randomBase32 } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";

const PERIOD_SECONDS = 30;
/** Steps before and after the present one that count: a phone's clock may be off by half a minute. */
const WINDOW = 1;
export const RECOVERY_CODES = 10;

const totp = (secret: string, label = "") =>
  new TOTP({ issuer: "SessionLinked", label, secret: Secret.fromBase32(secret), digits: 6, period: PERIOD_SECONDS });

/** A new secret (160 bits, RFC 4226's recommendation) and the address that a phone reads from a picture. */
export function newTotp(deps: Deps, email: string): { secret: string; uri: string } {
  const secret = new Secret({ buffer: deps.random(20).slice().buffer }).base32;
  return { secret, uri: totp(secret, email).toString() };
}

/** Checks a code and uses its time step up, in one statement: the same code does not count twice (RFC 6238 section 5.2). */
export async function spendTotp(
  db: D1Database,
  deps: Deps,
  accountId: string,
  code: string,
  confirmed: boolean,
): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT secret FROM second_factors WHERE account_id = ? AND confirmed_at_ms IS ${confirmed ? "NOT NULL" : "NULL"}`,
    )
    .bind(accountId)
    .first<{ secret: string }>();
  if (row === null) return false;
  const nowMs = deps.now();
  const delta = totp(row.secret).validate({ token: code, timestamp: nowMs, window: WINDOW });
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

const normal = (code: string) => code.toLowerCase().replaceAll(/[^0-9a-z]/g, "");

/** New recovery codes; the old ones are void from this batch on. Each has 80 random bits, so a plain hash keeps it. */
export async function newRecoveryCodes(db: D1Database, deps: Deps, accountId: string) {
  const codes = Array.from({ length: RECOVERY_CODES }, () => randomBase32(16, deps.random));
  const hashes = await Promise.all(codes.map((code) => sha256Hex(code)));
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

export async function spendRecoveryCode(db: D1Database, accountId: string, code: string): Promise<boolean> {
  const { meta } = await db
    .prepare("DELETE FROM recovery_codes WHERE account_id = ?1 AND code_hash = ?2")
    .bind(accountId, await sha256Hex(normal(code)))
    .run();
  return meta.changes === 1;
}
