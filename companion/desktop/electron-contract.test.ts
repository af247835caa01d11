import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { expect, test, vi } from "vitest";
import { electronBinary } from "../../dev/desktop.ts";
import { askElectron, type Findings } from "./testing/electron-contract.main.ts";

vi.mock("electron", async () => (await import("./testing/electron.fake.node.ts")).electron);

const wanted: Findings = {
  refusals: {
    "scheme-after-ready": true,
    "sandbox-after-ready": true,
    "window-before-ready": true,
    "second-handler": true,
    "second-scheme": true,
  },
  fetched: "<!doctype html><title>/fetched</title>",
  shown: "app://sessionlinked/shown",
  navigated: "app://sessionlinked/shown",
  keepsAwake: [true, false],
  echoed: { said: { greeting: "hello" }, hasPort: true },
  heard: { heard: { samples: new Int32Array([1, -2]) } },
  exited: true,
};

test("A7: the fake Electron of the tests does what the shell takes for granted", async () => {
  expect(await askElectron(resolve("companion/desktop/testing/echo-process.node.ts"))).toEqual(wanted);
});

test.skipIf(electronBinary() === null)(
  "A7: the real Electron does the same (where its binary is installed)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "sessionlinked-electron-"));
    try {
      const options: BuildOptions = { bundle: true, platform: "node", external: ["electron"], format: "esm" };
      const entry = `import { app } from "electron"; import { askElectron } from "./electron-contract.main.ts";
      const found = await askElectron(process.argv[2]);
      console.log("found " + JSON.stringify(found)); app.exit(0);`;
      await build({
        ...options,
        stdin: { contents: entry, resolveDir: "companion/desktop/testing", loader: "ts" },
        outfile: join(folder, "main.js"),
      });
      const echo = join(folder, "echo.js");
      await build({ ...options, entryPoints: ["companion/desktop/testing/echo-process.node.ts"], outfile: echo });
      writeFileSync(join(folder, "package.json"), '{"type":"module","main":"main.js"}');
      const child = spawn(electronBinary() ?? "", [folder, echo], { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      for await (const part of child.stdout) out += part;
      expect(JSON.parse(/^found (.*)$/m.exec(out)?.[1] ?? "null")).toEqual(JSON.parse(JSON.stringify(wanted)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
