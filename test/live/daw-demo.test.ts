import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { DawDemoReport } from "../../dev/demo/daw-run.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-daws-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run demo:daw` says when JACK or an Ardour was ended, or crashed before anything was said to it: nothing was found out about us. */
const ENDED_BY_ITSELF = 3;
const missing = ["jackd", "ardour7-new_session", "jack_connect"].filter(
  (program) => spawnSync("which", [program]).status !== 0,
);
const hasClock = spawnSync("which", ["jack_mclk_dump"]).status === 0;
const isAllowed = process.getuid?.() === 0;

/** How far apart the DAWs were belongs to the machine, and to the demo's own exit; what is asserted is what they did. */
test("C4, P42, P70: two real Ardours roll as one, by MMC, Mackie Control and OSC: each press is one line of one log, and no echo is one", (context) => {
  if (missing.length > 0) context.skip(`There is no ${missing.join(" and no ")} here.`);
  if (!isAllowed) context.skip("JACK needs a place in shared memory of its own, which root alone may make.");
  const json = join(folder, "report.json");
  const run = spawnSync("node", ["dev/demo-daw.ts", "--short", "--json", json], { encoding: "utf8" });
  if (run.status === ENDED_BY_ITSELF) context.skip(run.stderr.trim().split("\n").at(-1) ?? "JACK has ended.");
  expect(run.stderr).not.toMatch(/✗/);
  const report: DawDemoReport = JSON.parse(readFileSync(json, "utf8"));
  expect(report).toMatchObject({ profile: "clean", sameOrder: true, commands: 11, logged: 11 });
  expect(report.table.map(({ language, command, by }) => `${language}: ${command} by ${by}`)).toEqual([
    "mmc: locate by Ada, at the companion",
    "mmc: play by Ben, at the companion",
    "mmc: stop by Ada, at the companion",
    "mmc: play by Ada, at the DAW",
    "mmc: stop by Ben, at the DAW",
    "mackie: locate by Ben, at the companion",
    "mackie: play by Ben, at the companion",
    "mackie: stop by Ada, at the DAW",
    "osc: locate by Ben, at the companion",
    "osc: play by Ada, at the DAW",
    "osc: stop by Ben, at the companion",
  ]);
  // Both say where they are while they roll together, whatever Ada's is spoken to in.
  for (const { count } of Object.values(report.byLanguageMs)) expect(count).toBeGreaterThan(0);
  // A program that is none of ours has followed the clock, where there is one.
  if (hasClock) expect(report.clock?.offMs.count).toBeGreaterThan(0);
  else expect(report.clock).toBeNull();
  // A storm would be hundreds: each command is a message or two to each DAW, or a few more where one had to be put in place.
  expect(report.echoes).toBeGreaterThan(0);
  expect(report.echoes).toBeLessThan(120);
  for (const spread of [report.commandSkewMs, report.dawSkewMs]) {
    expect(spread.count).toBeGreaterThan(0);
    expect(spread.p50).toBeLessThanOrEqual(spread.max);
  }
});
