import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import decodeQR from "qr/decode.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { STEP_MAX_MS } from "../../dev/chromium.ts";
import { shareStem } from "../../dev/screens/stems.ts";
import { Watch } from "../pages/chromium.ts";
import { Evening, type Guest } from "./evening.ts";
import { Keyboard } from "./keyboard.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let evening: Evening;
let ada: Guest;
let ben: Guest;
let watch: Watch;

beforeAll(async () => {
  evening = await Evening.begin("Verse in D");
  const token = await evening.invite("Ben Webster", "participant");
  ada = await evening.enter(evening.hostToken);
  watch = new Watch(ada.context, evening.origin);
  ben = await evening.enter(token, {}, "?lang=de");
});
afterAll(async () => {
  await evening?.end();
});

/** What stands in the bar counter, as quarter notes from the session's origin. */
const beatOf = async (page: Page): Promise<number> => {
  const [bar = 1, beat = 1] = ((await page.locator(".view-counters .big dd").textContent()) ?? "")
    .split(".")
    .map(Number);
  return (bar - 1) * 4 + beat - 1;
};
/** A place is everybody's when both pages show it: only then does the next press go on from it, whoever presses. */
const bothAt = (beats: number) =>
  Promise.all([ada, ben].map(({ page }) => expect.poll(() => beatOf(page)).toBe(beats)));
const both = (wanted: (page: Page) => Promise<unknown>) => Promise.all([wanted(ada.page), wanted(ben.page)]);
const signatureIs = (text: string) => both((page) => expect.poll(() => page.inputValue("#view-signature")).toBe(text));
const loopIs = (isOn: boolean) => both((page) => page.locator(`.view-buttons .loop[aria-pressed="${isOn}"]`).waitFor());
const rolls = (page: Page) => page.locator(".view-transport.playing, .view-transport.recording").waitFor();
const stands = (page: Page) => page.locator(".view-transport.stopped").waitFor();

/** Reads the code on the screen as a phone's camera does. */
async function scan(page: Page): Promise<string> {
  const code = page.locator(".view-qr");
  await code.waitFor();
  const [side = 0] = ((await code.getAttribute("viewBox")) ?? "").split(" ").slice(2).map(Number);
  const size = side * 4;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [, x, y] of ((await code.locator("path").getAttribute("d")) ?? "").matchAll(/M(\d+) (\d+)/g))
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 4; column++)
        data.fill(
          0,
          ((Number(y) * 4 + row) * size + Number(x) * 4 + column) * 4,
          ((Number(y) * 4 + row) * size + Number(x) * 4 + column) * 4 + 3,
        );
  return decodeQR({ width: size, height: size, data });
}

/** A controller at this machine, and a hand on it: `window.send`. */
const controller = `{
  const input = { name: "Pads", state: "connected", onmidimessage: null };
  window.send = (...bytes) => input.onmidimessage({ data: Uint8Array.from(bytes), timeStamp: performance.now() });
  navigator.requestMIDIAccess = async () => ({ inputs: new Map([["pads", input]]), outputs: new Map(), addEventListener() {}, removeEventListener() {} });
}`;

