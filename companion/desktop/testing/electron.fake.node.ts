/**
 * Electron as far as the shell uses it, for machines that do not have its binary: the same names, the same order of events, the same refusals. It is
 * held to the real one by `electron-contract.main.ts`, which runs against both. What only a test does (a person who clicks, a page that dies) is in
 * `person` and `FakeContents`.
 */
import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Parent, SoundPort } from "../parent-port.node.ts";

type Handler = (request: Request) => Promise<Response>;

let isReady = false;
let hasLock = true;
const handlers = new Map<string, Handler>();
const asked = new Map<string, (event: unknown, value: unknown) => unknown>();
const windows = new Set<BrowserWindow>();

class FakeApp extends EventEmitter {
  isPackaged = false;
  readonly protocols: string[] = [];
  isSandboxed = false;
  hasQuit = false;
  isReady = () => isReady;
  getLocale = () => "en-GB";
  requestSingleInstanceLock = () => hasLock;
  setAsDefaultProtocolClient(protocol: string): boolean {
    this.protocols.push(protocol);
    return true;
  }
  enableSandbox(): void {
    if (isReady) throw new Error("app.enableSandbox() can only be called before app is ready");
    this.isSandboxed = true;
  }
  async whenReady(): Promise<void> {
    isReady = true;
  }
  quit(): void {
    const event = cancellable();
    this.emit("before-quit", event);
    if (event.defaultPrevented) return;
    for (const window of [...windows]) if (!window.close()) return;
    this.hasQuit = true;
    this.emit("quit", cancellable(), 0);
  }
}

function cancellable<More extends object>(more?: More) {
  return {
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
    ...more,
  };
}

