import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { accounts, profiles } from "../../migrations/schema.ts";
import { accentOf } from "../../protocol/accents.ts";
import type { OwnProfile, PutProfile } from "../../protocol/hub.ts";
import { newId, type ProfileId, randomBase32 } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openName, sealFor } from "../platform/personal-keys.ts";
import { firstRow } from "../platform/rows.ts";
import { openProfile, ownProfile, type ProfileRow, profileColumns, StoredProfile, sealProfile } from "./profile-row.ts";
import { columnsOf } from "./search-index.ts";
import { dropUnheldWords, dropWords, keepWords } from "./spelling.ts";

const findRow = (env: Env, where: string, value: string) =>
  firstRow(
    StoredProfile,
    env.DB.prepare(
      `SELECT ${profileColumns} FROM profiles p JOIN accounts a ON a.id = p.account_id WHERE ${where}`,
    ).bind(value),
  );

/** A published profile; `null` for one that is private as for one that never was. */
export const findPublished = async (env: Env, deps: Deps, profileId: string): Promise<ProfileRow | null> =>
  openProfile(env, deps, await findRow(env, "p.id = ? AND p.hub_position IS NOT NULL", profileId));

const findStored = (env: Env, accountId: string) => findRow(env, "p.account_id = ?", accountId);

export const findOwn = async (env: Env, deps: Deps, accountId: string): Promise<ProfileRow | null> =>
  openProfile(env, deps, await findStored(env, accountId));

/** The id of an account's profile, whatever may still be opened of it. */
export const findOwnId = async (env: Env, accountId: string): Promise<ProfileId | null> =>
  (await findStored(env, accountId))?.id ?? null;

/** An account's profile as its owner sees it, where nothing was ever told as well: looking writes nothing. `null`: there is no such account. */
export async function readOwn(env: Env, deps: Deps, accountId: string): Promise<OwnProfile | null> {
  const row = await findOwn(env, deps, accountId);
  if (row !== null) return ownProfile(row);
  const account = await drizzle(env.DB)
    .select({ displayName: accounts.displayName })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .get();
  if (account === undefined) return null;
  return {
    profileId: null,
    displayName: await openName(env, deps, account.displayName),
    daw: null,
    instruments: [],
    languages: [],
    rate: null,
    bio: null,
    availability: null,
    hasSample: false,
    accent: accentOf(accountId),
    publishedAtMs: null,
    sampleBytes: null,
  };
}

/** Finds an account's profile, or begins an empty private one. `null`: there is no such account. */
export async function ownOrNew(env: Env, deps: Deps, accountId: string): Promise<ProfileRow | null> {
  const known = await findOwn(env, deps, accountId);
  if (known !== null) return known;
  await env.DB.prepare(
    "INSERT INTO profiles (id, account_id, updated_at_ms) SELECT ?1, id, ?3 FROM accounts WHERE id = ?2 ON CONFLICT DO NOTHING",
  )
    .bind(newId("pro", deps.random), accountId, deps.now())
    .run();
  return await findOwn(env, deps, accountId);
}

/** Says nothing that somebody could look for: it is nobody's on the Hub. */
const isEmpty = ({ instruments, bio }: ProfileRow) => instruments.length === 0 && bio === null;

/** Words of one profile that are kept for correction; its first words are its name and skills. */
const WORDS_MAX = 150;

const wordsOf = (row: ProfileRow): Set<string> => {
  const { name, skills, bio } = columnsOf(row);
  return new Set([...new Set(`${name} ${skills} ${bio}`.split(" "))].slice(0, WORDS_MAX));
};

const without = (words: Set<string>, others: Set<string>) => [...words].filter((word) => !others.has(word));

/** Somebody got their change in each time this one is made again; so many at once are not people. */
const ROUNDS_MAX = 20;

/** What a person may change of their profile, each with what else hangs on it. */
export type Edit = Partial<
  Omit<ProfileRow, "id" | "accountId" | "hubPosition" | "updatedAtMs" | "publishedAtMs" | "version"> & {
    published: boolean;
  }
>;

export const editOf = ({ rate, ...profile }: PutProfile): Edit => ({
  ...profile,
  rateMinor: rate?.amountMinor ?? null,
  rateCurrency: rate?.currency ?? null,
});

/**
 * Changes a profile and all that is found through it, in one batch: row, name, index, spellings. From that batch on it is public or it is
 * not, everywhere (A4). Whoever changed it in between is noticed by `version`, and the change is made again on what they left.
 */