describe("the session view", () => {
  test("C1, V1: everybody sees who is here, as what, in their own language", async () => {
    await ada.page.locator(".view-people", { hasText: "Ben Webster" }).locator("text=plays").first().waitFor();
    await ben.page.locator(".view-people", { hasText: "Ada Lovelace" }).locator("text=Host").first().waitFor();
    await ada.page.locator(".view-people .presence.here").nth(1).waitFor();
    // Nothing of anybody but what members see.
    expect(await ben.page.content()).not.toContain("ada@example.org");
  });

  test("C4: Space rolls everybody, the playhead moves, Space stops at one place, Home goes back", async () => {
    await ada.page.keyboard.press("Space");
    await both(rolls);
    await expect.poll(() => beatOf(ben.page)).toBeGreaterThan(0);
    await ben.page.keyboard.press("Space");
    await both(stands);
    await expect.poll(async () => (await beatOf(ada.page)) - (await beatOf(ben.page))).toBe(0);
    await ben.page.locator(".view-truth", { hasText: "Ben Webster: Stopp" }).waitFor();
    await ada.page.keyboard.press("Home");
    await bothAt(0);
  });

  test("C4: bars by the arrow keys, as many as are pressed; a tempo is everybody's", async () => {
    // Faster than any room answers: each goes on from the one before.
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"]) await ada.page.keyboard.press(key);
    await bothAt(8);
    await ben.page.keyboard.press("Home");
    await bothAt(0);
    await ben.page.fill("#view-tempo", "96");
    await ben.page.keyboard.press("Enter");
    await expect.poll(() => ada.page.inputValue("#view-tempo")).toBe("96");
    await ben.page.locator("h2").first().click();
  });

  test("C4: signature, loop and markers are everybody's, on the same bars", async () => {
    await ada.page.selectOption("#view-signature", "3/4");
    await signatureIs("3/4");
    await ben.page.keyboard.press("l");
    await loopIs(true);
    await ben.page.keyboard.press("l");
    await loopIs(false);
    await ada.page.locator("h2").first().click();
    await ada.page.keyboard.press("ArrowRight");
    await both((page) => expect.poll(() => page.locator(".view-counters .big dd").textContent()).toBe("2.1"));
    await ada.page.keyboard.press("m");
    await both((page) => page.locator(".view-markers", { hasText: "Marker 1 2.1" }).waitFor());
    await ada.page.keyboard.press("Home");
    await bothAt(0);
    await ada.page.selectOption("#view-signature", "4/4");
    await signatureIs("4/4");
    await ben.page.locator("h2").first().click();
    await ada.page.locator("h2").first().click();
  });

  test("C4: a pad and a knob do what they were shown, and nothing happens while they are", async () => {
    const { page } = ada;
    const send = (...bytes: number[]) => page.evaluate(`window.send(${bytes.join()})`);
    const learn = page.getByRole("button", { name: "Learn", exact: true });
    const learned = (text: string) => page.locator(".view-learn li", { hasText: text });
    await page.evaluate(controller);
    await page.getByRole("button", { name: "Connect a controller" }).click();
    await page.getByText("Listening to Pads").waitFor();
    await learn.click();
    await page.locator(".view-buttons .main").click();
    await page.getByText("Now press a pad or move a knob for: Play").waitFor();
    await send(0x90, 36, 100);
    await learned("Play").waitFor();
    await page.getByLabel("Length of a new loop").focus();
    await page.getByText("for: Length of a new loop").waitFor();
    await send(0xb0, 20, 1);
    await learned("Length of a new loop").waitFor();
    await page.locator("#view-tempo").focus();
    await page.getByText("for: tempo").waitFor();
    await send(0xb0, 21, 1);
    await learned("tempo").waitFor();
    await learn.click();
    expect(await page.locator(".view-transport.stopped").count()).toBe(1);

    await send(0xb0, 20, 127);
    await expect.poll(() => page.inputValue(".view-buttons select")).toBe("8");
    await send(0xb0, 20, 80);
    await expect.poll(() => page.inputValue(".view-buttons select")).toBe("4");
    await send(0x80, 36, 0);
    await send(0x90, 36, 20);
    await both(rolls);
    await send(0x90, 36, 0);
    await send(0x90, 36, 127);
    await both(stands);
    const before = await page.inputValue("#view-tempo");
    await send(0xb0, 21, 32);
    await send(0xb0, 21, 64);
    await both((each) => expect.poll(() => each.inputValue("#view-tempo")).toBe("211.5"));
    await page.fill("#view-tempo", before);
    await page.keyboard.press("Enter");
    await both((each) => expect.poll(() => each.inputValue("#view-tempo")).toBe(before));
    await page.getByRole("button", { name: "Forget Play" }).click();
    await page.getByRole("button", { name: "Forget tempo" }).click();
    await page.getByRole("button", { name: "Forget Length of a new loop" }).click();
    await learned("").first().waitFor({ state: "detached" });
    await page.keyboard.press("Home");
    await bothAt(0);
  });

  test("C6: that recording rolls is on everybody's screen; R ends the take and rolls on", async () => {
    await ada.page.keyboard.press("r");
    await both((page) => page.locator(".view-rec").waitFor());
    await ada.page.keyboard.press("r");
    await both((page) => page.locator(".view-transport.playing").waitFor());
    await ada.page.keyboard.press("Space");
    await both(stands);
  });

  test("C6: a host who switches recording off takes the button from everybody, and says why", async () => {
    await ada.page.getByRole("button", { name: "Switch recording off" }).click();
    await ben.page.locator(".view-buttons .rec[disabled]").waitFor();
    expect(await ben.page.locator(".view-buttons .rec").getAttribute("title")).toBe(
      "In dieser Session wird nicht aufgenommen",
    );
    await ada.page.getByRole("button", { name: "Allow recording" }).click();
    await both((page) => page.locator(".view-buttons .rec:not([disabled])").waitFor());
  });

  test("C5: chat by keyboard, with who, when and which bar; markup stays text", async () => {
    await ben.page.locator("h2").first().click();
    await ben.page.keyboard.press("c");
    await ben.page.keyboard.type("<b>Noch mal</b> ab Takt 3?");
    await ben.page.keyboard.press("Enter");
    const line = ada.page.locator(".view-chat li", { hasText: "<b>Noch mal</b> ab Takt 3?" });
    await line.waitFor();
    expect(await line.textContent()).toMatch(/Ben Webster.*bar \d+\.\d/);
    expect(await ben.page.inputValue("#view-chat")).toBe("");
  });

  test("C5: a note is everybody's, is changed, deleted, and comes back", async () => {
    await ada.page.locator("h2").first().click();
    await ada.page.keyboard.press("n");
    await ada.page.keyboard.type("Em  C  G  D");
    await ada.page.keyboard.press("Control+Enter");
    const card = ben.page.locator(".view-notes .card", { hasText: "Em  C  G  D" });
    await card.waitFor();
    await card.getByRole("button", { name: "Notiz löschen" }).click();
    await ada.page.locator(".view-notes .card").waitFor({ state: "detached" });
    await ben.page.getByRole("button", { name: "Zurückholen" }).click();
    await ada.page.locator(".view-notes .card", { hasText: "Em  C  G  D" }).waitFor();
  });

  test("C7, P88: a take that somebody shares appears on its bar without a reload, and how many channels it has", async () => {
    const api = new ApiClient(evening.platform.origin, ben.token);
    await shareStem(api, evening.sessionId, {
      name: "Tenor",
      timelineFrames: 120_000,
      frames: 5 * 48_000,
      format: { sampleRateHz: 48_000, channels: 8, encoding: "pcm24" },
      sound: (frame) => Array(8).fill(Math.sin(frame / 20) * (frame % 24_000 < 12_000 ? 0.7 : 0.2)),
    });
    await ada.page.locator(".view-names li", { hasText: "Tenor" }).waitFor();
    await ada.page.locator(".view-list summary").click();
    await ada.page
      .locator(".view-list li", { hasText: /Tenor.*Ben Webster.*begins at bar 2\.1.*8.channels/ })
      .waitFor();
  });

  test("P63: a take is named, starred and commented at a moment; everybody has it", async () => {
    await ada.page.getByLabel("Name of Take 1").fill("The keeper");
    await ada.page.keyboard.press("Enter");
    await ada.page.getByRole("button", { name: "Star The keeper" }).click();
    await ada.page.getByPlaceholder(/Say something at bar/).fill("Late here");
    await ada.page.getByRole("button", { name: "Comment", exact: true }).click();
    await ben.page.locator(".view-list summary").click();
    const take = ben.page.getByRole("region", { name: "The keeper" });
    await take.locator(".view-comments li", { hasText: "Late here" }).waitFor();
    await take.getByText("8\u00a0Kanäle").waitFor();
    await take.getByRole("button", { name: "The keeper merken", pressed: true }).waitFor();
    await ada.page.locator("h2").first().click();
    await ben.page.locator("h2").first().click();
  });

  test("P69: what somebody deletes is asked back of whoever has a copy: they keep it or let it go, and the owner sees which", async () => {
    const api = new ApiClient(evening.platform.origin, ben.token);
    const recordingId = await shareStem(api, evening.sessionId, {
      name: "Too loud",
      timelineFrames: 900_000,
      frames: 48_000,
      sound: () => [0.2],
    });
    await ada.page.locator(".view-names li", { hasText: "Too loud" }).waitFor();
    await ada.page.evaluate(`fetch("/api/v1/recordings/${recordingId}/file").then((answer) => answer.arrayBuffer())`);
    await evening.ask(ben.token, "DELETE", `/recordings/${recordingId}`);
    const wish = ada.page.locator(".view-wishes li", { hasText: /Ben Webster deleted Too loud.* on / });
    await wish.getByRole("button", { name: "Keep it" }).click();
    await ada.page.locator(".view-wishes [role=status]", { hasText: "kept. Its owner was told" }).waitFor();
    await wish.waitFor({ state: "detached" });
    const { items } = await evening.ask(ben.token, "GET", "/account/deliveries");
    expect(items).toMatchObject([{ receiver: "Ada Lovelace", answer: "kept" }]);
  });

  test("C8: what a person has set is there at their next visit, and gone when they forget the session", async () => {
    const { page } = ben;
    const side = () => page.locator(".view-side").boundingBox();
    const before = (await side())?.width ?? 0;
    await page.getByLabel("Länge eines neuen Loops").selectOption("8");
    await page.getByRole("separator").focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await side())?.width ?? 0).toBeGreaterThan(before + 10);
    const again = async () => {
      await page.reload();
      await page.locator(".view-connection.here").waitFor();
    };
    await again();
    expect(await page.getByLabel("Länge eines neuen Loops").inputValue()).toBe("8");
    expect((await side())?.width ?? 0).toBeGreaterThan(before + 10);
    await page.getByRole("button", { name: "Diese Session hier vergessen" }).click();
    await again();
    expect(await page.getByLabel("Länge eines neuen Loops").inputValue()).toBe("4");
    expect((await side())?.width ?? 0).toBeCloseTo(before, 0);
    await page.locator(".view-list summary").click();
  });

  test("X12, X35: the network goes and comes back: said, nothing that was pressed meanwhile happens, and nothing is missed", async () => {
    await ben.context.setOffline(true);
    await ben.page.evaluate("dispatchEvent(new Event('offline'))");
    await ada.page.locator("h2").first().click();
    await ada.page.keyboard.press("c");
    await ada.page.keyboard.type("still there?");
    await ada.page.keyboard.press("Enter");
    await ben.page.locator(".view-connection.away").waitFor();
    await ben.page.locator("h2").first().click();
    await ben.page.keyboard.press("Space");
    await ben.page.locator(".view-toasts .bad", { hasText: "gesendet wurde nichts" }).waitFor();
    await ben.context.setOffline(false);
    await ben.page.locator(".view-connection.here").waitFor();
    await ben.page.locator(".view-chat li", { hasText: "still there?" }).waitFor();
    expect(await ada.page.locator(".view-transport.stopped").count()).toBe(1);
  });

  test("C1: an observer watches and writes, and moves nothing", async () => {
    const token = await evening.invite("Cleo Laine", "observer");
    const cleo = await evening.enter(token);
    expect(await cleo.page.locator(".view-buttons button:disabled").count()).toBe(4);
    await cleo.page.keyboard.press("Space");
    await cleo.page.keyboard.press("c");
    await cleo.page.keyboard.type("lovely");
    await cleo.page.keyboard.press("Enter");
    await ada.page.locator(".view-chat li", { hasText: "lovely" }).waitFor();
    expect(await ada.page.locator(".view-transport.stopped").count()).toBe(1);
    // The host takes her out, after being asked: she is told, and is out.
    await ada.page.getByLabel("What can be done about Cleo Laine").click();
    await ada.page.getByRole("button", { name: "Take out of the session" }).click();
    await ada.page.locator("dialog[open]").getByRole("button", { name: "Take out of the session" }).click();
    await cleo.page.locator(".view-over", { hasText: "The host took you out" }).waitFor();
    await cleo.context.close();
  });

  test("P54, P59: the host's door: who knocks is let in, asked to mute, sent out and kept out; the evening can be locked", async () => {
    // Drawn as chosen when the room has said so, and not before.
    await ada.page.getByRole("radio", { name: "I let people in" }).click();
    await ada.page.getByText("Those who were not here yet tonight wait").waitFor();
    const dora = await evening.enter(await evening.invite("Dora Ruiz", "participant"), {}, "", ".view-over");
    await dora.page.getByText("You are at the door").waitFor();
    await ada.page.getByRole("button", { name: "Let in Dora Ruiz" }).click();
    await dora.page.locator(".view-connection.here").waitFor();
    await ada.page.getByLabel("What can be done about Dora Ruiz").click();
    await ada.page.getByRole("button", { name: "Ask to mute" }).click();
    await dora.page.getByText("asks you to mute").waitFor();
    await ada.page.getByRole("button", { name: "Send out and keep out" }).click();
    await ada.page.locator("dialog[open]").getByRole("button", { name: "Send out and keep out" }).click();
    await dora.page.locator(".view-over", { hasText: "The host has sent you out" }).waitFor();
    await ada.page.getByText("Dora Ruiz is kept out").waitFor();
    await ada.page.getByRole("radio", { name: "Locked" }).click();
    await ada.page.getByText("Nobody new comes in").waitFor();
    await ada.page.getByRole("radio", { name: "Open" }).click();
    await dora.context.close();
  });

  test("C1: an invite is made without leaving the room, and its link is told once", async () => {
    await ada.page.getByRole("button", { name: "Invite somebody" }).click();
    await ada.page.getByRole("button", { name: "Make the link" }).click();
    expect(await ada.page.getByLabel("Link, shown this once").inputValue()).toMatch(/\/invite\/[0-9a-z-]{10,}$/);
    await ada.page.locator("dialog[open]").getByRole("button", { name: "Close", exact: true }).click();
  });

  test("P83, C4: a phone comes by the code on the screen, moves everybody, and is out when its owner sends it away", async () => {
    const { page } = ada;
    const answered = page.waitForResponse((response) => response.url().endsWith("/phone"));
    await page.getByRole("button", { name: "Connect a phone" }).click();
    const { link } = (await (await answered).json()) as { link: string };
    const address = `${evening.origin}/phone/${link}`;
    expect(await scan(page)).toBe(address);
    const context = await evening.chromium.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
    context.setDefaultTimeout(STEP_MAX_MS);
    const phone = await context.newPage();
    await phone.goto(address);
    await phone.getByRole("button", { name: "Connect this phone" }).click();
    await phone.locator(".view-connection.here").waitFor();
    await phone.getByText("Ada Lovelace’s phone").waitFor();
    // The code has gone by itself, and everybody sees whose phone it is.
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator(".view-people li", { hasText: "Ada Lovelace’s phone" }).waitFor();
    await ben.page.locator(".view-people li", { hasText: "Handy von Ada Lovelace" }).waitFor();
    await phone.getByRole("button", { name: "Play" }).tap();
    await both(rolls);
    await phone.getByRole("button", { name: "Stop" }).tap();
    await both(stands);
    await ben.page.locator(".view-truth", { hasText: "Handy von Ada Lovelace: Stopp" }).waitFor();
    await phone.getByRole("button", { name: "To the beginning" }).tap();
    await bothAt(0);
    await phone.evaluate(axe);
    expect(await phone.evaluate(`axe.run(document).then(({ violations }) => violations.map(({ id }) => id))`)).toEqual(
      [],
    );
    for (const width of [320, 390]) {
      await phone.setViewportSize({ width, height: 700 });
      expect(await phone.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    }
    await page.getByRole("button", { name: "Send it away" }).click();
    await phone.getByText("This phone is not connected any more").waitFor();
    await both((each) =>
      each.locator(".view-people li", { hasText: "Ada Lovelace’s phone" }).waitFor({ state: "detached" }),
    );
    await both((each) => each.locator(".view-people li", { hasText: "Handy" }).waitFor({ state: "detached" }));
    await page.getByRole("button", { name: "Connect a phone" }).waitFor();
    expect(await page.locator("dialog").count()).toBe(0);
    await context.close();
  });

  test("X25: two windows of one person: the newer one goes on, the older one says so", async () => {
    const second = await ben.context.newPage();
    await second.goto(ben.page.url());
    await second.locator(".view-connection.here").waitFor();
    await ben.page.locator(".view-over", { hasText: "in einem anderen Fenster" }).waitFor();
    await ben.page.getByRole("link", { name: "Wieder dazukommen" }).click();
    await ben.page.locator(".view-connection.here").waitFor();
    await second.locator(".view-over").waitFor();
    await second.close();
  });

  test("the keys have a sheet, and every control a name: axe in both themes; nothing overflows from 320 px on", async () => {
    await ada.page.locator("h2").first().click();
    await ada.page.keyboard.press("?");
    await ada.page.locator("dialog[open]").waitFor();
    await ada.page.keyboard.press("Escape");
    await ada.page.locator("dialog").waitFor({ state: "detached" });
    await ada.page.evaluate(axe);
    for (const colorScheme of ["light", "dark"] as const) {
      await ada.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const found = await ada.page.evaluate<string[]>(
        `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target, failureSummary }) => target.join(" ") + failureSummary).join(" | ")))`,
      );
      expect(found).toEqual([]);
    }
    for (const width of [320, 390, 768, 1280]) {
      await ada.page.setViewportSize({ width, height: 800 });
      expect(await ada.page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    }
    expect(watch.foreign).toEqual([]);
    expect(watch.errors).toEqual([]);
  });

  test("wherever the keyboard comes it is seen, and nothing lies over it: on a phone, a small screen and a desk", async () => {
    const keys = new Keyboard(ada.page);
    for (const [width, height] of [
      [390, 844],
      [1024, 600],
      [1440, 900],
    ] as const) {
      await ada.page.setViewportSize({ width, height });
      await ada.page.locator("h1").click();
      for (const key of ["Tab", "Shift+Tab"] as const) {
        const stops = await keys.tour(key);
        expect(stops.filter(({ fault }) => fault !== "")).toEqual([]);
        expect(stops.length).toBeGreaterThan(30);
      }
    }
  });
});
