import { env } from "cloudflare:workers";
import { getTableColumns, getTableName } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** For tests: the tables themselves, for rows that nothing of the product made. Their types are the schema's, so a new column breaks the compiler. */
export const db = drizzle(env.DB);

const ROWS_A_STATEMENT = 1_000;

/** So many rows, made of their numbers: more than the values that one statement of drizzle's may carry, so they go as one list. */
export async function fill<Row extends object>(
  table: SQLiteTable & { $inferInsert: Row },
  count: number,
  row: (at: number) => NoInfer<Row>,
): Promise<void> {
  const names = new Map(Object.entries(getTableColumns(table)).map(([key, column]) => [key, column.name]));
  const rows = Array.from({ length: count }, (_, at) => row(at));
  const given = Object.keys(rows[0] ?? {}).filter((key) => names.has(key));
  const sql = `INSERT INTO ${getTableName(table)} (${given.map((key) => names.get(key))})
    SELECT ${given.map((key) => `value ->> '${key}'`)} FROM json_each(?)`;
  const pieces = Array.from({ length: Math.ceil(count / ROWS_A_STATEMENT) }, (_, at) =>
    rows.slice(at * ROWS_A_STATEMENT, (at + 1) * ROWS_A_STATEMENT),
  );
  await env.DB.batch(pieces.map((piece) => env.DB.prepare(sql).bind(JSON.stringify(piece))));
}