export async function editProfile(
  env: Env,
  deps: Deps,
  accountId: string,
  edit: Edit,
): Promise<{ before: ProfileRow; after: ProfileRow } | null> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = await ownOrNew(env, deps, accountId);
    if (before === null) return null;
    const { published: isWanted = before.hubPosition !== null, ...fields } = edit;
    const published = isWanted && !isEmpty({ ...before, ...fields });
    const nowMs = deps.now();
    const after: ProfileRow = {
      ...before,
      ...fields,
      publishedAtMs: published ? (before.publishedAtMs ?? nowMs) : null,
      updatedAtMs: nowMs,
      version: randomBase32(20, deps.random),
    };
    const words = await sealProfile(env, deps, accountId, after);
    const named =
      edit.displayName === undefined
        ? []
        : [renameAccount(env.DB, after, await sealFor(env, deps, accountId, "name", edit.displayName))];
    const [, updated] = await env.DB.batch([...statements(env.DB, before, after, published, words), ...named]);
    if (updated?.meta.changes !== 1) continue;
    return { before, after };
  }
  throw new Error("A profile changed faster than it could be changed.");
}

function statements(
  db: D1Database,
  before: ProfileRow,
  after: ProfileRow,
  published: boolean,
  words: Sealed,
): D1PreparedStatement[] {
  const columns = columnsOf(after);
  const had = before.hubPosition === null ? new Set<string>() : wordsOf(before);
  const has = published ? wordsOf(after) : new Set<string>();
  return [
    db
      .prepare("DELETE FROM hub_search WHERE rowid = (SELECT hub_position FROM profiles WHERE id = ? AND version = ?)")
      .bind(after.id, before.version),
    db
      .prepare(
        `UPDATE profiles SET words = ?3, sample_type = ?4, sample_bytes = ?5, sample_sha256 = ?6, published_at_ms = ?7,
           hub_position = iif(?8, ifnull(hub_position, (SELECT ifnull(max(hub_position), 0) + 1 FROM profiles)), NULL),
           updated_at_ms = ?9, version = ?10
         WHERE id = ?1 AND version = ?2`,
      )
      .bind(
        after.id,
        before.version,
        words,
        after.sampleType,
        after.sampleBytes,
        after.sampleSha256,
        after.publishedAtMs,
        published ? 1 : 0,
        after.updatedAtMs,
        after.version,
      ),
    db
      .prepare(
        `INSERT INTO hub_search (rowid, name, skills, bio, tags) SELECT hub_position, ?3, ?4, ?5, ?6 FROM profiles
         WHERE id = ?1 AND version = ?2 AND hub_position IS NOT NULL`,
      )
      .bind(after.id, after.version, columns.name, columns.skills, columns.bio, columns.tags),
    dropWords(db, without(had, has)),
    keepWords(db, without(has, had), after.id, after.version),
  ];
}

const renameAccount = (db: D1Database, { id, version }: ProfileRow, sealedName: Sealed) =>
  db
    .prepare(
      "UPDATE accounts SET display_name = ?3 WHERE id = (SELECT account_id FROM profiles WHERE id = ?1 AND version = ?2)",
    )
    .bind(id, version, sealedName);

/** Changes what others call a person, on the Hub as well. */
export async function rename(env: Env, deps: Deps, accountId: string, displayName: string): Promise<void> {
  if ((await findOwn(env, deps, accountId)) !== null) await editProfile(env, deps, accountId, { displayName });
  else {
    const sealed = await sealFor(env, deps, accountId, "name", displayName);
    await env.DB.prepare("UPDATE accounts SET display_name = ?2 WHERE id = ?1").bind(accountId, sealed).run();
  }
}

/**
 * Takes an account's profile off the Hub. Where its words cannot be opened any more, in a database that was put back from before its key
 * was ended (X21), it goes by its place, and with it every word that no profile holds: that reads them all, and is as rare.
 */
export async function unpublish(env: Env, deps: Deps, accountId: string): Promise<void> {
  if ((await findOwn(env, deps, accountId)) !== null) {
    await editProfile(env, deps, accountId, { published: false });
    return;
  }
  const mine = "(SELECT hub_position FROM profiles WHERE account_id = ?1)";
  await env.DB.batch([
    env.DB.prepare(`DELETE FROM hub_search WHERE rowid = ${mine}`).bind(accountId),
    env.DB.prepare(
      "UPDATE profiles SET hub_position = NULL, published_at_ms = NULL, updated_at_ms = ?2, version = ?3 WHERE account_id = ?1",
    ).bind(accountId, deps.now(), randomBase32(20, deps.random)),
  ]);
  await dropUnheldWords(env.DB);
}

/** Takes the row away: what it said, and its place on the Hub, have gone before. */
export async function dropProfile(db: D1Database, profileId: ProfileId): Promise<void> {
  await drizzle(db).delete(profiles).where(eq(profiles.id, profileId));
}
