import fc from "fast-check";
import { expect, test } from "vitest";
import { Evening } from "../../protocol/sessions.ts";
import { comingEvenings } from "./evenings.ts";

const plan = (more: Partial<Evening> = {}): Evening => ({
  startsAt: "2026-10-22T20:00",
  timeZone: "Europe/Berlin",
  minutes: 120,
  repeats: "weekly",
  ...more,
});
const iso = (starts: readonly number[]) => starts.map((ms) => new Date(ms).toISOString());

test("C8: a weekly evening stays at its hour when summer time ends", () => {
  expect(iso(comingEvenings(plan(), Date.parse("2026-10-01T00:00Z"), 3))).toEqual([
    "2026-10-22T18:00:00.000Z",
    "2026-10-29T19:00:00.000Z",
    "2026-11-05T19:00:00.000Z",
  ]);
});

test("C8: an evening counts until it is over, and then the next one does", () => {
  const next = (nowMs: string, more?: Partial<Evening>) => iso(comingEvenings(plan(more), Date.parse(nowMs), 1));
  expect(next("2026-10-22T19:59Z")).toEqual(["2026-10-22T18:00:00.000Z"]);
  expect(next("2026-10-22T20:00Z")).toEqual(["2026-10-29T19:00:00.000Z"]);
  expect(next("2026-10-22T20:00Z", { repeats: "fortnightly" })).toEqual(["2026-11-05T19:00:00.000Z"]);
  expect(next("2026-10-22T20:00Z", { repeats: "never" })).toEqual([]);
});

test("C8: an hour that a night in spring leaves out is the one after it", () => {
  const spring = plan({ startsAt: "2027-03-28T02:30", repeats: "never" });
  expect(iso(comingEvenings(spring, 0, 1))).toEqual(["2027-03-28T01:30:00.000Z"]);
});

test("C8: whatever zone and day, the clock on that wall shows the hour that was agreed on", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const wall = (ms: number, timeZone: string) =>
    new Date(ms).toLocaleString("sv-SE", { timeZone, hour: "2-digit", minute: "2-digit" });
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      // Where a summer time begins or ends, it is at night.
      fc.integer({ min: 8 * 60, max: 21 * 60 }),
      fc.date({ min: new Date("2020-01-01"), max: new Date("2099-12-01"), noInvalidDate: true }),
      fc.constantFrom("weekly" as const, "fortnightly" as const),
      fc.integer({ min: 0, max: 100 * 365 }),
      (timeZone, minute, day, repeats, later) => {
        const clock = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
        const evening = Evening.parse(
          plan({ startsAt: `${day.toISOString().slice(0, 10)}T${clock}`, timeZone, repeats }),
        );
        const nowMs = day.getTime() + later * 24 * 60 * 60 * 1000;
        const starts = comingEvenings(evening, nowMs, 2);
        expect(starts.map((ms) => wall(ms, timeZone))).toEqual([clock, clock]);
        const [first = 0, second = 0] = starts;
        expect(first + 120 * 60_000).toBeGreaterThan(nowMs);
        expect(Math.round((second - first) / 86_400_000)).toBe(repeats === "weekly" ? 7 : 14);
        // None that is still to come was left out.
        if (first > nowMs + 15 * 86_400_000)
          expect(first).toBeLessThan(Date.parse(`${evening.startsAt}Z`) + 86_400_000);
      },
    ),
  );
});

test("C8: a plan that no calendar or map has is refused", () => {
  const isTaken = (more: object) => Evening.safeParse({ ...plan(), ...more }).success;
  expect(isTaken({})).toBe(true);
  expect(isTaken({ startsAt: "2028-02-29T20:00", timeZone: "America/Argentina/Buenos_Aires" })).toBe(true);
  for (const startsAt of [
    "2027-02-29T20:00",
    "2026-12-03T24:01",
    "2026-12-03",
    "2026-12-03T20:00Z",
    "9999-12-03T20:00",
  ])
    expect(isTaken({ startsAt })).toBe(false);
  for (const timeZone of ["", "Europe/Atlantis", "+25:00", "../etc", "x".repeat(65)])
    expect(isTaken({ timeZone })).toBe(false);
  for (const minutes of [0, 14, 1_441, 90.5, Number.NaN]) expect(isTaken({ minutes })).toBe(false);
  expect(isTaken({ repeats: "daily" })).toBe(false);
});
