import * as z from "zod";

/** What one run of the jobs took away: by job, how many. Nobody is named in it. */
export const RunRecord = z.object({
  number: z.int().min(1),
  atMs: z.int(),
  /** Jobs in the order of their names, so that the same counts are the same text. */
  counts: z.record(z.string(), z.int().min(0)),
  /** The record's before it; of the first, 64 zeros. */
  previousHash: z.string().regex(/^[0-9a-f]{64}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** A page of the chain, oldest first. `next`: ask for what comes after this number; `null`: that is all. */
export const RunPage = z.object({ items: z.array(RunRecord), next: z.int().nullable() });

export const FIRST_HASH = "0".repeat(64);

/** Job by job in the order of their names. */
export const countsText = (counts: Record<string, number>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1))));

/** What a record's hash (SHA-256, hexadecimal) is made of: it holds the one before, so none can be changed without all after it. */
export const textOfRun = ({ number, atMs, counts, previousHash }: Omit<RunRecord, "hash">): string =>
  ["sessionlinked run", previousHash, number, atMs, countsText(counts)].join("\n");

/**
 * Whether records hang together, each on the one before. `number`: the first that does not, and why.
 *
 * @param before The hash that the first of them has to name; `null` where the beginning of the chain has gone with its time.
 */
export async function brokenAt(
  records: readonly RunRecord[],
  before: string | null,
  sha256Hex: (text: string) => string | Promise<string>,
): Promise<{ number: number; why: "hash" | "previous" | "number" } | null> {
  let [hash, number] = [before, records[0]?.number ?? 1];
  for (const record of records) {
    if (record.number !== number) return { number: record.number, why: "number" };
    if (hash !== null && record.previousHash !== hash) return { number, why: "previous" };
    if (record.hash !== (await sha256Hex(textOfRun(record)))) return { number, why: "hash" };
    [hash, number] = [record.hash, number + 1];
  }
  return null;
}
