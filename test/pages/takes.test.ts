import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, BrowserContext, Locator, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { STEP_MAX_MS, startChromium } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { shareStem } from "../../dev/screens/stems.ts";
import { seedAccount } from "../../dev/seed.ts";
import type { RecordingId, SessionId } from "../../protocol/ids.ts";
import { type ClientMessage, RoomMessage } from "../../protocol/room.ts";
import { initialTransport } from "../../protocol/transport.ts";
import { PROTOCOL_VERSION, SUBPROTOCOL } from "../../protocol/version.ts";
import { Watch } from "./chromium.ts";

const RATE_HZ = 48_000;
/** Both stems have a click at every half second of the timeline; the second one's file begins and runs differently. */
const CLICK_FRAMES = RATE_HZ / 2;
const LATE_FRAMES = 10_007;
const LONG_SECONDS = 45;

let stateDir: string;
let platform: Platform;
let origin: string;
let chromium: Browser;
let sessionId: SessionId;
const tokens: Record<string, string> = {};
const stems: Record<string, RecordingId> = {};
const bytesOf: Record<string, number> = {};

/** Every frame that reaches the speakers, taken in the audio thread where the page's sound leaves it. The page knows nothing of it. */
const TAP_WORKLET = `registerProcessor("tap", class extends AudioWorkletProcessor {
  #blocks = [];
  process([input]) {
    if (input.length === 2) this.#blocks.push([input[0].slice(), input[1].slice()]);
    if (this.#blocks.length >= 16) this.port.postMessage(this.#blocks.splice(0));
    return true;
  }
})`;
/** The tap is a script of the test's, which the page's own policy would rightly refuse; other tests here keep the policy. */
const listening = { bypassCSP: true };
const TAP = `(() => {
  if (window.AudioWorklet === undefined) return;
  window.tap = { blocks: [] };
  const { connect } = AudioNode.prototype;
  const { addModule } = AudioWorklet.prototype;
  AudioWorklet.prototype.addModule = async function (url) {
    await addModule.call(this, URL.createObjectURL(new Blob([${JSON.stringify(TAP_WORKLET)}], { type: "text/javascript" })));
    await addModule.call(this, url);
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (this instanceof AudioWorkletNode && target instanceof AudioDestinationNode) {
      const node = new AudioWorkletNode(this.context, "tap", { outputChannelCount: [2] });
      node.port.onmessage = ({ data }) => tap.blocks.push(...data);
      connect.call(this, node);
      connect.call(node, target);
    }
    return connect.call(this, target, ...rest);
  };
})()`;
/** Where clicks begin in what was heard: left is the first stem alone, right is both. */
const CLICKS = `(() => {
  const find = (channel) => {
    const found = [];
    let at = 0;
    for (const block of tap.blocks)
      for (const value of block[channel]) {
        if (Math.abs(value) > 0.2 && (found.length === 0 || at - found.at(-1).at > 2000)) found.push({ at, value });
        at++;
      }
    return found;
  };
  return { left: find(0), right: find(1), frames: tap.blocks.length * 128 };
})()`;
/** Listens until so many clicks of the first stem have come out. */
const hear = (page: Page, clicks: number) =>
  expect
    .poll(async () => (await page.evaluate<Heard>(CLICKS)).left.length, { interval: 250 })
    .toBeGreaterThanOrEqual(clicks);
