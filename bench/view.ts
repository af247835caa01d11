import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BrowserContext } from "playwright-core";
import { startChromium } from "../dev/chromium.ts";
import { percentile } from "../dev/percentile.ts";
import { type Platform, startPlatform } from "../dev/platform.ts";
import { memberAt, type Scene, statusOf, stubRoom, takeAt } from "../dev/screens/stub-room.ts";
import { seedAccount } from "../dev/seed.ts";
import { absoluteRows, type Row } from "./row.ts";
import { measureHearing } from "./view/hearing.ts";
import { measureRolling, pressOnNothing, slowestOf, WATCHED_MS, watch } from "./view/rolling.ts";
import { measureShellStart } from "./view/shell-start.ts";

const PEOPLE = 12;
const TAKES = 500;
const LOADS = 5;

/** Twelve people who all record, and an evening's takes on the line. */
const full: Scene = {
  people: Array.from({ length: PEOPLE }, (_, at) => ({
    displayName: `Player ${at + 1}`,
    status: statusOf({ micLive: true, recording: true, latencyMs: 12 + at, latencyErrorMs: 0.8 }),
  })),
  takes: Array.from({ length: TAKES }, (_, at) =>
    takeAt(at, memberAt(at % PEOPLE), "Input", Math.floor(at / PEOPLE) * 8, 8, Math.floor(at / PEOPLE) + 1),
  ),
  transport: { motion: "recording", positionFrames: 96_000 * 320 },
};

/** What the page needs to be drawn and worked with: its first script with all that this one imports, and nothing that it fetches for later. */
async function bytesBeforeSound(first: string, scripts: ReadonlyMap<string, Promise<Buffer>>): Promise<number> {
  const needed = new Map<string, Buffer>();
  const take = async (path: string): Promise<void> => {
    const body = await scripts.get(path);
    if (body === undefined || needed.has(path)) return;
    needed.set(path, body);
    for (const [, from = ""] of body.toString().matchAll(/(?:from|import)"(\/assets\/[^"]+\.js)"/g)) await take(from);
  };
  await take(first);
  return [...needed.values()].reduce((sum, body) => sum + gzipSync(body).byteLength, 0);
}

const row = absoluteRows("view");

/** A plain page of the same platform, without a script that does anything: what this machine gives anybody in this minute. */
async function measureBare(context: BrowserContext, origin: string) {
  const page = await context.newPage();
  await page.goto(`${origin.replace("127.0.0.1", "localhost")}/privacy`);
  const paintMs = await page.evaluate<number>(
    `new Promise((painted) => new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") painted(startTime);
    }).observe({ type: "paint", buffered: true }))`,
  );
  await page.evaluate(watch);
  await page.waitForTimeout(WATCHED_MS / 2);
  await pressOnNothing(page);
  const { frames, presses } = await page.evaluate<{ frames: number[]; presses: number[] }>("window.watched");
  await page.close();
  return { paintMs, frameMs: percentile(frames, 0.95), pressMs: slowestOf(presses) };
}

/** What a musician's browser needs until the session is there, and while twelve people record. */
export async function run(): Promise<Row[]> {
  const stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const [platform, chromium] = await Promise.all([
    startPlatform({ isCrowd: true, stateDir }),
    startChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]),
  ]);
  try {
    const context = await chromium.newContext({ viewport: { width: 1_440, height: 900 } });
    const address = await enter(platform, context);
    const rows: Row[] = [];

    const paints: number[] = [];
    let scriptBytes = 0;
    for (let at = 0; at < LOADS; at++) {
      const page = await context.newPage();
      const scripts = new Map<string, Promise<Buffer>>();
      page.on("response", (response) => {
        // Of the first visit; a page that is closed again at once has no bodies to give.
        if (at === 0 && response.request().resourceType() === "script")
          scripts.set(new URL(response.url()).pathname, response.body());
      });
      await stubRoom(page, full);
      // Once in German, which has the longer words.
      await page.goto(at === 0 ? `${address}?lang=de` : address, { waitUntil: "load" });
      await page.locator(".view-connection.here").waitFor();
      const first = await page.locator("script[type=module]").getAttribute("src");
      if (at === 0) scriptBytes = await bytesBeforeSound(first ?? "", scripts);
      paints.push(await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
      await page.close();
    }
    const paintMs = percentile(paints, 0.5);
    const bare = await measureBare(context, platform.origin);
    const paint = "first paint, local, median of five";
    rows.push(row(paint, paintMs, "ms", "≤ 300 ms", paintMs <= 300, { "bare page": bare.paintMs }));
    const script = "script before sound, compressed, German";
    rows.push(row(script, scriptBytes / 1000, "KB", "≤ 60 KB", scriptBytes <= 60_000));

    const load = `${PEOPLE} meters, ${TAKES} takes, recording`;
    rows.push(...(await measureRolling(chromium, context, { address, scene: full, load, bare })));
    await context.close();
    const { fromLink, fromClick, fromGuestLink, fromGuestClick, phases, guestPhases } = await measureHearing();
    const heardMs = percentile(fromLink, 0.95);
    const link = "link clicked to hearing each other";
    rows.push(row(`${link}, p95, cold`, heardMs, "ms", "≤ 3,000 ms", heardMs <= 3_000));
    rows.push(row(`${link}, p50`, percentile(fromLink, 0.5), "ms", "", true));
    rows.push(row("sound turned on to hearing each other, p95", percentile(fromClick, 0.95), "ms", "", true));
    rows.push(row("sound turned on to hearing each other, p50", percentile(fromClick, 0.5), "ms", "", true));
    const guestMs = percentile(fromGuestClick, 0.95);
    const guest = "a guest without an account";
    rows.push(row(`${guest}: sound turned on to hearing, p95, cold`, guestMs, "ms", "≤ 3,000 ms", guestMs <= 3_000));
    rows.push(row(`${guest}: link to hearing, typing left out, p95`, percentile(fromGuestLink, 0.95), "ms", "", true));
    rows.push(row(`${guest}: link to hearing, typing left out, p50`, percentile(fromGuestLink, 0.5), "ms", "", true));
    for (const { phase, p50, p95 } of phases)
      rows.push(row(`link clicked to ${phase}, p50`, p50, "ms", "", true, { p95 }));
    for (const { phase, p50, p95 } of guestPhases)
      rows.push(row(`${guest}: link to ${phase}, p50`, p50, "ms", "", true, { p95 }));
    const shellMs = measureShellStart();
    rows.push(row("the shell's own start, over a fake of Electron", shellMs, "ms", "≤ 300 ms", shellMs <= 300));
    return rows;
  } finally {
    await chromium.close();
    await platform.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** A session of one's own: its page is the real one, and what it is told is made up (dev/screens/stub-room.ts). */
async function enter(platform: Platform, context: BrowserContext): Promise<string> {
  const { token } = await seedAccount(platform, {
    email: "ada@example.org",
    displayName: "Ada Lovelace",
    tier: "free",
  });
  const answer = await fetch(`${platform.origin}/api/v1/sessions`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Twelve", settings: { recordingPermitted: true } }),
  });
  const { sessionId } = (await answer.json()) as { sessionId: string };
  await context.addCookies([
    { name: "__Host-session", value: token, domain: "localhost", path: "/", secure: true, httpOnly: true },
  ]);
  return `${platform.origin.replace("127.0.0.1", "localhost")}/sessions/${sessionId}/room`;
}
