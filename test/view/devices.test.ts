import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { strengthOf } from "../../dev/ear.ts";
import { SoundServer } from "../../dev/sound-server.ts";
import { Evening, type Guest } from "./evening.ts";
import { stemOf } from "./stem-of.ts";

/** What each of the virtual inputs hears, all evening. */
const TONES_HZ = { Guitar: 660, Voice: 880 } as const;
type Input = keyof typeof TONES_HZ;
/** A tone is there: it is played at a quarter of full scale. */
const THERE = 0.05;
/** A fifth of a second. */
const STRETCH_FRAMES = 9_600;
/** Beside other work a machine needs a while until two ends have found each other. */
const patience = { timeout: 200_000, interval: 250 };

/** A real sound server with devices that come and go, as a person's cables do; what comes out is measured there, past every page. */
describe("devices of a sound server", { timeout: 600_000 }, () => {
  let sounds: SoundServer;
  let evening: Evening;
  let ada: Guest;
  let ben: Guest;
  const plugIn = (input: Input) => {
    sounds.plugInput(input);
    sounds.playTone(input, TONES_HZ[input]);
  };
  const inputOf = (page: Page) => page.locator(".view-devices label", { hasText: "Input" }).locator("select");
  const outputOf = (page: Page) => page.locator(".view-devices label", { hasText: "Output" }).locator("select");
  const option = (page: Page, name: string) => inputOf(page).locator("option", { hasText: name });
  const chosen = (page: Page) => inputOf(page).evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
  const trouble = (page: Page, text: string) => page.locator(".view-trouble", { hasText: text });
  /** Which of the tones an output plays, as its own server has it. */
  const comesOutAt = async (output: string): Promise<string> => {
    const sound = await sounds.record(output, 0.5);
    const strong = Object.entries(TONES_HZ).filter(
      ([, hz]) => strengthOf(sound.length, (frame) => sound[frame] ?? 0, hz) > THERE,
    );
    return strong.map(([name]) => name).join();
  };
  const hears = (output: string, what: Input | "") => expect.poll(() => comesOutAt(output), patience).toBe(what);

  beforeAll(async () => {
    sounds = await SoundServer.start();
    sounds.plugOutput("Desk");
    plugIn("Guitar");
    evening = await Evening.begin("Devices", sounds);
    const token = await evening.invite("Ben Webster", "participant");
    ada = await evening.enter(evening.hostToken);
    ben = await evening.enter(token);
    await ben.page.getByRole("button", { name: "Turn sound on" }).click();
    await inputOf(ben.page).selectOption({ label: "none" });
  });
  afterAll(async () => {
    await evening?.end();
    await sounds?.stop();
  });

  test("C2: what goes into an input comes out at the other's loudspeakers", async () => {
    await ada.page.getByRole("button", { name: "Turn sound on" }).click();
    await option(ada.page, "Guitar").waitFor({ state: "attached" });
    expect(await chosen(ada.page)).toBe("as the system has it");
    await hears("Desk", "Guitar");
  });

  test("X24: what is plugged in stands there to choose, and changes nothing", async () => {
    plugIn("Voice");
    await option(ada.page, "Voice").waitFor({ state: "attached" });
    expect(await chosen(ada.page)).toBe("as the system has it");
    await hears("Desk", "Guitar");
  });

  test("X24: where the system chose, and would put another microphone in the place of one that is pulled out, nobody is heard until they choose", async () => {
    sounds.unplug("Guitar");
    await trouble(ada.page, "An input has gone or come").waitFor();
    await option(ada.page, "Guitar").waitFor({ state: "detached" });
    expect(await chosen(ada.page)).toBe("none");
    await hears("Desk", "");
    await inputOf(ada.page).selectOption({ label: "Voice" });
    await hears("Desk", "Voice");
    await trouble(ada.page, "").waitFor({ state: "detached" });
  });

  test("X24: a chosen input that is pulled out is gone, no other takes its place, and plugged in again it goes on", async () => {
    plugIn("Guitar");
    await option(ada.page, "Guitar").waitFor({ state: "attached" });
    await inputOf(ada.page).selectOption({ label: "Guitar" });
    await hears("Desk", "Guitar");
    sounds.unplug("Guitar");
    await trouble(ada.page, "Your input is gone").waitFor();
    await hears("Desk", "");
    plugIn("Guitar");
    await trouble(ada.page, "").waitFor({ state: "detached" });
    expect(await chosen(ada.page)).toBe("Guitar");
    await hears("Desk", "Guitar");
  });

  test("X24: an input that goes in mid take and comes back: the take is one, silent where there was none", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: "Arm", exact: true }).click();
    await page.getByRole("button", { name: "Record", exact: true }).click();
    await page.waitForFunction(() => Number(document.querySelector(".view-counters .big dd")?.textContent) >= 2);
    sounds.unplug("Guitar");
    await trouble(page, "Your input is gone").waitFor();
    await hears("Desk", "");
    plugIn("Guitar");
    await hears("Desk", "Guitar");
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect.poll(async () => (await stemOf(page).catch(() => null)) !== null, patience).toBe(true);
    const [left = new Float32Array()] = (await stemOf(page))?.channels ?? [];
    const heard = Array.from(
      { length: Math.floor(left.length / STRETCH_FRAMES) },
      (_, at) => strengthOf(STRETCH_FRAMES, (frame) => left[STRETCH_FRAMES * at + frame] ?? 0, TONES_HZ.Guitar) > THERE,
    );
    // It begins and ends with the guitar, and there is one gap.
    expect(heard.filter((isThere, at) => isThere !== heard[at - 1])).toEqual([true, false, true]);
  });

  test("X24: an output is chosen, is pulled out, which is said, and goes on when it is back", async () => {
    sounds.plugOutput("Headphones");
    await outputOf(ben.page).locator("option", { hasText: "Headphones" }).waitFor({ state: "attached" });
    await outputOf(ben.page).selectOption({ label: "Headphones" });
    await hears("Headphones", "Guitar");
    await hears("Desk", "");
    sounds.unplug("Headphones");
    await trouble(ben.page, "Your output is gone").waitFor();
    sounds.plugOutput("Headphones");
    await trouble(ben.page, "").waitFor({ state: "detached" });
    await hears("Headphones", "Guitar");
  });

  test("X24: whose own output is pulled out is heard by the others all the same", async () => {
    await outputOf(ben.page).selectOption({ label: "Desk" });
    await outputOf(ada.page).selectOption({ label: "Headphones" });
    await hears("Desk", "Guitar");
    sounds.unplug("Headphones");
    await trouble(ada.page, "Your output is gone").waitFor();
    await hears("Desk", "Guitar");
    await outputOf(ada.page).selectOption({ label: "as the system has it" });
    await trouble(ada.page, "").waitFor({ state: "detached" });
    await hears("Desk", "Guitar");
  });
});
