import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wavFile } from "../../audio/wav-writer.ts";
import { STEP_MAX_MS, startChromium } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { Watch } from "./chromium.ts";

const RATE_HZ = 48_000;
const SECONDS = 2;

let folder: string;
let platform: Platform;
let origin: string;
let chromium: Browser;
let ada: string;
let ben: string;

async function open(token: string | null, options: BrowserContextOptions = {}) {
  const context = await chromium.newContext({ baseURL: origin, locale: "en-GB", ...options });
  context.setDefaultTimeout(STEP_MAX_MS);
  const watch = new Watch(context, origin);
  const cookie = { name: "__Host-session", domain: "localhost", path: "/", secure: true, httpOnly: true };
  if (token !== null) await context.addCookies([{ ...cookie, value: token }]);
  return { context, watch, page: await context.newPage() };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sessionlinked-site-"));
  [platform, chromium] = await Promise.all([startPlatform({ isCrowd: true, stateDir: folder }), startChromium()]);
  origin = platform.origin.replace("127.0.0.1", "localhost");
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

describe("the Hub and one's own pages in a browser", () => {
  let path = "";

  test("A3, A4: a profile is written and published without a script; what was typed is kept by every button, and an empty one stays private", async () => {
    const { context, page, watch } = await open(ada, { javaScriptEnabled: false });
    await page.goto("/account/profile?lang=en");
    await page.getByRole("button", { name: "Publish on the Hub" }).click();
    await page.getByRole("alert").getByText("Nothing to show yet").waitFor();
    await page.getByLabel("Cello", { exact: true }).check();
    await page.getByLabel("Anything else").fill("Kora");
    await page.getByLabel("What an hour costs").fill("a lot");
    await page.getByLabel("About you").fill("Hello 🎻");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("Write a number");
    expect(await page.getByLabel("Cello", { exact: true }).isChecked()).toBe(true);
    await page.getByLabel("What an hour costs").fill("45,50");
    // One press: what is unsaved is saved with it.
    await page.getByRole("button", { name: "Publish on the Hub" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Published");
    expect(await page.getByLabel("About you").inputValue()).toBe("Hello 🎻");
    await page.getByLabel("File").setInputFiles(join(folder, "sound.wav"));
    await page.getByRole("button", { name: "Put it on my profile" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Your sound is there");
    path = ((await page.getByRole("link", { name: "See your page" }).getAttribute("href")) ?? "").split("?")[0] ?? "";
    // The browser notes the forms that were refused; nothing else is worth a line.
    expect(watch.foreign).toEqual([]);
    expect(watch.errors.filter((line) => !line.includes("422"))).toEqual([]);
    await context.close();
  });

  test("H3: a stranger finds it by person, by a slip of the finger and by a chip, and hears it from any place", async () => {
    const { context, page, watch } = await open(null);
    await page.goto("/?lang=en");
    await page
      .getByRole("link", { name: "Cello" })
      .or(page.getByRole("link", { name: "Voice" }))
      .first()
      .click();
    await page.waitForURL(/\/hub\?/);
    for (const typed of ["cellist", "string player", "Cellistin", "celo"]) {
      await page.goto("/hub?lang=en");
      await page.getByRole("searchbox").fill(typed);
      await page.getByRole("button", { name: "Find" }).click();
      await page.getByRole("link", { name: "Ada" }).waitFor();
    }
    // The rarest word is left out, and said.
    await page.goto("/hub?lang=en&q=cello+zither");
    await page.getByText("These fit without “zither”").waitFor();
    await page.getByRole("link", { name: "Ada" }).click();
    const heard = await page.evaluate(async () => {
      const audio = document.querySelector("audio");
      if (audio === null) return null;
      audio.muted = true;
      await audio.play();
      const until = performance.now() + 60_000;
      while (audio.currentTime < 0.2 && performance.now() < until) await new Promise(requestAnimationFrame);
      audio.currentTime = 1.5;
      await new Promise((resolve) => audio.addEventListener("seeked", resolve, { once: true }));
      return { fromSeconds: audio.currentTime, durationSeconds: audio.duration };
    });
    expect(heard?.durationSeconds).toBeCloseTo(SECONDS, 2);
    expect(heard?.fromSeconds).toBeGreaterThanOrEqual(1.5);
    expect([watch.foreign, watch.errors]).toEqual([[], []]);
    await context.close();
  });

  test("A4: private again: gone from the page that is open, its sound and its picture, with the next request", async () => {
    const stranger = await open(null);
    expect((await stranger.page.goto(path))?.status()).toBe(200);
    expect((await fetch(`${platform.origin}${path}/picture.png`)).status).toBe(200);
    const { context, page } = await open(ada, { javaScriptEnabled: false });
    await page.goto("/account/profile?lang=en");
    await page.getByRole("button", { name: "Make it private" }).click();
    expect((await stranger.page.reload())?.status()).toBe(404);
    for (const part of ["", "/sample", "/picture.png", "/report"])
      expect((await fetch(platform.origin + path + part, { headers: { Accept: "text/html" } })).status, part).toBe(404);
    expect(await (await fetch(`${platform.origin}/sitemap.xml`)).text()).not.toContain(path);
    await Promise.all([context.close(), stranger.context.close()]);
  });

  test("the account's language is the site's; a first password says that it signs the companion out", async () => {
    const { context, page } = await open(ben);
    await page.goto("/account");
    await page.getByText("That signs every other device out, the companion too.").waitFor();
    await page.getByLabel("Language of the site and of mails").selectOption("de");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Gespeichert.").waitFor();
    await page.goto("/hub");
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    await context.close();
  });
});
