/** Writes docs/STORAGE.md from the data inventory; a test beside the tidy ones fails when the two differ. `node dev/storage-doc.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Holding, holdings } from "../workers/privacy/holdings.ts";
import { tableRules } from "../workers/privacy/inventory.ts";
import { keptFor } from "../workers/privacy/retention-words.ts";
import type { Rule, Subject } from "../workers/privacy/rules.ts";

const intro = `# What is stored, and for how long

Written by \`dev/storage-doc.ts\` from the rules in [workers/privacy/inventory.ts](../workers/privacy/inventory.ts), one file a noun beside it, which
do not compile while a table or a column is without one, and from [workers/privacy/holdings.ts](../workers/privacy/holdings.ts) for what lies outside the tables. The
retention sweep, the erasure of an account, the policy page's table and the register at \`/privacy/register.jsonld\` run on the same values. Everything at rest is in the EU
([workers/platform/jurisdiction.ts](../workers/platform/jurisdiction.ts), wrangler.toml).
`;

const places: [Holding["where"], string][] = [
  [
    "store",
    `## R2: the bucket \`RECORDINGS\`

A session's objects share a prefix, so its deletion finds them without asking D1. Objects go first and rows last: a row is how the sweep
would find an object again. R2 itself drops an unfinished upload after seven days; ours is given up after six.`,
  ],
  [
    "room",
    `## The room: one Durable Object's SQLite for each session

Emptied when the session is deleted; the rules are in [PROTOCOL.md](PROTOCOL.md). Signalling, statuses and pings are never stored.`,
  ],
  ["index", "## Beside the tables"],
  ["disk", "## The companion's disk\n\nNothing of it leaves the machine before the person shares it."],
];

function place([where, heading]: [Holding["where"], string]): string {
  const rows = holdings
    .filter((holding) => holding.where === where)
    .map(
      ({ name, purpose, until, lawfulBasis, erased }) =>
        `| \`${name}\` | ${purpose.en} | ${until.en} | ${lawfulBasis} | ${erased} |`,
    );
  return [
    heading,
    "",
    "| name | what for | kept | basis | when the account goes |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

const subjectOf = (subject: Subject<string>) =>
  "in" in subject ? `${subject.column} in ${subject.in} (${subject.erase})` : `${subject.column} (${subject.erase})`;

/** Texts in the clear, those with one reason together. */
function clearOf({ clear = {} }: Rule<string>): string[] {
  const reasons = new Set(Object.values(clear).filter((reason) => reason !== undefined));
  return [...reasons].map(
    (reason) =>
      `- in the clear: ${Object.keys(clear)
        .filter((column) => clear[column] === reason)
        .join(", ")}. ${reason}`,
  );
}

function table([name, rule]: [string, Rule<string>]): string {
  const named = (kind: "export" | "secret" | "internal") =>
    Object.entries(rule.columns)
      .filter(([, value]) => value === kind)
      .map(([column]) => column)
      .join(", ");
  return [
    `### ${name}\n`,
    `${rule.purpose.en} Kept ${keptFor(rule).en}. Basis: ${rule.lawfulBasis}. Seen by: ${rule.recipients.join(", ") || "nobody else"}. ` +
      `About, and when the account goes: ${rule.subjects.map(subjectOf).join(", ") || "nobody"}.\n`,
    `- in an export: ${named("export") || "nothing"}`,
    ...(named("secret") === "" ? [] : [`- secret: ${named("secret")}`]),
    ...(named("internal") === "" ? [] : [`- ours alone: ${named("internal")}`]),
    ...(rule.sealed === undefined ? [] : [`- sealed: ${Object.keys(rule.sealed).join(", ")}`]),
    ...clearOf(rule),
  ].join("\n");
}

/** The whole document. */
export function storageDocument(): string {
  return `${[intro.trimEnd(), ...places.map(place), "## D1", ...tableRules.map(table)].join("\n\n")}\n`;
}

if (import.meta.main)
  writeFileSync(join(fileURLToPath(new URL("..", import.meta.url)), "docs", "STORAGE.md"), storageDocument());
