import { expect, test } from "vitest";
import { steady } from "./steady.ts";

/** A database whose connection has been given up `lost` times. */
function databaseThatLoses(lost: number) {
  const asked: string[] = [];
  const fail = () => {
    if (lost-- <= 0) return;
    throw new TypeError("fetch failed", {
      cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
    });
  };
  class Statement {
    readonly #sql: string;
    constructor(sql: string) {
      this.#sql = sql;
    }
    get sql() {
      return this.#sql;
    }
    bind(value: string) {
      return new Statement(`${this.#sql} ${value}`);
    }
    async run() {
      asked.push(this.#sql);
      fail();
      return { done: this.#sql };
    }
  }
  const db = {
    prepare: (sql: string) => new Statement(sql),
    batch: async (statements: Statement[]) => {
      fail();
      return statements.map((statement) => statement.sql);
    },
  };
  return { asked, db: steady(db) };
}

test("X5: a call over a connection that was given up is made once more, and no other", async () => {
  const { asked, db } = databaseThatLoses(1);
  expect(await db.prepare("a").bind("b").run()).toEqual({ done: "a b" });
  expect(asked).toEqual(["a b", "a b"]);
  expect(await db.batch([db.prepare("c"), db.prepare("d").bind("e")])).toEqual(["c", "d e"]);
  const gone = databaseThatLoses(9);
  await expect(gone.db.prepare("a").run()).rejects.toThrow("fetch failed");
  expect(gone.asked).toHaveLength(2);
});
