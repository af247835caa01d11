import { and, eq, isNotNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { accounts, passwords, secondFactors } from "../../migrations/schema.ts";
import { AccountDetail, type Language, type PatchAccount, type Person } from "../../protocol/accounts.ts";
import { newId } from "../../protocol/ids.ts";
import { SIGN_IN_HISTORY_MAX } from "../../protocol/limits.ts";
import { rename } from "../hub/store.ts";
import { withdrawNews } from "../mail/unsubscribe.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import {
  addressIndex,
  eraseKey,
  type Open,
  openEach,
  openName,
  openSealed,
  sealFor,
} from "../platform/personal-keys.ts";
import { rowsOf, SqlBoolean, StoredSealed } from "../platform/rows.ts";
import type { PasswordRecord } from "./opaque.ts";
import { insertPasskey } from "./passkey-store.ts";
import type { Passkey } from "./webauthn.ts";

/** What a sign-up waits with until its address is confirmed. Nothing of it is an account, and nothing in it signs anybody in. */
export interface PendingAccount {
  person: Person;
  newsWording: string | null;
}
/** What the confirming browser sets. */
type FirstCredential = { password: PasswordRecord } | { passkey: Passkey & { label: string }; webauthnUserId: string };

export interface Credentials {
  accountId: string;
  password: PasswordRecord | null;
}

/** The account of an address and its password's record, in one read; the same read for an address that has none. */
export async function findCredentials(env: Env, email: string): Promise<Credentials | null> {
  const { userIdentifier, record, setupVersion } = passwords;
  const found = await drizzle(env.DB)
    .select({ accountId: accounts.id, password: { userIdentifier, record, setupVersion } })
    .from(accounts)
    .leftJoin(passwords, eq(passwords.accountId, accounts.id))
    .where(eq(accounts.emailIndex, await addressIndex(env, email)))
    .get();
  return found ?? null;
}

export function insertPassword(db: D1Database, accountId: string, password: PasswordRecord, nowMs: number) {
  return db
    .prepare(
      `INSERT INTO passwords (account_id, user_identifier, record, setup_version, changed_at_ms)
       SELECT id, ?2, ?3, ?4, ?5 FROM accounts WHERE id = ?1
       ON CONFLICT (account_id) DO UPDATE SET user_identifier = ?2, record = ?3, setup_version = ?4, changed_at_ms = ?5`,
    )
    .bind(accountId, password.userIdentifier, password.record, password.setupVersion, nowMs);
}

/**
 * Makes the account of a confirmed sign-up. The address decides: of two sign-ups for it the first to be confirmed has it, and `null`
 * tells the other. Who was on the waiting list moves over (B3): their row goes.
 */
export async function createAccount(
  env: Env,
  deps: Deps,
  pending: PendingAccount,
  first: FirstCredential,
): Promise<string | null> {
  const db = env.DB;
  const accountId = newId("acc", deps.random);
  const nowMs = deps.now();
  const { email, displayName, language, wantsNews } = pending.person;
  const emailIndex = await addressIndex(env, email);
  const sealed = await sealFor(env, deps, accountId, "address", email);
  const sealedName = await sealFor(env, deps, accountId, "name", displayName);
  const webauthnUserId = "passkey" in first ? first.webauthnUserId : null;
  const results = await db.batch([
    db
      .prepare(
        `INSERT INTO accounts (id, email, email_index, display_name, tier, webauthn_user_id, created_at_ms)
         VALUES (?, ?, ?, ?, 'free', ?, ?) ON CONFLICT DO NOTHING`,
      )
      .bind(accountId, sealed, emailIndex, sealedName, webauthnUserId, nowMs),
    db
      .prepare(
        `INSERT INTO mail_preferences (account_id, language, news_consent_at_ms, news_consent_wording)
         SELECT id, ?2, ?3, ?4 FROM accounts WHERE id = ?1`,
      )
      .bind(accountId, language, wantsNews ? nowMs : null, wantsNews ? pending.newsWording : null),
    "password" in first
      ? insertPassword(db, accountId, first.password, nowMs)
      : await insertPasskey(env, deps, accountId, first.passkey),
    offWaitlist(db, accountId, emailIndex),
  ]);
  const isCreated = results[0]?.meta.changes === 1;
  if (isCreated) await eraseWaitlistKey(env, deps, results.at(-1));
  else await eraseKey(env, deps, accountId);
  return isCreated ? accountId : null;
}

