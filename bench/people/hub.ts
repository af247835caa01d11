import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile } from "../../dev/percentile.ts";
import { startPlatform } from "../../dev/platform.ts";
import { sealer } from "../../dev/seed.ts";
import { HubPage } from "../../protocol/hub.ts";
import { crowdStatements, searches } from "../../workers/testing/crowd.ts";
import type { Row } from "../row.ts";

const PEOPLE = 100_000;
const BATCH = 2_000;
/** Four times what an isolate keeps, so that a page reads the keys of most whom it shows. */
const KEYS = 2_000;
const LIMIT = 24;
const PAGES = 3;
const GOAL = 20;

/**
 * What a search of the Hub reads (D1's own `rows_read`, which is what is paid for) and how long the page takes through the Worker, with
 * a hundred thousand published profiles. The index's inner pages are not rows to D1; the time has them in it.
 */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const platform = await startPlatform({ isCrowd: true, stateDir: folder });
  try {
    const seal = sealer(platform);
    for (let from = 0; from < PEOPLE; from += BATCH) {
      const statements = await crowdStatements(from, from + BATCH, seal, KEYS);
      await platform.db.batch(statements.map(({ sql, json }) => platform.db.prepare(sql).bind(json)));
    }
    const rows: Row[] = [];
    const tookMs: number[] = [];
    for (const [name, search] of Object.entries(searches)) {
      const asked = Object.fromEntries(new URLSearchParams(search));
      let most = 0;
      let cursor: string | undefined;
      for (let turned = 0; turned < PAGES; turned++) {
        const more = { limit: String(LIMIT), ...(cursor === undefined ? {} : { cursor }) };
        const startedAtMs = performance.now();
        const response = await fetch(
          `${platform.origin}/api/v1/hub/profiles?${new URLSearchParams({ ...asked, ...more })}`,
        );
        const page = HubPage.parse(await response.json());
        tookMs.push(performance.now() - startedAtMs);
        most = Math.max(most, Number(/dur=(\d+)/.exec(response.headers.get("Server-Timing") ?? "")?.[1]));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      const value = most / LIMIT;
      rows.push({
        bench: "people",
        name: `Hub, rows read for each of ${LIMIT} people: ${name}`,
        value,
        unit: "rows",
        beside: { profiles: PEOPLE },
        ratio: null,
        goal: `≤ ${GOAL}`,
        ok: value <= GOAL,
      });
    }
    for (const share of [0.5, 0.95])
      rows.push({
        bench: "people",
        name: `Hub, a page of all these searches through the Worker, p${share * 100}`,
        value: percentile(tookMs, share),
        unit: "ms",
        beside: {},
        ratio: null,
        goal: "",
        ok: true,
      });
    return rows;
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
