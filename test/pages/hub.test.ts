import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wavFile } from "../../audio/wav-writer.ts";
import { startChromium } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { Watch } from "./chromium.ts";

const RATE_HZ = 48_000;
const SECONDS = 2;
const WEIGHT_MAX_BYTES = 30 * 1024;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let folder: string;
let platform: Platform;
let chromium: Browser;
let ada: string;
let ben: string;

async function open(token: string | null, options: BrowserContextOptions = {}) {
  const context = await chromium.newContext(options);
  const watch = new Watch(context, platform.origin);
  if (token !== null)
    await context.addCookies([
      { name: "__Host-session", value: token, url: platform.origin.replace("http:", "https:"), secure: true },
    ]);
  return { context, watch, page: await context.newPage() };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sessionlinked-hub-"));
  [platform, chromium] = await Promise.all([startPlatform({ isCrowd: true, stateDir: folder }), startChromium()]);
  ada = (await seedAccount(platform.db, { displayName: "Ada", email: "ada@example.org", tier: "free" })).token;
  ben = (await seedAccount(platform.db, { displayName: "Ben", email: "ben@example.org", tier: "free" })).token;
  const samples = Array.from({ length: RATE_HZ * SECONDS }, (_, frame) =>
    Math.round(2e6 * Math.sin((2 * Math.PI * 220 * frame) / RATE_HZ)),
  );
  writeFileSync(join(folder, "sound.wav"), wavFile({ sampleRateHz: RATE_HZ, channels: 1, encoding: "pcm24" }, samples));
});
afterAll(async () => {
  await chromium?.close();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the Hub in a browser", () => {
  let href = "";

  test("A3, A4: a profile is written, published and given a sound without a script", async () => {
    const { context, page, watch } = await open(ada, { javaScriptEnabled: false });
    await page.goto(`${platform.origin}/account/profile?lang=en`);
    await page.getByLabel("Cello", { exact: true }).check();
    await page.getByLabel("Anything else").fill("Kora");
    await page.getByLabel("What an hour costs").fill("a lot");
    await page.getByLabel("About you").fill("Hello 🎻");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("Write a number");
    expect(await page.getByLabel("Cello", { exact: true }).isChecked()).toBe(true);
    await page.getByLabel("What an hour costs").fill("45,50");
    for (const [button, said] of [
      ["Save", "Saved"],
      ["Publish on the Hub", "Published"],
    ] as const) {
      await page.getByRole("button", { name: button }).click();
      expect(await page.getByRole("status").innerText()).toContain(said);
    }
    await page.getByLabel("File").setInputFiles(join(folder, "sound.wav"));
    await page.getByRole("button", { name: "Put it on my profile" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Your sound is there");
    href = (await page.getByRole("link", { name: "See your page" }).getAttribute("href")) ?? "";
    // The browser notes the form that was refused; nothing else is worth a line.
    expect(watch.foreign).toEqual([]);
    expect(watch.errors.filter((line) => !line.includes("422"))).toEqual([]);
    await context.close();
  });

  test("H3: a stranger finds it by a slip of the finger, and hears it from any place", async () => {
    const { context, page, watch } = await open(null);
    await page.goto(`${platform.origin}/hub?lang=en`);
    await page.getByRole("searchbox").fill("celo");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("link", { name: "Ada" }).click();
    const heard = await page.evaluate(async () => {
      const audio = document.querySelector("audio");
      if (audio === null) return null;
      audio.muted = true;
      await audio.play();
      const until = performance.now() + 60_000;
      while (audio.currentTime < 0.2 && performance.now() < until) await new Promise(requestAnimationFrame);
      const playedSeconds = audio.currentTime;
      audio.currentTime = 1.5;
      await new Promise((resolve) => audio.addEventListener("seeked", resolve, { once: true }));
      return { playedSeconds, fromSeconds: audio.currentTime, durationSeconds: audio.duration };
    });
    expect(heard?.durationSeconds).toBeCloseTo(SECONDS, 2);
    expect(heard?.playedSeconds).toBeGreaterThan(0.1);
    expect(heard?.fromSeconds).toBeGreaterThanOrEqual(1.5);
    expect([watch.foreign, watch.errors]).toEqual([[], []]);
    await context.close();
  });

  test("WCAG 2.2 AA: list, person, form and report hold in both themes, wide and narrow, and weigh little", async () => {
    const { context, page } = await open(ben, { bypassCSP: true });
    for (const path of [
      "/hub",
      "/hub?q=cello&currency=EUR&rate=50",
      "/hub?q=nobody",
      href,
      `${href.split("?")[0]}/report`,
      "/account/profile",
    ]) {
      const answer = await page.goto(`${platform.origin}${path}`);
      expect(answer?.status(), path).toBe(200);
      await page.evaluate(axe);
      for (const [colorScheme, width, rules] of [
        ["light", 390, undefined],
        ["light", 1280, undefined],
        // The theme changes colours and nothing else.
        ["dark", 1280, ["color-contrast"]],
      ] as const) {
        const where = `${path} ${colorScheme} ${width}`;
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        const wrong = await page.evaluate(async (runOnly) => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const { violations } = await axe.run(runOnly === undefined ? {} : { runOnly: [...runOnly] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
        }, rules);
        expect(wrong, where).toEqual([]);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over, where).toBeLessThanOrEqual(0);
      }
      const html = (await answer?.body()) ?? Buffer.alloc(0);
      const sheet = /href="(\/assets\/site-[^"]+)"/.exec(html.toString())?.[1] ?? "";
      const css = Buffer.from(await (await fetch(platform.origin + sheet)).arrayBuffer());
      expect(gzipSync(html).length + gzipSync(css).length, path).toBeLessThan(WEIGHT_MAX_BYTES);
    }
    await context.close();
  });

  test("A4: private again: gone from the page that is open, its sound and its picture, with the next request", async () => {
    const stranger = await open(null);
    const path = href.split("?")[0] ?? "";
    expect((await stranger.page.goto(platform.origin + path))?.status()).toBe(200);
    expect((await fetch(`${platform.origin}${path}/picture.png`)).status).toBe(200);
    const { context, page } = await open(ada, { javaScriptEnabled: false });
    await page.goto(`${platform.origin}/account/profile?lang=en`);
    await page.getByRole("button", { name: "Make it private" }).click();
    expect((await stranger.page.reload())?.status()).toBe(404);
    for (const part of ["", "/sample", "/picture.png", "/report"])
      expect((await fetch(platform.origin + path + part, { headers: { Accept: "text/html" } })).status, part).toBe(404);
    expect(await (await fetch(`${platform.origin}/sitemap.xml`)).text()).not.toContain(path);
    await Promise.all([context.close(), stranger.context.close()]);
  });
});
