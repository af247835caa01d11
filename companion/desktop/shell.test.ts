import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SessionId } from "../../protocol/ids.ts";
import { KeychainError } from "../engine/account/keychain.std.ts";
import { appHeaders } from "./app-scheme.node.ts";
import { newBridge } from "./bridge.std.ts";
import { linkIn, readDeepLink } from "./deep-link.std.ts";
import { DesktopAccount } from "./desktop-account.std.ts";
import { Shell } from "./shell.main.ts";
import { electron, type FakeContents, person } from "./testing/electron.fake.node.ts";
import { fakeStudio } from "./testing/studio.fake.std.ts";

vi.mock("electron", async () => (await import("./testing/electron.fake.node.ts")).electron);

const platformOrigin = "https://sessionlinked.example";
const sessionId = SessionId.parse(`ses_${"a".repeat(26)}`);
const otherId = SessionId.parse(`ses_${"b".repeat(26)}`);
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-shell-"));
writeFileSync(join(folder, "home.js"), "export {};");
afterAll(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
});

/** What was asked of the platform, and what it answers. */
const asked: { url: string; authorization: string | null; cookie: string | null }[] = [];
vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
  const headers = new Headers(init?.headers);
  asked.push({ url, authorization: headers.get("Authorization"), cookie: headers.get("Cookie") });
  return new Response('{"items":[]}', { headers: { "Content-Type": "application/json", "Set-Cookie": "a=b" } });
});

let tokens: Map<string, string>;
let nowMs = 0;
let shell: Shell;

async function start(args: string[] = [], keychain: "open" | "closed" = "open"): Promise<FakeContents> {
  tokens = new Map([[platformOrigin, "a token that nobody sees"]]);
  const refuse = () => Promise.reject(new KeychainError("closed"));
  const account = new DesktopAccount({
    platformOrigin,
    keychain:
      keychain === "closed"
        ? { read: refuse, write: refuse, erase: refuse }
        : {
            read: async (origin) => tokens.get(origin) ?? null,
            write: async (origin, token) => void tokens.set(origin, token),
            erase: async (origin) => void tokens.delete(origin),
          },
    signIn: async () => "another token",
    revoke: async () => undefined,
  });
  shell = new Shell({
    platformOrigin,
    account,
    pages: { folder, files: ["/home.js"], home: async () => "home", session: async (id) => `session ${id}` },
    preload: join(folder, "preload.cjs"),
    trayIcon: "tray.png",
    studio: {
      program: "studio",
      open: async (id) => ({ type: "open", platformOrigin, token: "token", sessionId: id, folder, daws: [] }),
    },
    words: { tray: "in a session", show: "Show", leave: "Leave", quit: "Quit" },
    nowMs: () => nowMs,
  });
  expect(shell.begin(args)).toBe(true);
  await electron.app.whenReady();
  await shell.open();
  return theWindow().webContents;
}

function theWindow() {
  const [window] = person.windows;
  if (window === undefined) throw new Error("There is no window.");
  return window;
}

/** The page's end, as the preload script makes it, and all that it has been told. */
function bridgeOf(contents: FakeContents) {
  const bridge = newBridge(contents.page);
  const told: unknown[] = [];
  bridge.onTold("studio", (event) => told.push("message" in event ? event.message : event.type));
  bridge.onTold("room", (room) => told.push(room.type));
  return { bridge, told };
}

beforeEach(() => {
  person.reset();
  person.programs.set("studio", fakeStudio);
  asked.length = 0;
  nowMs = 0;
});
afterEach(async () => {
  for (const window of person.windows) await window.webContents.load("app://sessionlinked/");
  electron.app.quit();
});