/** Every word that the player says of its state. */
const STATES = `(() => {
  const state = document.querySelector("[data-state]");
  window.states = [];
  new MutationObserver(() => states.push(state.textContent)).observe(state, { childList: true, characterData: true, subtree: true });
})()`;
/** Moves a session's transport, as somebody in its room does: a stem lies only where it has been. */
async function locate(api: ApiClient, at: SessionId, positionFrames: number): Promise<void> {
  const { ticket, roomPath } = await api.createTicket(at);
  const socket = new WebSocket(api.socketUrl(roomPath), [SUBPROTOCOL, ticket]);
  const say = (message: ClientMessage) => socket.send(JSON.stringify(message));
  socket.addEventListener("open", () =>
    say({ type: "hello", protocolVersion: PROTOCOL_VERSION, client: "test", lastSeq: 0 }),
  );
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("error", reject);
    socket.addEventListener("message", ({ data }) => {
      const message = RoomMessage.parse(JSON.parse(String(data)));
      const transport = { command: "locate", positionFrames } as const;
      if (message.type === "welcome")
        say({ type: "post", eventId: crypto.randomUUID(), body: { kind: "transport", transport } });
      if (message.type === "events" && message.events.some(({ body }) => body.kind === "transport")) resolve();
    });
  });
  socket.close();
}

