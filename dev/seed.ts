/**
 * `npm run seed -- --email a@example.org --name "Ada" [--tier pro] [--state .local]`: makes an account with a bearer token in the
 * local database and prints both. It writes D1 directly, beside the Worker: the deployed bundle has no such path, and a test
 * beside this file proves it. Stop a running `npm start` of the same folder first.
 */

import { createHash, randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { accounts, signIns } from "../migrations/schema.ts";
import { type AccountId, newId } from "../protocol/ids.ts";
import { type Tier, tiers } from "../protocol/retention.ts";
import { aes, deriveKey, hmac } from "../workers/platform/derive.ts";
import { indexUnder, type Kind, makeKey, readKey, sealUnder } from "../workers/platform/personal-seal.ts";
import { type Platform, startPlatform } from "./platform.ts";

export interface SeededAccount {
  accountId: AccountId;
  /** For `Authorization: Bearer …`; only its hash is in the database. */
  token: string;
}

const random = (lengthBytes: number) => new Uint8Array(randomBytes(lengthBytes));
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const LABEL = "local seed";

/** An account and one sign-in that lasts a year, straight into D1. Throws if the e-mail is taken. */
export async function seedAccount(
  platform: Stores,
  person: { displayName: string; email: string; tier: Tier },
): Promise<SeededAccount> {
  const accountId = newId("acc", random);
  const tables = drizzle(platform.db);
  const { email, displayName, tier } = person;
  const key = await newKey(platform, accountId);
  const { token, row } = await newSignIn(key, accountId);
  await tables.batch([
    tables.insert(accounts).values({
      id: accountId,
      email: await sealUnder(key, accountId, "address", random, email),
      emailIndex: await seededIndex(platform.storeKey, email),
      displayName: await sealUnder(key, accountId, "name", random, displayName),
      tier,
      createdAtMs: Date.now(),
    }),
    tables.insert(signIns).values(row),
  ]);
  return { accountId, token };
}

type Stores = Pick<Platform, "db" | "recordings" | "storeKey">;
const wrappingKey = (storeKey: string) => deriveKey(storeKey, "personal-keys", aes, ["encrypt", "decrypt"]);

/** A new key, as the Worker makes it: it goes to the store before what is sealed under it. */
async function newKey({ recordings, storeKey }: Stores, keyId: string): Promise<CryptoKey> {
  const { key, object } = await makeKey(await wrappingKey(storeKey), random, keyId);
  await recordings.put(`keys/${keyId}`, object);
  return key;
}

/** What seals for many: a key for each name that is asked for, made the first time. */
export function sealer(platform: Stores): (keyId: string, kind: Kind, text: string) => Promise<string> {
  const keys = new Map<string, Promise<CryptoKey>>();
  return async (keyId, kind, text) => {
    const key = keys.get(keyId) ?? newKey(platform, keyId);
    keys.set(keyId, key);
    return sealUnder(await key, keyId, kind, random, text);
  };
}

async function keyOf({ recordings, storeKey }: Stores, accountId: string): Promise<CryptoKey> {
  const object = await recordings.get(`keys/${accountId}`);
  const key =
    object === null ? null : await readKey(await wrappingKey(storeKey), accountId, await object.arrayBuffer());
  if (key === null) throw new Error(`${accountId} has no key.`);
  return key;
}

/** A text of a seeded account, as the Worker keeps it. */
export const sealSeeded = async (platform: Stores, accountId: string, kind: Kind, text: string) =>
  sealUnder(await keyOf(platform, accountId), accountId, kind, random, text);

/** A text of what has a key of its own, a session: made here. */
export const sealUnderNewKey = async (platform: Stores, keyId: string, kind: Kind, text: string) =>
  sealUnder(await newKey(platform, keyId), keyId, kind, random, text);

/** The blind index of an address, by which its account is found. */
export const seededIndex = async (storeKey: string, email: string): Promise<string> =>
  indexUnder(await deriveKey(storeKey, "addresses", hmac, ["sign"]), email);

/** A new sign-in for an account that was seeded before; those that it has end. */
export async function signInSeeded(platform: Stores, accountId: AccountId): Promise<string> {
  const tables = drizzle(platform.db);
  const { token, row } = await newSignIn(await keyOf(platform, accountId), accountId);
  await tables.batch([
    tables.delete(signIns).where(eq(signIns.accountId, accountId)),
    tables.insert(signIns).values(row),
  ]);
  return token;
}

async function newSignIn(
  key: CryptoKey,
  accountId: AccountId,
): Promise<{ token: string; row: typeof signIns.$inferInsert }> {
  const token = randomBytes(32).toString("base64url");
  const nowMs = Date.now();
  const row = {
    id: newId("sin", random),
    accountId,
    tokenHash: createHash("sha256").update(token).digest("hex"),
    label: await sealUnder(key, accountId, "device", random, LABEL),
    // Just used and just exchanged: whoever seeded it may hand it to several browsers for a day.
    authenticatedAtMs: nowMs,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    rotatedAtMs: nowMs,
    expiresAtMs: nowMs + YEAR_MS,
  };
  return { token, row };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      email: { type: "string" },
      name: { type: "string" },
      tier: { type: "string", default: "free" },
      state: { type: "string", default: ".local" },
    },
  });
  const tier = tiers.find((known) => known === values.tier);
  if (values.email === undefined || values.name === undefined || tier === undefined) {
    console.error(`usage: npm run seed -- --email you@example.org --name "Your Name" [--tier ${tiers.join("|")}]`);
    process.exit(2);
  }
  const platform = await startPlatform({ stateDir: values.state });
  try {
    const seeded = await seedAccount(platform, { displayName: values.name, email: values.email, tier });
    console.log(JSON.stringify(seeded));
  } finally {
    await platform.stop();
  }
}
