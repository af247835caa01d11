import { app, BrowserWindow, Menu, nativeImage, net, protocol, session, Tray } from "electron";
import { AppScheme, type AppSchemeOptions } from "./app-scheme.node.ts";
import { type DeepLink, LINK_SCHEME, linkIn, readDeepLink } from "./deep-link.std.ts";
import type { DesktopAccount } from "./desktop-account.std.ts";
import { appScheme, guardContents, guardPermissions } from "./guards.main.ts";
import { serveWindow, tellWindow } from "./ipc-main.main.ts";
import { APP_SCHEME, homeUrl, sessionOfPage, sessionUrl } from "./rules.std.ts";
import { StudioHost, type StudioHostOptions } from "./studio-host.main.ts";

export interface ShellOptions {
  platformOrigin: string;
  account: DesktopAccount;
  pages: Pick<AppSchemeOptions, "folder" | "files" | "home" | "session">;
  preload: string;
  trayIcon: string;
  studio: Pick<StudioHostOptions, "program" | "open">;
  words: { tray: string; show: string; leave: string; quit: string };
  nowMs(): number;
}

/** A page that dies more often than this in a minute is not loaded again: the home page is. */
const RELOADS_MAX = 3;
const RELOADS_WITHIN_MS = 60_000;

/**
 * The app's one window and what is around it. Life: begun before Electron is ready, because schemes, sandbox and the lock of the one instance have to be
 * settled then; whoever starts a second one is sent to the first. The page that the window shows decides which session this machine is
 * in, and a window that is closed in mid session is only put away: the tray brings it back.
 */
export class Shell {
  readonly #options: ShellOptions;
  #window: BrowserWindow | undefined;
  #studio: StudioHost | undefined;
  #tray: Tray | undefined;
  #reloads: number[] = [];
  #isQuitting = false;
  #link: DeepLink | null = null;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  /** `false`: another one runs, and has been told what this one was started with. */
  begin(args: readonly string[]): boolean {
    if (!app.requestSingleInstanceLock()) {
      app.quit();
      return false;
    }
    app.enableSandbox();
    protocol.registerSchemesAsPrivileged([appScheme]);
    app.setAsDefaultProtocolClient(LINK_SCHEME);
    guardContents(this.#options.platformOrigin);
    this.#link = linkIn(args);
    app.on("second-instance", (_event, otherArgs) => this.#openLink(linkIn(otherArgs)));
    app.on("open-url", (event, url) => {
      event.preventDefault();
      this.#openLink(readDeepLink(url));
    });
    app.on("activate", () => this.#show());
    app.on("window-all-closed", () => app.quit());
    app.on("before-quit", (event) => this.#beforeQuit(event));
    return true;
  }

  /** When Electron is ready. */
  async open(): Promise<void> {
    const { account, pages, platformOrigin } = this.#options;
    const scheme = new AppScheme({
      ...pages,
      platformOrigin,
      token: () => account.token(),
      fetch: (url, init) => net.fetch(url, { ...init, bypassCustomProtocolHandlers: true }),
    });
    protocol.handle(APP_SCHEME, scheme.answer);
    guardPermissions(session.defaultSession);
    serveWindow(
      {
        account: () => account.account(),
        "sign-in": () => account.signIn(),
        "sign-out": () => account.signOut(),
      },
      {
        command: (command) => this.#studio?.say({ type: "command", command }),
        room: (call) => this.#studio?.say({ type: "room", call }),
        look: () => {
          if (this.#window !== undefined) this.#studio?.watch(this.#window.webContents);
        },
      },
    );
    await this.#openWindow();
  }

  async #openWindow(): Promise<void> {
    const window = new BrowserWindow({
      width: 1280,
      height: 860,
      minWidth: 360,
      minHeight: 480,
      show: false,
      title: "SessionLinked",
      webPreferences: {
        preload: this.#options.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        // Meters, playhead and lanes go on while the DAW's window is in front.
        backgroundThrottling: false,
        autoplayPolicy: "no-user-gesture-required",
        enableBlinkFeatures: "RTCRtpTransport",
      },
    });
    this.#window = window;
    window.once("ready-to-show", () => window.show());
    window.on("close", (event) => {
      if (this.#isQuitting || this.#studio === undefined) return;
      event.preventDefault();
      window.hide();
    });
    window.once("closed", () => {
      this.#window = undefined;
    });
    const { webContents } = window;
    webContents.on("did-navigate", (_event, url) => void this.#enter(url));
    webContents.on("render-process-gone", (_event, { reason }) => {
      if (reason !== "clean-exit") this.#mend(window);
    });
    await window.loadURL(this.#link?.to === "session" ? sessionUrl(this.#link.sessionId) : homeUrl(this.#link));
    this.#link = null;
  }

  /** The page that is shown says which session this machine is in. */
  async #enter(url: string): Promise<void> {
    const sessionId = sessionOfPage(url);
    if (this.#studio?.sessionId === sessionId) return;
    const before = this.#studio;
    this.#studio = undefined;
    this.#showTray(sessionId !== null);
    await before?.leave();
    // The person may have gone on while the take before was ended.
    if (
      sessionId === null ||
      this.#window === undefined ||
      sessionOfPage(this.#window.webContents.getURL()) !== sessionId
    )
      return;
    const { studio } = this.#options;
    const opened: StudioHost = new StudioHost(sessionId, {
      ...studio,
      tell: ({ type, ...message }) => {
        if (this.#window === undefined || this.#studio !== opened) return;
        if ("event" in message) tellWindow(this.#window.webContents, "studio", message.event);
        else tellWindow(this.#window.webContents, "room", message.told);
      },
      onEnded: () => {
        if (this.#studio !== opened) return;
        this.#studio = undefined;
        this.#showTray(false);
      },
    });
    this.#studio = opened;
  }

  /** A page that died is loaded again. The studio has not noticed; the new page is told where things stand. */
  #mend(window: BrowserWindow): void {
    const nowMs = this.#options.nowMs();
    this.#studio?.unwatch();
    this.#reloads = [...this.#reloads.filter((atMs) => nowMs - atMs < RELOADS_WITHIN_MS), nowMs];
    if (window.isDestroyed()) return;
    if (this.#reloads.length > RELOADS_MAX) void window.loadURL(homeUrl());
    else window.webContents.reload();
  }

  #openLink(link: DeepLink | null): void {
    if (link !== null) {
      if (this.#window === undefined) this.#link = link;
      else void this.#window.loadURL(link.to === "session" ? sessionUrl(link.sessionId) : homeUrl(link));
    }
    this.#show();
  }

  #show(): void {
    const window = this.#window;
    if (window === undefined) {
      if (app.isReady()) void this.#openWindow();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  #showTray(isIn: boolean): void {
    if (!isIn) {
      this.#tray?.destroy();
      this.#tray = undefined;
      return;
    }
    if (this.#tray !== undefined) return;
    const { words, trayIcon } = this.#options;
    this.#tray = new Tray(nativeImage.createFromPath(trayIcon));
    this.#tray.setToolTip(words.tray);
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.show, click: () => this.#show() },
        { label: words.leave, click: () => void this.#window?.loadURL(homeUrl()) },
        { type: "separator" },
        { label: words.quit, click: () => app.quit() },
      ]),
    );
    this.#tray.on("click", () => this.#show());
  }

  /** A take that rolls is ended whole first. */
  #beforeQuit(event: { preventDefault(): void }): void {
    this.#isQuitting = true;
    const studio = this.#studio;
    if (studio === undefined) return;
    event.preventDefault();
    void studio.leave().then(() => {
      this.#studio = undefined;
      app.quit();
    });
  }
}