describe("the desktop app's pages", () => {
  test("H3: run isolated, from their own scheme, with a policy without a way out, sandboxed and without Node", async () => {
    const contents = await start();
    expect(person.schemes).toEqual([expect.objectContaining({ scheme: "app" })]);
    expect(electron.app.isSandboxed).toBe(true);
    expect(contents.html).toBe("home");
    for (const [name, value] of Object.entries(appHeaders)) expect(contents.headers.get(name)).toBe(value);
    const policy = contents.headers.get("Content-Security-Policy") ?? "";
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).not.toMatch(/https?:/);
    expect(theWindow().options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      backgroundThrottling: false,
      enableBlinkFeatures: "RTCRtpTransport",
    });
  });

  test("A7: reach the API as the person, and never hold the token; other files of the machine are not there", async () => {
    await start();
    const answer = await electron.net.fetch("app://sessionlinked/api/v1/sessions?limit=100", {
      headers: { Cookie: "c=d", Authorization: "Bearer stolen" },
    });
    expect(asked).toEqual([
      {
        url: `${platformOrigin}/api/v1/sessions?limit=100`,
        authorization: "Bearer a token that nobody sees",
        cookie: null,
      },
    ]);
    expect([...answer.headers.keys()]).not.toContain("set-cookie");
    expect(await answer.text()).toBe('{"items":[]}');
    expect((await electron.net.fetch("app://sessionlinked/home.js")).status).toBe(200);
    for (const path of ["/preload.cjs", "/../package.json", "/%2e%2e/package.json", "/built.json", "//example.org/"])
      expect((await electron.net.fetch(`app://sessionlinked${path}`)).status, path).toBe(404);
    expect((await electron.net.fetch("app://elsewhere/")).status).toBe(404);
    expect((await electron.net.fetch("app://sessionlinked/", { method: "POST" })).status).toBe(405);
  });

  test("H3: go nowhere else, open no window, and hold no other page; the platform's own pages open in the browser", async () => {
    const contents = await start();
    for (const url of [
      "https://example.org/",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "app://elsewhere/",
      "data:,x",
    ])
      expect(await contents.go(url), url).toBe(false);
    expect(person.opened).toEqual([]);
    expect(await contents.go(`${platformOrigin}/terms`)).toBe(false);
    expect(contents.opens(`${platformOrigin}/sessions/1`)).toBe("deny");
    expect(contents.opens("https://user:word@sessionlinked.example/")).toBe("deny");
    expect(contents.opens("smb://sessionlinked.example/")).toBe("deny");
    expect(person.opened).toEqual([`${platformOrigin}/terms`, `${platformOrigin}/sessions/1`]);
    expect(contents.attachWebview()).toBe(false);
    expect(await contents.go("app://sessionlinked/?invite=x")).toBe(true);
  });

  test("C3: hear, see and play MIDI only as our own page, and nothing else is granted to anybody", async () => {
    await start();
    const grants = (permission: string, requestingUrl: string, more: object = {}) => {
      let granted = false;
      const details = { requestingUrl, isMainFrame: true, ...more };
      person.permissions.request({}, permission, (said) => (granted = said), details);
      expect(person.permissions.check({}, permission, requestingUrl, details)).toBe(granted);
      return granted;
    };
    const ours = "app://sessionlinked/session/x";
    expect(grants("media", ours, { mediaTypes: ["audio"], mediaType: "audio" })).toBe(true);
    expect(grants("midiSysex", ours)).toBe(true);
    expect(grants("midi", ours)).toBe(true);
    for (const permission of [
      "geolocation",
      "notifications",
      "display-capture",
      "usb",
      "serial",
      "hid",
      "openExternal",
    ])
      expect(grants(permission, ours), permission).toBe(false);
    for (const url of ["https://example.org/", "app://elsewhere/", "https://sessionlinked/", ""])
      expect(grants("media", url, { mediaTypes: ["audio"] }), url).toBe(false);
    expect(grants("media", ours, { isMainFrame: false })).toBe(false);
    expect(person.permissions.device({})).toBe(false);
  });

  test("A7: only the window's own page is answered, and only what the map knows", async () => {
    const contents = await start();
    const { bridge } = bridgeOf(contents);
    expect(await bridge.ask("account", null)).toEqual({ platformOrigin, signedIn: true, keeps: "keychain" });
    await expect(contents.page.invoke("ask:account", "something")).rejects.toThrow();
    await expect(contents.page.invoke("ask:token", null)).rejects.toThrow("No handler");
    contents.frame = { url: "app://sessionlinked/", parent: {} };
    await expect(contents.page.invoke("ask:account", null)).rejects.toThrow();
    contents.frame = { url: "https://example.org/", parent: null };
    await expect(contents.page.invoke("ask:account", null)).rejects.toThrow();
  });
});

