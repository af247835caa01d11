import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { accounts, profiles } from "../../migrations/schema.ts";
import { accentOf } from "../../protocol/accents.ts";
import { Availability, Currency, type OwnProfile, PublicProfile, type PutProfile } from "../../protocol/hub.ts";
import { newId, ProfileId, randomBase32 } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";
import { firstRow, jsonColumn } from "../platform/rows.ts";
import { columnsOf } from "./search-index.ts";
import { dropWords, keepWords } from "./spelling.ts";

/** A profile as D1 holds it, with the name that its account shows. */
export const ProfileRow = z.object({
  id: ProfileId,
  accountId: z.string(),
  displayName: z.string(),
  daw: z.string().nullable(),
  instruments: jsonColumn(z.array(z.string())),
  languages: jsonColumn(z.array(z.string())),
  bio: z.string().nullable(),
  rateMinor: z.int().nullable(),
  rateCurrency: Currency.nullable(),
  availability: Availability.nullable(),
  sampleType: z.string().nullable(),
  sampleBytes: z.int().nullable(),
  sampleSha256: z.string().nullable(),
  publishedAtMs: z.int().nullable(),
  hubPosition: z.int().nullable(),
  updatedAtMs: z.int(),
  version: z.string(),
});
export type ProfileRow = z.infer<typeof ProfileRow>;

export const profileColumns = `p.id, p.account_id AS accountId, a.display_name AS displayName, p.daw, p.instruments, p.languages, p.bio,
  p.rate_minor AS rateMinor, p.rate_currency AS rateCurrency, p.availability, p.sample_type AS sampleType,
  p.sample_bytes AS sampleBytes, p.sample_sha256 AS sampleSha256, p.published_at_ms AS publishedAtMs,
  p.hub_position AS hubPosition, p.updated_at_ms AS updatedAtMs, p.version`;

/** Promises A4 and V2: the one way from a row to what others see. The schema refuses anything that is not on its list. */
export function publicProfile(row: ProfileRow): PublicProfile {
  return PublicProfile.parse({
    profileId: row.id,
    displayName: row.displayName,
    daw: row.daw,
    instruments: row.instruments,
    languages: row.languages,
    rate:
      row.rateMinor === null || row.rateCurrency === null
        ? null
        : { amountMinor: row.rateMinor, currency: row.rateCurrency },
    bio: row.bio,
    availability: row.availability,
    hasSample: row.sampleType !== null,
    accent: accentOf(row.accountId),
  });
}

/** The same as its owner sees it. */
export const ownProfile = (row: ProfileRow): OwnProfile => ({
  ...publicProfile(row),
  publishedAtMs: row.publishedAtMs,
  sampleBytes: row.sampleBytes,
});

/** A published profile; `null` for one that is private as for one that never was. */
export async function findPublished(db: D1Database, profileId: string): Promise<ProfileRow | null> {
  return await firstRow(
    ProfileRow,
    db
      .prepare(
        `SELECT ${profileColumns} FROM profiles p JOIN accounts a ON a.id = p.account_id
       WHERE p.id = ? AND p.hub_position IS NOT NULL`,
      )
      .bind(profileId),
  );
}

export async function findOwn(db: D1Database, accountId: string): Promise<ProfileRow | null> {
  return await firstRow(
    ProfileRow,
    db
      .prepare(`SELECT ${profileColumns} FROM profiles p JOIN accounts a ON a.id = p.account_id WHERE p.account_id = ?`)
      .bind(accountId),
  );
}

