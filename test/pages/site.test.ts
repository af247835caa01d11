import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wavFile } from "../../audio/wav-writer.ts";
import { STEP_MAX_MS, startChromium } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { sealSeeded, seedAccount } from "../../dev/seed.ts";
import { recordings, sessionMembers } from "../../migrations/schema.ts";
import { SessionId } from "../../protocol/ids.ts";
import { SAMPLE_MAX_BYTES } from "../../protocol/limits.ts";
import { compose } from "../../workers/mail/compose.ts";
import { templates } from "../../workers/mail/templates.ts";
import { recordingRow } from "../../workers/testing/rows.ts";
import { Watch } from "./chromium.ts";

const RATE_HZ = 48_000;
const SECONDS = 2;

let folder: string;
let platform: Platform;
let origin: string;
let chromium: Browser;
let ada: string;
let ben: string;

async function open(token: string | null, options: BrowserContextOptions = {}) {
  const context = await chromium.newContext({ baseURL: origin, locale: "en-GB", ...options });
  context.setDefaultTimeout(STEP_MAX_MS);
  const watch = new Watch(context, origin);
  const cookie = { name: "__Host-session", domain: "localhost", path: "/", secure: true, httpOnly: true };
  if (token !== null) await context.addCookies([{ ...cookie, value: token }]);
  return { context, watch, page: await context.newPage() };
}

/** Whether it is on the screen as the page stands, without scrolling. */
async function isInView(page: Page, what: Locator): Promise<boolean> {
  const box = await what.boundingBox();
  const height = page.viewportSize()?.height ?? 0;
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}

/** Lightness of what Chromium drew at a place, as WCAG 2.2 measures contrast by. */
const LIGHTNESS = `async (png, places) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const lightness = (x, y) => {
    const [red, green, blue] = Array.from(context.getImageData(x, y, 1, 1).data, (part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return places.map(({ x, y, width = 1, height = 1 }) =>
    Array.from({ length: width * height }, (_, at) => lightness(x + (at % width), y + Math.floor(at / width))),
  );
}`;
const contrast = (one: number, other: number) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sessionlinked-site-"));
  [platform, chromium] = await Promise.all([startPlatform({ isCrowd: true, stateDir: folder }), startChromium()]);
  origin = platform.origin.replace("127.0.0.1", "localhost");
  ada = (await seedAccount(platform, { displayName: "Ada", email: "ada@example.org", tier: "free" })).token;
  ben = (await seedAccount(platform, { displayName: "Ben", email: "ben@example.org", tier: "free" })).token;
  const samples = Array.from({ length: RATE_HZ * SECONDS }, (_, frame) =>
    Math.round(2e6 * Math.sin((2 * Math.PI * 220 * frame) / RATE_HZ)),
  );
  writeFileSync(join(folder, "sound.wav"), wavFile({ sampleRateHz: RATE_HZ, channels: 1, encoding: "pcm24" }, samples));
  writeFileSync(join(folder, "large.wav"), new Uint8Array(SAMPLE_MAX_BYTES + 1_000_000));
});
afterAll(async () => {
  await chromium?.close();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a mail in a mail program", () => {
  test("a mail that somebody wrote speaks of no profile, and its button and words are seen in the light and however a program makes it dark", async () => {
    const { context, page } = await open(null, { viewport: { width: 390, height: 600 } });
    const cdp = await context.newCDPSession(page);
    const looks = [
      { colorScheme: "light", isForced: false },
      { colorScheme: "dark", isForced: false },
      // A program that throws the head away, and darkens what it finds.
      { colorScheme: "light", isForced: true },
    ] as const;
    for (const language of ["en", "de"] as const)
      for (const { colorScheme, isForced } of looks) {
        const { html } = compose(templates[language].message({ from: "Ben", link: `${origin}/messages` }), language);
        await page.emulateMedia({ colorScheme });
        await cdp.send("Emulation.setAutoDarkModeOverride", { enabled: isForced });
        await page.setContent(isForced ? html.replace(/<head>.*<\/head>/, "") : html);
        expect(await page.locator("body").innerText()).not.toMatch(/profil/i);
        const button = await page.getByRole("link").first().boundingBox();
        const words = await page.locator("h1").boundingBox();
        if (button === null || words === null) throw new Error("The mail is not drawn.");
        const whole = Math.round;
        const places = [
          { x: 4, y: 4 },
          { x: whole(button.x) + 8, y: whole(button.y + button.height / 2) },
          {
            x: whole(button.x) + 8,
            y: whole(button.y) + 8,
            width: whole(button.width) - 16,
            height: whole(button.height) - 16,
          },
          { x: whole(words.x), y: whole(words.y), width: 150, height: whole(words.height) },
        ];
        const png = (await page.screenshot()).toString("base64");
        const [[ground = 0] = [], [face = 0] = [], label = [], title = []] = await page.evaluate<number[][]>(
          `(${LIGHTNESS})(${JSON.stringify(png)}, ${JSON.stringify(places)})`,
        );
        const strongest = (drawn: readonly number[], under: number) =>
          Math.max(...drawn.map((one) => contrast(one, under)));
        const where = `${language}, ${colorScheme}${isForced ? ", darkened" : ""}`;
        expect(contrast(ground, 1) > 10, where).toBe(colorScheme === "dark" || isForced);
        expect(contrast(face, ground), where).toBeGreaterThan(3);
        expect(strongest(label, face), where).toBeGreaterThan(4.5);
        expect(strongest(title, ground), where).toBeGreaterThan(7);
      }
    await context.close();
  });
});