describe("signing in on the desktop", () => {
  test("A7: the token is in the system's keychain; without one it lives as long as the app, which is said", async () => {
    const { bridge } = bridgeOf(await start());
    expect(await bridge.ask("sign-in", null)).toMatchObject({ ok: true, account: { keeps: "keychain" } });
    expect(tokens.get(platformOrigin)).toBe("another token");
    expect(await bridge.ask("sign-out", null)).toMatchObject({ signedIn: false });
    expect(tokens.size).toBe(0);
    person.reset();
    const closed = bridgeOf(await start([], "closed")).bridge;
    expect(await closed.ask("account", null)).toEqual({ platformOrigin, signedIn: false, keeps: "memory" });
    expect(await closed.ask("sign-in", null)).toMatchObject({ ok: true, account: { signedIn: true, keeps: "memory" } });
  });
});

describe("links and instances", () => {
  test("X25: a second instance gives its link to the first and ends; the first shows where it leads", async () => {
    const contents = await start();
    theWindow().hide();
    electron.app.emit("second-instance", {}, ["sessionlinked", "--flag", "sessionlinked://invite/k7m2p-9xq4d"]);
    await expect.poll(() => contents.url).toMatch(/^app:\/\/sessionlinked\/\?invite=/);
    expect(theWindow().isVisible).toBe(true);
    expect(electron.app.protocols).toContain("sessionlinked");
    person.takeLock();
    const second = new Shell({ ...Object.fromEntries([]) } as never);
    expect(second.begin([])).toBe(false);
  });

  test("H3: a link only ever says where the window goes", () => {
    expect(readDeepLink(`sessionlinked://session/${sessionId}`)).toEqual({ to: "session", sessionId });
    for (const text of [
      "sessionlinked://session/ses_short",
      `sessionlinked://session/${sessionId}/more`,
      `sessionlinked://user@session/${sessionId}`,
      `sessionlinked://session:80/${sessionId}`,
      `https://session/${sessionId}`,
      `sessionlinked://delete/${sessionId}`,
      `sessionlinked://session/${"a".repeat(600)}`,
      "sessionlinked:",
      "",
    ])
      expect(readDeepLink(text), text).toBe(null);
    expect(linkIn(["app", "--x", `sessionlinked://session/${sessionId}`])).toEqual({ to: "session", sessionId });
  });
});

