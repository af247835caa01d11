import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { startChromium } from "../../dev/chromium.ts";
import { percentile } from "../../dev/percentile.ts";
import { startPlatform } from "../../dev/platform.ts";
import { publicPages } from "../../workers/pages/routes.ts";
import { startBareWorker } from "../peers/bare-worker.ts";
import { absoluteRows, type Row } from "../row.ts";
import { workerdCpuMs } from "../workerd-cpu.ts";

const REQUESTS = 200;
const PAGE_BUDGET_KIB = 30;
/** Times what a bare Worker takes to ask as many limits and statements and send as many bytes: routing, headers and the markup. */
const PAGE_CPU_GOAL = 2;
/** Statements of D1 that a stranger's visit asks (`workers/pages/pages.test.ts` counts them); every other public page has what it says. */
const STATEMENTS: Readonly<Record<string, number>> = { "/hub": 1, "/runs": 1 };
const goal = `≤ ${PAGE_CPU_GOAL} × bare Worker`;
/** A good phone on a middling line: 100 ms round trip, 4 Mbit/s down, half the processor. */
const LINE = { latency: 100, downloadThroughput: 500_000, uploadThroughput: 125_000, offline: false };
const CPU_SLOWER = 2;

const row = absoluteRows("people");

/** What a page and the styles and scripts it names weigh, as a cache-less browser would fetch them (gzip; brotli is smaller). */
async function weighKib(origin: string, path: string): Promise<number> {
  const html = await (await fetch(origin + path, { headers: { Accept: "text/html" } })).text();
  const linked = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+\.(?:css|js))"/g)].map(([, href]) => href ?? "");
  const files = await Promise.all([...new Set(linked)].map(async (href) => await (await fetch(origin + href)).text()));
  // A script's own imports come with it.
  const imported = files.flatMap((file) =>
    [...file.matchAll(/(?:from|import)\s*"\.?\/?([\w-]+\.js)"/g)].map(([, name]) => name),
  );
  for (const name of new Set(imported)) files.push(await (await fetch(`${origin}/assets/${name}`)).text());
  return [html, ...files].reduce((sum, text) => sum + gzipSync(text, { level: 6 }).byteLength, 0) / 1024;
}

/** The largest contentful paint of one cold visit, and how many requests left the site. */
async function visit(browser: Browser, origin: string, path: string): Promise<{ lcpMs: number; foreign: number }> {
  const context = await browser.newContext({ viewport: { width: 412, height: 915 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", LINE);
    await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER });
    let foreign = 0;
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== origin) foreign++;
    });
    await page.goto(origin + path, { waitUntil: "load" });
    const lcpMs = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN)).observe({
            type: "largest-contentful-paint",
            buffered: true,
          });
          setTimeout(() => resolve(Number.NaN), 3_000);
        }),
    );
    return { lcpMs, foreign };
  } finally {
    await context.close();
  }
}

/** CPU of workerd for one request, warm. */
async function cpuOf(ask: () => Promise<void>): Promise<number> {
  for (let at = 0; at < 40; at++) await ask();
  const before = workerdCpuMs();
  for (let at = 0; at < REQUESTS; at++) await ask();
  return (workerdCpuMs() - before) / REQUESTS;
}

/** Weight, server time and first sight of every public page. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const platform = await startPlatform({ isCrowd: true, stateDir: folder });
  const bare = await startBareWorker(join(folder, "bare"));
  const browser = await startChromium();
  try {
    const { origin } = platform;
    const weights: [string, number][] = [];
    const cpu: [string, number][] = [];
    const wall: number[] = [];
    const paints: [string, number][] = [];
    let foreign = 0;
    for (const path of publicPages) {
      weights.push([path, await weighKib(origin, path)]);
      const ask = async () => {
        const startedAtMs = performance.now();
        await (await fetch(origin + path, { headers: { Accept: "text/html" } })).text();
        return performance.now() - startedAtMs;
      };
      cpu.push([path, await cpuOf(async () => void wall.push(await ask()))]);
      const visits = [
        await visit(browser, origin, path),
        await visit(browser, origin, path),
        await visit(browser, origin, path),
      ];
      paints.push([
        path,
        percentile(
          visits.map(({ lcpMs }) => lcpMs),
          0.5,
        ),
      ]);
      foreign += visits.reduce((sum, visited) => sum + visited.foreign, 0);
    }
    const worst = (figures: readonly [string, number][]) => figures.reduce((a, b) => (b[1] > a[1] ? b : a));
    const [heaviest, kib] = worst(weights);
    const [dearest, cpuMs] = worst(cpu);
    // What the same bytes cost of a Worker that has them ready: the dearest page beside it, whatever machine this is.
    const sizeBytes = (await (await fetch(origin + dearest, { headers: { Accept: "text/html" } })).text()).length;
    const same = `${bare.origin}/page?bytes=${sizeBytes}&statements=${STATEMENTS[dearest] ?? 0}`;
    const bareMs = await cpuOf(async () => void (await (await fetch(same)).text()));
    const [slowest, lcpMs] = worst(paints);
    return [
      row(
        `heaviest public page (${heaviest})`,
        kib,
        "KiB",
        `≤ ${PAGE_BUDGET_KIB} KiB`,
        kib <= PAGE_BUDGET_KIB,
        Object.fromEntries(weights),
      ),
      row("requests to other origins, all public pages", foreign, "requests", "0", foreign === 0),
      {
        ...row(`dearest public page (${dearest}), CPU of workerd`, cpuMs, "ms", goal, cpuMs <= PAGE_CPU_GOAL * bareMs, {
          "bare Worker": bareMs,
          "p95 wall, all pages": percentile(wall, 0.95),
        }),
        ratio: cpuMs / bareMs,
      },
      row(
        `slowest public page (${slowest}), LCP throttled`,
        lcpMs,
        "ms",
        "≤ 1,000 ms",
        lcpMs <= 1_000,
        Object.fromEntries(paints),
      ),
    ];
  } finally {
    await browser.close();
    await bare.stop();
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
