import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { memberPages, publicPages } from "../../workers/pages/routes.ts";
import { startChromium, Watch } from "./chromium.ts";

/** HTML, CSS and scripts of a page as it is loaded, compressed (issue 3, goals). */
const PAGE_MAX_BYTES = 30 * 1024;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const languages = ["en", "de"] as const;
const widthsPx = [390, 1280];

let stateDir: string;
let platform: Platform;
let origin: string;
let chromium: Browser;
let token: string;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-every-"));
  platform = await startPlatform({ stateDir });
  origin = platform.origin.replace("127.0.0.1", "localhost");
  chromium = await startChromium();
  ({ token } = await seedAccount(platform.db, { email: "ada@example.org", displayName: "Ada Lovelace", tier: "free" }));
});
afterAll(async () => {
  await chromium?.close();
  await platform?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

interface Violation {
  id: string;
  targets: string[];
}

/** What axe finds, in the theme that is on. WCAG 2.2 A and AA, and its best practices. */
async function violationsOf(page: Page): Promise<Violation[]> {
  await page.evaluate(axe);
  return page.evaluate<Violation[]>(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => ({ id, targets: nodes.slice(0, 3).map(({ target, failureSummary }) => target.join(" ") + ": " + failureSummary) })))`);
}

/** Compressed size of what came before anybody touched the page. */
async function weightOf(responses: readonly Response[]): Promise<number> {
  const bodies = await Promise.all(
    responses
      .filter((response) => ["document", "stylesheet", "script"].includes(response.request().resourceType()))
      .map((response) => response.body()),
  );
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 6 }).length, 0);
}

/** Visits a page in both languages, both themes and two widths, and says all that is wrong with it. */
async function faultsOf(
  context: BrowserContext,
  watch: Watch,
  path: string,
): Promise<{ faults: string[]; weight: number }> {
  const faults: string[] = [];
  let weight = 0;
  for (const language of languages) {
    const page = await context.newPage();
    const responses: Response[] = [];
    page.on("response", (response) => responses.push(response));
    const answer = await page.goto(`${origin}${path}${path.includes("?") ? "&" : "?"}lang=${language}`, {
      waitUntil: "load",
    });
    await page.waitForLoadState("networkidle");
    const where = `${path} (${language})`;
    if (answer?.status() !== 200) faults.push(`${where}: status ${answer?.status()}`);
    if (new URL(page.url()).pathname !== path.split("?")[0]) faults.push(`${where}: went to ${page.url()}`);
    weight = Math.max(weight, await weightOf(responses));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const { id, targets } of await violationsOf(page))
        faults.push(`${where}, ${colorScheme}: ${id}: ${targets.join(" | ")}`);
    }
    for (const width of widthsPx) {
      await page.setViewportSize({ width, height: 844 });
      const over = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      if (over > 0) faults.push(`${where}: ${over} px wider than ${width} px`);
    }
    await page.close();
  }
  if (weight > PAGE_MAX_BYTES) faults.push(`${path}: ${weight} bytes compressed, more than ${PAGE_MAX_BYTES}`);
  faults.push(...watch.errors.splice(0).map((error) => `${path}: console: ${error}`));
  faults.push(...watch.foreign.splice(0).map((url) => `${path}: asked ${url}`));
  return { faults, weight };
}

async function visit(context: BrowserContext, paths: readonly string[]): Promise<Record<string, number>> {
  const watch = new Watch(context, origin);
  const weights: Record<string, number> = {};
  const faults: string[] = [];
  for (const path of paths) {
    const found = await faultsOf(context, watch, path);
    weights[path] = found.weight;
    faults.push(...found.faults);
  }
  console.log(JSON.stringify(weights));
  expect(faults).toEqual([]);
  return weights;
}

describe("every page", () => {
  test("A7, H3: public pages: accessible in both themes and languages, light, from this origin alone, and without a cookie", async () => {
    const context = await chromium.newContext();
    await visit(context, publicPages);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  test("H3: pages of a person who is signed in", async () => {
    const context = await chromium.newContext();
    const cookie = {
      name: "__Host-session",
      value: token,
      domain: "localhost",
      path: "/",
      secure: true,
      httpOnly: true,
    };
    await context.addCookies([cookie]);
    await visit(context, memberPages);
    expect((await context.cookies()).map(({ name }) => name)).toEqual(["__Host-session"]);
    await context.close();
  });

  test("a page that is wrong is found out", async () => {
    const context = await chromium.newContext();
    const watch = new Watch(context, origin);
    const page = await context.newPage();
    await page.goto(`${origin}/nowhere`);
    await page.evaluate("document.querySelector('main').innerHTML = '<img src=https://tracker.invalid/x.png>'");
    await page.waitForTimeout(300);
    expect((await violationsOf(page)).map(({ id }) => id)).toContain("image-alt");
    expect(watch.errors.join()).toContain("Content Security Policy");
    await context.close();
  });
});