/** The statement that takes who has an account now off the waiting list, for the batch that gives them its address. */
export const offWaitlist = (db: D1Database, accountId: string, emailIndex: string): D1PreparedStatement =>
  db
    .prepare(
      "DELETE FROM waitlist WHERE email_index = ?2 AND EXISTS (SELECT 1 FROM accounts WHERE id = ?1) RETURNING id",
    )
    .bind(accountId, emailIndex);

/** Ends the key of the row that `offWaitlist` took away, if there was one. */
export async function eraseWaitlistKey(env: Env, deps: Deps, taken: D1Result | undefined): Promise<void> {
  for (const { id } of rowsOf(z.object({ id: z.string() }), taken)) await eraseKey(env, deps, id);
}

/**
 * Corrects what the owner may correct. Consent to news is stored with its time and words; withdrawn, the proof of it stays without
 * the person (B2, B4). A published profile is found under the new name at once.
 */
export async function patchAccount(
  env: Env,
  deps: Deps,
  accountId: string,
  change: PatchAccount,
  newsWording: Record<Language, string>,
): Promise<void> {
  const db = env.DB;
  const nowMs = deps.now();
  const statements = [
    db
      .prepare(
        "INSERT INTO mail_preferences (account_id, language) VALUES (?1, ifnull(?2, 'en')) ON CONFLICT DO UPDATE SET language = ifnull(?2, language)",
      )
      .bind(accountId, change.language ?? null),
  ];
  if (change.displayName !== undefined) await rename(env, deps, accountId, change.displayName);
  if (change.wantsNews === true)
    statements.push(
      db
        .prepare(
          `UPDATE mail_preferences SET news_consent_at_ms = ?2, news_consent_wording = CASE language WHEN 'de' THEN ?4 ELSE ?3 END
           WHERE account_id = ?1 AND news_consent_at_ms IS NULL`,
        )
        .bind(accountId, nowMs, newsWording.en, newsWording.de),
    );
  if (change.wantsNews === false) statements.push(...withdrawNews(db, deps, accountId));
  await db.batch(statements);
}

export async function hasSecondFactor(db: D1Database, accountId: string): Promise<boolean> {
  const { accountId: owner, confirmedAtMs } = secondFactors;
  return (await drizzle(db).$count(secondFactors, and(eq(owner, accountId), isNotNull(confirmedAtMs)))) > 0;
}

const { passkeys: Passkeys, signIns: SignIns, signInHistory: History } = AccountDetail.shape;
const SignInRow = SignIns.element.omit({ isThis: true });
const OwnAccount = AccountDetail.omit({
  email: true,
  displayName: true,
  wantsNews: true,
  passkeys: true,
  signIns: true,
  signInHistory: true,
}).extend({
  sealedEmail: StoredSealed,
  sealedName: StoredSealed,
  newsConsentAtMs: z.int().nullable(),
  hasPassword: SqlBoolean,
  hasSecondFactor: SqlBoolean,
});

/** A device by what it is called. */
const named = async <Row extends { label: string }>(row: Row, open: Open): Promise<Row> => ({
  ...row,
  label: await open("device", row.label),
});