interface Heard {
  left: { at: number; value: number }[];
  right: { at: number; value: number }[];
  frames: number;
}

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-takes-"));
  platform = await startPlatform({ isCrowd: true, stateDir });
  origin = platform.origin.replace("127.0.0.1", "localhost");
  chromium = await startChromium();
  const api: Record<string, ApiClient> = {};
  for (const [who, displayName] of Object.entries({ ada: "Ada Lindqvist", ben: "Ben Okafor", olga: "Olga" })) {
    const person = { email: `${who}@example.org`, displayName, tier: "free" as const };
    tokens[who] = (await seedAccount(platform, person)).token;
    api[who] = new ApiClient(platform.origin, tokens[who] ?? "");
  }
  const { ada, ben, olga } = api;
  if (ada === undefined || ben === undefined || olga === undefined) throw new Error("Somebody is missing.");
  ({ sessionId } = await ada.createSession("Night bus"));
  await ben.acceptInvite((await ada.createInvite(sessionId)).code);
  await olga.acceptInvite((await ada.createInvite(sessionId)).code);
  const { members } = await ada.readSession(sessionId);
  const olgas = members.find(({ displayName }) => displayName === "Olga")?.memberId;
  await platform.db.prepare("UPDATE session_members SET role = 'observer' WHERE member_id = ?").bind(olgas).run();
  const takeId = crypto.randomUUID();
  const click = (frame: number) => (frame % CLICK_FRAMES === 0 ? 0.5 : 0);
  const frames = LONG_SECONDS * RATE_HZ;
  stems.guitar = await shareStem(ada, sessionId, {
    name: "Guitar",
    takeId,
    timelineFrames: 0,
    frames,
    // Left only, so that what is heard there is this stem alone.
    format: { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" },
    sound: (frame) => [click(frame), click(frame)],
  });
  // Recorded from somewhere between two clicks, with a second of pre-roll that is full of noise.
  stems.drums = await shareStem(ben, sessionId, {
    name: "Drums",
    takeId,
    timelineFrames: LATE_FRAMES,
    frames: frames - LATE_FRAMES,
    format: { sampleRateHz: 48_000, channels: 2, encoding: "float32" },
    sound: (frame) => [0, frame < RATE_HZ ? 0.9 : click(frame + LATE_FRAMES)],
    transportAtStart: { ...initialTransport, motion: "recording", positionFrames: LATE_FRAMES + RATE_HZ },
  });
  bytesOf.all = frames * 6 + (frames - LATE_FRAMES) * 8;
});
afterAll(async () => {
  await chromium?.close();
  await platform?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function enter(who: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
  const context = await chromium.newContext({ baseURL: origin, ...options });
  context.setDefaultTimeout(STEP_MAX_MS);
  const cookie = { name: "__Host-session", value: tokens[who] ?? "", domain: "localhost", path: "/", secure: true };
  await context.addCookies([{ ...cookie, httpOnly: true, sameSite: "Lax" }]);
  return context;
}

/** Bytes that a page asked for by range, and how many of its requests for files had none. */
function countRanges(page: Page) {
  const count = { bytes: 0, whole: 0 };
  page.on("request", (request: Request) => {
    if (!request.url().endsWith("/file")) return;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers().range ?? "");
    if (range === null) count.whole++;
    else count.bytes += Number(range[2]) - Number(range[1]) + 1;
  });
  return count;
}

describe("takes in the browser", () => {
  test("C7: two stems play together to the sample, a jump lands where it should, and only what is played is fetched", async () => {
    const context = await enter("ada", listening);
    const watch = new Watch(context, origin);
    await context.addInitScript(TAP);
    const page = await context.newPage();
    const count = countRanges(page);
    await page.goto(`/sessions/${sessionId}`);
    expect(count.bytes).toBe(0);

    await page.evaluate(STATES);
    await page.keyboard.press("Space");
    await expect.poll(() => page.locator("[data-state]").textContent()).toBe("Playing");
    await hear(page, 5);
    await page.keyboard.press("Space");
    const heard = await page.evaluate<Heard>(CLICKS);
    const played =
      (await page.evaluate<number>("Number(document.querySelector('[data-ruler]').ariaValueNow)")) * RATE_HZ;
    expect(heard.left.length).toBeGreaterThanOrEqual(4);
    // The pre-roll is not heard, so the drums come in after it; from then on a click is both stems on one sample.
    const [first] = heard.left;
    // On a busy machine the line may be too slow; then it says so, and all stems wait together.
    const hasWaited = (await page.evaluate<string[]>("states")).some((state) => state.includes("slower"));
    for (const [index, { at, value }] of heard.left.entries()) {
      if (!hasWaited) expect(at - (first?.at ?? 0)).toBe(index * CLICK_FRAMES);
      expect(value).toBeCloseTo(0.5, 5);
      const both = heard.right.find((click) => click.at === at);
      expect(both?.value).toBeCloseTo(index * CLICK_FRAMES < LATE_FRAMES + RATE_HZ ? 0.5 : 1, 5);
    }
    expect(heard.right).toHaveLength(heard.left.length);

    // Six seconds ahead of what was played and a piece of two, in two stems of 14 bytes a frame together; and their headers.
    const boundOf = (frames: number) => (frames + 8 * RATE_HZ) * 14 + 4 * 4_096;
    expect(count.whole).toBe(0);
    expect(count.bytes).toBeLessThan(boundOf(played));
    expect(count.bytes).toBeLessThan((bytesOf.all ?? 0) / 2);

    // A jump: what is heard first is what lies there, to the sample.
    await page.evaluate("tap.blocks.length = 0");
    const ruler = page.getByRole("slider", { name: "Playhead" });
    await ruler.press("Home");
    await ruler.press("PageUp");
    await ruler.press("PageUp");
    await ruler.press("ArrowRight");
    await expect.poll(() => ruler.getAttribute("aria-valuetext")).toBe("bar 17.2, 00:00:32:15");
    const before = count.bytes;
    await page.getByRole("button", { name: "Play" }).click();
    await hear(page, 3);
    await page.getByRole("button", { name: "Pause" }).click();
    const there = await page.evaluate<Heard>(CLICKS);
    // Bar 17.2 is at 32.5 s, where a click lies: it is the first thing of all.
    const silence = await page.evaluate<number>(
      "tap.blocks.flatMap((block) => Array.from(block[0])).findIndex((sample) => sample !== 0)",
    );
    expect(there.left[0]?.at).toBe(silence);
    expect(there.left.length).toBeGreaterThanOrEqual(2);
    expect(there.right.map(({ at }) => at)).toEqual(there.left.map(({ at }) => at));
    expect(there.right[0]?.value).toBeCloseTo(1, 5);
    // However long a busy machine let it play.
    expect(count.bytes - before).toBeLessThan(boundOf(there.frames));
    expect(watch.errors).toEqual([]);
    expect(watch.foreign).toEqual([]);
    await context.close();
  });

  test("C7: a loop goes round on its frame; a muted stem is neither heard nor fetched; a stem that has ended is said", async () => {
    const context = await enter("ben", listening);
    await context.addInitScript(TAP);
    const page = await context.newPage();
    const count = countRanges(page);
    await page.goto(`/sessions/${sessionId}`);
    await page.getByRole("button", { name: "Mute Drums, Ben Okafor" }).click();
    const ruler = page.getByRole("slider", { name: "Playhead" });
    // From bar 5 to bar 5.3: one second, with its clicks at its start and middle.
    for (let bar = 1; bar < 5; bar++) await ruler.press("Shift+ArrowRight");
    await ruler.press("i");
    await ruler.press("ArrowRight");
    await ruler.press("ArrowRight");
    await ruler.press("o");
    await expect.poll(() => page.locator("[data-loop-range]").textContent()).toBe("5.1 to 5.3");
    // The playhead stood at the loop's end: it has gone to its beginning, and the loop is not run past.
    await expect.poll(() => ruler.getAttribute("aria-valuetext")).toMatch(/^bar 5\.1,/);
    await page.keyboard.press("Space");
    await hear(page, 5);
    await page.keyboard.press("Space");
    const { left, right } = await page.evaluate<Heard>(CLICKS);
    expect(left.length).toBeGreaterThanOrEqual(4);
    // A second that is wholly here cannot have waited.
    for (const [index, { at }] of left.entries()) expect(at - (left[0]?.at ?? 0)).toBe(index * CLICK_FRAMES);
    expect(right.map(({ value }) => value)).toEqual(left.map(({ value }) => value));
    // One second of one stem, once, however often it went round.
    expect(count.bytes).toBeLessThan(RATE_HZ * 6 + 4_096 + 100);

    await platform.db.prepare("UPDATE recordings SET state = 'deleting' WHERE id = ?").bind(stems.drums).run();
    await page.getByRole("button", { name: "Mute Drums, Ben Okafor" }).click();
    await page.getByRole("button", { name: "Loop L" }).click();
    await page.keyboard.press("Space");
    await page.getByText("It has ended, and cannot be played any more.").waitFor();
    await expect.poll(() => page.locator("[data-state]").textContent()).toBe("Playing");
    await platform.db.prepare("UPDATE recordings SET state = 'complete' WHERE id = ?").bind(stems.drums).run();
    await context.close();
  });

  test("C7: a take at one hour is what Play begins with, one more press is bar 1; tempos do not contradict; the mix is kept", async () => {
    const ada = new ApiClient(platform.origin, tokens.ada ?? "");
    const hour = 3_600 * RATE_HZ;
    const { sessionId: late } = await ada.createSession("An hour in");
    await locate(ada, late, hour);
    const sound = (frame: number) => (frame % CLICK_FRAMES === 0 ? [0.5] : [0]);
    const first = { name: "Bass", timelineFrames: hour, frames: 20 * RATE_HZ, sound };
    await shareStem(ada, late, first);
    await shareStem(ada, late, {
      ...first,
      name: "Keys",
      bpm: 97,
      startedAtMs: Date.now() - 3_600_000,
      timelineFrames: hour + 30 * RATE_HZ,
    });
    const context = await enter("ada", { locale: "de" });
    const page = await context.newPage();
    await page.goto(`/sessions/${late}?lang=de`);
    const ruler = page.getByRole("slider", { name: "Abspielkopf" });
    await expect.poll(() => ruler.getAttribute("aria-valuetext")).toBe("Takt 1801.1, 01:00:00:00");
    // Within the takes, the transport comes before every row.
    expect(
      await page
        .locator("[data-player] [data-do=start]")
        .evaluate((one) => one.matches("#takes .line-of-time :first-child *")),
    ).toBe(true);
    await page.keyboard.press("Space");
    await expect.poll(() => page.locator("[data-state]").textContent()).toBe("Läuft");
    await page.keyboard.press("Space");
    const start = page.getByRole("button", { name: "Zum Anfang" });
    await start.click();
    await expect.poll(() => ruler.getAttribute("aria-valuetext")).toBe("Takt 1801.1, 01:00:00:00");
    await start.click();
    await expect.poll(() => ruler.getAttribute("aria-valuetext")).toBe("Takt 1.1, 00:00:00:00");
    // One count of bars on the page; the other tempo is said, and numbers are German.
    const text = (await page.locator("#takes").textContent()) ?? "";
    expect(text).toMatch(/aufgenommen bei 97,0 BPM/);
    expect(text).toMatch(/0,0 dB/);
    expect(text).not.toMatch(/\d\.\d (BPM|dB)/);
    // One take alone, and back; what is muted outlives a reload.
    const bass = page.getByRole("button", { name: "Bass, Ada Lindqvist stumm" });
    const keys = page.getByRole("button", { name: "Keys, Ada Lindqvist stumm" });
    await bass.click();
    const only = page.getByRole("button", { name: "Nur diesen Take hören" }).first();
    await only.click();
    await only.click();
    expect([await bass.getAttribute("aria-pressed"), await keys.getAttribute("aria-pressed")]).toEqual([
      "true",
      "false",
    ]);
    await page.reload();
    await expect.poll(() => bass.getAttribute("aria-pressed")).toBe("true");
    // As near as it goes, the ruler still says where one is.
    const nearer = page.getByRole("button", { name: "Vergrößern" });
    while ((await nearer.getAttribute("aria-disabled")) !== "true") await nearer.click();
    expect(await page.locator("[data-ruler] text").count()).toBeGreaterThan(0);
    // Where a key leads is in view, however near one is.
    const shownAt = () =>
      page.evaluate<number>(
        "parseFloat(getComputedStyle(document.querySelector('[data-ruler]')).getPropertyValue('--playhead'))",
      );
    await ruler.press("End");
    await expect.poll(shownAt).toBeLessThanOrEqual(100);
    await ruler.press("Home");
    await expect.poll(shownAt).toBeGreaterThanOrEqual(0);
    // The waveform is still there, and between two peaks of this sound (silent, or a click) it rises in a line and not in a stair.
    const tops = () =>
      page.evaluate<number[]>(`(() => {
        const canvas = document.querySelector(".lane-box canvas");
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        return Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => data[(y * width + x) * 4 + 3]).findIndex((alpha) => alpha > 200));
      })()`);
    await expect.poll(async () => new Set(await tops()).size).toBeGreaterThan(5);
    // At 200 % of a laptop's window the transport leaves room for what it plays.
    await page.setViewportSize({ width: 640, height: 400 });
    expect((await page.locator("[data-player]").boundingBox())?.height).toBeLessThan(400 / 3);
    // No focus is covered by the transport.
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 700 });
      await page.locator("h1").click();
      for (let stop = 0; stop < 40; stop++) {
        await page.keyboard.press("Tab");
        const covered = await page.evaluate<boolean>(`(() => {
          const focused = document.activeElement;
          const player = document.querySelector("[data-player]");
          if (focused === null || player.contains(focused)) return false;
          const { top, bottom } = focused.getBoundingClientRect();
          return top < innerHeight && (top + bottom) / 2 > player.getBoundingClientRect().top && player.getBoundingClientRect().bottom > top;
        })()`);
        expect(covered, `stop ${stop} at ${width}`).toBe(false);
      }
    }
    await context.close();
  });

  test("H3: Play is two stops of the keyboard from the top of the page, and a dozen for who goes through all of it", async () => {
    const context = await enter("ada");
    const page = await context.newPage();
    const stops = async (until: string) => {
      for (let stop = 1; stop <= 40; stop++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(until)})`)) return stop;
      }
      return Number.POSITIVE_INFINITY;
    };
    await page.goto(`/sessions/${sessionId}`);
    await page.locator("#play").waitFor();
    expect(await stops("#play")).toBeLessThanOrEqual(14);
    await page.goto(`/sessions/${sessionId}`);
    await page.locator("#play").waitFor();
    expect(await stops("[href='#play']")).toBe(2);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("play");
    // Where nothing can be played, nothing leads there.
    await page.goto("/sessions");
    expect(await page.locator("[href='#play']").count()).toBe(0);
    await context.close();
  });

  test("a line that breaks is said, and it goes on by itself when it is back", async () => {
    const context = await enter("ada");
    const page = await context.newPage();
    await page.goto(`/sessions/${sessionId}`);
    await context.setOffline(true);
    await page.keyboard.press("Space");
    await page.getByText("No network. It goes on by itself when there is one.").waitFor();
    await context.setOffline(false);
    await expect.poll(() => page.locator("[data-state]").textContent()).toBe("Playing");
    await context.close();
  });

  test("C7: a take that is shared meanwhile is said within half a minute, and changes nothing by itself", async () => {
    const context = await enter("ada");
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`/sessions/${sessionId}`, { waitUntil: "networkidle" });
    await page.clock.runFor(31_000);
    expect(await page.getByText("The takes have changed.").count()).toBe(0);
    const ben = new ApiClient(platform.origin, tokens.ben ?? "");
    const extra = await shareStem(ben, sessionId, {
      name: "Tambourine",
      timelineFrames: 0,
      frames: 4_800,
      sound: () => [0],
    });
    await page.clock.runFor(31_000);
    const link = page.getByRole("link", { name: "The takes have changed." });
    await link.waitFor();
    expect(await page.getByText("Tambourine").count()).toBe(0);
    await link.click();
    await page.getByText("Tambourine").first().waitFor();
    await ben.withdrawRecording(extra);
    await context.close();
  });

  test("C7: without a script there is the list, each waveform, a player for one stem, and zips with a folder for each take and names that tell", async () => {
    const context = await enter("ada", { javaScriptEnabled: false, locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(`/sessions/${sessionId}`);
    expect(await page.locator(".lane path").count()).toBe(2);
    expect((await page.locator(".lane path").first().getAttribute("d"))?.length).toBeGreaterThan(500);
    expect(await page.locator("audio").count()).toBe(2);
    expect(await page.locator("[data-player]").isVisible()).toBe(false);
    const link = page.getByRole("link", { name: "Download this take" });
    const href = (await link.getAttribute("href")) ?? "";
    const fetched = async (what: Locator) => {
      const [download] = await Promise.all([page.waitForEvent("download"), what.click()]);
      const bytes = readFileSync(await download.path());
      expect(bytes.length).toBeGreaterThan(bytesOf.all ?? 0);
      return { name: download.suggestedFilename(), files: Object.keys(unzipSync(bytes)).sort() };
    };
    const files = [
      "Take 01/Take 01 · Ada Lindqvist · Guitar · bar 1 · 120 BPM.wav",
      "Take 01/Take 01 · Ben Okafor · Drums · bar 1 · 120 BPM.wav",
    ];
    expect(await fetched(link)).toEqual({ name: "Night bus · Take 01.zip", files });
    expect(await fetched(page.getByRole("link", { name: "Download everything" }))).toEqual({
      name: "Night bus.zip",
      files,
    });
    expect((await context.request.get(`${href.split("?")[0]}?take=${crypto.randomUUID()}`)).status()).toBe(404);
    // V3: before a recording goes, its page says which copies stay; then it is gone.
    await page.getByRole("link", { name: "Delete Guitar" }).click();
    await page.getByText("out of our reach").waitFor();
    await page.getByRole("link", { name: "Keep it" }).click();
    await context.close();
  });

  test("V1, C1: an observer sees what there is and can have none of it as sound", async () => {
    const context = await enter("olga");
    const page = await context.newPage();
    await page.goto(`/sessions/${sessionId}`);
    await page.getByText("You are here to listen live.").waitFor();
    expect(await page.locator("[data-stem], [data-player], a[download]").count()).toBe(0);
    expect(await page.content()).not.toMatch(/@example\.org|acc_/);
    await context.close();
  });
});
