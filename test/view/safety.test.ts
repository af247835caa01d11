import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeWav } from "../../audio/wav-codecs.ts";
import type { CopiesReport } from "../../companion/engine/copies/safety-copies.std.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { strengthOf, writeTone } from "../../dev/ear.ts";
import { compare, FRAME_BYTES, soundOf, writeNoise } from "../live/same-sound.ts";
import { Evening, type Guest } from "./evening.ts";
import { Keyboard } from "./keyboard.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BROWSER_HZ = 660;
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-safety-view-"));
/** Beside other work a machine needs a while until two ends have found each other. */
const patience = { timeout: 200_000, interval: 250 };
let evening: Evening;
let benToken = "";
let ada: Guest;
const companions: Companion[] = [];

beforeAll(async () => {
  evening = await Evening.begin("Safety", writeTone(BROWSER_HZ, join(folder, "browser.wav"), true));
  benToken = await evening.invite("Ben Webster", "participant");
  writeNoise(join(folder, "noise.wav"));
});
afterAll(async () => {
  for (const companion of companions) companion.kill();
  await evening?.end();
  rmSync(folder, { recursive: true, force: true });
});

async function startBen(name: string): Promise<Companion> {
  const place = join(folder, name);
  mkdirSync(place);
  const { platform, sessionId } = evening;
  const input = join(folder, "noise.wav");
  const ben = new Companion(name, { origin: platform.origin, token: benToken, sessionId, input, folder: place });
  companions.push(ben);
  await ben.until("joined", () => true);
  return ben;
}

/** Ada in a browser of her own, which has kept nothing yet, with her sound on. */
async function enterAda(): Promise<Guest> {
  const guest = await evening.enter(evening.hostToken);
  guest.context.setDefaultTimeout(patience.timeout);
  await guest.page.getByRole("button", { name: "Turn sound on" }).click();
  await guest.page.getByRole("group", { name: "Safety copies" }).waitFor();
  return guest;
}

/** Files of a browser's own file system whose names end so: how long each is, and the bytes of the first. */
async function filesOf(page: Page, ending: string): Promise<{ sizes: number[]; first: Buffer }> {
  const read = `(async () => {
    const find = async (folder) => {
      const found = [];
      for await (const entry of folder.values())
        if (entry.kind === "directory") found.push(...(await find(entry)));
        else if (entry.name.endsWith(${JSON.stringify(ending)})) found.push(await entry.getFile());
      return found;
    };
    const files = await find(await navigator.storage.getDirectory());
    const bytes = new Uint8Array((await files[0]?.arrayBuffer()) ?? []);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
    return { sizes: files.map(({ size }) => size), first: btoa(text) };
  })()`;
  const { sizes, first } = await page.evaluate<{ sizes: number[]; first: string }>(read);
  return { sizes, first: Buffer.from(first, "base64") };
}

/** Until the session has rolled into its third bar, as this page shows it. */
const roll = (page: Page) =>
  page.waitForFunction(() => Number(document.querySelector(".view-counters .big dd")?.textContent) >= 3);
/** How things stand with a companion's safety copies, once they stand so. */
async function stands(ben: Companion, fits: (report: CopiesReport) => boolean): Promise<CopiesReport> {
  const last = () => ben.emitted("safety-copies").at(-1)?.report;
  await expect.poll(() => last() !== undefined && fits(last() as CopiesReport), patience).toBe(true);
  return last() as CopiesReport;
}

