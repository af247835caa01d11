import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { HubQuery } from "../../protocol/hub.ts";
import { readCursor } from "../http/paging.ts";
import { systemDeps } from "../platform/deps.ts";
import { crowd, profileOf, searches } from "../testing/crowd.ts";
import { seedCrowd } from "../testing/person.ts";
import { searchHub } from "./search.ts";

const CROWD = 3_000;
const LIMIT = 10;

const run = async (search: string, cursor?: string) => {
  const query = HubQuery.parse({ ...Object.fromEntries(new URLSearchParams(search)), limit: LIMIT });
  const at = readCursor(cursor);
  if (at === null) throw new Error("That cursor is ours.");
  return await searchHub(env, systemDeps, query, at);
};

beforeAll(async () => {
  for (let from = 0; from < CROWD; from += 500) await seedCrowd(from, from + 500);
});

describe("the Hub with many people in it", () => {
  test.each(Object.entries(searches))(
    "A4: %s reads no more than twenty rows for each person of a page, on every page",
    async (_, search) => {
      let cursor: string | undefined;
      for (let turned = 0; turned < 3; turned++) {
        const { page, rowsRead } = await run(search, cursor);
        expect(rowsRead).toBeLessThanOrEqual(20 * LIMIT);
        if (page.nextCursor === null) return;
        expect(page.items).toHaveLength(LIMIT);
        cursor = page.nextCursor;
      }
    },
  );

  test("what is found is what a look at every profile would find, in the same order", async () => {
    const expected = crowd(0, CROWD)
      .filter(
        ({ rateCurrency, rateMinor, daw }) =>
          rateCurrency === "EUR" && rateMinor >= 2_333 && rateMinor <= 7_777 && daw === "Ardour",
      )
      .map(({ number }) => profileOf(number))
      .toReversed();
    expect(expected.length).toBeGreaterThan(15);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { page } = await run("currency=EUR&rateMin=2333&rateMax=7777&daw=Ardour", cursor);
      found.push(...page.items.map(({ profileId }) => profileId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(expected);
  });
});
