import { z } from "zod";
import { fromBase64Url, toBase64Url } from "../platform/base64.ts";

/** Where a page ends: the sort time and the id of its last row. Opaque to clients. */
const Cursor = z.tuple([z.int(), z.string().max(64)]);
export type Cursor = z.infer<typeof Cursor>;

/** Above every row, for the first page of a list that runs from new to old. */
export const firstPage: Cursor = [Number.MAX_SAFE_INTEGER, ""];

/** The cursor that a client handed back, or `null` if it is none of ours. */
export function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return firstPage;
  try {
    return Cursor.parse(JSON.parse(new TextDecoder().decode(fromBase64Url(text))));
  } catch {
    return null;
  }
}

function writeCursor(cursor: Cursor): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(cursor)));
}

/**
 * Cuts a page out of `limit + 1` rows: the one too many says that there is a next page, so the table is never counted. Rows that could not be
 * read count as rows that were there.
 */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursorOf: (row: Row) => Cursor,
  passedOver = 0,
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length + passedOver > limit && last !== undefined ? writeCursor(cursorOf(last)) : null;
  return { items: page.map(item), nextCursor };
}
