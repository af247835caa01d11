import type { Sealed } from "../../migrations/schema/sealed.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { isUnavailable } from "./database.ts";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { cipherKey, macKey } from "./keys.ts";
import { objectStore } from "./object-store.ts";
import { indexUnder, type Kind, keyIdOf, makeKey, openUnder, readKey, sealUnder } from "./personal-seal.ts";

/**
 * The life of a person's key. D1 and the rooms can be put back to any minute of the last 30 days, and that cannot be switched off; R2 keeps
 * nothing of what is deleted. So what tells who somebody is lies in D1 sealed under a key of their own, one small object in R2, and the end of
 * that object is the end of every copy of every row at once. It is made before the row that it is for, and is the first thing that an
 * erasure ends. Mail to who has no account is sealed under the key of the day, which ends a few days later.
 */
const PREFIX = "keys/";
const MAIL = "mail_";
const objectKey = (keyId: string) => `keys/${keyId}`;

/** An isolate keeps so many keys for so long: what was erased through another one opens here for no longer. */
const KEPT_MAX = 500;
const KEPT_MS = 60_000;
const kept = new Map<string, { key: CryptoKey; atMs: number }>();

function keep(deps: Deps, keyId: string, key: CryptoKey): CryptoKey {
  const [oldest] = kept.keys();
  if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  kept.set(keyId, { key, atMs: deps.now() });
  return key;
}

/** Forgets what this isolate keeps. */
export const forgetKept = (): void => kept.clear();

/** The key of an id; `null`: it was erased, or never was. One read of R2 unless this isolate has it. */
async function findKey(env: Env, deps: Deps, keyId: string): Promise<CryptoKey | null> {
  const known = kept.get(keyId);
  if (known !== undefined && Math.abs(deps.now() - known.atMs) < KEPT_MS) return known.key;
  kept.delete(keyId);
  const object = await objectStore(env, deps).read(objectKey(keyId));
  const key = object === null ? null : await readKey(await cipherKey(env, "personal-keys"), keyId, object.bytes);
  return key === null ? null : keep(deps, keyId, key);
}

/** The key of an id, made if there is none. Of two who make it at once both have the one that was written first. */
async function ensureKey(env: Env, deps: Deps, keyId: string): Promise<CryptoKey> {
  const known = await findKey(env, deps, keyId);
  if (known !== null) return known;
  const made = await makeKey(await cipherKey(env, "personal-keys"), deps.random, keyId);
  if (await objectStore(env, deps).putNew(objectKey(keyId), made.object)) return keep(deps, keyId, made.key);
  const first = await findKey(env, deps, keyId);
  if (first === null) throw new Error(`The key ${keyId} is there and cannot be read.`);
  return first;
}

/** Seals a text for a person; their key is made if they have none yet. */
export async function sealFor(env: Env, deps: Deps, keyId: string, kind: Kind, plain: string): Promise<Sealed> {
  return await sealUnder(await ensureKey(env, deps, keyId), keyId, kind, deps.random, plain);
}

/** Seals words that a person may have left out. */
export const sealWords = async (
  env: Env,
  deps: Deps,
  keyId: string,
  kind: Kind,
  plain: string,
): Promise<Sealed | ""> => (plain === "" ? "" : await sealFor(env, deps, keyId, kind, plain));

/** Seals what a mail carries to whoever has no account, and the words of every mail, until it has gone. */
export const sealForMail = (env: Env, deps: Deps, kind: Kind, plain: string): Promise<Sealed> =>
  sealFor(env, deps, `${MAIL}${new Date(deps.now()).toISOString().slice(0, 10)}`, kind, plain);

/** What was sealed; `null`: its key has been erased, or it is no such thing. */
export async function openSealed(env: Env, deps: Deps, kind: Kind, sealed: string): Promise<string | null> {
  const keyId = keyIdOf(sealed);
  const key = keyId === null ? null : await findKey(env, deps, keyId);
  return key === null ? null : await openUnder(key, kind, sealed);
}

/** Opens a sealed column: what is empty, or nothing, stays so. */
export interface Open {
  (kind: Kind, text: string): Promise<string>;
  (kind: Kind, text: string | null): Promise<string | null>;
}

/** Reads the keys of some texts, each once and all of them at the same time, so that opening them one by one waits for none. */
export async function readKeys(env: Env, deps: Deps, texts: readonly unknown[]): Promise<void> {
  const keyIds = new Set(texts.flatMap((text) => (typeof text === "string" ? (keyIdOf(text) ?? []) : [])));
  await Promise.all([...keyIds].map((keyId) => findKey(env, deps, keyId)));
}

