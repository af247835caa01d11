import type { Browser, BrowserContext, Page } from "playwright-core";
import { percentile } from "../../dev/percentile.ts";
import { memberAt, type Scene, stubRoom } from "../../dev/screens/stub-room.ts";
import { absoluteRows, type Row } from "../row.ts";

export const WATCHED_MS = 8_000;
const TRACED_MS = 4_000;
const HEAP_MS = 30_000;
const HEAP_PARTS = 20;
/** For so long an engine still compiles what it has seen run often, which is memory too, and is over. */
const HEAP_WARM_MS = 180_000;
const HEAP_EACH_MS = 3_000;
const BARE_PRESSES = 12;
/** Somebody whose waveforms have not come by then measures something else. */
const WAVEFORMS_MAX_MS = 120_000;

/** Everybody is as loud as chance will have it, as often as the audio thread tells of it. */
const levelsOf = (people: number) => `{
  const { set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", {
    set(handler) {
      set.call(this, (event) => {
        if (!Array.isArray(event.data?.levels)) return handler(event);
        const levels = ${JSON.stringify(Array.from({ length: people }, (_, at) => memberAt(at)))}.map((memberId) => ({
          memberId, peak: Math.random(), shortTermLufs: -30 + 20 * Math.random() }));
        handler({ data: { ...event.data, levels } });
      });
    },
  });
}`;

/** From now on the page notes its frames, its long tasks and how long each press took until it was seen (W3C Event Timing). */
export const watch = `{
  const watched = window.watched = { frames: [], tasks: [], presses: [] };
  let last = performance.now();
  let asked;
  const turn = (now) => { watched.frames.push(now - last); last = now; asked = requestAnimationFrame(turn); };
  asked = requestAnimationFrame(turn);
  const tasks = new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map(({ duration }) => duration)));
  tasks.observe({ type: "longtask" });
  const presses = new PerformanceObserver((list) => {
    for (const { duration, interactionId } of list.getEntries()) if (interactionId > 0) watched.presses.push(duration);
  });
  presses.observe({ type: "event", durationThreshold: 16 });
  // What a watcher notes is memory too: sixty numbers a second are more than a megabyte in an hour.
  window.stopWatching = () => { cancelAnimationFrame(asked); tasks.disconnect(); presses.disconnect(); delete window.watched; };
}`;

/**
 * By how much the page's own memory grows, after what the watchers noted is let go. What is in use swings by half a megabyte with what the engine keeps for
 * itself, so each half minute is read many times and has the least of it: a page that keeps something cannot have less. Of those the slope is the median of all
 * pairs' (Theil 1950, Sen 1968). Two hours are the goal's; this is what a bench has time for.
 */
async function heapSlope(page: Page): Promise<{ mbPerHour: number; mostMb: number }> {
  const devtools = await page.context().newCDPSession(page);
  const read = async (): Promise<number> => {
    for (let sweep = 0; sweep < 2; sweep++) await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize / 1e6;
  };
  await page.evaluate("window.stopWatching()");
  await page.waitForTimeout(HEAP_WARM_MS);
  await read();
  let mostMb = 0;
  const leastMb: number[] = [];
  for (let part = 0; part < HEAP_PARTS; part++) {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < HEAP_MS / HEAP_EACH_MS; at++) {
      await page.waitForTimeout(HEAP_EACH_MS);
      const usedMb = await read();
      least = Math.min(least, usedMb);
      mostMb = Math.max(mostMb, usedMb);
    }
    leastMb.push(least);
  }
  const slopes = leastMb.flatMap((fromMb, from) =>
    leastMb.slice(from + 1).map((toMb, after) => ((toMb - fromMb) * 3_600_000) / (HEAP_MS * (after + 1))),
  );
  return { mbPerHour: percentile(slopes, 0.5), mostMb };
}

/** What the page's own thread has done since it was opened, in its own CPU, which says what a frame costs however busy the machine is. */
async function workOf(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    const frames = await page.evaluate<number>("window.watched.frames.length");
    return {
      frames,
      cpuMs: 1000 * of("TaskDuration"),
      scriptMs: 1000 * of("ScriptDuration"),
      layouts: of("LayoutCount"),
      layoutMs: 1000 * of("LayoutDuration"),
      styles: of("RecalcStyleCount"),
      styleMs: 1000 * of("RecalcStyleDuration"),
    };
  };
}

/** How often something is painted, and how long that keeps the page's thread and those that make pixels of it: the part that a graphics processor would do. */
async function tracePaints(chromium: Browser, page: Page) {
  await chromium.startTracing(page, { categories: ["devtools.timeline", "viz"] });
  const before = await page.evaluate<number>("window.watched.frames.length");
  await page.waitForTimeout(TRACED_MS);
  const frames = (await page.evaluate<number>("window.watched.frames.length")) - before;
  const trace: { traceEvents: { ph: string; name: string; tdur?: number }[] } = JSON.parse(
    String(await chromium.stopTracing()),
  );
  const of = (wanted: string) => {
    const events = trace.traceEvents.filter(({ ph, name }) => ph === "X" && name === wanted);
    return { count: events.length / frames, ms: events.reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0) / frames };
  };
  return { paints: of("Paint"), raster: of("RasterTask"), shown: of("DirectRenderer::DrawFrame") };
}

