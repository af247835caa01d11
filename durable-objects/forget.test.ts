import { expect, test } from "vitest";
import { forgetLines } from "./forget.ts";
import { nodeSql } from "./testing/node-sql.ts";
import { newMemberId } from "./testing/test-room.ts";

const [ada, ben] = [newMemberId(), newMemberId()];

/** A log with a line of words for each of these, from 1 on. */
function logOf(authors: readonly string[]) {
  const sql = nodeSql();
  sql.exec(
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, event TEXT NOT NULL, words BLOB, blanked INTEGER NOT NULL DEFAULT 0)",
  );
  for (const [at, from] of authors.entries())
    sql.exec("INSERT INTO log (seq, event, words) VALUES (?, ?, 'words')", at + 1, JSON.stringify({ from, to: ada }));
  const blank = () =>
    sql
      .exec<{ seq: number }>("SELECT seq FROM log WHERE words IS NULL AND blanked = 1 ORDER BY seq")
      .toArray()
      .map(({ seq }) => seq);
  return { sql, blank };
}

test("E3: of a room in which nothing was said yet nothing is left to do", () => {
  expect(forgetLines(logOf([]).sql, ada, 0)).toEqual({ doneSeq: 0, blanked: 0 });
});

test("E3: a person's words go up to the log's last line, and nobody else's, a line that is for the person included", () => {
  const { sql, blank } = logOf([ada, ben, ada, ben, ada]);
  expect(forgetLines(sql, ada, 0)).toEqual({ doneSeq: 5, blanked: 3 });
  expect(blank()).toEqual([1, 3, 5]);
  expect(forgetLines(sql, ada, 0)).toEqual({ doneSeq: 5, blanked: 0 });
});

test("E3, X30: a call goes on behind the line that it is told, and looks at no more than fifty thousand", () => {
  const { sql, blank } = logOf([ada, ada, ada]);
  expect(forgetLines(sql, ada, 2)).toEqual({ doneSeq: 3, blanked: 1 });
  expect(blank()).toEqual([3]);
  sql.exec("INSERT INTO log (seq, event, words) VALUES (?, ?, 'words')", 50_002, JSON.stringify({ from: ada }));
  expect(forgetLines(sql, ada, 1)).toEqual({ doneSeq: 50_001, blanked: 1 });
  expect(forgetLines(sql, ada, 50_001)).toEqual({ doneSeq: 50_002, blanked: 1 });
});
