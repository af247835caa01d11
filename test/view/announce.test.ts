import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOUD_DB, levelOf, listenAtTheWayOut, writeTone } from "../../dev/ear.ts";
import { Evening, type Guest } from "./evening.ts";

/** One way between either page and the room: as far as another continent over a bad line. */
const AWAY_MS = 400;
const TONE_HZ = 660;
const patience = { timeout: 200_000, interval: 250 };
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-announce-"));

/** Everything that a page says to the room and hears from it takes its time; `hold` keeps what the room says until it is let go. */
async function farAway(context: BrowserContext) {
  /** Posts that this page has announced to the others. */
  const announced: string[] = [];
  let held: (() => void)[] | null = null;
  await context.routeWebSocket(/./, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((message) => {
      if (String(message).includes('"announced":{')) announced.push(String(message));
      setTimeout(() => server.send(message), AWAY_MS);
    });
    server.onMessage((message) => {
      setTimeout(() => {
        if (held === null) ws.send(message);
        else held.push(() => ws.send(message));
      }, AWAY_MS);
    });
  });
  return {
    announced,
    hold() {
      held ??= [];
    },
    release() {
      for (const send of held?.splice(0) ?? []) send();
      held = null;
    },
  };
}

let evening: Evening;
let ada: Guest;
let ben: Guest;
let adas: Awaited<ReturnType<typeof farAway>>;
let bens: Awaited<ReturnType<typeof farAway>>;
const enter = async (token: string) => {
  const guest = await evening.enter(token);
  const far = await farAway(guest.context);
  await guest.page.addInitScript(listenAtTheWayOut);
  await guest.page.reload();
  await guest.page.locator(".view-connection.here").waitFor();
  return { guest, far };
};
const hears = (page: Page) => expect.poll(() => levelOf(page, TONE_HZ), patience).toBeGreaterThan(LOUD_DB);

beforeAll(async () => {
  evening = await Evening.begin("Far", writeTone(TONE_HZ, join(folder, "tone.wav"), true));
  const token = await evening.invite("Ben Webster", "participant");
  ({ guest: ada, far: adas } = await enter(evening.hostToken));
  ({ guest: ben, far: bens } = await enter(token));
});
afterAll(async () => {
  await evening?.end();
  rmSync(folder, { recursive: true, force: true });
});

test("P77: two pages whose room is far away roll by what they tell each other, before the room has answered", {
  timeout: 300_000,
}, async () => {
  for (const { page } of [ada, ben]) await page.getByRole("button", { name: "Turn sound on" }).click();
  await hears(ada.page);
  await hears(ben.page);
  const both = (motion: "playing" | "stopped") =>
    Promise.all([ada, ben].map(({ page }) => page.locator(`.view-transport.${motion}`).waitFor(patience)));
  // Once each has measured the other's way, what either presses is announced.
  await expect
    .poll(async () => {
      await ada.page.keyboard.press("Space");
      await both("playing");
      await ada.page.keyboard.press("Space");
      await both("stopped");
      return adas.announced.length;
    }, patience)
    .toBeGreaterThan(0);
  // Ben's page does not hear the room at all now: it is Ada's that tells it.
  bens.hold();
  await ada.page.keyboard.press("Space");
  await both("playing");
  bens.release();
  // The room has said the same meanwhile, and nothing begins anew.
  const lines = adas.announced.length;
  await ben.page.locator(".view-truth", { hasText: "Ada Lovelace: Play" }).waitFor(patience);
  await ben.page.keyboard.press("Space");
  await both("stopped");
  expect(bens.announced).not.toEqual([]);
  expect(adas.announced).toHaveLength(lines);
});
