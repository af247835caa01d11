import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STEP_MAX_MS, startChromium } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { addressesOfOne } from "../../dev/screens/addresses.ts";
import { operatorAt, SCREENS_OPERATOR_KEY } from "../../dev/screens/operator.ts";
import { seedAccount } from "../../dev/seed.ts";
import { memberPages, operatorPages, pagesOfOne, publicPages } from "../../workers/pages/routes.ts";
import { Watch } from "./chromium.ts";

/** HTML, CSS and scripts of a page as it is loaded, compressed. */
const PAGE_MAX_BYTES = 30 * 1024;
/**
 * The live session is a program with its sound: what it is drawn by has a limit of its own (dev/build.test.ts), and what it fetches then by itself, its
 * sound's threads and its carriers among it, as much again as two pages.
 */
const ROOM_MAX_BYTES = 120 * 1024;
const isLive = (path: string) => path.endsWith("/room") || path.startsWith("/listen/");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const languages = ["en", "de"] as const;
const widthsPx = [320, 1280] as const;

let stateDir: string;
let platform: Platform;
let origin: string;
let chromium: Browser;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-every-"));
  platform = await startPlatform({ isCrowd: true, stateDir, bindings: { OPERATOR_KEY: SCREENS_OPERATOR_KEY } });
  origin = platform.origin.replace("127.0.0.1", "localhost");
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium?.close();
  await platform?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function newContext(): Promise<BrowserContext> {
  const context = await chromium.newContext();
  context.setDefaultTimeout(STEP_MAX_MS);
  // Told once to each tab, and there on every page: half a megabyte that would go to the browser again with each of them.
  await context.addInitScript({ content: axe });
  return context;
}

interface Address {
  path: string;
  /** What it answers, where that is not 200. */
  status?: number;
  /** Where it leads, where that is not itself. */
  lands?: string;
}

interface Violation {
  id: string;
  targets: string[];
}

/** The theme changes colours and nothing else, and the language everything but colours. */
const looks = [
  { language: "en", colorScheme: "light", rules: {} },
  { language: "en", colorScheme: "dark", rules: { runOnly: ["color-contrast"] } },
  { language: "de", colorScheme: "light", rules: { rules: { "color-contrast": { enabled: false } } } },
] as const;

/** What axe finds, in the theme that is on: WCAG 2.2 A and AA and its best practices, or those of the rules that are named. */
async function violationsOf(page: Page, rules: object): Promise<Violation[]> {
  const options = JSON.stringify({ resultTypes: ["violations"], ...rules });
  return page.evaluate<Violation[]>(`axe.run(document, ${options}).then(({ violations }) =>
    violations.map(({ id, nodes }) => ({ id, targets: nodes.slice(0, 3).map(({ target, failureSummary }) => target.join(" ") + ": " + failureSummary) })))`);
}

/** Compressed size of what came before anybody touched the page. */
async function weightOf(responses: readonly Response[]): Promise<number> {
  const bodies = await Promise.all(
    responses
      .filter((response) => response.status() < 300 || response.status() >= 400)
      .filter((response) => ["document", "stylesheet", "script"].includes(response.request().resourceType()))
      .map((response) => response.body()),
  );
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 6 }).length, 0);
}

/** Visits a page in both languages, both themes and two widths, and says all that is wrong with it. */
async function faultsOf(
  pages: readonly Page[],
  watch: Watch,
  { path, status = 200, lands = path }: Address,
): Promise<{ faults: string[]; weight: number }> {
  const faults: string[] = [];
  let weight = 0;
  for (const [at, language] of languages.entries()) {
    const page = pages[at] as Page;
    const responses: Response[] = [];
    const keep = (response: Response) => void responses.push(response);
    page.on("response", keep);
    await page.setViewportSize({ width: widthsPx[1], height: 844 });
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    const answer = await page.goto(`${origin}${path}${path.includes("?") ? "&" : "?"}lang=${language}`, {
      waitUntil: "load",
    });
    if (isLive(path)) await page.locator(".view-connection.here").waitFor();
    const where = `${path} (${language})`;
    if (answer?.status() !== status) faults.push(`${where}: status ${answer?.status()}`);
    if (new URL(page.url()).pathname !== lands.split("?")[0]) faults.push(`${where}: went to ${page.url()}`);
    weight = Math.max(weight, await weightOf(responses));
    page.off("response", keep);
    for (const { colorScheme, rules } of looks.filter((look) => look.language === language)) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const { id, targets } of await violationsOf(page, rules))
        faults.push(`${where}, ${colorScheme}: ${id}: ${targets.join(" | ")}`);
    }
    for (const width of widthsPx) {
      await page.setViewportSize({ width, height: 844 });
      const over = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      if (over > 0) faults.push(`${where}: ${over} px wider than ${width} px`);
    }
  }
  const maxBytes = isLive(path) ? ROOM_MAX_BYTES : PAGE_MAX_BYTES;
  if (weight > maxBytes) faults.push(`${path}: ${weight} bytes compressed, more than ${maxBytes}`);
  const isOwnStatus = (error: string) => error.includes(`status of ${status}`) && status !== 200;
  faults.push(
    ...watch.errors
      .splice(0)
      .filter((error) => !isOwnStatus(error))
      .map((error) => `${path}: console: ${error}`),
  );
  faults.push(...watch.foreign.splice(0).map((url) => `${path}: asked ${url}`));
  return { faults, weight };
}

