import { expect, test } from "vitest";
import { CleanWay } from "./clean-way.ts";

/** A way second by second: what is lost in each, and what waits at its end; returns in which of them it is clean. */
function live(seconds: number, at: (second: number) => { loss?: number; waiting?: number | null }): boolean[] {
  const way = new CleanWay();
  return Array.from({ length: seconds }, (_, second) => {
    const { loss = 0, waiting = 0 } = at(second);
    way.hear(loss, second * 1_000);
    return way.isClean(waiting, second * 1_000);
  });
}
const share = (clean: readonly boolean[]) => clean.filter(Boolean).length / clean.length;

test("P81: a way is clean after two reports without loss, and stays so", () => {
  const clean = live(100, () => ({}));
  expect(clean.indexOf(true)).toBe(1);
  expect(share(clean.slice(1))).toBe(1);
  // Without such a carrier there is nothing to choose.
  expect(share(live(100, () => ({ waiting: null })))).toBe(0);
});

test("P81, X34: with the first loss, or as soon as packets wait, it is left at once, and tried again ever more seldom", () => {
  for (const trouble of [{ loss: 0.01 }, { waiting: 20_000 }]) {
    const clean = live(600, (second) => (second % 20 === 19 ? trouble : {}));
    expect(clean.filter((one, second) => one && second % 20 === 19)).toEqual([]);
    expect(share(clean.slice(0, 40))).toBeGreaterThan(0.1);
    expect(share(clean.slice(200))).toBeLessThan(0.2);
  }
});

test("P81: what lasted is tried again soon", () => {
  const clean = live(300, (second) => (second === 150 ? { loss: 0.1 } : {}));
  expect(clean.slice(150, 160)).not.toContain(true);
  expect(share(clean.slice(165))).toBe(1);
});