/** The keys of some texts, each read once, as far as the store of keys answers: those that it does not give just now. */
async function unreadable(env: Env, deps: Deps, texts: readonly unknown[]): Promise<ReadonlySet<string>> {
  const keyIds = new Set(texts.flatMap((text) => (typeof text === "string" ? (keyIdOf(text) ?? []) : [])));
  const silent = new Set<string>();
  const look = async (keyId: string) => {
    try {
      await findKey(env, deps, keyId);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      silent.add(keyId);
    }
  };
  await Promise.all([...keyIds].map(look));
  return silent;
}

/**
 * Rows with their texts opened. A row whose key has been erased is left out: what it is about has gone, or goes just now.
 */
export const openEach = <Row extends object, Opened>(
  env: Env,
  deps: Deps,
  rows: readonly Row[],
  make: (row: Row, open: Open) => Promise<Opened>,
): Promise<Opened[]> => openRows(env, deps, rows, make, false);

/**
 * The same for lists in which a name is not what they are about: where the store of keys does not answer, its names are empty, which a page
 * says in words, and the rest is there.
 */
export const openNamed = <Row extends object, Opened>(
  env: Env,
  deps: Deps,
  rows: readonly Row[],
  make: (row: Row, open: Open) => Promise<Opened>,
): Promise<Opened[]> => openRows(env, deps, rows, make, true);

async function openRows<Row extends object, Opened>(
  env: Env,
  deps: Deps,
  rows: readonly Row[],
  make: (row: Row, open: Open) => Promise<Opened>,
  isGentle: boolean,
): Promise<Opened[]> {
  const texts = rows.flatMap((row) => Object.values(row));
  const silent = isGentle ? await unreadable(env, deps, texts) : new Set<string>();
  if (!isGentle) await readKeys(env, deps, texts);
  const made = rows.map(async (row) => {
    let isGone = false;
    async function open(kind: Kind, text: string): Promise<string>;
    async function open(kind: Kind, text: string | null): Promise<string | null>;
    async function open(kind: Kind, text: string | null): Promise<string | null> {
      if (text === null || text === "") return text;
      if (silent.has(keyIdOf(text) ?? "")) return "";
      const opened = await openSealed(env, deps, kind, text);
      isGone ||= opened === null;
      return opened ?? "";
    }
    const one = await make(row, open);
    return isGone ? [] : [one];
  });
  return (await Promise.all(made)).flat();
}

/** What somebody is called; empty: their key has been erased, so they have gone, or go just now. */
export const openName = async (env: Env, deps: Deps, sealed: string): Promise<string> =>
  (await openSealed(env, deps, "name", sealed)) ?? "";

export const isForMail = (sealed: string): boolean => sealed.startsWith(MAIL);

/** Objects that R2 deletes at once. */
const AT_ONCE = 1_000;

/** Ends keys, and with them every copy of what was sealed under them. Harmless to repeat. */
export async function eraseKeys(env: Env, deps: Deps, keyIds: readonly string[]): Promise<void> {
  for (const keyId of keyIds) kept.delete(keyId);
  for (let at = 0; at < keyIds.length; at += AT_ONCE)
    await objectStore(env, deps).delete(keyIds.slice(at, at + AT_ONCE).map(objectKey));
}

export const eraseKey = (env: Env, deps: Deps, keyId: string): Promise<void> => eraseKeys(env, deps, [keyId]);

/** Keys of days: there are a handful. */
const KEYS_MAX = 100;

/** The job of cron: ends the keys of days whose mails have all gone or been given up. */
export async function sweepMailKeys(env: Env, deps: Deps, keptMs: number) {
  const { objects } = await objectStore(env, deps).list(`${PREFIX}${MAIL}`, KEYS_MAX);
  const over = objects
    .map(({ key }) => key)
    .filter((key) => Date.parse(key.slice(PREFIX.length + MAIL.length)) + DAY_MS <= deps.now() - keptMs);
  for (const key of over) kept.delete(key.slice(PREFIX.length));
  await objectStore(env, deps).delete(over);
  return { done: over.length, rowsRead: 0, finished: objects.length < KEYS_MAX };
}

/** The blind index of an address as it is compared. */
export const addressIndex = async (env: Env, address: string): Promise<string> =>
  indexUnder(await macKey(env, "addresses"), address);
