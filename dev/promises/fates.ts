import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Mutation } from "./mutations/mutation.ts";
import { type Fates, keyOf } from "./table.ts";

/**
 * What became of the negative twins, kept from one run to the next: here, and in the published table for who begins without. A fate holds for
 * the mutation, the file that it breaks and the test that has to notice, as they were; once one of them reads otherwise the twin is due again.
 */
const KEPT = ".local/promises/mutants.json";

const Fate = z.object({ fate: z.enum(["caught", "missed", "broken"]), commit: z.string(), of: z.string() });
const Kept = z.record(z.string(), Fate);
const Published = z.object({
  commit: z.string(),
  ranAtMs: z.number(),
  rows: z.array(
    z.object({
      id: z.string(),
      tests: z.array(z.object({ file: z.string(), passed: z.int(), failed: z.int(), commit: z.string().optional() })),
      twins: z.array(z.object({ name: z.string() }).and(z.union([Fate, z.object({ fate: z.string() })]))),
    }),
  ),
});
export type Published = z.infer<typeof Published>;

/** The table that was published last; each of its tests with the commit at which it ran. */
export function readPublished(path: string): Published {
  const { rows, ...table } = Published.parse(JSON.parse(readFileSync(path, "utf8")));
  const at = (test: Published["rows"][number]["tests"][number]) => ({ ...test, commit: test.commit ?? table.commit });
  return { ...table, rows: rows.map((row) => ({ ...row, tests: row.tests.map(at) })) };
}

/** What a fate is of. */
export const stampOf = (mutation: Mutation, read = (file: string): string => readFileSync(file, "utf8")): string =>
  createHash("sha256")
    .update([JSON.stringify(mutation), read(mutation.file), read(mutation.test)].join("\0"))
    .digest("hex")
    .slice(0, 24);

/** The fates of a published table. */
export function publishedFates({ rows }: Pick<Published, "rows">): Fates {
  const fates: Fates = {};
  for (const { id, twins } of rows)
    for (const { name, ...fate } of twins) if ("of" in fate) fates[keyOf({ promise: id, name })] = fate;
  return fates;
}

/** Those of these fates that hold for the sources as they are; an earlier list comes before a later one. Where nothing ran, nothing holds. */
export function holding(
  mutations: readonly Mutation[],
  lists: readonly Fates[],
  stamp: (mutation: Mutation) => string = stampOf,
): Fates {
  const fates: Fates = {};
  for (const mutation of mutations) {
    const key = keyOf(mutation);
    const of = stamp(mutation);
    const found = lists.map((list) => list[key]).find((fate) => fate?.of === of && fate.fate !== "broken");
    if (found !== undefined) fates[key] = found;
  }
  return fates;
}

export const readFates = (): Fates => (existsSync(KEPT) ? Kept.parse(JSON.parse(readFileSync(KEPT, "utf8"))) : {});

export function keepFates(fates: Fates): void {
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, JSON.stringify(fates));
}
