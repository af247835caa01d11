/** The desktop app begins: puts the parts together, and hands over to the shell. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { app, shell } from "electron";
import * as z from "zod";
import { signInWithBrowser } from "../engine/account/browser-sign-in.node.ts";
import { systemKeychain } from "../engine/account/keychain.node.ts";
import { ApiClient } from "../engine/api/api-client.std.ts";
import { configPath, readConfig } from "../headless/config.node.ts";
import { DesktopAccount } from "./desktop-account.std.ts";
import { DesktopPages } from "./desktop-pages.std.ts";
import { desktopWords } from "./desktop-words.std.ts";
import { opensOutside } from "./rules.std.ts";
import { Shell } from "./shell.main.ts";

/** What the build has written beside this file. */
const Built = z.object({
  /** Where SessionLinked is, as the package was built for; a config file may say otherwise. */
  platformOrigin: z.string(),
  files: z.array(z.string()),
  assets: z.object({
    scripts: z.object({ home: z.string(), session: z.string() }),
    styles: z.array(z.string()),
    sound: z.object({ lanesUrl: z.string(), deviceUrl: z.string() }),
  }),
});

const here = import.meta.dirname;
const built = Built.parse(JSON.parse(readFileSync(join(here, "built.json"), "utf8")));
const config = readConfig(configPath(process.env), false);
const platformOrigin = new URL(config.origin ?? built.platformOrigin).origin;
const language = () => (app.getLocale().startsWith("de") ? "de" : "en");

const account = new DesktopAccount({
  platformOrigin,
  keychain: systemKeychain,
  signIn: (signal) =>
    signInWithBrowser({
      origin: platformOrigin,
      label: `SessionLinked on ${hostname()}`.slice(0, 80),
      random: (bytes) => new Uint8Array(randomBytes(bytes)),
      open: (address) => {
        const href = opensOutside(address, platformOrigin);
        if (href !== null) void shell.openExternal(href);
      },
      signal,
    }),
  revoke: async (token) => {
    await fetch(new URL("/api/v1/sign-out", platformOrigin), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
  },
});
const pages = new DesktopPages({
  assets: built.assets,
  language,
  read: async (sessionId) => {
    const token = await account.token();
    return token === null ? null : new ApiClient(platformOrigin, token).readSession(sessionId);
  },
});

const desktop = new Shell({
  platformOrigin,
  account,
  pages: {
    folder: join(here, "pages"),
    files: built.files,
    home: () => pages.home(null),
    session: (sessionId) => pages.session(sessionId),
  },
  preload: join(here, "preload.cjs"),
  trayIcon: join(here, "tray.png"),
  studio: {
    program: join(here, "studio-process.js"),
    open: async (sessionId) => {
      const token = await account.token();
      if (token === null) return null;
      const folder = config.folder ?? join(homedir(), "SessionLinked");
      return { type: "open", platformOrigin, token, sessionId, folder, daws: config.daw ?? [] };
    },
  },
  words: desktopWords[language()].tray,
  nowMs: () => performance.now(),
});
if (desktop.begin(process.argv.slice(1))) void app.whenReady().then(() => desktop.open());
