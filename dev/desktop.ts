/**
 * `npm run desktop`: builds the desktop app into `dist/desktop` and starts it where Electron's binary is installed
 * (`npx install-electron`); `-- --build` only builds. What it is built from is what the browser has: the view's scripts, the site's styles.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import * as z from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "dist", "desktop");
/** Where a person's own platform is while nothing else is said; packages are built with the real one. */
const LOCAL_ORIGIN = "http://localhost:8787";
/** Native parts, which stay in node_modules. */
const external = ["electron", "@napi-rs/keyring", "@julusian/midi", "@roamhq/wrtc", "node-datachannel"];

const Package = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

export function buildDesktop(
  folder = target,
  platformOrigin = process.env.SESSIONLINKED_ORIGIN ?? LOCAL_ORIGIN,
): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "pages"), { recursive: true });
  const shared = { absWorkingDir: root, bundle: true, minify: true, legalComments: "none" as const };
  const pages = buildSync({
    ...shared,
    entryPoints: {
      site: "site/design/site.css",
      view: "companion/view/view.css",
      desktop: "companion/desktop/desktop.css",
      home: "companion/desktop/home.dom.tsx",
      session: "companion/desktop/session-window.dom.tsx",
      device: "companion/engine/sound/device.worklet.ts",
      lanes: "companion/engine/sound/lanes-worker.dom.ts",
    },
    tsconfig: "tsconfig.browser.json",
    outdir: join(folder, "pages"),
    publicPath: "/",
    loader: { ".woff2": "file" },
    splitting: true,
    format: "esm",
    target: "es2024",
    metafile: true,
  });
  const node = { ...shared, platform: "node" as const, target: "node24", external };
  buildSync({
    ...node,
    entryPoints: {
      main: "companion/desktop/main.main.ts",
      "studio-process": "companion/desktop/studio-process.node.ts",
    },
    format: "esm",
    outdir: folder,
    // `ws` is CommonJS and asks for Node's modules by `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  // A sandboxed preload script has no modules of its own.
  buildSync({
    ...node,
    external: ["electron"],
    entryPoints: ["companion/desktop/preload.preload.ts"],
    format: "cjs",
    outfile: join(folder, "preload.cjs"),
  });
  const files = Object.keys(pages.metafile.outputs).map((path) => `/${basename(path)}`);
  const assets = {
    scripts: { home: "/home.js", session: "/session.js" },
    styles: ["/site.css", "/view.css", "/desktop.css"],
    sound: { lanesUrl: "/lanes.js", deviceUrl: "/device.js" },
  };
  writeFileSync(join(folder, "built.json"), JSON.stringify({ platformOrigin, files, assets }));
  cpSync(join(root, "companion", "desktop", "tray.png"), join(folder, "tray.png"));
  const { version, dependencies, optionalDependencies } = Package.parse(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")),
  );
  const known = { ...dependencies, ...optionalDependencies };
  // A package of the app carries its native parts, at the versions that are tested here.
  const natives = Object.fromEntries(
    external.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])),
  );
  const manifest = { name: "sessionlinked", productName: "SessionLinked", version, type: "module", main: "main.js" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies: natives }));
  return folder;
}

/** Electron's program, or `null` where only its package is installed. */
export function electronBinary(): string | null {
  const home = join(root, "node_modules", "electron");
  const named = join(home, "path.txt");
  if (!existsSync(named)) return null;
  const path = join(home, "dist", readFileSync(named, "utf8").trim());
  return existsSync(path) ? path : null;
}

if (import.meta.main) {
  const folder = buildDesktop();
  console.log(`Built in ${folder}`);
  const binary = electronBinary();
  if (!process.argv.includes("--build")) {
    if (binary === null) {
      console.error("Electron's binary is not installed: npx install-electron, then npm run desktop.");
      process.exit(1);
    }
    spawn(binary, [folder], { stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
  }
}
