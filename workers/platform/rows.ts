import { z } from "zod";

/**
 * Rows of a raw statement, read by a schema of their own: what D1 answers is `unknown` until it has passed one. Columns that the tables hold
 * as text are read into what they mean on the way.
 */
export async function firstRow<Row extends z.ZodType>(
  schema: Row,
  statement: D1PreparedStatement,
): Promise<z.output<Row> | null> {
  const row = await statement.first();
  return row === null ? null : schema.parse(row);
}

/** One column of the first row; `null`: there is no row, or nothing in the column. */
export async function firstValue<Value extends z.ZodType>(
  schema: Value,
  statement: D1PreparedStatement,
  column: string,
): Promise<z.output<Value> | null> {
  const value = await statement.first<unknown>(column);
  return value === null ? null : schema.parse(value);
}

/** Every row, and what D1 says of the work. */
export async function allRows<Row extends z.ZodType>(
  schema: Row,
  statement: D1PreparedStatement,
): Promise<{ results: z.output<Row>[]; meta: D1Meta }> {
  const { results, meta } = await statement.all();
  return { results: z.array(schema).parse(results), meta };
}

/** The rows of one statement of a batch. */
export const rowsOf = <Row extends z.ZodType>(schema: Row, result: D1Result | undefined): z.output<Row>[] =>
  z.array(schema).parse(result?.results ?? []);

/** SQLite has no truth: 0 or 1. */
export const SqlBoolean = z.literal([0, 1]).transform((value) => value === 1);

/** A column that holds JSON, with what it says. */
export const jsonColumn = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
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