describe("safety copies in the browser", { timeout: 600_000 }, () => {
  test("C9, P86: a tab that crashes in mid take, and loses all that it had kept, gets the take back from who heard it", async () => {
    const ben = await startBen("ben");
    const before = await enterAda();
    const panel = before.page.getByRole("group", { name: "Safety copies" });
    const [mine, others] = [
      panel.getByLabel("Others may keep copies of my takes"),
      panel.getByLabel("I keep copies for others"),
    ];
    expect([await mine.isChecked(), await others.isChecked()]).toEqual([false, false]);
    ben.execute({ type: "safety-copies", mine: false, others: true });
    await stands(ben, (report) => report.others);
    await mine.check();
    await panel.getByText("Ben Webster keeps yours.").waitFor();
    await stands(ben, (report) => report.keeping.length === 1);
    // What was chosen is so at the next visit.
    await before.page.reload();
    await before.page.getByRole("button", { name: "Turn sound on" }).click();
    await panel.getByText("Ben Webster keeps yours.").waitFor();
    expect([await mine.isChecked(), await others.isChecked()]).toEqual([true, false]);

    await before.page.getByRole("button", { name: "Arm", exact: true }).click();
    await before.page.getByRole("button", { name: "Record", exact: true }).click();
    await stands(ben, (report) => report.held === 1);
    await roll(before.page);
    const devtools = await before.context.newCDPSession(before.page);
    const crashed = new Promise((died) => before.page.once("crash", died));
    void devtools.send("Page.crash").catch(() => undefined);
    await crashed;
    await before.context.close();
    ben.press({ command: "stop" });
    const [copy] = readdirSync(join(folder, "ben", "safety-copies")).filter((name) => name.endsWith(".copy"));
    expect(copy).toBeDefined();

    ada = await enterAda();
    const { page } = ada;
    expect((await filesOf(page, ".wav")).sizes).toEqual([]);
    await page.getByText("Ben Webster has a safety copy until").waitFor();
    await page.evaluate(axe);
    const faults = `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(" | ")))`;
    expect(await page.evaluate(faults)).toEqual([]);
    const keys = new Keyboard(page);
    await keys.to(/^Bring back the take from/);
    await keys.press("Enter");
    await expect.poll(async () => (await filesOf(page, ".wav")).sizes.length, patience).toBe(1);
    await page.getByRole("list", { name: "Takes of yours that are not here" }).waitFor({ state: "detached" });
    await page
      .getByRole("group", { name: "Safety copies" })
      .getByText(/^A take of yours, .* has come back\./)
      .waitFor();
    const [left = new Float32Array()] = decodeWav((await filesOf(page, ".wav")).first)?.channels ?? [];
    // It crashed in its third bar, four seconds on; what it had not sent by then, a second or so, nobody has.
    expect(left.length).toBeGreaterThan(2 * 48_000);
    const strengths = Array.from({ length: Math.floor(left.length / 4_800) }, (_, at) =>
      strengthOf(4_800, (frame) => left[4_800 * at + frame] ?? 0, BROWSER_HZ),
    );
    expect(Math.max(...strengths)).toBeGreaterThan(0.05);
    // It is a take like any other, and who has a copy of it stands beside it.
    await page.locator(".view-list summary").click();
    const take = page.locator(".view-take li", { hasText: "From a safety copy 1" });
    await take.getByText("Ben Webster has a safety copy until").waitFor();
    await take.getByRole("button", { name: "Share" }).waitFor();
  });

  test("C9: who played it has them deleted, and who kept them has them no more", async () => {
    const { page } = ada;
    const ben = companions[0] as Companion;
    await page.getByRole("button", { name: "Delete my copies" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete my copies" }).click();
    await page.getByRole("button", { name: "Delete my copies" }).waitFor({ state: "detached" });
    await stands(ben, (report) => report.held === 0);
    await expect.poll(() => readdirSync(join(folder, "ben", "safety-copies"))).toEqual([]);
  });

  test("C9, P86: a browser keeps what a companion plays, sealed, and gives it back when that machine has burnt", async () => {
    const { page } = ada;
    const ben = companions[0] as Companion;
    await page.getByRole("group", { name: "Safety copies" }).getByLabel("I keep copies for others").check();
    ben.execute({ type: "safety-copies", mine: true, others: false });
    await page.getByText("You keep those of Ben Webster.").waitFor();
    await stands(ben, (report) => report.mine && report.keptBy.length === 1);
    const recorded = ben.emitted("recorded").length;
    ben.press({ command: "locate", positionFrames: 0 });
    // It stands where the last take has ended, until it has heard of it.
    await page.locator(".view-counters .big dd", { hasText: "1.1" }).waitFor();
    ben.press({ command: "record" });
    await roll(page);
    ben.press({ command: "stop" });
    await expect.poll(() => ben.emitted("recorded").length, patience).toBe(recorded + 1);
    const stem = ben.emitted("recorded").at(-1)?.stem as Stem;
    const played = soundOf(stem);
    await page.getByText("One copy for others is here.").waitFor();
    await stands(ben, (report) => report.own.length === 1 && report.own[0]?.isHere === true);
    const kept = await filesOf(page, ".copy");
    expect(kept.sizes).toHaveLength(1);
    expect(kept.first.byteLength).toBeGreaterThan(2 * 48_000 * FRAME_BYTES);
    expect(kept.first.includes(played.subarray(-48_000 * FRAME_BYTES).subarray(0, 12))).toBe(false);
    ben.kill();
    rmSync(join(folder, "ben"), { recursive: true });

    const again = await startBen("ben-again");
    const report = await stands(again, ({ own }) => own.some(({ isHere }) => !isHere));
    again.execute({ type: "bring-back", copyId: report.own[0]?.copyId ?? "" });
    const { stem: back } = await again.until("recorded", () => true);
    const { same, other } = compare(soundOf(back), played);
    expect(other).toBe(0);
    expect(same).toBeGreaterThan(48_000);
    again.execute({ type: "share" });
    await again.until("shared", () => true);
    await expect.poll(async () => (await filesOf(page, ".copy")).sizes, patience).toEqual([]);
  });
});
