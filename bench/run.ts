/**
 * `npm run bench -- [name…] [--json file]`: runs the named benchmarks, or all of them, one after the other, prints one table and
 * writes its rows. A goal that was missed is shown and is not an error: these are measurements of this machine in this minute.
 * A benchmark that breaks is one.
 */
import { existsSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { parseArgs } from "node:util";
import type { Bench, Row } from "./row.ts";

const names = [
  "room",
  "network",
  "transport",
  "sound",
  "takes",
  "people",
  "view",
  "money",
  "privacy",
  "platform",
] as const;

/** Three significant digits say all that such a figure holds. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-GB") : String(Number(value.toPrecision(3)));
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.bench,
    row.name,
    `${figure(row.value)} ${row.unit}`,
    Object.entries(row.beside)
      .map(([peer, value]) => `${peer} ${figure(value)}`)
      .join(", "),
    row.ratio === null ? "" : `× ${figure(row.ratio)}`,
    row.goal,
    row.goal === "" ? "" : row.ok ? "met" : "MISSED",
  ]);
  const lines = [["bench", "what", "value", "beside", "ratio", "goal", ""], ...cells];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const print = (line: string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return lines.map((line) => print(line).trimEnd()).join("\n");
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

const parsed = parse();
const asked = parsed?.positionals.filter((name) => name !== "all") ?? [];
const unknown = asked.filter((name) => !names.some((known) => known === name));
if (parsed === undefined || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark called ${unknown.join(" or ")}.`);
  console.error(`usage: npm run bench -- [${names.join(" | ")}]… [--json file]`);
  process.exit(2);
}

const rows: Row[] = [];
let broken = 0;
for (const name of asked.length > 0 ? asked : names) {
  const file = new URL(`${name}.ts`, import.meta.url);
  if (!existsSync(file)) {
    console.error(`${name}: not written yet, nothing was measured.`);
    if (asked.length > 0) broken++;
    continue;
  }
  console.error(`${name}: measuring…`);
  const startedAtMs = performance.now();
  try {
    const bench: Bench = await import(file.href);
    rows.push(...(await bench.run()));
    console.error(`${name}: ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
  } catch (error) {
    broken++;
    console.error(`${name}: broke.`, error);
  }
}

if (rows.length > 0) {
  const missed = rows.filter((row) => !row.ok).length;
  console.log(
    `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}\n`,
  );
  console.log(table(rows));
  console.log(`\n${rows.length} figures, ${missed} missed ${missed === 1 ? "its" : "their"} goal.`);
}
if (parsed.values.json !== undefined) writeFileSync(parsed.values.json, `${JSON.stringify(rows, null, 2)}\n`);
process.exit(broken > 0 ? 1 : 0);
