import { and, asc, desc, eq, gt, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { exports } from "../../migrations/schema.ts";
import { assertNever } from "../../protocol/errors.ts";
import { newId } from "../../protocol/ids.ts";
import { Export } from "../../protocol/privacy.ts";
import { EXPORT_RETENTION_MS } from "../../protocol/retention.ts";
import { addressOf, queueMail } from "../mail/outbox.ts";
import { CallBudget, metered, withRequestBudget } from "../platform/call-budget.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { describeThrown, log } from "../platform/log.ts";
import { nextTryAtMs } from "../platform/next-try.ts";
import { objectStore } from "../platform/object-store.ts";
import { allRows, jsonColumn, readAll, StoredId } from "../platform/rows.ts";
import { nextSeat, type Page, readRoom, readRows, sources } from "./export-sources.ts";

/**
 * The life of an export (G1): asked for, written piece by piece into R2, each piece a bounded read whose text goes on where the last one
 * ended; ready; and gone with its pieces a few days later. Which piece is next is one value in its row, moved on only after the piece
 * lies in R2, so a run that is killed writes the same piece again (fault X20). The archive is put together while it is fetched:
 * `data.json` from the pieces, then the sound from where it lies, so nothing of it is ever in memory as a whole.
 */
const Place = z.discriminatedUnion("at", [
  /** Row `after` of source number `source` has been written. */
  z.object({ at: z.literal("rows"), source: z.int(), after: z.int() }),
  /** The rooms up to and with that of `memberId` are written, and the next one up to its line `after`. `first`: nothing of any yet. */
  z.object({ at: z.literal("rooms"), memberId: z.string(), after: z.int(), first: z.boolean() }),
  z.object({ at: z.literal("end") }),
]);
type Place = z.infer<typeof Place>;

export const FORMAT = "sessionlinked-export/2";

export const pieceKey = (exportId: string, piece: number) => `exports/${exportId}/${String(piece).padStart(6, "0")}`;
const exportPrefix = (exportId: string) => `exports/${exportId}/`;

/** Asks for an export, or finds the one that is being made. */
export async function requestExport(env: Env, deps: Deps, accountId: string): Promise<string> {
  const nowMs = deps.now();
  const place: Place = { at: "rows", source: 0, after: 0 };
  await env.DB.prepare(
    `INSERT INTO exports (id, account_id, requested_at_ms, place, expires_at_ms)
     SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM exports WHERE account_id = ?2 AND ready_at_ms IS NULL)`,
  )
    .bind(newId("exp", deps.random), accountId, nowMs, JSON.stringify(place), nowMs + EXPORT_RETENTION_MS)
    .run();
  const { id, accountId: whose, requestedAtMs } = exports;
  const newest = await drizzle(env.DB)
    .select({ id })
    .from(exports)
    .where(eq(whose, accountId))
    .orderBy(desc(requestedAtMs), asc(id))
    .limit(1)
    .get();
  if (newest === undefined) throw new Error("An export was neither written nor there.");
  return newest.id;
}

/** A list's text from here to the end of the page: it opens where it begins and closes where it ends. */
const listOf = ({ items, after }: Page, begins: boolean) =>
  `${begins ? "[" : items.length > 0 ? "," : ""}${items.map((item) => JSON.stringify(item)).join(",")}${after === null ? "]" : ""}`;

/** The text of the piece at a place, and the place after it. */
async function write(env: Env, deps: Deps, accountId: string, place: Place): Promise<{ text: string; next: Place }> {
  switch (place.at) {
    case "rows": {
      const source = sources[place.source];
      if (source === undefined) throw new Error("There is no such source.");
      const begins = place.after === 0;
      const page = await readRows(env, deps, source, accountId, place.after);
      const head = place.source === 0 && begins ? `{"format":"${FORMAT}","accountId":"${accountId}","tables":{` : "";
      const name = begins ? `${place.source === 0 ? "" : ","}"${source.key}":` : "";
      const text = `${head}${name}${listOf(page, begins)}`;
      if (page.after !== null) return { text, next: { ...place, after: page.after } };
      if (place.source + 1 < sources.length) return { text, next: { at: "rows", source: place.source + 1, after: 0 } };
      return { text: `${text}},"rooms":[`, next: { at: "rooms", memberId: "", after: 0, first: true } };
    }
    case "rooms": {
      const seat = await nextSeat(env.DB, accountId, place.memberId);
      if (seat === null) return { text: "]}", next: { at: "end" } };
      const page = await readRoom(env, deps, seat, place.after);
      const next: Place =
        page.after === null
          ? { at: "rooms", memberId: seat.memberId, after: 0, first: false }
          : { ...place, after: page.after, first: false };
      // A long log is several entries of the list: each is whole by itself.
      return { text: `${place.first ? "" : ","}${JSON.stringify({ ...seat, events: page.items })}`, next };
    }
    case "end":
      return { text: "", next: place };
    default:
      return assertNever(place);
  }
}

/** How far an export is, in pieces of work: sources, then rooms as one. */
const stepsDone = (place: Place) =>
  place.at === "rows" ? place.source : place.at === "rooms" ? sources.length : sources.length + 1;

const Row = z.object({
  id: z.string(),
  accountId: z.string(),
  place: z.string(),
  pieces: z.int(),
  requestedAtMs: z.int(),
});
type Row = z.infer<typeof Row>;
const Ids = z.object({ id: z.string() });

/** Writes as many pieces of an export as the budget allows. `true` when it is ready. */
async function continueExport(env: Env, deps: Deps, row: Row, budget: CallBudget): Promise<boolean> {
  let { pieces, place: placed } = row;
  while (budget.allows(PIECE_CALLS)) {
    const place = jsonColumn(Place).safeParse(placed);
    // One that nobody can read goes no further, and is gone with its time.
    if (!place.success) return false;
    const { text, next } = await write(env, deps, row.accountId, place.data);
    const bytes = new TextEncoder().encode(text);
    await objectStore(env, deps).put(pieceKey(row.id, pieces), bytes);
    const isEnd = next.at === "end";
    const nowMs = deps.now();
    const nextPlaced = JSON.stringify(next);
    // Whoever else writes the same piece writes the same bytes or later ones; the row moves on once.
    const moved = env.DB.prepare(
      `UPDATE exports SET place = ?3, pieces = pieces + 1, data_bytes = data_bytes + ?4, ready_at_ms = ?5
       WHERE id = ?1 AND place = ?2 AND pieces = ?6`,
    ).bind(row.id, placed, nextPlaced, bytes.byteLength, isEnd ? nowMs : null, pieces);
    const to = isEnd ? await addressOf(env.DB, row.accountId) : null;
    const values = { link: `${env.PUBLIC_ORIGIN}/account/privacy#export`, untilMs: nowMs + EXPORT_RETENTION_MS };
    const [result] = await env.DB.batch([
      moved,
      ...(to === null
        ? []
        : [await queueMail(env, deps, { id: `export-${row.id}`, to, template: "export-ready", values })]),
    ]);
    if (result?.meta.changes !== 1) return false;
    if (isEnd) return true;
    pieces++;
    placed = nextPlaced;
  }
  return false;
}

/** Exports of one run of cron. */
const EXPORTS = 10;
/** Calls of one piece: two that read it, keys of what is sealed in it, R2 up to four times, the address, and the batch that moves on. */
const PIECE_CALLS = 20;
/** Calls that take one export away: a list and a deletion, each up to four times, and the row. */
const DROP_CALLS = 9;

/** Carries one export on as far as a request gets. */
export async function continueExportOf(env: Env, deps: Deps, exportId: string): Promise<void> {
  const { id, accountId, place, pieces, requestedAtMs, readyAtMs } = exports;
  const row = await drizzle(env.DB)
    .select({ id, accountId, place, pieces, requestedAtMs })
    .from(exports)
    .where(and(eq(id, exportId), isNull(readyAtMs)))
    .get();
  if (row === undefined) return;
  const bounded = withRequestBudget(env, deps);
  await continueExport(bounded.env, bounded.deps, row, bounded.budget);
}

/** Pieces whose export has gone while they were being written. A row is always there before its first piece. */
async function dropOrphans(env: Env, deps: Deps, budget: CallBudget): Promise<void> {
  if (!budget.allows(DROP_CALLS)) return;
  const folders = await objectStore(env, deps).listFolders("exports/");
  const ids = folders.map((prefix) => prefix.split("/")[1] ?? "");
  if (ids.length === 0) return;
  const { results } = await allRows(
    Ids,
    env.DB.prepare("SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM exports) LIMIT ?").bind(
      JSON.stringify(ids),
      EXPORTS,
    ),
  );
  for (const { id } of results) if (budget.allows(DROP_CALLS)) await dropExport(env, deps, id);
}

/** A run of cron's share of one export. One whose room or store does not answer waits, and keeps no other waiting. */
async function carryOn(env: Env, deps: Deps, row: Row, share: CallBudget): Promise<boolean> {
  if (!share.allows(PIECE_CALLS + 1)) return false;
  const bound = metered(env, deps, share);
  const next = async (atMs: number) => {
    await env.DB.prepare("UPDATE exports SET next_try_at_ms = ?2 WHERE id = ?1").bind(row.id, atMs).run();
    return false;
  };
  try {
    return (await continueExport(bound.env, bound.deps, row, share)) || (await next(deps.now()));
  } catch (error) {
    log({ event: "cron-broke", sweep: "exports", ...describeThrown(error) });
    return await next(nextTryAtMs(deps.now(), row.requestedAtMs));
  }
}

/** The job of cron: takes away what has had its time, and carries on what requests have left. */
export async function continueExports(env: Env, deps: Deps, budget: CallBudget) {
  const ended = await allRows(
    Ids,
    env.DB.prepare("SELECT id FROM exports WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?").bind(
      deps.now(),
      EXPORTS,
    ),
  );
  for (const { id } of ended.results) if (budget.allows(DROP_CALLS)) await dropExport(env, deps, id);
  await dropOrphans(env, deps, budget);
  const { results, meta } = await allRows(
    Row,
    env.DB.prepare(
      `SELECT id, account_id AS accountId, place, pieces, requested_at_ms AS requestedAtMs FROM exports WHERE ready_at_ms IS NULL AND next_try_at_ms <= ? ORDER BY next_try_at_ms LIMIT ?`,
    ).bind(deps.now(), EXPORTS),
  );
  let done = ended.results.length;
  let finished = done < EXPORTS && results.length < EXPORTS;
  let left: number | undefined;
  for (const [at, row] of results.entries()) {
    // Whoever has much leaves something for the others.
    const share = new CallBudget(Math.floor(budget.left / (results.length - at)));
    if (await carryOn(env, deps, row, share)) done++;
    else {
      finished = false;
      left = Math.min(left ?? row.requestedAtMs, row.requestedAtMs);
    }
  }
  const oldest = left === undefined ? {} : { oldestDueAtMs: left };
  return { done, rowsRead: ended.meta.rows_read + meta.rows_read, finished, ...oldest };
}

/** Pieces first, row last: the row is how they would be found again. `false`: there are more, ask again. */
async function dropExport(env: Env, deps: Deps, exportId: string): Promise<boolean> {
  const prefix = exportPrefix(exportId);
  const store = objectStore(env, deps);
  const { objects, truncated } = await store.list(prefix, 1_000);
  await store.delete(objects.map(({ key }) => key));
  if (!truncated) await env.DB.prepare("DELETE FROM exports WHERE id = ?").bind(exportId).run();
  return !truncated;
}

/** For the erasure of an account: takes one of its exports away. `false`: there was none. */
export async function dropOneExport(env: Env, deps: Deps, accountId: string): Promise<boolean> {
  const { id, accountId: whose } = exports;
  const one = await drizzle(env.DB).select({ id }).from(exports).where(eq(whose, accountId)).limit(1).get();
  if (one === undefined) return false;
  await dropExport(env, deps, one.id);
  return true;
}

/** Stems in one archive: with its waveform each is two reads of the store, of the 10,000 that one request may make. */
export const ARCHIVE_STEMS = 3_500;

/** After which stem each archive of an account's sound begins; the first after none. */
export async function archivesOf(db: D1Database, accountId: string, stems = ARCHIVE_STEMS): Promise<string[]> {
  const { results } = await allRows(
    Ids,
    db
      .prepare(
        `SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, COUNT(*) OVER () AS all_n FROM recordings
           WHERE account_id = ?1 AND state = 'complete' AND size_bytes IS NOT NULL)
         WHERE n % ?2 = 0 AND n < all_n ORDER BY id`,
      )
      .bind(accountId, stems),
  );
  return ["", ...results.map(({ id }) => id)];
}

const Listed = Export.omit({ archives: true, stepsDone: true, steps: true }).extend({
  exportId: StoredId.export,
  place: jsonColumn(Place),
});

/** A person's exports, newest first, with how far each has come. */
export async function listExports(db: D1Database, accountId: string, nowMs: number): Promise<Export[]> {
  const { id: exportId, requestedAtMs, place: at, dataBytes, pieces, readyAtMs, expiresAtMs } = exports;
  const found = await drizzle(db)
    .select({ exportId, requestedAtMs, place: at, dataBytes, pieces, readyAtMs, expiresAtMs })
    .from(exports)
    .where(and(eq(exports.accountId, accountId), gt(expiresAtMs, nowMs)))
    .orderBy(desc(requestedAtMs))
    .limit(EXPORTS);
  const archives = found.some((row) => row.readyAtMs !== null) ? await archivesOf(db, accountId) : [];
  return readAll(Listed, found).map(({ place, ...row }) => ({
    ...row,
    archives,
    stepsDone: stepsDone(place),
    steps: sources.length + 1,
  }));
}