/** Presses as a person makes them, each seen before the next. */
async function press(page: Page): Promise<number> {
  const keys = Array.from({ length: 3 }, () => ["c", "Escape", "+", "-", "0", "?", "Escape"]).flat();
  for (const key of keys) {
    // Escape is for what the key before has opened.
    if (key !== "Escape") await page.locator("h2").first().click();
    await page.keyboard.press(key);
    // At its first time it is fetched.
    if (key === "?") await page.locator("dialog[open]").waitFor();
    await page.waitForTimeout(50);
  }
  return keys.length;
}

/** A press on a heading, where nothing happens: what this machine gives any page in this minute. */
export async function pressOnNothing(page: Page): Promise<void> {
  for (let at = 0; at < BARE_PRESSES; at++) {
    await page.locator("h2").first().click();
    await page.keyboard.press("F8");
    await page.waitForTimeout(50);
  }
}

/** Of the presses that a page told of. One that was seen in the next frame is not told of: it took less than 16 ms. */
export const slowestOf = (presses: readonly number[]): number =>
  presses.length === 0 ? 16 : percentile(presses, 0.99);

const row = absoluteRows("view");

/** What a rolling evening costs a browser that has its sound on, once all waveforms are there. */
export async function measureRolling(
  chromium: Browser,
  context: BrowserContext,
  {
    address,
    scene,
    load,
    bare,
  }: { address: string; scene: Scene; load: string; bare: Record<"frameMs" | "pressMs", number> },
): Promise<Row[]> {
  const page = await context.newPage();
  await page.addInitScript(levelsOf(scene.people.length));
  await stubRoom(page, scene);
  let waveforms = 0;
  page.on("requestfinished", (request) => {
    if (request.url().endsWith("/peaks")) waveforms++;
  });
  await page.goto(address, { waitUntil: "load" });
  await page.locator(".view-connection.here").waitFor();
  await page.locator(".view-sound .actions button").first().click();
  await page.locator(".view-own").waitFor();
  const untilMs = Date.now() + WAVEFORMS_MAX_MS;
  while (waveforms < (scene.takes?.length ?? 0) && Date.now() < untilMs) await page.waitForTimeout(250);
  await page.waitForTimeout(1_000);

  await page.evaluate(watch);
  const read = await workOf(page);
  const before = await read();
  await page.waitForTimeout(WATCHED_MS);
  const after = await read();
  const watched = await page.evaluate<{ frames: number[]; tasks: number[] }>("window.watched");
  const perFrame = (of: Exclude<keyof typeof after, "frames">) =>
    (after[of] - before[of]) / (after.frames - before.frames);
  const { paints, raster, shown } = await tracePaints(chromium, page);

  const beforePresses = await read();
  const presses = await press(page);
  const afterPresses = await read();
  const frameMsThen = perFrame("cpuMs") * (afterPresses.frames - beforePresses.frames);
  const pressCpuMs = (afterPresses.cpuMs - beforePresses.cpuMs - frameMsThen) / presses;
  const pressed = await page.evaluate<number[]>("window.watched.presses");
  const { mbPerHour, mostMb } = await heapSlope(page);

  const frameMs = percentile(watched.frames, 0.95);
  const taskMs = Math.max(0, ...watched.tasks);
  const pressMs = slowestOf(pressed);
  const counted = (name: string, value: number, unit: string) =>
    row(`${name}, mean for a frame: ${load}`, value, unit, "", true);
  return [
    row(`frame, p95: ${load}`, frameMs, "ms", "≤ 16.7 ms", frameMs <= 16.8, { "bare page": bare.frameMs }),
    row(`frame, p50: ${load}`, percentile(watched.frames, 0.5), "ms", "", true),
    counted("CPU of the page's thread", perFrame("cpuMs"), "ms"),
    counted("of it script", perFrame("scriptMs"), "ms"),
    counted("of it style", perFrame("styleMs"), "ms"),
    counted("of it layout", perFrame("layoutMs"), "ms"),
    counted("of it paint", paints.ms, "ms"),
    counted("layouts", perFrame("layouts"), ""),
    counted("paints", paints.count, ""),
    counted("raster and putting together, other threads", raster.ms + shown.ms, "ms"),
    row(`longest task: ${load}`, taskMs, "ms", "≤ 50 ms", taskMs <= 50),
    row(
      `tasks over 50 ms in ${WATCHED_MS / 1000} s: ${load}`,
      watched.tasks.filter((ms) => ms > 50).length,
      "",
      "",
      true,
    ),
    row(`INP, p99: ${load}`, pressMs, "ms", "≤ 50 ms", pressMs <= 50, { "bare page": bare.pressMs }),
    row(`CPU of the page's thread for a press, beside its frames: ${load}`, pressCpuMs, "ms", "", true),
    row(
      `heap over ${(HEAP_MS * HEAP_PARTS) / 1000} s, as an hour: ${load}`,
      mbPerHour,
      "MB/h",
      "≤ 1 MB/h",
      mbPerHour <= 1,
    ),
    row(`heap, the most of it: ${load}`, mostMb, "MB", "", true),
  ];
}
