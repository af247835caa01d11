import { z } from "zod";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { accentOf } from "../../protocol/accents.ts";
import { Availability, Currency, type OwnProfile, PublicProfile } from "../../protocol/hub.ts";
import { ProfileId } from "../../protocol/ids.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openEach, sealFor } from "../platform/personal-keys.ts";
import { jsonColumn, readAll, StoredSealed } from "../platform/rows.ts";

/** What a profile says, as one text under its person's key: private or published, no copy of it outlives the key. */
const Words = z.object({
  daw: z.string().nullable(),
  instruments: z.array(z.string()),
  languages: z.array(z.string()),
  bio: z.string().nullable(),
  rateMinor: z.int().nullable(),
  rateCurrency: Currency.nullable(),
  availability: Availability.nullable(),
});
export type Words = z.infer<typeof Words>;

const noWords: Words = {
  daw: null,
  instruments: [],
  languages: [],
  bio: null,
  rateMinor: null,
  rateCurrency: null,
  availability: null,
};

/** A profile as D1 holds it, with the name that its account shows. */
export const StoredProfile = z.object({
  id: ProfileId,
  accountId: z.string(),
  sealedName: StoredSealed,
  words: z.string(),
  sampleType: z.string().nullable(),
  sampleBytes: z.int().nullable(),
  sampleSha256: z.string().nullable(),
  publishedAtMs: z.int().nullable(),
  hubPosition: z.int().nullable(),
  updatedAtMs: z.int(),
  version: z.string(),
});
export type StoredProfile = z.infer<typeof StoredProfile>;

export const profileColumns = `p.id, p.account_id AS accountId, a.display_name AS sealedName, p.words, p.sample_type AS sampleType,
  p.sample_bytes AS sampleBytes, p.sample_sha256 AS sampleSha256, p.published_at_ms AS publishedAtMs,
  p.hub_position AS hubPosition, p.updated_at_ms AS updatedAtMs, p.version`;

/** The same with its texts opened. */
export type ProfileRow = Omit<StoredProfile, "sealedName" | "words"> & Words & { displayName: string };

const Read = z.object({ id: z.string(), words: jsonColumn(Words) });

/**
 * Rows in words. One whose key has been erased is left out: its person has gone, or goes just now. So is one whose words nobody can read (X32).
 */
export async function openProfiles(env: Env, deps: Deps, rows: readonly StoredProfile[]): Promise<ProfileRow[]> {
  const opened = await openEach(env, deps, rows, async ({ sealedName, ...row }, open) => ({
    ...row,
    words: await open("profile", row.words),
    displayName: await open("name", sealedName),
  }));
  return opened.flatMap(({ words, ...row }) => {
    const said = words === "" ? [{ words: noWords }] : readAll(Read, [{ id: row.id, words }]);
    return said.map((one) => ({ ...row, ...one.words }));
  });
}

export async function openProfile(env: Env, deps: Deps, row: StoredProfile | null): Promise<ProfileRow | null> {
  const [opened = null] = row === null ? [] : await openProfiles(env, deps, [row]);
  return opened;
}

export const sealProfile = (env: Env, deps: Deps, accountId: string, row: Words): Promise<Sealed> =>
  sealFor(env, deps, accountId, "profile", JSON.stringify(Words.parse(row)));

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
