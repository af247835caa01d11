import { globSync } from "node:fs";
import type { Bench, Row } from "./row.ts";

/** Accounts, profiles, the Hub, the site: each file of bench/people/ in turn. */
export async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const file of globSync("people/*.ts", { cwd: import.meta.dirname }).sort()) {
    const bench: Bench = await import(new URL(file, import.meta.url).href);
    rows.push(...(await bench.run()));
  }
  return rows;
}
