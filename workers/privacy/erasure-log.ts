import { z } from "zod";
import { newId } from "../../protocol/ids.ts";
import { ERASURE_RECEIPT_MS } from "../../protocol/retention.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { issueLinkToken, readLinkToken } from "../platform/link-token.ts";
import { objectStore } from "../platform/object-store.ts";
import { allRows } from "../platform/rows.ts";

/**
 * The log of erasures beside the database (fault X21): one small object each, which says under a seal whose account it was, kept as long as
 * the platform could put an older database back. The newest comes first in a listing, so a database that is older than its last erasure
 * is found out by one look.
 */
const PREFIX = "erasure-log/";
/** As many keys as one deletion takes. */
const FORGOTTEN_AT_ONCE = 1_000;
const LATEST_MS = 9_999_999_999_999;
/** Until the year 2255 what is left of the latest time has thirteen digits, and so sorts as it counts. */
const logKey = (confirmedAtMs: number, erasureId: string) => `erasure-log/${LATEST_MS - confirmedAtMs}-${erasureId}`;

export interface Logged {
  erasureId: string;
  accountId: string;
  confirmedAtMs: number;
}

/** Writes an erasure into the log. Before the database knows of it: what was confirmed is carried out whatever happens in between. */
export async function logErasure(env: Env, deps: Deps, { erasureId, accountId, confirmedAtMs }: Logged): Promise<void> {
  const sealed = new TextEncoder().encode(await issueLinkToken(env, deps, { kind: "erasure", accountId }));
  await objectStore(env, deps).put(logKey(confirmedAtMs, erasureId), sealed);
}

const readKey = (key: string) => ({
  confirmedAtMs: LATEST_MS - Number(key.slice(PREFIX.length, PREFIX.length + 13)),
  erasureId: key.slice(PREFIX.length + 14),
});

const Known = z.object({ id: z.string() });

/**
 * Erasures of the log that the database does not know, so many at once; `lookedAt` objects are looked at, the newest. The oldest of them come
 * first: as long as any is missing, a look at the newest few finds it so.
 */
export async function missingErasures(env: Env, deps: Deps, lookedAt: number, atMost: number): Promise<Logged[]> {
  const store = objectStore(env, deps);
  const { objects } = await store.list(PREFIX, lookedAt);
  if (objects.length === 0) return [];
  const ids = JSON.stringify(objects.map(({ key }) => readKey(key).erasureId));
  const { results } = await allRows(
    Known,
    env.DB.prepare("SELECT id FROM account_erasures WHERE id IN (SELECT value FROM json_each(?))").bind(ids),
  );
  const known = new Set(results.map(({ id }) => id));
  const missing: Logged[] = [];
  for (const { key } of objects.toReversed()) {
    const logged = readKey(key);
    if (known.has(logged.erasureId)) continue;
    if (missing.length === atMost) break;
    const object = await store.read(key);
    const sealed = object === null ? null : await readLinkToken(env, new TextDecoder().decode(object.bytes));
    if (sealed?.kind === "erasure") missing.push({ ...logged, accountId: sealed.accountId });
  }
  return missing;
}

/** Drops what no database could be put back to from before any more. Oldest last, so the listing starts where those begin. */
export async function forgetErasures(env: Env, deps: Deps): Promise<number> {
  const from = logKey(deps.now() - ERASURE_RECEIPT_MS, "");
  const store = objectStore(env, deps);
  const { objects } = await store.list(PREFIX, FORGOTTEN_AT_ONCE, from.slice(0, -1));
  await store.delete(objects.map(({ key }) => key));
  return objects.length;
}

export const newErasureId = (deps: Deps) => newId("era", deps.random);
