import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Sql, SqlRows } from "../sql.ts";

/** A room's SQL storage on Node's SQLite, in memory. */
export function nodeSql(): Sql {
  const database = new DatabaseSync(":memory:");
  // As the platform does: to read a statement's text again each time costs more than to run it.
  const prepared = new Map<string, { statement: StatementSync; isRead: boolean }>();
  const prepare = (query: string) => {
    let known = prepared.get(query);
    if (known === undefined) {
      const statement = database.prepare(query);
      known = { statement, isRead: statement.columns().length > 0 };
      prepared.set(query, known);
    }
    return known;
  };
  return {
    exec<Row>(query: string, ...bindings: unknown[]): SqlRows<Row> {
      if (bindings.length === 0 && query.startsWith("CREATE")) {
        database.exec(query);
        return rowsOf([], 0);
      }
      const { statement, isRead } = prepare(query);
      const values = bindings.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
      if (isRead) return rowsOf(statement.all(...(values as SQLInputValue[])).map(asThere) as Row[], 0);
      return rowsOf([], Number(statement.run(...(values as SQLInputValue[])).changes));
    },
  };
}

/** The platform's blobs are buffers; Node's are views of one. */
const asThere = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? value.slice().buffer : value]),
  );

function rowsOf<Row>(rows: Row[], rowsWritten: number): SqlRows<Row> {
  return {
    rowsWritten,
    toArray: () => rows,
    one() {
      const [row] = rows;
      if (row === undefined || rows.length > 1) throw new Error(`One row was expected, ${rows.length} came.`);
      return row;
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
