import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTone } from "../../dev/ear.ts";
import { keepNoFiles, makeRoom } from "../../dev/screens/no-files.ts";
import { type Scene, statusOf, stubRoom } from "../../dev/screens/stub-room.ts";
import { Evening, type Guest } from "./evening.ts";
import { Keyboard } from "./keyboard.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NARROWEST_PX = 320;

/** Forty graphemes without a place to break, from the right, and of many code points each. */
const LONG = "Maximilianefriederikevonhohensteinwackhag";
const names: Scene = {
  people: [
    { displayName: LONG.slice(0, 40), status: statusOf({ micLive: true, latencyMs: 12.4, latencyErrorMs: 0.8 }) },
    { displayName: "יעל כהן־אברהמי", status: statusOf({ recording: true }) },
    { displayName: "👩🏽‍🎤".repeat(40), status: statusOf({ micLive: true }) },
  ],
  waiting: ["עומר בן־דוד", "W".repeat(40)],
  admission: "waiting",
  log: [{ from: 1, body: { kind: "chat", text: "שלום! Ready?" } }],
  listeners: 3,
};
const thirty: Scene = {
  people: Array.from({ length: 30 }, (_, at) => ({ displayName: `Player ${at + 1}`, status: statusOf() })),
};

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-states-"));
let evening: Evening;
let ada: Guest;
beforeAll(async () => {
  evening = await Evening.begin("Night bus", writeTone(440, join(folder, "microphone.wav")));
  ada = await evening.enter(evening.hostToken);
});
afterAll(async () => {
  await evening?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A window of Ada's that is told a scene. */
async function shown(scene: Scene, prepare: (page: Page) => Promise<unknown> = async () => undefined): Promise<Page> {
  const page = await ada.context.newPage();
  await prepare(page);
  await stubRoom(page, scene);
  await page.goto(`${evening.origin}/sessions/${evening.sessionId}/room`);
  await page.locator(".view-connection.here").waitFor();
  return page;
}

/** What axe finds, and what sticks out of the narrowest phone. */
async function expectFits(page: Page): Promise<void> {
  await page.setViewportSize({ width: NARROWEST_PX, height: 720 });
  const beyond = `[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.closest(".hidden, canvas") === null).map((one) => one.className || one.tagName)`;
  const isWider = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  expect(isWider ? await page.evaluate(beyond) : []).toEqual([]);
  await page.evaluate(axe);
  const faults = `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(" | ")))`;
  expect(await page.evaluate(faults)).toEqual([]);
}

describe("what a session may be like", { timeout: 600_000 }, () => {
  test("names of 40 graphemes, from right to left and of emoji are whole, in their own direction, and push nothing off a phone", async () => {
    const page = await shown(names);
    await page.locator(".view-people .name", { hasText: "יעל" }).waitFor();
    await expectFits(page);
    for (const name of await page.locator(".view-people .name").all()) {
      const { clipped, bidi } = await name.evaluate((element) => ({
        clipped: element.scrollWidth - element.clientWidth,
        bidi: getComputedStyle(element).unicodeBidi,
      }));
      expect(clipped).toBeLessThanOrEqual(1);
      expect(["isolate", "plaintext", "isolate-override"]).toContain(bidi);
    }
    await page.close();
  });

  test("thirty people: each has their line, none is cut off, and chat is still a key away", async () => {
    const page = await shown(thirty);
    await page.locator(".view-people li").nth(29).waitFor();
    await page.keyboard.press("c");
    expect(await page.evaluate("document.activeElement.id")).toBe("view-chat");
    await expectFits(page);
    await page.close();
  });

  test("the keyboard stays seen where something grows above it, in its own column or beside it; who scrolls away is let go", async () => {
    const page = await shown(names);
    await page.setViewportSize({ width: 1280, height: 500 });
    const keys = new Keyboard(page);
    const grow = (where: string) =>
      page.evaluate(
        `document.querySelector("${where}").prepend(Object.assign(document.createElement("p"), { style: "height: 700px" }))`,
      );
    await keys.to(/^Turn sound on$/);
    for (const where of [".view-side", ".view-main", ".view-side .view-sound"]) {
      await grow(where);
      expect(await keys.stands()).toBe("Turn sound on");
    }
    await page.mouse.move(640, 300);
    await page.mouse.wheel(0, -2_000);
    await page.waitForFunction(() => (document.activeElement?.getBoundingClientRect().top ?? 0) > innerHeight);
    await grow(".view-side");
    await expect(keys.stands()).rejects.toThrow("out of the window");
    await page.close();
  });

  test("a browser without what sound needs says so, with the next step, and is the session's all the same", async () => {
    const page = await shown({ people: [{ displayName: "Ada" }] }, (opened) =>
      opened.addInitScript("delete window.RTCRtpScriptTransform"),
    );
    await page.locator(".view-trouble", { hasText: "This browser is too old" }).waitFor();
    expect(await page.getByRole("button", { name: "Turn sound on" }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Play", exact: true }).isEnabled()).toBe(true);
    await expectFits(page);
    await page.close();
  });

  test("X24: a browser that keeps no files says before a take that nothing is recorded, and what to do; one that is full records once there is room", async () => {
    const solo: Scene = { people: [{ displayName: "Ada" }] };
    const turnOn = (page: Page) => page.getByRole("button", { name: "Turn sound on" }).click();
    const none = await shown(solo, (page) => keepNoFiles(page, "none"));
    await turnOn(none);
    await none.getByRole("alert").getByText("Open the page in an ordinary window").waitFor();
    expect(await none.getByRole("button", { name: "Arm", exact: true }).count()).toBe(0);
    await expectFits(none);
    await none.close();

    const full = await shown(solo, (page) => keepNoFiles(page, "full"));
    await turnOn(full);
    await full.getByRole("alert").getByText("make room on this computer").waitFor();
    await expectFits(full);
    await makeRoom(full);
    await full.getByRole("button", { name: "There is room now" }).click();
    await full.getByRole("button", { name: "Arm", exact: true }).waitFor();
    await full.close();
  });
});
