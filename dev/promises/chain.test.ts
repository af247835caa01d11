import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { FIRST_HASH, type RunRecord, textOfRun } from "../../protocol/runs.ts";
import { checkChain } from "./chain.ts";

const hashOf = (record: Omit<RunRecord, "hash">) => createHash("sha256").update(textOfRun(record)).digest("hex");
/** A chain of so many records. */
const chainOf = (length: number): RunRecord[] => {
  const records: RunRecord[] = [];
  for (let number = 1; number <= length; number++) {
    const record = {
      number,
      atMs: number * 1_000,
      counts: { logs: number },
      previousHash: records.at(-1)?.hash ?? FIRST_HASH,
    };
    records.push({ ...record, hash: hashOf(record) });
  }
  return records;
};
const PAGE = 3;
const check = (records: readonly RunRecord[], remembered: string | null = null) =>
  checkChain("https://x", remembered, async (url) => {
    const after = Number(new URL(url).searchParams.get("after"));
    const items = records.filter(({ number }) => number > after).slice(0, PAGE);
    return { items, next: items.length < PAGE ? null : items.at(-1)?.number };
  });

test("E6: a whole chain is whole over its pages, with the hash that somebody noted, and when its beginning has gone with its time", async () => {
  const records = chainOf(8);
  const headHash = records.at(-1)?.hash;
  expect(await check(records)).toEqual({ ok: true, records: 8, headHash, isRemembered: null });
  expect(await check(records, records[4]?.hash ?? "")).toMatchObject({ ok: true, isRemembered: true });
  expect(await check(records.slice(4), records[3]?.hash ?? "")).toMatchObject({
    ok: true,
    records: 4,
    isRemembered: true,
  });
  expect(await check([])).toMatchObject({ ok: true, records: 0 });
});

test("E6: a count that was changed, a record that was left out or put in, and a chain that was made anew are all seen", async () => {
  const records = chainOf(8);
  const changed = records.map((record) => (record.number === 5 ? { ...record, counts: { logs: 0 } } : record));
  expect(await check(changed)).toEqual({ ok: false, number: 5, why: "hash" });
  expect(await check(records.filter(({ number }) => number !== 5))).toMatchObject({ ok: false, number: 6 });
  const [fourth] = chainOf(4).slice(3);
  const forged = { number: 5, atMs: 1, counts: {}, previousHash: fourth?.hash ?? "" };
  const replaced = records.map((record) => (record.number === 5 ? { ...forged, hash: hashOf(forged) } : record));
  expect(await check(replaced)).toEqual({ ok: false, number: 6, why: "previous" });
  const anew = chainOf(9).slice(0, 2);
  const other = { number: 3, atMs: 9, counts: {}, previousHash: anew[1]?.hash ?? "" };
  expect(await check([...anew, { ...other, hash: hashOf(other) }], records[4]?.hash ?? "")).toMatchObject({
    ok: true,
    isRemembered: false,
  });
});
