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
      if (isRead) return rowsOf(statement.all(...(bindings as SQLInputValue[])) as Row[], 0);
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
