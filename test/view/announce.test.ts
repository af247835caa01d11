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
/** A press that has done nothing after as many looks was too late. */
const AGAIN_AFTER_LOOKS = 40;
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
  const of = (selector: string, hasText?: string) =>
    [ada, ben].map(({ page }) => page.locator(selector, hasText === undefined ? {} : { hasText }));
  const both = (motion: "playing" | "stopped") =>
    Promise.all(of(`.view-transport.${motion}`).map((transport) => transport.waitFor(patience)));
  /** Both have it from the room, and not only from each other. */
  const told = (what: "play" | "stop") =>
    Promise.all(of(".view-truth", `Ada Lovelace: ${what}`).map((truth) => truth.waitFor(patience)));
  /** Presses, and again where a busy machine has brought it to the room too late, which is said to whoever pressed (P41). */
  const bring = async ({ page }: Guest, motion: "playing" | "stopped") => {
    let looked = 0;
    await expect
      .poll(async () => {
        const stands = await Promise.all(of(`.view-transport.${motion}`).map((transport) => transport.isVisible()));
        if (await page.locator(`.view-transport.${motion}`).isHidden()) {
          if (looked % AGAIN_AFTER_LOOKS === 0) await page.keyboard.press("Space");
          looked += 1;
        }
        return stands;
      }, patience)
      .toEqual([true, true]);
  };
  // Once each has measured the other's way, what either presses is announced.
  await expect
    .poll(async () => {
      await bring(ada, "playing");
      await bring(ada, "stopped");
      await told("stop");
      return adas.announced.length;
    }, patience)
    .toBeGreaterThan(0);
  // Ben's page does not hear the room at all now: it is Ada's that tells it.
  bens.hold();
  await ada.page.keyboard.press("Space");
  await both("playing");
  bens.release();
  // The room has said the same meanwhile, and nothing begins anew.
  await bring(ada, "playing");
  await told("play");
  const lines = adas.announced.length;
  await bring(ben, "stopped");
  expect(bens.announced).not.toEqual([]);
  expect(adas.announced).toHaveLength(lines);
});