/** Everything that the owner sees of their own account. */
export async function accountDetail(
  env: Env,
  deps: Deps,
  accountId: string,
  signInId: string,
): Promise<AccountDetail | null> {
  const db = env.DB;
  const [account, passkeys, signIns, history] = await db.batch([
    db
      .prepare(
        `SELECT a.id AS accountId, a.email AS sealedEmail, a.display_name AS sealedName, a.tier, a.created_at_ms AS createdAtMs,
           ifnull(m.language, 'en') AS language, m.news_consent_at_ms AS newsConsentAtMs,
           EXISTS (SELECT 1 FROM passwords WHERE account_id = a.id) AS hasPassword,
           EXISTS (SELECT 1 FROM second_factors WHERE account_id = a.id AND confirmed_at_ms IS NOT NULL) AS hasSecondFactor,
           (SELECT COUNT(*) FROM recovery_codes WHERE account_id = a.id) AS recoveryCodesLeft
         FROM accounts a LEFT JOIN mail_preferences m ON m.account_id = a.id WHERE a.id = ?`,
      )
      .bind(accountId),
    db
      .prepare(
        `SELECT id, label, created_at_ms AS createdAtMs, last_used_at_ms AS lastUsedAtMs FROM passkeys
         WHERE account_id = ? ORDER BY created_at_ms`,
      )
      .bind(accountId),
    db
      .prepare(
        `SELECT id, label, kind, created_at_ms AS createdAtMs, last_used_at_ms AS lastUsedAtMs FROM sign_ins
         WHERE account_id = ? ORDER BY last_used_at_ms DESC`,
      )
      .bind(accountId),
    db
      .prepare(
        "SELECT method, label, at_ms AS atMs FROM sign_in_events WHERE account_id = ? ORDER BY at_ms DESC, id LIMIT ?",
      )
      .bind(accountId, SIGN_IN_HISTORY_MAX),
  ]);
  const [row] = rowsOf(OwnAccount, account);
  if (row === undefined) return null;
  const { newsConsentAtMs, sealedEmail, sealedName, ...rest } = row;
  const email = await openSealed(env, deps, "address", sealedEmail);
  // The key is erased: so is the account, whatever an old copy of the database says.
  if (email === null) return null;
  return {
    ...rest,
    email,
    displayName: await openName(env, deps, sealedName),
    wantsNews: newsConsentAtMs !== null,
    passkeys: await openEach(env, deps, rowsOf(Passkeys.element, passkeys), named),
    signIns: await openEach(env, deps, rowsOf(SignInRow, signIns), async (signIn, open) => ({
      ...signIn,
      label: await open("device", signIn.label),
      isThis: signIn.id === signInId,
    })),
    signInHistory: await openEach(env, deps, rowsOf(History.element, history), named),
  };
}

/** An address as the tables hold it: sealed under its account's key, and its blind index. */
export const Address = z.object({ address: StoredSealed, addressIndex: z.string() });
export type Address = z.infer<typeof Address>;

/** An address for an account. */
export const sealAddress = async (env: Env, deps: Deps, accountId: string, email: string): Promise<Address> => ({
  address: await sealFor(env, deps, accountId, "address", email),
  addressIndex: await addressIndex(env, email),
});

/** An account's own address, in the clear, for its own eyes. `null`: there is none, or its key has been erased. */
export async function readAddress(env: Env, deps: Deps, accountId: string): Promise<string | null> {
  const row = await drizzle(env.DB)
    .select({ email: accounts.email })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .get();
  return row === undefined ? null : await openSealed(env, deps, "address", row.email);
}

/** The statement that gives an account another address. Throws with `UNIQUE` where somebody has it. */
export const changeAddress = (db: D1Database, accountId: string, { address, addressIndex }: Address) =>
  db.prepare("UPDATE accounts SET email = ?2, email_index = ?3 WHERE id = ?1").bind(accountId, address, addressIndex);

/** The account of an address. */
export async function findAccountOf(env: Env, email: string): Promise<string | null> {
  const isIts = eq(accounts.emailIndex, await addressIndex(env, email));
  return (await drizzle(env.DB).select({ id: accounts.id }).from(accounts).where(isIts).get())?.id ?? null;
}

/** Signs one device out. `false`: the account has none of this id. */
export async function endSignIn(db: D1Database, accountId: string, signInId: string): Promise<boolean> {
  const { meta } = await db
    .prepare("DELETE FROM sign_ins WHERE id = ? AND account_id = ?")
    .bind(signInId, accountId)
    .run();
  return meta.changes > 0;
}
