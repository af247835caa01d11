/**
 * What the shell takes for granted of Electron. Each line is asked of the fake by `electron-contract.test.ts`, and of the real one where its binary
 * is: there this file is the program that Electron runs, and what it finds is printed.
 */
import { once } from "node:events";
import {
  app,
  BrowserWindow,
  ipcMain,
  MessageChannelMain,
  net,
  powerSaveBlocker,
  protocol,
  utilityProcess,
} from "electron";
import { appScheme } from "../guards.main.ts";

export interface Findings {
  /** Thrown where a thing comes too late or twice. */
  refusals: Record<
    "scheme-after-ready" | "sandbox-after-ready" | "window-before-ready" | "second-handler" | "second-scheme",
    boolean
  >;
  fetched: string;
  shown: string;
  navigated: string;
  keepsAwake: readonly boolean[];
  echoed: unknown;
  heard: unknown;
  exited: boolean;
}

function isRefused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}

/** `echo`: the program of `echo-process.node.ts`. Called before the app is ready. */
export async function askElectron(echo: string): Promise<Findings> {
  const early = isRefused(() => new BrowserWindow({ show: false }));
  protocol.registerSchemesAsPrivileged([appScheme]);
  await app.whenReady();
  const answer = (request: Request) =>
    Promise.resolve(
      new Response(`<!doctype html><title>${new URL(request.url).pathname}</title>`, {
        headers: { "Content-Type": "text/html" },
      }),
    );
  protocol.handle(appScheme.scheme, answer);
  ipcMain.handle("contract", () => null);
  const refusals = {
    "window-before-ready": early,
    "scheme-after-ready": isRefused(() => protocol.registerSchemesAsPrivileged([appScheme])),
    "sandbox-after-ready": isRefused(() => app.enableSandbox()),
    "second-handler": isRefused(() => ipcMain.handle("contract", () => null)),
    "second-scheme": isRefused(() => protocol.handle(appScheme.scheme, answer)),
  };
  const fetched = await (await net.fetch("app://sessionlinked/fetched")).text();
  const window = new BrowserWindow({ show: false });
  let navigated = "";
  window.webContents.on("did-navigate", (_event, url) => {
    navigated = url;
  });
  await window.loadURL("app://sessionlinked/shown");
  const shown = window.webContents.getURL();
  const blocker = powerSaveBlocker.start("prevent-app-suspension");
  const isAwake = powerSaveBlocker.isStarted(blocker);
  powerSaveBlocker.stop(blocker);
  const keepsAwake = [isAwake, powerSaveBlocker.isStarted(blocker)];
  const child = utilityProcess.fork(echo, [], { serviceName: "contract" });
  const { port1, port2 } = new MessageChannelMain();
  // What is posted before the other end listens waits for it.
  port1.postMessage({ samples: new Int32Array([1, -2]) });
  child.postMessage({ greeting: "hello" }, [port2]);
  const [echoed, heard] = await new Promise<unknown[]>((resolve) => {
    const said: unknown[] = [];
    child.on("message", (message: unknown) => {
      said.push(message);
      if (said.length === 2) resolve(said);
    });
  });
  const exit = once(child, "exit");
  child.kill();
  await exit;
  window.destroy();
  return { refusals, fetched, shown, navigated, keepsAwake, echoed, heard, exited: child.pid === undefined };
}