/** What a page sees of Electron: the part of `ipcRenderer` that the preload script uses. */
class FakeRenderer extends EventEmitter {
  readonly #contents: FakeContents;
  constructor(contents: FakeContents) {
    super();
    this.#contents = contents;
  }
  async invoke(channel: string, value: unknown): Promise<unknown> {
    const handler = asked.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await handler({ senderFrame: this.#contents.frame }, structuredClone(value)));
  }
  send(channel: string, value: unknown): void {
    ipcMain.emit(channel, { senderFrame: this.#contents.frame }, structuredClone(value));
  }
}

export class FakeContents extends EventEmitter {
  #open: (details: { url: string }) => { action: string } = () => ({ action: "allow" });
  #isDestroyed = false;
  url = "";
  html = "";
  headers = new Headers();
  /** The page that is loaded now; a new one with each load. */
  page = new FakeRenderer(this);
  /** Ports that came to this page. */
  ports: FakePort[] = [];
  frame: { url: string; parent: unknown } | null = { url: "", parent: null };

  getURL = () => this.url;
  isDestroyed = () => this.#isDestroyed;
  send(channel: string, value: unknown): void {
    if (this.frame !== null) this.page.emit(channel, {}, structuredClone(value));
  }
  postMessage(channel: string, message: unknown, transfer: FakePort[] = []): void {
    this.ports.push(...transfer);
    this.page.emit(channel, { ports: transfer }, message);
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#open = handler;
  }
  reload(): void {
    void this.load(this.url);
  }

  /** Loads without asking, as the main process may. */
  async load(url: string): Promise<void> {
    const { protocol: scheme } = new URL(url);
    const answer = await handlers.get(scheme.slice(0, -1))?.(new Request(url));
    this.url = url;
    this.frame = { url, parent: null };
    this.page = new FakeRenderer(this);
    this.headers = answer?.headers ?? new Headers();
    this.html = (await answer?.text()) ?? "";
    this.emit("did-navigate", {}, url, answer?.status ?? 0, "");
  }

  /** A page of the window goes somewhere by itself, or by a link. `false`: it was kept back. */
  async go(url: string): Promise<boolean> {
    const event = cancellable({ url });
    this.emit("will-frame-navigate", event);
    if (!event.defaultPrevented) await this.load(url);
    return !event.defaultPrevented;
  }
  opens = (url: string) => this.#open({ url }).action;
  attachWebview(): boolean {
    const event = cancellable();
    this.emit("will-attach-webview", event, {}, {});
    return !event.defaultPrevented;
  }
  /** The page's process dies. */
  die(reason: string): void {
    this.frame = null;
    this.emit("render-process-gone", {}, { reason, exitCode: 9 });
  }
  destroy(): void {
    this.#isDestroyed = true;
  }
}

export class BrowserWindow extends EventEmitter {
  readonly options: { show?: boolean; webPreferences?: Record<string, unknown> };
  readonly webContents = new FakeContents();
  isVisible = false;
  #isDestroyed = false;
  constructor(options: BrowserWindow["options"] = {}) {
    super();
    if (!isReady) throw new Error("Cannot create BrowserWindow before app is ready");
    this.options = options;
    this.isVisible = options.show ?? true;
    windows.add(this);
    app.emit("web-contents-created", {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url);
    this.emit("ready-to-show");
  }
  show(): void {
    this.isVisible = true;
  }
  hide(): void {
    this.isVisible = false;
  }
  focus(): void {
    this.isVisible = true;
  }
  restore(): void {
    this.isVisible = true;
  }
  isMinimized = () => false;
  isDestroyed = () => this.#isDestroyed;
  destroy(): void {
    this.removeAllListeners("close");
    this.close();
  }
  /** As the person's own press does it. `false`: it was kept back. */
  close(): boolean {
    const event = cancellable();
    this.emit("close", event);
    if (event.defaultPrevented) return false;
    this.#isDestroyed = true;
    this.webContents.destroy();
    windows.delete(this);
    this.emit("closed");
    if (windows.size === 0) app.emit("window-all-closed");
    return true;
  }
}

/** One end of a channel. What is posted before the other end has begun waits for it; a port that is with another process speaks to that. */
export class FakePort extends EventEmitter {
  other: FakePort | undefined;
  #waiting: unknown[] | undefined = [];
  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const data of waiting) this.emit("message", { data, ports: [] });
  }
  postMessage(message: unknown): void {
    this.other?.take(structuredClone(message));
  }
  take(data: unknown): void {
    if (this.#waiting === undefined) this.emit("message", { data, ports: [] });
    else this.#waiting.push(data);
  }
}

class MessageChannelMain {
  readonly port1 = new FakePort();
  readonly port2 = new FakePort();
  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

/** A program that is run here instead of in a process of its own: it gets its way to whoever started it, and a way to end. */
export type InnerProgram = (parent: Parent, exit: (code: number) => void) => void;

class InnerProcess extends EventEmitter {
  pid: number | undefined = 1;
  #hear: (data: unknown, port: SoundPort | null) => void = () => undefined;
  constructor(program: InnerProgram) {
    super();
    program(
      {
        postMessage: (message) => queueMicrotask(() => this.emit("message", structuredClone(message))),
        onMessage: (listener) => {
          this.#hear = listener;
        },
      },
      (code) => queueMicrotask(() => this.#exit(code)),
    );
  }
  postMessage(message: unknown, [port]: FakePort[] = []): void {
    const data = structuredClone(message);
    const sound: SoundPort | null =
      port === undefined
        ? null
        : {
            postMessage: (message) => port.postMessage(message),
            onMessage(listener) {
              port.on("message", (event) => listener(event.data));
              port.start();
            },
          };
    queueMicrotask(() => this.pid !== undefined && this.#hear(data, sound));
  }
  kill(): boolean {
    queueMicrotask(() => this.#exit(15));
    return true;
  }
  #exit(code: number): void {
    if (this.pid === undefined) return;
    this.pid = undefined;
    this.emit("exit", code);
  }
}

/** A process of Node's, which `parent-port.node.ts` knows how to be. */
class FakeUtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  /** What it says over a port goes to the last that it was given. */
  #port: FakePort | undefined;
  pid: number | undefined;
  constructor(program: string, args: readonly string[]) {
    super();
    this.#child = fork(program, [...args], { serialization: "advanced", execArgv: [] });
    this.pid = this.#child.pid;
    this.#child.once("spawn", () => this.emit("spawn"));
    this.#child.on("message", (message: object) => {
      if ("port" in message) this.#port?.postMessage(message.port);
      else this.emit("message", message);
    });
    this.#child.once("exit", (code, signal) => {
      this.pid = undefined;
      this.emit("exit", code ?? (signal === null ? 0 : 15));
    });
  }
  postMessage(message: unknown, transfer: FakePort[] = []): void {
    if (!this.#child.connected) return;
    this.#child.send({ ...(message as object) });
    for (const port of transfer) {
      this.#port = port;
      port.on("message", ({ data }) => this.#child.connected && this.#child.send({ port: data }));
      port.start();
    }
  }
  kill = () => this.#child.kill();
}

const ipcMain = Object.assign(new EventEmitter(), {
  handle(channel: string, handler: (event: unknown, value: unknown) => unknown): void {
    if (asked.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    asked.set(channel, handler);
  },
});

class FakeTray extends EventEmitter {
  tip = "";
  menu: readonly { label?: string; click?: () => void }[] = [];
  isDestroyed = false;
  setToolTip(tip: string): void {
    this.tip = tip;
  }
  setContextMenu(menu: FakeTray["menu"]): void {
    this.menu = menu;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
  constructor() {
    super();
    person.trays.push(this);
  }
}

type Permit = (contents: unknown, permission: string, answer: (granted: boolean) => void, details: object) => void;
type Check = (contents: unknown, permission: string, origin: string, details: object) => boolean;
const permissions: { request: Permit; check: Check; device: (details: object) => boolean } = {
  request: (_contents, _permission, answer) => answer(true),
  check: () => true,
  device: () => false,
};

let blockers = 0;
const blocking = new Set<number>();
const app = new FakeApp();
const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string }[]): void {
    if (isReady) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    person.schemes.push(...schemes);
  },
  handle(scheme: string, handler: Handler): void {
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    handlers.set(scheme, handler);
  },
};

/** What stands outside the app: the person, the system, other programs. */
export const person = {
  schemes: [] as { scheme: string; privileges?: object }[],
  trays: [] as FakeTray[],
  opened: [] as string[],
  /** Programs by their path that need no process of their own. */
  programs: new Map<string, InnerProgram>(),
  permissions,
  windows,
  /** Another instance has the lock. */
  takeLock(): void {
    hasLock = false;
  },
  /** Everything as it is when a program has just been started. */
  reset(): void {
    isReady = false;
    hasLock = true;
    handlers.clear();
    asked.clear();
    windows.clear();
    blocking.clear();
    app.removeAllListeners();
    ipcMain.removeAllListeners();
    app.hasQuit = false;
    app.isSandboxed = false;
    person.schemes = [];
    person.trays = [];
    person.opened = [];
  },
};

export const electron = {
  app,
  protocol,
  BrowserWindow,
  MessageChannelMain,
  Tray: FakeTray,
  ipcMain,
  net: {
    async fetch(url: string, init?: RequestInit): Promise<Response> {
      const handler = handlers.get(new URL(url).protocol.slice(0, -1));
      return handler === undefined ? fetch(url, init) : handler(new Request(url, init));
    },
  },
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: Permit) => {
        permissions.request = handler;
      },
      setPermissionCheckHandler: (handler: Check) => {
        permissions.check = handler;
      },
      setDevicePermissionHandler: (handler: (details: object) => boolean) => {
        permissions.device = handler;
      },
    },
  },
  shell: {
    openExternal: async (url: string) => {
      person.opened.push(url);
    },
  },
  powerSaveBlocker: {
    start: (_type: string) => {
      blocking.add(++blockers);
      return blockers;
    },
    stop: (id: number) => blocking.delete(id),
    isStarted: (id: number) => blocking.has(id),
    count: () => blocking.size,
  },
  utilityProcess: {
    fork(program: string, args: readonly string[] = []) {
      const inner = person.programs.get(program);
      return inner === undefined ? new FakeUtilityProcess(program, args) : new InnerProcess(inner);
    },
  },
  Menu: { buildFromTemplate: (template: FakeTray["menu"]) => template },
  nativeImage: { createFromPath: (path: string) => ({ path, isEmpty: () => false }) },
};
