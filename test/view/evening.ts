import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { STEP_MAX_MS, startChromium, withDevices, withMicrophone } from "../../dev/chromium.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { SoundServer } from "../../dev/sound-server.ts";
import { type Relay, startRelay } from "../../dev/turn.ts";
import type { SessionId } from "../../protocol/ids.ts";

export interface Guest {
  context: BrowserContext;
  page: Page;
  token: string;
}

/** A platform, a session with a host, and a browser for whoever comes. */
export class Evening {
  readonly platform: Platform;
  readonly chromium: Browser;
  readonly origin: string;
  sessionId = "" as SessionId;
  hostToken = "";
  readonly stateDir: string;
  readonly #relay: Relay | null;

  private constructor(platform: Platform, chromium: Browser, stateDir: string, relay: Relay | null) {
    this.#relay = relay;
    this.platform = platform;
    this.chromium = chromium;
    this.origin = platform.origin.replace("127.0.0.1", "localhost");
    this.stateDir = stateDir;
  }

  /** `microphone`: a WAV that every browser of the evening plays in, again and again, or devices that come and go; then there is a relay too. */
  static async begin(name: string, microphone: string | SoundServer | null = null): Promise<Evening> {
    const stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-view-"));
    const secret = "an evening's own";
    const relay = microphone === null ? null : await startRelay({ secret });
    const platform = await startPlatform({
      stateDir,
      bindings: relay === null ? {} : { TURN_KEY: secret, TURN_URLS: relay.urls },
    });
    const chromium =
      microphone instanceof SoundServer
        ? await startChromium(withDevices, microphone)
        : await startChromium(microphone === null ? [] : withMicrophone(microphone));
    const evening = new Evening(platform, chromium, stateDir, relay);
    evening.hostToken = (
      await seedAccount(evening.platform, { email: "ada@example.org", displayName: "Ada Lovelace", tier: "free" })
    ).token;
    const session = await evening.ask(evening.hostToken, "POST", "/sessions", {
      name,
      settings: { recordingPermitted: true },
    });
    evening.sessionId = session.sessionId as SessionId;
    return evening;
  }

  /** Somebody new becomes a member. */
  async invite(displayName: string, role: "participant" | "observer"): Promise<string> {
    const email = `${displayName.split(" ")[0]?.toLowerCase()}@example.org`;
    const { token } = await seedAccount(this.platform, { email, displayName, tier: "free" });
    const { code } = await this.ask(this.hostToken, "POST", `/sessions/${this.sessionId}/invites`, { role });
    await this.ask(token, "POST", "/invites/accept", { code });
    return token;
  }

  /** A browser of their own, in the session's view. */
  async enter(
    token: string,
    options: Parameters<Browser["newContext"]>[0] = {},
    query = "",
    until = ".view-connection.here",
  ): Promise<Guest> {
    const context = await this.chromium.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(STEP_MAX_MS);
    await context.addCookies([
      { name: "__Host-session", value: token, domain: "localhost", path: "/", secure: true, httpOnly: true },
    ]);
    const page = await context.newPage();
    await page.goto(`${this.origin}/sessions/${this.sessionId}/room${query}`);
    await page.locator(until).waitFor();
    return { context, page, token };
  }

  async ask(token: string, method: string, path: string, body?: unknown): Promise<Record<string, string>> {
    const response = await fetch(`${this.platform.origin}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  async end(): Promise<void> {
    await this.chromium.close();
    await this.platform.stop();
    await this.#relay?.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}
