import { asc, eq, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { orphans, sweepPlaces } from "../../migrations/schema.ts";
import { SAMPLES_PREFIX } from "../hub/sample.ts";
import type { CallBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { objectStore } from "../platform/object-store.ts";
import { allRows } from "../platform/rows.ts";
import { RECORDINGS_PREFIX } from "../recordings/keys.ts";

/** Objects in one page: what R2 lists, and deletes, at once. */
const PAGE = 1_000;
/** An object may be older than its row's last word by a completion that reads it for long; a day is far beyond that. */
const SETTLED_AFTER_MS = 24 * 60 * 60 * 1000;
/** An object that no row knows waits this long before it goes: as long as a database can be brought back from its history. */
export const QUARANTINE_MS = 30 * 24 * 60 * 60 * 1000;
/** More strangers in one page than this, and it is not the store that is wrong. */
const STRANGERS_MAX = 50;
const STRANGERS_SHARE = 0.01;
/** Where the walk has come to, and when this database first saw the store. */
const [PLACE, FIRST_SEEN] = ["orphans", "orphans-first-run"];
/** Calls of one page. */
const PAGE_CALLS = 7;

/** What lies in the store, by the beginning of its key: how a key names its row, and the rows that are there. */
const kinds = [
  {
    prefix: RECORDINGS_PREFIX,
    idOf: (key: string) => key.slice(key.lastIndexOf("/") + 1).replace(/\.[^.]*$/, ""),
    known: "SELECT id FROM recordings WHERE id IN (SELECT value FROM json_each(?))",
    any: "SELECT 1 FROM recordings LIMIT 1",
  },
  {
    prefix: SAMPLES_PREFIX,
    idOf: (key: string) => key.slice(SAMPLES_PREFIX.length),
    known: `SELECT value AS id FROM json_each(?) JOIN profiles
              ON profiles.id = substr(value, 1, instr(value, '/') - 1) AND sample_sha256 = substr(value, instr(value, '/') + 1)`,
    any: "SELECT 1 FROM profiles LIMIT 1",
  },
] as const;
type Kind = (typeof kinds)[number];

interface Swept {
  done: number;
  rowsRead: number;
  finished: boolean;
}

/**
 * The backstop behind everything that deletes: walks through R2, some pages a run, and notes objects that no row knows. There are none
 * unless a Worker died in the one moment between a row's end and the last object that was still being written. They go once they have been
 * strangers for `QUARANTINE_MS`.
 *
 * The same picture is what a wrong, an empty or an old database shows, and then the objects are right and it is wrong (fault X31). So
 * nothing is noted while the database has no recording at all, nothing that is older than the database's first look at the store, and
 * nothing of a page of which more than a hundredth, or fifty, are strangers: then somebody is told.
 */
export async function sweepOrphans(env: Env, deps: Deps, pages: number, budget: CallBudget): Promise<Swept> {
  const swept: Swept = { done: 0, rowsRead: 0, finished: true };
  let after = await readPlace(env.DB, PLACE);
  const firstSeenMs = await firstLook(env.DB, deps.now());
  for (let page = 0; page < pages && budget.allows(PAGE_CALLS); page++) {
    const kind = kinds.find(({ prefix }) => after === null || after < `${prefix}\uffff`) ?? kinds[0];
    const listed = await objectStore(env, deps).list(kind.prefix, PAGE, after ?? undefined);
    await sweepPage(env, deps, kind, listed.objects, firstSeenMs, swept);
    const last = listed.objects.at(-1)?.key ?? null;
    // The last key of a page, not R2's own cursor: a key is understood for ever.
    after = listed.truncated && last !== null ? last : nextKind(kind);
    await writePlace(env.DB, PLACE, after);
    if (after === null) break;
  }
  const gone = await endQuarantine(env, deps, budget);
  return { ...swept, done: swept.done + gone };
}

/** Where the next kind begins; `null`: it was the last. */
const nextKind = (kind: Kind): string | null => kinds[kinds.indexOf(kind) + 1]?.prefix ?? null;

const Known = z.object({ id: z.string() });

async function sweepPage(
  env: Env,
  deps: Deps,
  kind: Kind,
  objects: readonly R2Object[],
  firstSeenMs: number,
  swept: Swept,
): Promise<void> {
  const nowMs = deps.now();
  const settled = objects.filter(
    ({ uploaded }) => nowMs - uploaded.getTime() > SETTLED_AFTER_MS && uploaded.getTime() >= firstSeenMs,
  );
  if (settled.length === 0) return;
  const ids = JSON.stringify([...new Set(settled.map(({ key }) => kind.idOf(key)))]);
  const known = await allRows(Known, env.DB.prepare(kind.known).bind(ids));
  swept.rowsRead += known.meta.rows_read;
  const rows = new Set(known.results.map(({ id }) => id));
  const strangers = settled.map(({ key }) => key).filter((key) => !rows.has(kind.idOf(key)));
  if (strangers.length === 0) return;
  const strangerRows = new Set(strangers.map(kind.idOf)).size;
  const isEmpty = rows.size === 0 && (await env.DB.prepare(kind.any).first()) === null;
  if (isEmpty || strangerRows > Math.min(STRANGERS_MAX, Math.max(1, objects.length * STRANGERS_SHARE))) {
    log({ event: "store-strange", prefix: kind.prefix, objects: objects.length, strangers: strangers.length });
    return;
  }
  await env.DB.prepare(
    "INSERT INTO orphans (key, found_at_ms) SELECT value, ?2 FROM json_each(?1) WHERE 1 ON CONFLICT DO NOTHING",
  )
    .bind(JSON.stringify(strangers), nowMs)
    .run();
}

/** Deletes what has been a stranger for long enough and still is one. */
async function endQuarantine(env: Env, deps: Deps, budget: CallBudget): Promise<number> {
  if (!budget.allows(PAGE_CALLS)) return 0;
  const found = await drizzle(env.DB)
    .select({ key: orphans.key })
    .from(orphans)
    .where(lte(orphans.foundAtMs, deps.now() - QUARANTINE_MS))
    .orderBy(asc(orphans.foundAtMs))
    .limit(PAGE);
  if (found.length === 0) return 0;
  const keys = found.map(({ key }) => key);
  const strangers: string[] = [];
  for (const kind of kinds) {
    const own = keys.filter((key) => key.startsWith(kind.prefix));
    if (own.length === 0) continue;
    const { results: rows } = await allRows(Known, env.DB.prepare(kind.known).bind(JSON.stringify(own.map(kind.idOf))));
    const known = new Set(rows.map(({ id }) => id));
    strangers.push(...own.filter((key) => !known.has(kind.idOf(key))));
  }
  await objectStore(env, deps).delete(strangers);
  await env.DB.prepare("DELETE FROM orphans WHERE key IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(keys))
    .run();
  return strangers.length;
}

async function readPlace(db: D1Database, name: string): Promise<string | null> {
  const row = await drizzle(db).select().from(sweepPlaces).where(eq(sweepPlaces.name, name)).get();
  return row?.place ?? null;
}

const writePlace = (db: D1Database, name: string, place: string | null) =>
  db
    .prepare("INSERT INTO sweep_places (name, place) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET place = ?2")
    .bind(name, place)
    .run();

/** When this database first looked at the store: an object from before that was never its own. */
async function firstLook(db: D1Database, nowMs: number): Promise<number> {
  const known = await readPlace(db, FIRST_SEEN);
  if (known !== null) return Number(known);
  await writePlace(db, FIRST_SEEN, String(nowMs));
  return nowMs;
}
