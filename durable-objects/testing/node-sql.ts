import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Sql, SqlRows } from "../sql.ts";

/** A room's SQL storage on Node's SQLite, in memory. */
export function nodeSql(): Sql {
  const database = new DatabaseSync(":memory:");
  return {
    exec<Row>(query: string, ...bindings: unknown[]): SqlRows<Row> {
      if (bindings.length === 0 && query.startsWith("CREATE")) {
        database.exec(query);
        return rowsOf([], 0);
      }
      const statement = database.prepare(query);
      if (statement.columns().length > 0) return rowsOf(statement.all(...(bindings as SQLInputValue[])) as Row[], 0);
      return rowsOf([], Number(statement.run(...(bindings as SQLInputValue[])).changes));
    },
  };
}

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
