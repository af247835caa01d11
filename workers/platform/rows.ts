import { z } from "zod";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { log } from "./log.ts";

/**
 * Rows of a raw statement, read by a schema of their own: what D1 answers is `unknown` until it has passed one. Columns that the tables hold
 * as text are read into what they mean on the way. A row that its schema refuses, of an older version or by a bug of ours, is passed over and
 * the log says which column it is: one row that nobody can read makes no page and no job of everybody's break (fault X32).
 */
function read<Row extends z.ZodType>(schema: Row, row: unknown): z.output<Row> | null {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  log({ event: "row-unreadable", table: `column ${parsed.error.issues[0]?.path[0]?.toString() ?? ""}`, id: idIn(row) });
  return null;
}

/** What a row is called, where it says so. */
function idIn(row: unknown): string {
  const id = Object.entries(row ?? {}).find(([name, value]) => /^id$|Id$/.test(name) && typeof value === "string")?.[1];
  return typeof id === "string" ? id : "";
}

export async function firstRow<Row extends z.ZodType>(
  schema: Row,
  statement: D1PreparedStatement,
): Promise<z.output<Row> | null> {
  const row = await statement.first();
  return row === null ? null : read(schema, row);
}

/** One column of the first row; `null`: there is no row, or nothing in the column. */
export async function firstValue<Value extends z.ZodType>(
  schema: Value,
  statement: D1PreparedStatement,
  column: string,
): Promise<z.output<Value> | null> {
  const value = await statement.first<unknown>(column);
  return value === null ? null : read(schema, value);
}

/** Every row that can be read, what D1 says of the work, and how many were passed over. */
export async function allRows<Row extends z.ZodType>(
  schema: Row,
  statement: D1PreparedStatement,
): Promise<{ results: z.output<Row>[]; meta: D1Meta; passedOver: number }> {
  const { results, meta } = await statement.all();
  const rows = readAll(schema, results);
  return { results: rows, meta, passedOver: results.length - rows.length };
}

/** Rows of a typed read (drizzle) whose columns hold more than their type says: ids, JSON, words of a list. */
export const readAll = <Row extends z.ZodType>(schema: Row, rows: readonly unknown[]): z.output<Row>[] =>
  rows.flatMap((row) => {
    const one = read(schema, row);
    return one === null ? [] : [one];
  });

/** The rows of one statement of a batch. */
export const rowsOf = <Row extends z.ZodType>(schema: Row, result: D1Result | undefined): z.output<Row>[] =>
  readAll(schema, result?.results ?? []);

/** SQLite has no truth: 0 or 1. */
export const SqlBoolean = z.literal([0, 1]).transform((value) => value === 1);

/** A column whose texts are sealed (personal-seal.ts); one that is not is refused like any other wrong row. */
export const StoredSealed = z.custom<Sealed>(
  (text) => typeof text === "string" && /^[\w-]{1,64}:[A-Za-z0-9+/]+={0,2}$/.test(text),
);

/** A column that holds JSON, with what it says. */
export const jsonColumn = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, issues): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        issues.addIssue({ code: "custom", message: "This is no JSON." });
        return z.NEVER;
      }
    })
    .pipe(schema);

/**
 * Ids as the tables hold them. What comes in from outside is checked by the ids' own schemas (protocol/ids.ts); a row is read, shown and taken
 * away, whatever its id looks like.
 */
const stored = <Kind extends string>() => z.custom<`${Kind}_${string}`>((id) => typeof id === "string");
export const StoredId = {
  session: stored<"ses">(),
  member: stored<"mem">(),
  recording: stored<"rec">(),
  invite: stored<"inv">(),
  block: stored<"blk">(),
  export: stored<"exp">(),
  request: stored<"prq">(),
  hold: stored<"hld">(),
  conversation: stored<"cnv">(),
  message: stored<"msg">(),
  profile: stored<"pro">(),
};
