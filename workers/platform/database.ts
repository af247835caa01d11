import { DrizzleQueryError } from "drizzle-orm/errors";
import type { Deps } from "./deps.ts";
import { describeThrown, log } from "./log.ts";

/** Something of the platform's does not answer just now, and asking again later may help. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Whether an error says that. Drizzle wraps what a statement threw into an error of its own. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Unavailable || (error instanceof DrizzleQueryError && error.cause instanceof Unavailable);

const TRIES = 3;
const FIRST_WAIT_MS = 50;

/**
 * What D1 says when it is D1 that failed and not the statement (Cloudflare's list of retryable errors). A statement's own fault carries
 * SQLite's name for it, and stays a bug of ours.
 */
const passing = [
  "network connection lost",
  "storage caused object to be reset",
  "reset because its code was updated",
  "cannot resolve d1 db due to transient issue",
  "overloaded",
  "exceeded its cpu time limit and was reset",
  "internal error",
  "timed out",
  "timeout",
];
const isPassing = (error: unknown): boolean => {
  if (!(error instanceof Error) || error.message.includes("SQLITE_")) return false;
  const said = error.message.toLowerCase();
  return passing.some((phrase) => said.includes(phrase));
};

const isRead = (sql: string) => /^\s*SELECT\b/i.test(sql);

/** A statement, and whether asking it twice is as good as once. */
class Statement implements D1PreparedStatement {
  readonly inner: D1PreparedStatement;
  readonly isRead: boolean;
  readonly #ask: Ask;
  constructor(inner: D1PreparedStatement, isRead: boolean, ask: Ask) {
    this.inner = inner;
    this.isRead = isRead;
    this.#ask = ask;
  }
  bind(...values: unknown[]): D1PreparedStatement {
    return new Statement(this.inner.bind(...values), this.isRead, this.#ask);
  }
  first<T>(column?: string): Promise<T | null> {
    return this.#ask(this.isRead, () => (column === undefined ? this.inner.first<T>() : this.inner.first<T>(column)));
  }
  run<T>(): Promise<D1Result<T>> {
    return this.#ask(this.isRead, () => this.inner.run<T>());
  }
  all<T>(): Promise<D1Result<T>> {
    return this.#ask(this.isRead, () => this.inner.all<T>());
  }
  raw<T = unknown[]>(options: { columnNames: true }): Promise<[string[], ...T[]]>;
  raw<T = unknown[]>(options?: { columnNames?: false }): Promise<T[]>;
  raw<T>(options?: { columnNames?: boolean }): Promise<T[] | [string[], ...T[]]> {
    return this.#ask<T[] | [string[], ...T[]]>(this.isRead, () =>
      options?.columnNames === true ? this.inner.raw<T>({ columnNames: true }) : this.inner.raw<T>(),
    );
  }
}
type Ask = <Answer>(isRead: boolean, ask: () => Promise<Answer>) => Promise<Answer>;

class Database implements D1Database {
  readonly #db: D1Database;
  readonly #ask: Ask;
  constructor(db: D1Database, ask: Ask) {
    this.#db = db;
    this.#ask = ask;
  }
  prepare(sql: string): D1PreparedStatement {
    return new Statement(this.#db.prepare(sql), isRead(sql), this.#ask);
  }
  batch<T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    const ours = statements.map((statement) => (statement instanceof Statement ? statement : null));
    const reads = ours.every((statement) => statement?.isRead === true);
    const inner = statements.map((statement, at) => ours[at]?.inner ?? statement);
    return this.#ask(reads, () => this.#db.batch<T>(inner));
  }
  exec(sql: string): Promise<D1ExecResult> {
    return this.#ask(false, () => this.#db.exec(sql));
  }
  withSession(from?: D1SessionBookmark | D1SessionConstraint): D1DatabaseSession {
    return this.#db.withSession(from);
  }
  dump(): Promise<ArrayBuffer> {
    return this.#db.dump();
  }
}

/**
 * D1 as everything of ours uses it: a hiccup of the platform's is `Unavailable`, which a client is told as 503 with a time to come back. A
 * read is asked again first, a little later each time and never in step with others; a write is not, because it may have been done and
 * only its answer lost.
 */
export function withRetries(db: D1Database, deps: Deps): D1Database {
  if (db instanceof Database) return db;
  return new Database(db, async (isRead, ask) => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask();
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (!isRead || tries === TRIES) {
          log({ event: "store-unavailable", call: isRead ? "D1 read" : "D1 write", ...describeThrown(error) });
          throw new Unavailable("D1 does not answer.", { cause: error });
        }
        const [chance = 0] = deps.random(1);
        await deps.sleep(FIRST_WAIT_MS * 3 ** (tries - 1) * (0.5 + chance / 255));
      }
    }
  });
}

/** Asks nothing of it but that it answers. */
export const answers = (db: D1Database): Promise<unknown> => db.prepare("SELECT 1 AS one").first();
