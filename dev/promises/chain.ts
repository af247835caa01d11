import { createHash } from "node:crypto";
import { brokenAt, FIRST_HASH, RunPage } from "../../protocol/runs.ts";

const sha256Hex = (text: string) => createHash("sha256").update(text).digest("hex");

/** What became of a look at a platform's chain of runs. */
export type Checked =
  | { ok: true; records: number; headHash: string; isRemembered: boolean | null }
  | { ok: false; number: number; why: string };

/**
 * Reads the whole chain of a platform, page by page, and checks that each record hangs on the one before.
 *
 * @param remembered A hash of before, noted elsewhere: it has to be in the chain still.
 */
export async function checkChain(
  origin: string,
  remembered: string | null,
  get: (url: string) => Promise<unknown> = async (url) => (await fetch(url)).json(),
): Promise<Checked> {
  let [records, headHash, after] = [0, FIRST_HASH, 0];
  let isRemembered = remembered === null ? null : remembered === FIRST_HASH;
  for (let next: number | null = 0; next !== null; after = next ?? after) {
    const page = RunPage.parse(await get(`${origin}/api/v1/runs?after=${after}`));
    const [first] = page.items;
    // The oldest go with their time: then the first that is left names one that nobody can ask for any more.
    const before = records > 0 || first?.number === 1 ? headHash : null;
    const broken = await brokenAt(page.items, before, sha256Hex);
    if (broken !== null) return { ok: false, ...broken };
    if (page.items.some(({ hash, previousHash }) => hash === remembered || previousHash === remembered))
      isRemembered = true;
    records += page.items.length;
    headHash = page.items.at(-1)?.hash ?? headHash;
    next = page.next;
  }
  return { ok: true, records, headHash, isRemembered };
}
