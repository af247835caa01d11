import { expect, test } from "vitest";
import type { MemberId } from "../../protocol/ids.ts";
import { type Agreement, compared, followWords, noAgreement, tellingOf } from "./agreement.std.ts";

const ben: MemberId = `mem_${"b".repeat(26)}`;
const cleo: MemberId = `mem_${"c".repeat(26)}`;
const agreed = (text: string) => ({ state: "agreed", words: text.split(" ") }) as const;
/** What is told on the way through these states. */
function through(from: Agreement, ...steps: Parameters<typeof followWords>[1][]) {
  const told: ReturnType<typeof tellingOf>[] = [];
  let now = from;
  for (const step of steps) {
    const next = followWords(now, step, [ben]);
    told.push(tellingOf(now, next));
    now = next;
  }
  return { now, told: told.filter((one) => one !== null) };
}

test("P65: the first words are news to nobody; they count as compared when the person says so", () => {
  const { now, told } = through(noAgreement, { state: "agreeing" }, agreed("bada loki mesu tiro"));
  expect(told).toEqual([]);
  expect(now).toMatchObject({ words: ["bada", "loki", "mesu", "tiro"], isCompared: false, changed: null });
  expect(compared(now).isCompared).toBe(true);
});

test("P65: other keys between the same people are told at once, and what was compared holds no more", () => {
  const first = compared(through(noAgreement, agreed("bada loki mesu tiro")).now);
  const { now, told } = through(first, { state: "agreeing" }, agreed("kafe nodi puga relo"));
  expect(told).toEqual(["words-keys"]);
  expect(now).toMatchObject({ isCompared: false, changed: "keys" });
});

test("P65: whoever comes brings other words, which is told to those who had compared theirs and to no others", () => {
  const first = through(noAgreement, agreed("bada loki mesu tiro")).now;
  const next = agreed("kafe nodi puga relo");
  const come = (from: Agreement) => tellingOf(from, followWords(from, next, [ben, cleo]));
  expect(come(first)).toBeNull();
  expect(come(compared(first))).toBe("words-people");
});

test("P65: the same words again are as they were", () => {
  const first = compared(through(noAgreement, agreed("bada loki mesu tiro")).now);
  const { now, told } = through(first, { state: "agreeing" }, agreed("bada loki mesu tiro"));
  expect(told).toEqual([]);
  expect(now.isCompared).toBe(true);
});

test("P65: keys that do not agree are told, once", () => {
  const { told, now } = through(noAgreement, agreed("bada loki mesu tiro"), { state: "broken" }, { state: "broken" });
  expect(told).toEqual(["words-broken"]);
  expect(now.words).toEqual([]);
});
