import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signInWithBrowser } from "../../companion/engine/account/browser-sign-in.node.ts";
import { signInWithDevice } from "../../companion/engine/account/device-sign-in.std.ts";
import { STEP_MAX_MS, startChromium } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seededIndex } from "../../dev/seed.ts";
import { beginSignUp, openMail, signIn, signUp } from "../../dev/sign-up.ts";
import { addAuthenticator, Watch } from "./chromium.ts";
import { findForms, formsOf, Recorder } from "./recorder.ts";

let stateDir: string;
let platform: Platform;
let recorder: Recorder;
let chromium: Browser;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-pages-"));
  platform = await startPlatform({ isCrowd: true, stateDir });
  recorder = await Recorder.start(platform.origin);
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium?.close();
  await recorder?.stop();
  await platform?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** A browser of its own, watched from its first request on. */
async function newBrowser(): Promise<{ context: BrowserContext; page: Page; watch: Watch }> {
  const context = await chromium.newContext({ locale: "en-GB", baseURL: recorder.origin });
  context.setDefaultTimeout(STEP_MAX_MS);
  const watch = new Watch(context, recorder.origin);
  return { context, page: await context.newPage(), watch };
}

describe("accounts in Chromium", () => {
  test("A1, A7, H3: a passkey opens an account and signs in again; one cookie, set by signing in and gone with signing out", async () => {
    const { context, page, watch } = await newBrowser();
    await addAuthenticator(page);
    await beginSignUp(platform.mailbox, page, "passkey@example.org");
    // A mail program that looks at the link first does not use it up.
    await page.reload();
    expect(await context.cookies()).toEqual([]);
    await page.getByRole("button", { name: "Open it with a passkey" }).click();
    await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
    // What comes next stands first: three steps.
    await page.locator(".first-steps li").nth(2).waitFor();
    const cookies = await context.cookies();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatchObject({
      name: "__Host-session",
      secure: true,
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
    });
    expect(await page.evaluate("document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)")).toBe("");

    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.waitForURL(/done=out/);
    // The browser offers it in the address field, where the virtual authenticator takes it at once.
    await page.goto("/account");
    await page.waitForURL(/\/account$/);
    await page.addInitScript("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.waitForURL(/done=out/);
    expect(await context.cookies()).toEqual([]);
    await page.goto("/account");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(/\/account$/);
    await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
    expect(watch.foreign).toEqual([]);
    expect(watch.errors).toEqual([]);
    await context.close();
  });

  test("A2: no byte that leaves the browser holds the password, through sign-up, sign-in, change and reset", async () => {
    const { context, page, watch } = await newBrowser();
    const email = "password@example.org";
    const first = 'Vierzig Saiten & "ein" Kontrabaß';
    const second = "zweiter Satz, langsam 7/8";
    const third = "third movement con fuoco";
    recorder.requests.length = 0;

    await signUp(platform.mailbox, page, email, first);
    await page.getByRole("button", { name: "Sign out here" }).click();
    await signIn(page, email, first);
    await page.waitForURL(/\/account/);
    await page.locator("#password").fill(second);
    await page.getByRole("button", { name: "Set this password" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.waitForURL(/done=out/);

    await signIn(page, email, first);
    await page.getByText("Address and password do not fit together.").waitFor();
    const sinceMs = Date.now();
    await page.getByRole("link", { name: "Forgotten the password?" }).click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send me the link" }).click();
    await openMail(platform.mailbox, page, email, sinceMs, "/reset/finish");
    await page.getByLabel("New password").fill(third);
    await page.getByRole("button", { name: "Set this password" }).click();
    await page.waitForURL(/done=reset/);
    const beforeMs = recorder.requests.length;
    await signIn(page, email, third);
    await page.waitForURL(/\/account/);
    const lastSignIn = recorder.requests.slice(beforeMs);

    const arrived = Buffer.concat(recorder.requests.map(({ bytes }) => bytes));
    const sent = Buffer.concat(watch.bodies);
    // The search is not blind: it finds the address, and each form of a secret that is there.
    expect(arrived.includes(email)).toBe(true);
    expect(sent.includes(email)).toBe(true);
    for (const [name, form] of formsOf(first))
      expect([name, findForms(first, form).includes(name)]).toEqual([name, true]);
    for (const password of [first, second, third])
      expect({ password, found: findForms(password, Buffer.concat([arrived, sent])) }).toEqual({ password, found: [] });

    // What was recorded opens nothing a second time.
    const at = (path: string) => lastSignIn.find((request) => request.path === path)?.body ?? "";
    const replay = (path: string, body: string) =>
      fetch(`${platform.origin}${path}`, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/json", Origin: platform.origin },
      });
    const again = await replay("/api/v1/sign-in/password", at("/api/v1/sign-in/password"));
    expect([again.status, await again.json()]).toMatchObject([410, { code: "step-expired" }]);
    const started = await replay("/api/v1/sign-in/password/start", at("/api/v1/sign-in/password/start"));
    const { step } = (await started.json()) as { step: string };
    const { finishLoginRequest } = JSON.parse(at("/api/v1/sign-in/password")) as { finishLoginRequest: string };
    const crossed = await replay("/api/v1/sign-in/password", JSON.stringify({ step, finishLoginRequest }));
    expect([crossed.status, await crossed.json()]).toMatchObject([401, { code: "wrong-password" }]);
    expect(crossed.headers.get("Set-Cookie")).toBeNull();
    expect(watch.foreign).toEqual([]);
    // A refused sign-in is written to the console by the browser itself.
    expect(watch.errors.filter((error) => !error.includes("status of 401"))).toEqual([]);
    await context.close();
  });

  test("a second factor is set up from its picture, asked for, and replaced by a recovery code; an old sign-in is asked again in place", async () => {
    const { context, page } = await newBrowser();
    const email = "second@example.org";
    const password = "basso continuo forever";
    await signUp(platform.mailbox, page, email, password);
    // As if the sign-in were an hour old.
    await platform.db.prepare("UPDATE sign_ins SET authenticated_at_ms = authenticated_at_ms - 3600000").run();
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByRole("heading", { name: "Show that it is you" }).waitFor();
    await page.locator("#reauthenticate-password").fill(password);
    await page.getByRole("button", { name: "With the password" }).click();
    await page.locator("#qr svg").waitFor();
    const secret = ((await page.locator("#totp-secret").textContent()) ?? "").replaceAll(" ", "");
    const { default: decodeQR } = await import("qr/decode.js");
    // As a phone sees it: the picture itself, not what it was drawn from. One character a pixel.
    const side = 256;
    const pixels = await page.locator("#qr svg").evaluate(async (svg, sidePx) => {
      const image = new Image();
      const copy = svg.cloneNode(true) as SVGElement;
      copy.setAttribute("width", String(sidePx));
      copy.setAttribute("height", String(sidePx));
      image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
      await image.decode();
      const drawing = new OffscreenCanvas(sidePx, sidePx).getContext("2d") as OffscreenCanvasRenderingContext2D;
      drawing.fillStyle = "#fff";
      drawing.fillRect(0, 0, sidePx, sidePx);
      drawing.drawImage(image, 0, 0, sidePx, sidePx);
      const { data } = drawing.getImageData(0, 0, sidePx, sidePx);
      return Array.from({ length: sidePx * sidePx }, (_, at) => ((data[at * 4] ?? 0) < 128 ? "#" : " ")).join("");
    }, side);
    const data = Uint8Array.from(
      [...pixels].flatMap((pixel) => (pixel === "#" ? [0, 0, 0, 255] : [255, 255, 255, 255])),
    );
    const read = decodeQR({ width: side, height: side, data });
    expect(new URL(read).searchParams.get("secret")).toBe(secret);

    const used = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    await page.locator("#code").fill(used);
    await page.getByRole("button", { name: "Switch it on" }).click();
    await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
    const codes = await page.locator("#codes-list li").allTextContents();
    expect(new Set(codes).size).toBe(10);
    await page.getByRole("button", { name: "I have them" }).click();
    await page.getByText("On: with the password you need a code").waitFor();
    // Signing in again in place did not make this browser two devices.
    expect(await page.locator("#devices li").count()).toBe(1);

    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.waitForURL(/done=out/);
    await signIn(page, email, password);
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    // The code that switched it on has been used, however long ago that was.
    await page.locator("#code").fill(used);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("This code is not right").waitFor();
    await page.locator("#code").fill(codes[0] ?? "");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/account/);
    await page.getByText("9 left.").waitFor();
    await context.close();
  });

  test("A6: an address is corrected once the new one has confirmed it; a passkey comes and goes, but not the last way in", async () => {
    const { context, page, watch } = await newBrowser();
    await addAuthenticator(page);
    await page.addInitScript("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
    const password = "six suites for a cello";
    await signUp(platform.mailbox, page, "before@example.org", password);

    const sinceMs = Date.now();
    await page.getByLabel("New address").fill("after@example.org");
    await page.getByRole("button", { name: "Change the address" }).click();
    await page.getByText("Look in the inbox of the new address.").waitFor();
    const accountOf = async (email: string) =>
      platform.db
        .prepare("SELECT id FROM accounts WHERE email_index = ?")
        .bind(await seededIndex(platform.storeKey, email))
        .first<string>("id");
    const emailNow = async () => {
      for (const email of ["before@example.org", "after@example.org"])
        if ((await accountOf(email)) !== null) return email;
      return null;
    };
    expect(await emailNow()).toBe("before@example.org");
    await openMail(platform.mailbox, page, "after@example.org", sinceMs, "/account/email");
    expect(await emailNow()).toBe("before@example.org");
    await page.getByRole("button", { name: "Use this address" }).click();
    await page.getByText("From now on we write to this address.").waitFor();
    expect(await emailNow()).toBe("after@example.org");
    const told = await platform.mailbox.next("before@example.org", sinceMs, ({ subject }) =>
      subject.includes("address was changed"),
    );
    // Its button stands out wherever it is read: on white, in a dark theme, and in a program that turns the page black by itself.
    const reading = await context.newPage();
    await reading.setContent(told.html);
    for (const colorScheme of ["light", "dark"] as const) {
      await reading.emulateMedia({ colorScheme });
      const [ground, words] = await reading
        .locator("a", { hasText: /./ })
        .first()
        .evaluate((link) => [getComputedStyle(link).backgroundColor, getComputedStyle(link).color]);
      expect([colorScheme, ground, words]).toEqual([colorScheme, "rgb(179, 84, 30)", "rgb(255, 255, 255)"]);
    }
    await reading.close();
    // Whoever presses the link once more is told how things stand, and not that it was never ours.
    await openMail(platform.mailbox, page, "after@example.org", sinceMs, "/account/email");
    await page.getByText("This link is used up. We write to after@example.org.").waitFor();

    await page.goto("/account");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: /^Remove the passkey/ }).waitFor();
    // The same device again is told that it holds one.
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("This device already holds a passkey for this account.").waitFor();
    // As if there had never been a password: now the passkey is the last way in.
    await platform.db
      .prepare("DELETE FROM passwords WHERE account_id = ?")
      .bind(await accountOf("after@example.org"))
      .run();
    await page.getByRole("button", { name: /^Remove the passkey/ }).click();
    await page.getByText("This is your only way to sign in.").waitFor();
    await page.locator("#password").fill(password);
    // The page says "Saved." from before: what counts is that it comes anew.
    const anew = page.waitForEvent("load");
    await page.getByRole("button", { name: "Set this password" }).click();
    await anew;
    await page.getByText("Saved.").waitFor();
    await page.getByRole("button", { name: /^Remove the passkey/ }).click();
    await page.getByText("Removed.").waitFor();
    expect(await page.getByRole("button", { name: /^Remove the passkey/ }).count()).toBe(0);
    expect(watch.foreign).toEqual([]);
    expect(watch.errors.filter((error) => !error.includes("status of 409"))).toEqual([]);
    await context.close();
  });

  test("A5: who says they are younger than 16 sends nothing", async () => {
    const { context, page } = await newBrowser();
    await page.goto("/sign-up");
    await page.waitForLoadState("networkidle");
    recorder.requests.length = 0;
    await page.getByLabel("Your name, as others see it").fill("Young Ada");
    await page.getByLabel("E-mail").fill("young@example.org");
    await page.getByLabel("Younger than 16").check();
    await page.getByText("Nothing you typed was sent or kept.").waitFor();
    expect(await page.getByRole("button", { name: "Send me the link" }).isVisible()).toBe(false);
    await page.getByLabel("E-mail").press("Enter");
    // What the page asks for now comes after all that the key may have set going.
    await page.evaluate(
      `new Promise(requestAnimationFrame).then(() => new Promise((done) => setTimeout(done))).then(() => fetch("/robots.txt"))`,
    );
    expect(recorder.requests.map(({ path }) => path)).toEqual(["/robots.txt"]);
    await context.close();
  });

  test("what does not fit is said at its field, in the reader's language", async () => {
    const { context, page } = await newBrowser();
    const name = page.getByLabel("Dein Name, wie andere ihn sehen");
    await page.goto("/sign-up?lang=de");
    await name.fill("Admin");
    await page.getByLabel("E-Mail").fill("clara@example.org");
    await page.getByLabel("16 oder älter").check();
    await page.getByRole("button", { name: "Link schicken" }).click();
    await page.getByText("Dieser Name klingt nach uns.").waitFor();
    // Each rule has words of its own.
    for (const [wrong, said] of [
      ["\u0410da", "Ein Name bleibt bei einem Alphabet"],
      ["A\u2063da", "In diesem Namen steckt etwas Unsichtbares."],
      ["\u266a\u266b", "Ein Name braucht einen Buchstaben oder eine Ziffer."],
    ] as const) {
      await name.fill(wrong);
      await page.getByRole("button", { name: "Link schicken" }).click();
      await page.getByText(said).waitFor();
    }
    expect(await name.getAttribute("aria-invalid")).toBe("true");
    await name.fill("Clara");
    expect(await name.getAttribute("aria-invalid")).toBeNull();
    const sinceMs = Date.now();
    await page.getByRole("button", { name: "Link schicken" }).click();
    await page.getByRole("heading", { name: "Sieh in dein Postfach" }).waitFor();
    const mail = await platform.mailbox.next("clara@example.org", sinceMs, ({ text }) =>
      text.includes("/sign-up/confirm"),
    );
    await page.goto(`${/https?:\/\/\S+/.exec(mail.text)?.[0]}&lang=de`);
    await page.getByText("Lieber ein Passwort").click();
    await page.getByLabel("Neues Passwort").fill("Passwort1234");
    await page.getByRole("button", { name: "Mit diesem Passwort eröffnen" }).click();
    await page.getByText("Dieses Passwort probieren alle als Erstes.").waitFor();
    await context.close();
  });

  test("one lost request for the password's program is made up for by the next press; no page needs to be loaded again", async () => {
    const { context, page } = await newBrowser();
    await signUp(platform.mailbox, page, "lost@example.org", "a fugue in four voices");
    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.waitForURL(/done=out/);
    let lost = 0;
    await context.route(/\.wasm$/, (route) => (lost++ === 0 ? route.abort() : route.continue()));
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill("lost@example.org");
    const failed = page.waitForEvent("requestfailed");
    await page.getByLabel("Password", { exact: true }).fill("a fugue in four voices");
    await failed;
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/account/);
    expect(lost).toBeGreaterThan(1);
    await context.close();
  });

  test("a confirm link pressed twice, the account's own address, a wrong name: each is said, at its field where it has one, and nothing is lost", async () => {
    const { context, page } = await newBrowser();
    const sinceMs = Date.now();
    await signUp(platform.mailbox, page, "fields@example.org", "a fugue in four voices");
    await openMail(platform.mailbox, page, "fields@example.org", sinceMs, "/sign-up/confirm");
    await page.getByText("This link has been used, and all is well: you are signed in.").waitFor();
    await page.goto("/account");
    await page.getByLabel("New address").fill("fields@example.org");
    await page.getByRole("button", { name: "Change the address" }).click();
    await page.getByText("This is your address already.").waitFor();
    await page.getByLabel("New address").fill("nowhere");
    await page.getByRole("button", { name: "Change the address" }).click();
    await page.locator("#email-problem", { hasText: "This does not look like an e-mail address." }).waitFor();
    await page.getByLabel("Your name, as others see it").fill("SessionLinked Support");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator("#displayName-problem", { hasText: "This name sounds like one of ours" }).waitFor();
    expect(await page.getByLabel("Your name, as others see it").inputValue()).toBe("SessionLinked Support");
    await context.close();
  });

  test("A6, A7: without a script the account is corrected and devices are sent away; the rest says why it cannot", async () => {
    const { context, page } = await newBrowser();
    await signUp(platform.mailbox, page, "plain@example.org", "unaccompanied cello suite");
    const cookies = await context.cookies();
    const other = await newBrowser();
    await signIn(other.page, "plain@example.org", "unaccompanied cello suite");
    await other.page.waitForURL(/\/account/);

    const plain = await chromium.newContext({ javaScriptEnabled: false, locale: "en-GB", baseURL: recorder.origin });
    plain.setDefaultTimeout(STEP_MAX_MS);
    await plain.addCookies(cookies);
    const quiet = await plain.newPage();
    await quiet.goto("/account");
    await quiet.getByLabel("Your name, as others see it").fill("Augusta King");
    await quiet.getByRole("button", { name: "Save", exact: true }).click();
    await quiet.getByRole("heading", { name: "Augusta King" }).waitFor();
    expect(await quiet.locator("#devices li").count()).toBe(2);
    await quiet.getByRole("button", { name: "Sign out everywhere else" }).click();
    await quiet.getByText("Signed out.", { exact: true }).waitFor();
    expect(await quiet.locator("#devices li").count()).toBe(1);
    await other.page.goto("/account");
    expect(new URL(other.page.url()).pathname).toBe("/sign-in");
    await quiet.goto("/sign-up");
    await quiet.waitForURL(/\/account/);
    await quiet.getByRole("button", { name: "Sign out here" }).click();
    await quiet.getByText("You are signed out.").waitFor();
    await quiet.goto("/sign-in");
    await quiet.locator("noscript p").waitFor();
    expect(await quiet.locator("#with-passkey").isDisabled()).toBe(true);
    await Promise.all([context.close(), other.context.close(), plain.close()]);
  });

  test("A7: a companion is let in by its person, through the browser and by a code, and nobody is sent to another address", async () => {
    const { context, page } = await newBrowser();
    await signUp(platform.mailbox, page, "companion@example.org", "loopback and fugue");
    const opensStudio = async (token: string) => {
      const answer = await fetch(`${platform.origin}/api/v1/sessions`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      return answer.status === 200;
    };
    let asked = "";
    const companion = (label: string) =>
      signInWithBrowser({
        origin: recorder.origin,
        label,
        random: (lengthBytes) => new Uint8Array(randomBytes(lengthBytes)),
        open(address) {
          asked = address;
          void page.goto(address);
        },
      });
    const signedIn = companion("Companion, studio PC");
    await page.getByText("Companion, studio PC asks to be signed in as Ada Lovelace").waitFor();
    await page.getByRole("button", { name: "Let it in" }).click();
    await page.getByText("The companion has taken over.").waitFor();
    expect(await opensStudio(await signedIn)).toBe(true);

    const refused = companion("Somebody else").catch((error: unknown) => error);
    await page.getByText("Somebody else asks to be signed in as Ada Lovelace").waitFor();
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.getByText("The companion was not let in.").waitFor();
    expect(await refused).toMatchObject({ error: "access_denied" });

    const elsewhere = new URL(asked);
    elsewhere.searchParams.set("redirect_uri", "http://evil.example/signed-in");
    await page.goto(elsewhere.href);
    await page.getByText("This request is not valid.").waitFor();

    const shown = Promise.withResolvers<string>();
    const stageBox = signInWithDevice({
      origin: platform.origin,
      label: "Stage box",
      show: ({ userCode }) => shown.resolve(userCode),
      now: Date.now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    const userCode = await shown.promise;
    await page.goto("/device");
    await page.getByLabel("The code on the device").fill("bbbb-bbbb");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("No device is waiting under this code.").waitFor();
    await page.getByLabel("The code on the device").fill(userCode.toLowerCase().replace("-", " "));
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Stage box asks to be signed in as Ada Lovelace").waitFor();
    await page.getByRole("button", { name: "Let it in" }).click();
    await page.getByText("Done. The device goes on by itself.").waitFor();
    const token = await stageBox;
    expect(await opensStudio(token)).toBe(true);

    // Sent away from the browser, it is out at once.
    await page.goto("/account");
    await page.getByRole("button", { name: "Sign out Stage box" }).click();
    await page.getByText("Signed out.", { exact: true }).waitFor();
    expect(await opensStudio(token)).toBe(false);
    await context.close();
  });
});
