import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { persist } from "./bucket.ts";

/** Objects in one page: what R2 lists, and deletes, at once. */
const PAGE = 1_000;
/** An object may be older than its row's last word by a completion that reads it for long; a day is far beyond that. */
const SETTLED_AFTER_MS = 24 * 60 * 60 * 1000;
const NAME = "orphans";

/**
 * The backstop behind everything that deletes: walks through R2, a few pages a run, and takes away objects that no row knows. There are
 * none unless a Worker died in the one moment between a row's end and the last object that was still being written, or an older database
 * was put back. The place reached is kept, so a run goes on where the one before stopped; saying it again is harmless.
 */
export async function sweepOrphans(
  env: Env,
  deps: Deps,
  pages: number,
): Promise<{ done: number; rowsRead: number; finished: boolean }> {
  let done = 0;
  let rowsRead = 0;
  const place = await env.DB.prepare("SELECT place FROM sweep_places WHERE name = ?").bind(NAME).first<string>("place");
  let cursor = place ?? undefined;
  for (let page = 0; page < pages; page++) {
    const from = cursor === undefined ? {} : { cursor };
    const listed = await persist(deps, "list", () =>
      env.RECORDINGS.list({ prefix: "recordings/", limit: PAGE, ...from }),
    );
    const settled = listed.objects.filter(({ uploaded }) => deps.now() - uploaded.getTime() > SETTLED_AFTER_MS);
    const ids = JSON.stringify([...new Set(settled.map(({ key }) => idOf(key)))]);
    const known = await env.DB.prepare("SELECT id FROM recordings WHERE id IN (SELECT value FROM json_each(?))")
      .bind(ids)
      .all<{ id: string }>();
    rowsRead += known.meta.rows_read;
    const rows = new Set(known.results.map(({ id }) => id));
    const orphans = settled.map(({ key }) => key).filter((key) => !rows.has(idOf(key)));
    if (orphans.length > 0) await persist(deps, "delete", () => env.RECORDINGS.delete(orphans));
    done += orphans.length;
    cursor = listed.truncated ? listed.cursor : undefined;
    await env.DB.prepare("INSERT INTO sweep_places (name, place) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET place = ?2")
      .bind(NAME, cursor ?? null)
      .run();
    if (cursor === undefined) break;
  }
  return { done, rowsRead, finished: true };
}

const idOf = (key: string) => key.slice(key.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
