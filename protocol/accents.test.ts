import { expect, test } from "vitest";
import { accentOf, accentsOf } from "./accents.ts";

const ids = Array.from({ length: 20 }, (_, at) => `acc_${at}`);

test("eight people have eight accents; a ninth shares one; the order of asking is the order of joining", () => {
  const eight = accentsOf(ids.slice(0, 8));
  expect([...eight.values()].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  for (const [id, accent] of eight) expect(accentsOf(ids).get(id)).toBe(accent);
  expect(accentsOf(ids).size).toBe(20);
});

test("whoever had the accent of their own id keeps it when others leave", () => {
  for (const id of ids) {
    const alone = accentOf(id);
    expect(accentsOf([id, ...ids.filter((other) => other !== id)]).get(id)).toBe(alone);
  }
});
