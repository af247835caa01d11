import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { startChromium, withMicrophone } from "../../dev/chromium.ts";
import { LOUD_DB, listenAtTheWayOut, writeTone } from "../../dev/ear.ts";
import { startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { startRelay } from "../../dev/turn.ts";
import { notePhases, phaseTimes, readPhases, type Visit } from "./phases.ts";

const [HOST_HZ, GUEST_HZ] = [440, 660];
const VISITS = 10;
/** Somebody who has heard nobody for so long hears nobody. */
const HEARD_MAX_MS = 60_000;

export interface Hearing {
  /** In milliseconds for each visit, from the link until each hears the other, with a browser that has seen nothing of ours. */
  fromLink: number[];
  /** The same from the click that turns the sound on, which asks for the microphone. */
  fromClick: number[];
  /** From the link until each hears the other, for a guest without an account: name and age are typed on the way, as fast as a program types. */
  fromGuestLink: number[];
  /** The same from the click that turns the sound on. */
  fromGuestClick: number[];
  /** By when whoever came had come how far, since the link. */
  phases: ReturnType<typeof phaseTimes>;
  /** The same for the guest without an account. */
  guestPhases: ReturnType<typeof phaseTimes>;
}

/** When a frequency is first as loud as said, on the wall's clock. The page's own policy lets nobody evaluate text again and again from outside. */
const levelReached = (page: Page, hz: number, isReached: string) =>
  page.evaluate<number>(`new Promise((reached, lost) => {
    const untilMs = Date.now() + ${HEARD_MAX_MS};
    const look = () => {
      if ((window.levelOf?.(${hz}) ?? -200) ${isReached}) reached(Date.now());
      else if (Date.now() > untilMs) lost(new Error("${hz} Hz was never ${isReached} dB"));
      else setTimeout(look, 5);
    };
    look();
  })`);
const heardAt = (page: Page, hz: number) => levelReached(page, hz, `> ${LOUD_DB}`);

const noteFirstClick = `addEventListener("click", () => { window.clickedMs ??= Date.now(); }, { capture: true })`;

/** In a tab that is open already, as a browser is whose owner clicks a link. `token`: `null` for whoever has no account. */
async function visit(chromium: Browser, token: string | null, address: string): Promise<Page & { linkMs: number }> {
  const context = await chromium.newContext();
  if (token !== null)
    await context.addCookies([
      { name: "__Host-session", value: token, domain: "localhost", path: "/", secure: true, httpOnly: true },
    ]);
  const page = await context.newPage();
  await page.addInitScript(listenAtTheWayOut);
  await page.addInitScript(notePhases);
  const linkMs = Date.now();
  await page.goto(address, { waitUntil: "commit" });
  return Object.assign(page, { linkMs });
}

/** A host who plays in one browser, and a guest who comes again and again in another, each time as if for the first time; a relay between them. */
export async function measureHearing(): Promise<Hearing> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-hearing-"));
  const secret = "a bench's own";
  const relay = await startRelay({ secret });
  const platform = await startPlatform({
    stateDir: join(folder, "state"),
    bindings: { TURN_KEY: secret, TURN_URLS: relay.urls },
    isCrowd: true,
  });
  const browsers = await Promise.all(
    [HOST_HZ, GUEST_HZ].map((hz) => startChromium(withMicrophone(writeTone(hz, join(folder, `${hz}.wav`))))),
  );
  const [hosts, guests] = browsers;
  try {
    if (hosts === undefined || guests === undefined) throw new Error("No browser.");
    const { origin } = platform;
    const people = await Promise.all(
      ["ada", "ben"].map((name) =>
        seedAccount(platform, { email: `${name}@example.org`, displayName: name, tier: "free" }),
      ),
    );
    const [ada = "", ben = ""] = people.map(({ token }) => token);
    const ask = async (token: string, path: string, body: object, method = "POST"): Promise<Record<string, string>> => {
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const answer = await fetch(`${origin}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, string>;
    };
    const { sessionId } = await ask(ada, "/sessions", { name: "Two", settings: { recordingPermitted: true } });
    const { code } = await ask(ada, `/sessions/${sessionId}/invites`, { role: "participant" });
    await ask(ben, "/invites/accept", { code });
    const link = await ask(ada, `/sessions/${sessionId}/invites`, { role: "participant", uses: VISITS });
    await ask(ada, `/sessions/${sessionId}`, { guestsAllowed: true }, "PATCH");
    const site = origin.replace("127.0.0.1", "localhost");
    const address = `${site}/sessions/${sessionId}/room`;
    const host = await visit(hosts, ada, address);
    await host.locator(".view-sound .actions button").first().click();
    await host.locator(".view-own").waitFor();
    const hearing: Hearing = {
      fromLink: [],
      fromClick: [],
      fromGuestLink: [],
      fromGuestClick: [],
      phases: [],
      guestPhases: [],
    };
    const hear = async (page: Page) =>
      Math.max(...(await Promise.all([heardAt(page, HOST_HZ), heardAt(host, GUEST_HZ)])));
    const visits: { phases: Visit; linkMs: number }[] = [];
    for (let at = 0; at < VISITS; at++) {
      // The one before is not heard any more.
      await levelReached(host, GUEST_HZ, `< ${LOUD_DB - 10}`);
      const guest = await visit(guests, ben, address);
      await guest.evaluate(noteFirstClick);
      await guest.locator(".view-sound .actions button").first().click();
      const heardMs = await hear(guest);
      hearing.fromLink.push(heardMs - guest.linkMs);
      hearing.fromClick.push(heardMs - (await guest.evaluate<number>("window.clickedMs")));
      visits.push({ phases: await readPhases(guest), linkMs: guest.linkMs });
      await guest.context().close();
    }
    hearing.phases = phaseTimes(visits);
    const guestVisits: typeof visits = [];
    for (let at = 0; at < VISITS; at++) {
      await levelReached(host, GUEST_HZ, `< ${LOUD_DB - 10}`);
      const guest = await visit(guests, null, `${site}/invite/${link.code}`);
      await guest.locator("#displayName").fill(`Guest ${String.fromCharCode(65 + at)}`);
      await guest.locator("#isSixteen").check();
      await guest.locator("main form button").first().click();
      await guest.waitForURL(/\/sessions\/.*\/guest$/, { waitUntil: "commit" });
      await guest.evaluate(noteFirstClick);
      await guest.locator(".view-sound .actions button").first().click();
      const heardMs = await hear(guest);
      hearing.fromGuestLink.push(heardMs - guest.linkMs);
      hearing.fromGuestClick.push(heardMs - (await guest.evaluate<number>("window.clickedMs")));
      guestVisits.push({ phases: await readPhases(guest), linkMs: guest.linkMs });
      // A session has places for so many guests.
      await guest.evaluate(`fetch("/api/v1/sessions/${sessionId}/guest", { method: "DELETE" })`);
      await guest.context().close();
    }
    hearing.guestPhases = phaseTimes(guestVisits);
    return hearing;
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await platform.stop();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