describe("the Hub in a browser", () => {
  let path = "";

  test("A3, A4: a profile is written and published without a script; what was typed is kept by every button, and an empty one stays private", async () => {
    const { context, page, watch } = await open(ada, { javaScriptEnabled: false });
    await page.goto("/account/profile?lang=en");
    await page.getByRole("button", { name: "Publish on the Hub" }).click();
    await page.getByRole("alert").getByText("Nothing to show yet").waitFor();
    await page.getByLabel("Cello", { exact: true }).check();
    await page.getByLabel("Anything else").fill("Kora");
    await page.getByLabel("What an hour costs").fill("a lot");
    await page.getByLabel("About you").fill("Hello 🎻 Müller");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("Write a number");
    expect(await page.getByLabel("Cello", { exact: true }).isChecked()).toBe(true);
    await page.getByLabel("What an hour costs").fill("45,50");
    // One press: what is unsaved is saved with it.
    await page.getByRole("button", { name: "Publish on the Hub" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Published");
    expect(await page.getByLabel("About you").inputValue()).toBe("Hello 🎻 Müller");
    await page.getByLabel("File").setInputFiles(join(folder, "sound.wav"));
    await page.getByRole("button", { name: "Put it on my profile" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Your sound is there");
    path = ((await page.getByRole("link", { name: "See your page" }).getAttribute("href")) ?? "").split("?")[0] ?? "";
    // The browser notes the forms that were refused; nothing else is worth a line.
    expect(watch.foreign).toEqual([]);
    expect(watch.errors.filter((line) => !line.includes("422"))).toEqual([]);
    await context.close();
  });

  test("a sound that is too large is said in the browser before it goes, and by a page after", async () => {
    const { context, page } = await open(ada);
    await page.goto("/account/profile?lang=en");
    await page.getByLabel("File").setInputFiles(join(folder, "large.wav"));
    await page.getByRole("alert").getByText("larger than 12 MB").waitFor();
    // It is not sent.
    await page.getByRole("button", { name: "Put it on my profile" }).click();
    expect(new URL(page.url()).pathname).toBe("/account/profile");
    expect(await page.getByRole("alert").getByText("larger than 12 MB").isVisible()).toBe(true);
    await context.close();
    const plain = await open(ada, { javaScriptEnabled: false });
    await plain.page.goto("/account/profile?lang=en");
    await plain.page.getByLabel("File").setInputFiles(join(folder, "large.wav"));
    const [answer] = await Promise.all([
      plain.page.waitForNavigation(),
      plain.page.getByRole("button", { name: "Put it on my profile" }).click(),
    ]);
    expect([413, 422]).toContain(answer?.status());
    expect(await plain.page.locator("header.top").count()).toBe(1);
    // And so is one that was sent too often.
    await plain.page.goto("/waitlist?lang=en");
    for (let sent = 0; sent < 10; sent++)
      await plain.context.request.post("/waitlist", {
        headers: { Origin: origin },
        form: { email: `${sent}@example.org`, consent: "yes" },
        maxRedirects: 0,
      });
    await plain.page.getByLabel("Your e-mail address").fill("ada@example.org");
    await plain.page.getByLabel(/SessionLinked opens/).check();
    await plain.page.getByRole("button", { name: "Put me on the list" }).click();
    await plain.page.getByRole("heading", { name: "A little too fast" }).waitFor();
    await plain.page.getByText(/Wait (a minute|\d+ minutes), then go back/).waitFor();
    await plain.context.close();
  });

  test("H3: a stranger finds it by person, by a slip of the finger and by a chip, and hears it from any place", async () => {
    const { context, page, watch } = await open(null);
    await page.goto("/?lang=en");
    await page
      .getByRole("link", { name: "Cello" })
      .or(page.getByRole("link", { name: "Voice" }))
      .first()
      .click();
    await page.waitForURL(/\/hub\?/);
    for (const typed of ["cellist", "string player", "Cellistin", "celo", "mueller"]) {
      await page.goto("/hub?lang=en");
      await page.getByRole("searchbox").fill(typed);
      await page.getByRole("button", { name: "Find" }).click();
      await page.getByRole("link", { name: "Ada" }).waitFor();
      // Two ways to write one name are no slip of the finger.
      expect(await page.getByText("is in no profile").count(), typed).toBe(typed === "celo" ? 1 : 0);
    }
    // What was looked for instead is named as the reader names it.
    await page.goto("/hub?lang=de&q=celo");
    await page.getByText("„celo“ steht in keinem Profil. Hier ist „Cello“.").waitFor();
    // The rarest word is left out, and said.
    await page.goto("/hub?lang=en&q=cello+zither");
    await page.getByText("These fit without “zither”").waitFor();
    await page.getByRole("link", { name: "Ada" }).click();
    await page.locator("audio").waitFor({ state: "attached" });
    const heard = await page.evaluate(async () => {
      const audio = document.querySelector("audio");
      if (audio === null) return null;
      audio.muted = true;
      await audio.play();
      const until = performance.now() + 60_000;
      while (audio.currentTime < 0.2 && performance.now() < until) await new Promise(requestAnimationFrame);
      audio.currentTime = 1.5;
      await new Promise((resolve) => audio.addEventListener("seeked", resolve, { once: true }));
      return { fromSeconds: audio.currentTime, durationSeconds: audio.duration };
    });
    expect(heard?.durationSeconds).toBeCloseTo(SECONDS, 2);
    expect(heard?.fromSeconds).toBeGreaterThanOrEqual(1.5);
    expect([watch.foreign, watch.errors]).toEqual([[], []]);
    await context.close();
  });

  test("V2: two people write to each other without a script: unread is counted until it is looked at, and a block ends it", async () => {
    const two = [await open(ben, { javaScriptEnabled: false }), await open(ada, { javaScriptEnabled: false })] as const;
    const [bens, adas] = [two[0].page, two[1].page];
    await bens.goto(`${path}?lang=en`);
    await bens.getByLabel("Your message").fill("Cello on Friday?");
    await bens.getByRole("button", { name: "Send" }).click();
    await bens.getByRole("heading", { name: "Ada" }).waitFor();
    await adas.goto("/messages?lang=en");
    await adas.getByRole("link", { name: /^Messages\s+1 unread$/ }).waitFor();
    await adas.getByRole("link", { name: "Ben" }).click();
    await adas.getByText("Cello on Friday?").waitFor();
    expect(await adas.getByText("unread").count()).toBe(0);
    await adas.getByLabel("Your message").fill("After nine.");
    await adas.getByRole("button", { name: "Send" }).click();
    expect(await isInView(adas, adas.getByRole("status"))).toBe(true);
    await bens.reload();
    await bens.getByText("After nine.").waitFor();
    await adas.getByText("More", { exact: true }).click();
    await adas.getByRole("button", { name: "Block" }).click();
    await adas.getByText("You have blocked Ben.").waitFor();
    await bens.getByLabel("Your message").fill("Hello?");
    await bens.getByRole("button", { name: "Send" }).click();
    await bens.getByText("Hello?").waitFor();
    await adas.reload();
    expect(await adas.getByText("Hello?").count()).toBe(0);
    await adas.getByText("More", { exact: true }).click();
    await adas.getByRole("link", { name: "Delete this conversation" }).click();
    await adas.getByRole("button", { name: "Delete it" }).click();
    await adas.getByText("The conversation is deleted.").waitFor();
    for (const { context, watch } of two) {
      expect([watch.foreign, watch.errors]).toEqual([[], []]);
      await context.close();
    }
  });

  test("A4: the sound and the profile ask before they go; private again, it is gone with the next request", async () => {
    const stranger = await open(null);
    expect((await stranger.page.goto(path))?.status()).toBe(200);
    expect((await fetch(`${platform.origin}${path}/picture.png`)).status).toBe(200);
    const { context, page } = await open(ada, { javaScriptEnabled: false });
    await page.goto("/account/profile?lang=en");
    await page.getByRole("button", { name: "Unblock" }).click();
    await page.getByRole("status").waitFor();
    expect(await isInView(page, page.getByRole("status"))).toBe(true);
    await page.getByRole("link", { name: "Remove the sound" }).click();
    await page.getByRole("heading", { name: "Remove your sound?" }).waitFor();
    await page.getByRole("link", { name: "Keep it" }).click();
    await page.getByRole("link", { name: "Delete my profile" }).click();
    await page.getByRole("heading", { name: "Delete your profile?" }).waitFor();
    await page.getByRole("link", { name: "Keep it" }).click();
    await page.getByLabel("About you").fill("Still mine");
    await page.getByRole("button", { name: "Make it private" }).click();
    expect(await page.getByLabel("About you").inputValue()).toBe("Still mine");
    expect((await stranger.page.reload())?.status()).toBe(404);
    for (const part of ["", "/sample", "/picture.png", "/report"])
      expect((await fetch(platform.origin + path + part, { headers: { Accept: "text/html" } })).status, part).toBe(404);
    expect(await (await fetch(`${platform.origin}/sitemap.xml`)).text()).not.toContain(path);
    await Promise.all([context.close(), stranger.context.close()]);
  });
});

describe("a session's page", () => {
  let session = "";

  test("an invite is named, its code is where the eye is, and neither a reload nor the other language loses or repeats it", async () => {
    const { context, page } = await open(ada, { viewport: { width: 390, height: 844 } });
    await page.goto("/sessions?lang=en");
    // For somebody new: what comes first, second, third.
    await page.locator(".first-steps li").nth(2).waitFor();
    await page.getByLabel("Name").fill("First evening");
    await page.getByRole("button", { name: "Begin", exact: true }).click();
    await page.getByRole("heading", { name: "First evening" }).waitFor();
    session = new URL(page.url()).pathname;
    await page.getByLabel("Who is it for?").fill("Ben, bass");
    await page.getByRole("button", { name: "Make an invite" }).click();
    const code = page.locator("output.code");
    await code.waitFor();
    expect(await isInView(page, code)).toBe(true);
    const shown = await code.textContent();
    await page.reload();
    expect(await code.textContent()).toBe(shown);
    await page.getByRole("link", { name: "Deutsch" }).click();
    expect(await code.textContent()).toBe(shown);
    expect(await page.locator(".open-invites li").count()).toBe(1);
    expect(await page.locator(".open-invites li").textContent()).toContain("Ben, bass");
    const link = await page.locator("#invite-link").inputValue();
    await context.close();
    // Whoever has the link may paste it whole where a code is asked.
    const guest = await open(ben);
    await guest.page.goto("/sessions?lang=en");
    await guest.page.getByLabel("Invite code or link").fill(link);
    await guest.page.getByRole("button", { name: "Look at the invite" }).click();
    await guest.page.getByRole("button", { name: "Join the session" }).click();
    await guest.page.getByText("You are in.").waitFor();
    await guest.context.close();
  });

  test("a form answers where it stands; a host is not offered to leave; 'allowed' is no red lamp", async () => {
    const { context, page } = await open(ada, { viewport: { width: 390, height: 844 } });
    await page.goto(`${session}?lang=en`);
    await page.getByLabel("Role of Ben").selectOption("observer");
    await page.getByRole("button", { name: /^Change role\s*: Ben$/ }).click();
    const said = page.getByRole("status").getByText("The role is changed.").or(page.getByText("The role is changed."));
    await said.first().waitFor();
    expect(await isInView(page, said.first())).toBe(true);
    expect(await page.getByRole("link", { name: "Leave this session" }).count()).toBe(0);
    const [lamp, recording] = await page.evaluate<[string, string]>(`(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "var(--transport-recording)";
      const red = getComputedStyle(probe).color;
      probe.remove();
      const { color, backgroundColor, borderColor } = getComputedStyle(document.querySelector(".lamp.on"));
      return [[color, backgroundColor, borderColor].join(), red];
    })()`);
    expect(lamp).not.toContain(recording);
    // Before the host removes somebody, a page says what that means.
    await page.getByRole("link", { name: "Remove Ben from the session" }).click();
    await page.getByRole("heading", { name: "Remove Ben?" }).waitFor();
    await page.getByRole("link", { name: "Let them stay" }).click();
    await context.close();
  });

  test("what does not fit is said at its field, before it is sent and without a script, and what was typed stays", async () => {
    const { context, page } = await open(ada, { viewport: { width: 390, height: 844 } });
    await page.goto(`${session}?lang=en`);
    const [uses, label] = [page.getByLabel("How many people"), page.getByLabel("Who is it for?")];
    await label.fill("Cleo");
    await uses.fill("99");
    await page.getByRole("button", { name: "Make an invite" }).click();
    const problem = page.locator("#uses-problem");
    expect(await problem.innerText()).toBe("Write a whole number from 1 to 32.");
    expect(await uses.evaluate((field) => field === document.activeElement)).toBe(true);
    expect([await uses.getAttribute("aria-invalid"), await isInView(page, problem)]).toEqual(["true", true]);
    await uses.fill("2");
    expect([await uses.getAttribute("aria-invalid"), await problem.isVisible()]).toEqual([null, false]);
    await page.getByRole("button", { name: "Plan the evening" }).click();
    expect(await page.locator("#evening-starts-problem").innerText()).toBe("Choose a day and a time.");
    expect(new URL(page.url()).pathname).toBe(session);
    await page.goto("/account/privacy?lang=de");
    await page.getByRole("button", { name: "Abschicken" }).click();
    expect(await page.locator("#details-problem").innerText()).toBe("Schreib in einem Satz, was wir tun sollen.");
    await page.goto("/account/profile?lang=de");
    await page.getByRole("button", { name: "Ins Profil stellen" }).click();
    expect(await page.locator("#file-problem").innerText()).toBe("Wähl erst eine Datei aus.");
    await context.close();

    const plain = await open(ada, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await plain.page.goto(`${session}?lang=en`);
    await plain.page.getByLabel("Who is it for?").fill("Cleo");
    await plain.page.getByLabel("How many people").fill("99");
    await plain.page.getByRole("button", { name: "Make an invite" }).click();
    const said = plain.page.getByText("Write a whole number from 1 to 32.");
    await said.waitFor();
    expect([await isInView(plain.page, said), await plain.page.getByLabel("Who is it for?").inputValue()]).toEqual([
      true,
      "Cleo",
    ]);
    // The privacy centre and the account answer where the form stands as well.
    const answer = async (path: string, button: string, words: string) => {
      await plain.page.goto(path);
      await plain.page.getByRole("button", { name: button, exact: true }).click();
      const status = plain.page.getByText(words, { exact: true });
      await status.waitFor();
      expect([words, await isInView(plain.page, status)]).toEqual([words, true]);
    };
    await answer("/account/privacy?lang=en", "Do not count what I do", "From now on you are not counted.");
    await answer("/account/privacy?lang=en", "Count it again", "You are counted again.");
    await answer("/account/privacy?lang=en", "Send", "Say in a sentence what we should do.");
    await answer("/account?lang=en", "Save", "Saved.");
    await plain.context.close();
  });

  test("the session that was played last is first, its whole row can be pressed, and times are in the reader's own zone", async () => {
    const { context, page } = await open(ada, { timezoneId: "Asia/Tokyo" });
    const token = { Authorization: `Bearer ${ada}`, "Content-Type": "application/json" };
    await fetch(`${platform.origin}/api/v1/sessions`, { method: "POST", headers: token, body: '{"name":"Later"}' });
    const at = Date.UTC(2100, 0, 31, 20, 30);
    const db = drizzle(platform.db);
    const ofFirst = eq(sessionMembers.sessionId, SessionId.parse(session.split("/").at(-1)));
    const [host] = await db
      .select()
      .from(sessionMembers)
      .where(and(ofFirst, eq(sessionMembers.role, "host")));
    if (host === undefined) throw new Error("The session has no host.");
    const { sessionId, accountId, memberId } = host;
    const bass = recordingRow({ id: `rec_${"1".padStart(26, "0")}`, sessionId, accountId, memberId });
    const name = await sealSeeded(platform, accountId, "take", "Bass");
    await db
      .insert(recordings)
      .values({ ...bass, name, startedAtMs: at, createdAtMs: at, completedAtMs: at, expiresAtMs: at });
    await page.goto("/sessions?lang=en");
    const rows = page.locator(".evenings li");
    expect(await rows.first().textContent()).toContain("First evening");
    expect(await rows.first().textContent()).toContain("1 February 2100");
    const box = await rows.first().boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) - 12, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    await page.waitForURL(new RegExp(session));
    await context.close();
  });

  test("the account's language is the site's; a first password says that it signs the companion out", async () => {
    const { context, page } = await open(ben);
    await page.goto("/account");
    await page.getByText("That signs every other device out, the companion too.").waitFor();
    await page.getByLabel("Language of the site and of mails").selectOption("de");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Gespeichert.").waitFor();
    await page.goto("/hub");
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    await context.close();
  });
});
