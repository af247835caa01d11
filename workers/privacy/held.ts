import { z } from "zod";
import { rowsOf } from "../platform/rows.ts";
import { isAbout, sources } from "./export-sources.ts";
import { inventory, sqlName } from "./inventory.ts";
import { keptFor } from "./retention-words.ts";
import type { Rule, Words } from "./rules.ts";

export interface Held {
  name: string;
  count: number;
  purpose: Words;
  until: Words;
}

const Counted = z.object({ count: z.int() });

/** What there is about somebody, table by table, from the same sources as the export; tables without a row are left out. */
export async function heldAbout(db: D1Database, accountId: string): Promise<Held[]> {
  const counted = await db.batch(
    sources.map(({ table, subject }) =>
      db.prepare(`SELECT COUNT(*) AS count FROM ${sqlName(table)} WHERE ${isAbout(subject)}`).bind(accountId),
    ),
  );
  return sources.flatMap(({ key, table }, at) => {
    const rule: Rule<string> = inventory[table];
    return rowsOf(Counted, counted[at])
      .filter(({ count }) => count > 0)
      .map(({ count }) => ({ name: key, count, purpose: rule.purpose, until: keptFor(rule) }));
  });
}
