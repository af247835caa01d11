/**
 * `npm run promises`: every row of docs/PROMISES.md with the tests that cite it, how they ended when they last ran, and its negative twins:
 * the rule broken in a copy of the sources, which a test that cites the promise has to notice. `-- --twins` runs those that have not run
 * with these sources, here or in the published run, `--only E1,E3` some of them; `--json file` writes the table; `--publish` writes docs/promises.json, which the site shows.
 * `--mutants` is the mutation score over retention, erasure and projection, `--minutes 20` a part of it, `--sample 200` so many
 * faults spread over all of them, `--only erasure` of one area or file.
 * `--chain https://…` checks a platform's public chain of runs, `--remembered hash` also that a hash noted before is still in it.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkChain } from "./promises/chain.ts";
import { citations, promiseRows } from "./promises/citations.ts";
import { holding, keepFates, publishedFates, readFates, readPublished, stampOf } from "./promises/fates.ts";
import { runTwins } from "./promises/mutants.ts";
import { mutationScore } from "./promises/mutation-score.ts";
import type { Mutation } from "./promises/mutations/mutation.ts";
import { mutations } from "./promises/mutations.ts";
import { readResults } from "./promises/results.ts";
import { keyOf, promiseTable, tableAsText } from "./promises/table.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
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

const PUBLISHED = `${root}docs/promises.json`;
const commit = spawnSync("git", ["rev-parse", "--short=10", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();
const kept = readFates();
const published = readPublished(PUBLISHED);
const lists = [kept, publishedFates(published)];
const only = values.only?.split(",");
const isAsked = ({ promise }: Mutation) => only === undefined || only.includes(promise);
const known = holding(mutations, lists);
const due = values.twins ? mutations.filter((one) => isAsked(one) && known[keyOf(one)] === undefined) : [];

// As the sources are now, which the copies are made of: somebody may write in them while the twins run.
const stamps = new Map(due.map((mutation) => [mutation, stampOf(mutation)]));
if (due.length > 0)
  await runTwins(root, due, (mutation, { fate, note }) => {
    kept[keyOf(mutation)] = { fate, commit, of: stamps.get(mutation) ?? "" };
    keepFates(kept);
    console.error(`${fate} ${keyOf(mutation)}${fate === "caught" ? "" : `\n  ${note}`}`);
  });

const fates = holding(mutations, lists);
const results = readResults();
const rows = promiseTable(promiseRows(), citations(), results, mutations, fates, published.rows);
const ranAtMs = Math.max(published.ranAtMs, ...Object.values(results).map((file) => file.ranAtMs));
const table = { commit, ranAtMs, rows };
const text = JSON.stringify(table, null, 1);
if (values.json !== undefined) writeFileSync(values.json, `${text}\n`);
if (values.publish) writeFileSync(PUBLISHED, `${text}\n`);
console.log(tableAsText(rows));
process.exitCode = rows.every(({ state }) => state === "kept") ? 0 : 1;
