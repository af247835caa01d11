import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { HubQuery } from "../../protocol/hub.ts";
import { readCursor } from "../http/paging.ts";
import { crowdStatements, searches } from "../testing/crowd.ts";
import { searchHub } from "./search.ts";

const CROWD = 3_000;
const LIMIT = 10;

const run = async (search: string, cursor?: string) => {
  const query = HubQuery.parse({ ...Object.fromEntries(new URLSearchParams(search)), limit: LIMIT });
  const at = readCursor(cursor);
  if (at === null) throw new Error("That cursor is ours.");
  return await searchHub(env.DB, query, at);
};

beforeAll(async () => {
  for (let from = 0; from < CROWD; from += 500)
    await env.DB.batch(crowdStatements(from, from + 500).map(({ sql, json }) => env.DB.prepare(sql).bind(json)));
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
    const { results } = await env.DB.prepare("SELECT * FROM profiles ORDER BY hub_position DESC").all<
      Record<string, string | number>
    >();
    const expected = results
      .filter(
        (row) =>
          row.rate_currency === "EUR" &&
          Number(row.rate_minor) >= 2_333 &&
          Number(row.rate_minor) <= 7_777 &&
          row.daw === "Ardour",
      )
      .map((row) => row.id);
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
