type SqlValue = ArrayBuffer | string | number | null;

/** The SQL storage of the room's object, as far as the room uses it: the platform's `SqlStorage` is one, and so is Node's SQLite in a test. */
export interface Sql {
  exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): SqlRows<Row>;
}

export interface SqlRows<Row> extends Iterable<Row> {
  toArray(): Row[];
  one(): Row;
  readonly rowsWritten: number;
}