async function visit(context: BrowserContext, addresses: readonly Address[]): Promise<Record<string, number>> {
  const watch = new Watch(context, origin);
  const weights: Record<string, number> = {};
  const faults: string[] = [];
  // A tab for each language goes from page to page, since opening one costs more than most pages.
  const pages = await Promise.all(languages.map(() => context.newPage()));
  for (const address of addresses) {
    const found = await faultsOf(pages, watch, address);
    weights[address.path.split("?")[0] ?? ""] = found.weight;
    faults.push(...found.faults);
  }
  console.log(JSON.stringify(weights));
  expect(faults).toEqual([]);
  return weights;
}

/** Somebody new in a browser of their own: a browser exchanges its token, and two with the same one would sign each other out. */
async function signedIn(email: string): Promise<{ context: BrowserContext; token: string }> {
  const { token } = await seedAccount(platform, { email, displayName: "Ada Lovelace", tier: "free" });
  const context = await newContext();
  await context.addCookies([
    { name: "__Host-session", value: token, domain: "localhost", path: "/", secure: true, httpOnly: true },
  ]);
  return { context, token };
}

describe("every page", () => {
  test("A7, H3: public pages: accessible in both themes and languages, light, from this origin alone, and without a cookie", async () => {
    const context = await newContext();
    await visit(context, [
      ...publicPages.map((path) => ({ path })),
      { path: "/nowhere", status: 404 },
      { path: "/reset?done=mailed" },
      { path: "/hub?q=cello&currency=EUR&rate=50" },
      { path: "/hub?q=nobody" },
    ]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  test("H3: pages of a person who is signed in", async () => {
    const { context } = await signedIn("ada@example.org");
    await visit(
      context,
      memberPages.map((path) => ({ path })),
    );
    expect((await context.cookies()).map(({ name }) => name)).toEqual(["__Host-session"]);
    await context.close();
  });

  test("H3: pages about one thing: a session, a profile, a link from a mail; and the operators' own", async () => {
    const { context, token } = await signedIn("augusta@example.org");
    const addresses = await addressesOfOne(platform, token);
    const [sessionId = "", profileId = ""] = [addresses["/sessions/:sessionId"], addresses["/hub/:profileId"]].map(
      ({ path }) => path.split("/").at(-1),
    );
    const operator = await operatorAt(platform, { sessionId, profileId, email: "ben@example.org" });
    await context.addCookies([
      { name: "__Host-operator", value: operator, domain: "localhost", path: "/", secure: true, httpOnly: true },
    ]);
    await visit(context, [
      ...pagesOfOne.map((pattern) => addresses[pattern]),
      ...operatorPages.map((path) => ({ path })),
    ]);
    await context.close();
    // Whoever has no account meets another door behind the same link, and no cookie until they come in.
    const nobody = await newContext();
    await visit(nobody, [{ path: addresses["/invite/:code"].path }]);
    expect(await nobody.cookies()).toEqual([]);
    await nobody.close();
  });

  test("a page that is wrong is found out", async () => {
    const context = await newContext();
    const watch = new Watch(context, origin);
    const page = await context.newPage();
    await page.goto(`${origin}/nowhere`);
    await page.evaluate("document.querySelector('main').innerHTML = '<img src=https://tracker.invalid/x.png>'");
    await expect.poll(() => watch.errors.join()).toContain("Content Security Policy");
    expect((await violationsOf(page, {})).map(({ id }) => id)).toContain("image-alt");
    await context.close();
  });
});
