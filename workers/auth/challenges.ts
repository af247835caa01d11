import { and, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { challenges } from "../../migrations/schema.ts";
import { toBase64Url } from "../platform/base64.ts";
import type { Deps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";
import { keyOfToken, openUnder, sealUnder } from "../platform/personal-seal.ts";
import { firstRow, jsonColumn, readAll } from "../platform/rows.ts";

/** Challenges: what waits between the first half of something and its second. By kind, how long it waits. */
const lifetimeMs = {
  password: 2 * 60_000,
  passkey: 5 * 60_000,
  "new-passkey": 5 * 60_000,
  "second-factor": 5 * 60_000,
  companion: 60_000,
  /** Remembers which sign-in a code gave, for as long as a copy of the code may be tried. */
  "companion-used": 10 * 60_000,
  "sign-up": 24 * 3_600_000,
  reset: 3_600_000,
  email: 24 * 3_600_000,
  erasure: 24 * 3_600_000,
  /** Outlives every change but its own use: it is what the owner stops a thief with. */
  "take-back": 7 * 24 * 3_600_000,
} as const;
export type ChallengeKind = keyof typeof lifetimeMs;

/** Kinds whose data say who somebody is: sealed under the token, which only the person holds. */
const personal: readonly ChallengeKind[] = ["sign-up"];
/** The name of a key that is the token's. */
const TOKEN = "token";

/** Each kind's own module reads `data` by a schema of its own. */
const Waiting = z.object({ accountId: z.string().nullable(), data: jsonColumn(z.unknown()) });
type Waiting = z.infer<typeof Waiting>;
const Consumed = z.object({ accountId: z.string().nullable(), data: z.string(), expiresAtMs: z.int() });

/** 256 random bits for a person or a program to hold; base64url, 43 characters. Only its hash is ever stored. */
export function newSecret(deps: Deps): string {
  return toBase64Url(deps.random(32));
}

/** The statement that creates a challenge, and the token that will consume it. */
export async function createChallenge(
  db: D1Database,
  deps: Deps,
  kind: ChallengeKind,
  accountId: string | null,
  data: unknown,
  token = newSecret(deps),
): Promise<{ token: string; insert: D1PreparedStatement }> {
  const nowMs = deps.now();
  const json = JSON.stringify(data);
  const kept = personal.includes(kind)
    ? await sealUnder(await keyOfToken(token), TOKEN, "step", deps.random, json)
    : json;
  const insert = db
    .prepare(
      "INSERT INTO challenges (id_hash, kind, account_id, data, created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(await sha256Hex(token), kind, accountId, kept, nowMs, nowMs + lifetimeMs[kind]);
  return { token, insert };
}

/** What a challenge waits with; `null`: it was not sealed under this token, or nobody can read it. */
async function opened(kind: ChallengeKind, token: string, row: { accountId: string | null; data: string }) {
  const data = personal.includes(kind) ? await openUnder(await keyOfToken(token), "step", row.data) : row.data;
  const [waiting]: Waiting[] = data === null ? [] : readAll(Waiting, [{ ...row, data }]);
  return waiting ?? null;
}

/** Takes a challenge out in the statement that reads it: of two requests with one token, one finds it. `null`: unknown, used, expired. */
export async function consumeChallenge(
  db: D1Database,
  deps: Deps,
  kind: ChallengeKind,
  token: string,
): Promise<{ accountId: string | null; data: unknown } | null> {
  const row = await firstRow(
    Consumed,
    db
      .prepare(
        `DELETE FROM challenges WHERE id_hash = ?1 AND kind = ?2
       RETURNING account_id AS accountId, data, expires_at_ms AS expiresAtMs`,
      )
      .bind(await sha256Hex(token), kind),
  );
  if (row === null || row.expiresAtMs <= deps.now()) return null;
  return await opened(kind, token, row);
}

/** Reads a challenge without consuming it: for a page that asks before it does, and for a limit that is asked before a try counts. */
export async function readChallenge(
  db: D1Database,
  deps: Deps,
  kind: ChallengeKind,
  token: string,
): Promise<{ accountId: string | null; data: unknown } | null> {
  const { idHash, kind: itsKind, accountId, data, expiresAtMs } = challenges;
  const [waiting] = await drizzle(db)
    .select({ accountId, data })
    .from(challenges)
    .where(and(eq(idHash, await sha256Hex(token)), eq(itsKind, kind), gt(expiresAtMs, deps.now())))
    .limit(1);
  return waiting === undefined ? null : await opened(kind, token, waiting);
}

export const hasChallenge = async (...asked: Parameters<typeof readChallenge>): Promise<boolean> =>
  (await readChallenge(...asked)) !== null;

/**
 * Voids everything that waits for an account: links in mails, codes, half-done sign-ins, grants that no program has fetched yet. Part of
 * every batch that changes how its owner signs in (X28).
 */
export const voidChallenges = (db: D1Database, accountId: string): D1PreparedStatement[] => [
  db.prepare("DELETE FROM challenges WHERE account_id = ? AND kind <> 'take-back'").bind(accountId),
  db.prepare("DELETE FROM device_codes WHERE account_id = ?").bind(accountId),
];
