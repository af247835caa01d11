import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { STEP_MAX_MS } from "../../dev/chromium.ts";
import { LOUD_DB, levelOf, listenAtTheWayOut, writeTone } from "../../dev/ear.ts";
import { reachFirstSound } from "../../dev/first-run.ts";
import { signUp } from "../../dev/sign-up.ts";
import { Watch } from "../pages/chromium.ts";
import { Evening } from "./evening.ts";

const TONE_HZ = 660;
/** By a person's hands, without what machines take of the minute. */
const HANDS_MAX_S = 50;
const PRESSES_MAX = 10;

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-first-run-"));
let evening: Evening;

beforeAll(async () => {
  evening = await Evening.begin("Somebody else’s", writeTone(TONE_HZ, join(folder, "tone.wav")));
});
afterAll(async () => {
  await evening?.end();
  rmSync(folder, { recursive: true, force: true });
});

test("A7, C2: from the opened site to the first sound, alone: signed in through the browser, and no more to press than hands do in a minute", {
  timeout: 600_000,
}, async () => {
  const person = { email: "mira@example.org", password: "a fugue in four voices" };
  const browser = () => evening.chromium.newContext({ locale: "en-GB", baseURL: evening.origin });
  const before = await browser();
  before.setDefaultTimeout(STEP_MAX_MS);
  await signUp(evening.platform.mailbox, await before.newPage(), person.email, person.password);
  await before.close();

  // Another browser, which has seen nothing of ours.
  const context = await browser();
  context.setDefaultTimeout(STEP_MAX_MS);
  const watch = new Watch(context, evening.origin);
  const page = await context.newPage();
  await page.addInitScript(listenAtTheWayOut);
  const hands = await reachFirstSound(page, person);
  await expect.poll(() => levelOf(page, TONE_HZ), { timeout: STEP_MAX_MS }).toBeGreaterThan(LOUD_DB);
  expect(hands.presses.length, hands.presses.join(" | ")).toBeLessThanOrEqual(PRESSES_MAX);
  expect(hands.seconds).toBeLessThan(HANDS_MAX_S);
  // Alone: nobody has been told of this person's sound, and they have met nobody.
  await page.getByText("Nobody else is here yet").waitFor({ state: "attached" });
  expect(watch.foreign).toEqual([]);
  expect(watch.errors).toEqual([]);
  await context.close();
});
