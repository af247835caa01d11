import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildDesktop } from "../../dev/desktop.ts";
import { percentile } from "../../dev/percentile.ts";

const STARTS = 5;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The app's own main script, bundled as it ships, over the faithful fake: from its first line to a window that has its page. */
const start = (folder: string) => `
import { registerHooks } from "node:module";
import { electron, person } from ${JSON.stringify(pathToFileURL(join(root, "companion/desktop/testing/electron.fake.node.ts")).href)};
globalThis.electronFake = electron;
registerHooks({
  resolve: (name, context, next) => name === "electron" ? { url: ${JSON.stringify(pathToFileURL(join(folder, "electron.js")).href)}, shortCircuit: true } : next(name, context),
});
person.reset();
electron.app.getLocale ??= () => "en-GB";
const sinceMs = performance.now();
await import(${JSON.stringify(pathToFileURL(join(folder, "main.js")).href)});
await electron.app.whenReady();
while (![...person.windows][0]?.webContents.html) await new Promise((turn) => setImmediate(turn));
console.log(performance.now() - sinceMs);
process.exit(0);
`;
const fake = `const { ${[
  "app, BrowserWindow, ipcMain, Menu, MessageChannelMain, nativeImage, net, powerSaveBlocker",
  "protocol, session, shell, Tray, utilityProcess",
].join(", ")} } = globalThis.electronFake;
export { app, BrowserWindow, ipcMain, Menu, MessageChannelMain, nativeImage, net, powerSaveBlocker, protocol, session, shell, Tray, utilityProcess };
`;

/** The middle of a few starts, each in a process of its own. Where the binary is, a test starts the real one. */
export function measureShellStart(): number {
  // Beside the packages that the app's native parts are in.
  const folder = mkdtempSync(join(root, "node_modules", ".cache", "bench-desktop-"));
  try {
    buildDesktop(folder);
    writeFileSync(join(folder, "electron.js"), fake);
    writeFileSync(join(folder, "start.mjs"), start(folder));
    const times = Array.from({ length: STARTS }, () =>
      Number(execFileSync(process.execPath, [join(folder, "start.mjs")], { encoding: "utf8", timeout: 30_000 })),
    );
    return percentile(times, 0.5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