describe("a session on the desktop", () => {
  test("C2, X24: the window dies in mid take: the studio goes on, and the new page is told where things stand", async () => {
    const contents = await start([`sessionlinked://session/${sessionId}`]);
    expect(contents.url).toBe(`app://sessionlinked/session/${sessionId}`);
    const first = bridgeOf(contents);
    first.bridge.say("look", null);
    await expect.poll(() => first.told).toContain(`open ${sessionId} with 5 characters`);
    first.bridge.say("command", { type: "transport", transport: { command: "record" } });
    await expect.poll(() => first.told).toContain("recording");
    expect(electron.powerSaveBlocker.count()).toBe(1);
    contents.ports.at(-1)?.postMessage({ firstBlock: 0, captureMs: 3, samples: new Int32Array(512) });
    await expect.poll(() => first.told).toContain("heard 512");

    const loads: string[] = [];
    contents.on("did-navigate", (_event, url: string) => loads.push(url));
    contents.die("killed");
    await expect.poll(() => loads).toEqual([`app://sessionlinked/session/${sessionId}`]);
    const second = bridgeOf(contents);
    expect(electron.powerSaveBlocker.count()).toBe(1);
    second.bridge.say("look", null);
    await expect.poll(() => second.told).toContain("waiting");
    contents.ports.at(-1)?.postMessage({ firstBlock: 0, captureMs: 3, samples: new Int32Array(256) });
    await expect.poll(() => second.told).toContain("heard 256");
    // It is the same studio: no other was opened.
    expect(second.told.filter((told) => String(told).startsWith("open"))).toEqual([]);
    second.bridge.say("command", { type: "transport", transport: { command: "stop" } });
    await expect.poll(() => electron.powerSaveBlocker.count()).toBe(0);
  });

  test("X24: a page that dies again and again is left for the home page, and the session with it", async () => {
    const contents = await start([`sessionlinked://session/${sessionId}`]);
    for (let death = 0; death < 4; death++) {
      contents.die("crashed");
      await expect.poll(() => contents.frame).not.toBe(null);
    }
    expect(contents.url).toBe("app://sessionlinked/");
    nowMs += 61_000;
    await contents.load(`app://sessionlinked/session/${sessionId}`);
    contents.die("oom");
    await expect.poll(() => contents.frame).not.toBe(null);
    expect(contents.url).toBe(`app://sessionlinked/session/${sessionId}`);
  });

  test("X24: a studio that dies is started anew, and said; what the page says goes to it alone", async () => {
    const contents = await start([`sessionlinked://session/${sessionId}`]);
    const { bridge, told } = bridgeOf(contents);
    bridge.say("look", null);
    const opened = () => told.filter((one) => String(one).startsWith("open")).length;
    await expect.poll(opened).toBe(1);
    bridge.say("command", { type: "report" });
    await expect.poll(opened).toBe(2);
    expect(told).toContain("The studio has stopped and begins again; what was recorded until then is safe.");
    expect(told.filter((one) => one === "waiting")).toHaveLength(2);
    bridge.say("room", { type: "status", status: { micLive: true } });
    await expect.poll(() => told).toContain("room status");
    contents.page.send("say:room", { type: "post", eventId: "no id", body: {} });
    contents.page.send("say:command", { type: "format-disk" });
    expect(() => bridge.say("command", { type: "chat" } as never)).toThrow();
  });

  test("C6: closed in mid session the window is put away, and the tray brings it back; quitting ends the take whole", async () => {
    const contents = await start([`sessionlinked://session/${sessionId}`]);
    const { bridge, told } = bridgeOf(contents);
    bridge.say("look", null);
    await expect.poll(() => told).toContain("waiting");
    expect(theWindow().close()).toBe(false);
    expect(theWindow().isVisible).toBe(false);
    person.trays[0]?.emit("click");
    expect(theWindow().isVisible).toBe(true);
    bridge.say("command", { type: "transport", transport: { command: "record" } });
    await expect.poll(() => told).toContain("recording");
    electron.app.quit();
    expect(electron.app.hasQuit).toBe(false);
    await expect.poll(() => electron.app.hasQuit).toBe(true);
    expect(told).toContain("recorded");
    expect(electron.powerSaveBlocker.count()).toBe(0);
    expect(person.trays[0]?.isDestroyed).toBe(true);
  });

  test("X25: one session at a time: whoever goes to another has left the one before", async () => {
    const contents = await start([`sessionlinked://session/${sessionId}`]);
    await contents.go(`app://sessionlinked/session/${otherId}`);
    const { bridge, told } = bridgeOf(contents);
    await expect
      .poll(() => {
        bridge.say("look", null);
        return told;
      })
      .toContain(`open ${otherId} with 5 characters`);
    expect(told).not.toContain(`open ${sessionId} with 5 characters`);
  });
});

test("A7: no page has the words of a token's place in it", () => {
  for (const file of ["home.dom.tsx", "session-window.dom.tsx", "bridge.std.ts", "preload.preload.ts"])
    expect(readFileSync(join("companion/desktop", file), "utf8")).not.toMatch(/token|Authorization/);
});
