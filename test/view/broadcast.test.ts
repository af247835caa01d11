import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STEP_MAX_MS } from "../../dev/chromium.ts";
import { LOUD_DB, levelOf, listenAtTheWayOut, writeTone } from "../../dev/ear.ts";
import { Watch } from "../pages/chromium.ts";
import { Evening, type Guest } from "./evening.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TONE_HZ = 660;
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-broadcast-"));
const patience = { timeout: 200_000, interval: 250 };

let evening: Evening;
let ada: Guest;
let away: BrowserContext;
let watch: Watch;

beforeAll(async () => {
  evening = await Evening.begin("Rehearsal in the dark", writeTone(TONE_HZ, join(folder, "tone.wav"), true));
  ada = await evening.enter(evening.hostToken);
  away = await evening.chromium.newContext({ viewport: { width: 390, height: 844 } });
  away.setDefaultTimeout(STEP_MAX_MS);
  watch = new Watch(away, evening.origin);
});
afterAll(async () => {
  await evening?.end();
  rmSync(folder, { recursive: true, force: true });
});

describe("a session's broadcast", { timeout: 600_000 }, () => {
  test("P85, V1: a host goes on air; somebody without an account hears them, is seen as a number, sees nobody, and is out with the end", async () => {
    const { page } = ada;
    const onAir = page.locator(".view-on-air");
    expect(await onAir.count()).toBe(0);
    await page.getByRole("button", { name: "Turn sound on" }).click();
    await page.getByRole("button", { name: "Let others listen" }).click();
    await page.getByRole("button", { name: "Go on air" }).click();
    const link = await page.getByLabel("Link to listen").inputValue();
    await onAir.filter({ hasText: "nobody listens yet" }).first().waitFor();
    await page.keyboard.press("Escape");

    const listener = await away.newPage();
    await listener.addInitScript(listenAtTheWayOut);
    await listener.goto(link);
    await listener.getByRole("button", { name: "Listen" }).click();
    await expect.poll(() => levelOf(listener, TONE_HZ), patience).toBeGreaterThan(LOUD_DB);
    await listener.getByText("You hear 1 musician").waitFor();
    await onAir.filter({ hasText: "1 listens" }).waitFor();
    // No microphone was asked for, nothing is kept in the browser, and nobody is named.
    expect(await listener.evaluate("window.inputs?.length ?? 0")).toBe(0);
    expect(await away.cookies()).toEqual([]);
    expect(await listener.evaluate("localStorage.length")).toBe(0);
    expect(await listener.content()).not.toMatch(/Ada|Rehearsal/);
    expect(await page.locator(".view-people li").count()).toBe(1);
    expect([watch.foreign, watch.errors]).toEqual([[], []]);
    await listener.evaluate(axe);
    expect(
      await listener.evaluate("axe.run(document).then(({ violations }) => violations.map(({ id }) => id))"),
    ).toEqual([]);

    await page.getByRole("button", { name: "On air: link and end" }).click();
    await page.getByRole("button", { name: "End the broadcast" }).click();
    await listener.getByRole("heading", { name: "The broadcast is over" }).waitFor();
    await onAir.waitFor({ state: "detached" });
  });
});