/** An account's profile as its owner sees it, where nothing was ever told as well: looking writes nothing. `null`: there is no such account. */
export async function readOwn(db: D1Database, accountId: string): Promise<OwnProfile | null> {
  const row = await findOwn(db, accountId);
  if (row !== null) return ownProfile(row);
  const account = await drizzle(db)
    .select({ displayName: accounts.displayName })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .get();
  if (account === undefined) return null;
  return {
    profileId: null,
    displayName: account.displayName,
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
export async function ownOrNew(db: D1Database, deps: Deps, accountId: string): Promise<ProfileRow | null> {
  const known = await findOwn(db, accountId);
  if (known !== null) return known;
  await db
    .prepare(
      "INSERT INTO profiles (id, account_id, updated_at_ms) SELECT ?1, id, ?3 FROM accounts WHERE id = ?2 ON CONFLICT DO NOTHING",
    )
    .bind(newId("pro", deps.random), accountId, deps.now())
    .run();
  return await findOwn(db, accountId);
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
  db: D1Database,
  deps: Deps,
  accountId: string,
  edit: Edit,
): Promise<{ before: ProfileRow; after: ProfileRow } | null> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = await ownOrNew(db, deps, accountId);
    if (before === null) return null;
    const { published: isWanted = before.hubPosition !== null, ...fields } = edit;
    const published = isWanted && !isEmpty({ ...before, ...fields });
    const nowMs = deps.now();
    const after: ProfileRow = {
      ...before,
      ...fields,
      publishedAtMs: published ? (before.publishedAtMs ?? nowMs) : null,
      hubPosition: published ? before.hubPosition : null,
      updatedAtMs: nowMs,
      version: randomBase32(20, deps.random),
    };
    const named = edit.displayName === undefined ? [] : [renameAccount(db, after)];
    const [, updated] = await db.batch([...statements(db, before, after, published), ...named]);
    if (updated?.meta.changes !== 1) continue;
    return { before, after };
  }
  throw new Error("A profile changed faster than it could be changed.");
}

function statements(db: D1Database, before: ProfileRow, after: ProfileRow, published: boolean): D1PreparedStatement[] {
  const columns = columnsOf(after);
  const had = before.hubPosition === null ? new Set<string>() : wordsOf(before);
  const has = published ? wordsOf(after) : new Set<string>();
  return [
    db
      .prepare("DELETE FROM hub_search WHERE rowid = (SELECT hub_position FROM profiles WHERE id = ? AND version = ?)")
      .bind(after.id, before.version),
    db
      .prepare(
        `UPDATE profiles SET daw = ?3, instruments = ?4, languages = ?5, bio = ?6, rate_minor = ?7, rate_currency = ?8,
           availability = ?9, sample_type = ?10, sample_bytes = ?11, sample_sha256 = ?12, published_at_ms = ?13,
           hub_position = iif(?14, ifnull(hub_position, (SELECT ifnull(max(hub_position), 0) + 1 FROM profiles)), NULL),
           updated_at_ms = ?15, version = ?16
         WHERE id = ?1 AND version = ?2`,
      )
      .bind(
        after.id,
        before.version,
        after.daw,
        JSON.stringify(after.instruments),
        JSON.stringify(after.languages),
        after.bio,
        after.rateMinor,
        after.rateCurrency,
        after.availability,
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

const renameAccount = (db: D1Database, { id, version, displayName }: ProfileRow) =>
  db
    .prepare(
      "UPDATE accounts SET display_name = ?3 WHERE id = (SELECT account_id FROM profiles WHERE id = ?1 AND version = ?2)",
    )
    .bind(id, version, displayName);

/** Changes what others call a person, on the Hub as well. */
export async function rename(db: D1Database, deps: Deps, accountId: string, displayName: string): Promise<void> {
  if ((await findOwn(db, accountId)) !== null) await editProfile(db, deps, accountId, { displayName });
  else await db.prepare("UPDATE accounts SET display_name = ?2 WHERE id = ?1").bind(accountId, displayName).run();
}

/** Takes the row away: what it said, and its place on the Hub, have gone before. */
export async function dropProfile(db: D1Database, profileId: ProfileId): Promise<void> {
  await drizzle(db).delete(profiles).where(eq(profiles.id, profileId));
}
