/**
 * `npm run promises`: every row of docs/PROMISES.md with the tests that cite it, how they ended when they last ran, and its negative twins:
 * the rule broken in a copy of the sources, which a test that cites the promise has to notice. `-- --twins` runs those that have not run
 * at this commit's sources, `--only E1,E3` some of them; `--json file` writes the table; `--publish` writes docs/promises.json, which the site shows.
 * `--mutants` is the mutation score over retention, erasure and projection, `--minutes 20` a part of it, `--sample 200` so many
 * faults spread over all of them, `--only erasure` of one area or file.
 * `--chain https://…` checks a platform's public chain of runs, `--remembered hash` also that a hash noted before is still in it.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { checkChain } from "./promises/chain.ts";
import { citations, promiseRows } from "./promises/citations.ts";
import { runTwins } from "./promises/mutants.ts";
import { mutationScore } from "./promises/mutation-score.ts";
import type { Mutation } from "./promises/mutations/mutation.ts";
import { mutations } from "./promises/mutations.ts";
import { readResults } from "./promises/results.ts";
import { type Fates, keyOf, promiseTable, tableAsText } from "./promises/table.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const FATES = ".local/promises/mutants.json";
const { values } = parseArgs({
  options: {
    twins: { type: "boolean" },
    only: { type: "string" },
    json: { type: "string" },
    publish: { type: "boolean" },
    chain: { type: "string" },
    remembered: { type: "string" },
    mutants: { type: "boolean" },
    sample: { type: "string" },
    minutes: { type: "string", default: "180" },
  },
});

if (values.chain !== undefined) {
  const checked = await checkChain(values.chain, values.remembered ?? null);
  console.log(checked);
  process.exit(checked.ok && checked.isRemembered !== false ? 0 : 1);
}

if (values.mutants) {
  const { text, isEnough } = await mutationScore(
    root,
    Number(values.minutes),
    values.only,
    values.sample === undefined ? undefined : Number(values.sample),
  );
  console.log(text);
  process.exit(isEnough ? 0 : 1);
}

const Known = z.record(
  z.string(),
  z.object({
    fate: z.enum(["caught", "missed", "broken"]),
    note: z.string(),
    ranAtMs: z.number(),
    commit: z.string(),
    of: z.string(),
  }),
);
const commit = spawnSync("git", ["rev-parse", "--short=10", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();

/** A fate holds for the mutation, its file and its test as they were. */
const stamp = (mutation: Mutation) =>
  createHash("sha256")
    .update(JSON.stringify(mutation))
    .update(readFileSync(mutation.file))
    .update(readFileSync(mutation.test))
    .digest("hex");

const known = existsSync(FATES) ? Known.parse(JSON.parse(readFileSync(FATES, "utf8"))) : {};
const only = values.only?.split(",");
const current = (mutation: Mutation) => known[keyOf(mutation)]?.of === stamp(mutation);
const due = values.twins
  ? mutations.filter((mutation) => !current(mutation) && (only === undefined || only.includes(mutation.promise)))
  : [];

// As the sources are now, which the copies are made of: somebody may write in them while the twins run.
const stamps = new Map(due.map((mutation) => [mutation, stamp(mutation)]));
if (due.length > 0)
  await runTwins(root, due, (mutation, { fate, note }) => {
    known[keyOf(mutation)] = { fate, note, ranAtMs: Date.now(), commit, of: stamps.get(mutation) ?? "" };
    mkdirSync(dirname(FATES), { recursive: true });
    writeFileSync(FATES, JSON.stringify(known));
    console.error(`${fate} ${keyOf(mutation)}${fate === "caught" ? "" : `\n  ${note}`}`);
  });

const fates: Fates = {};
for (const one of mutations.filter(current)) {
  const found = known[keyOf(one)];
  if (found !== undefined) fates[keyOf(one)] = found;
}
const results = readResults();
const rows = promiseTable(promiseRows(), citations(), results, mutations, fates);
const ranAtMs = Math.max(0, ...Object.values(results).map((file) => file.ranAtMs));
const table = { commit, ranAtMs, rows };
const text = JSON.stringify(table, null, 1);
if (values.json !== undefined) writeFileSync(values.json, `${text}\n`);
if (values.publish) writeFileSync(`${root}docs/promises.json`, `${text}\n`);
console.log(tableAsText(rows));
process.exitCode = rows.every(({ state }) => state === "kept") ? 0 : 1;
