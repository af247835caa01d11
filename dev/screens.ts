/**
 * `npm run screens -- [part of a name…] [--out folder] [--width 320,390,1024,1440] [--language en,de] [--theme light,dark] [--tall N]`:
 * pictures of every page and state, taken from a platform of its own with a small world in it, and a sheet for each that holds its
 * pictures side by side, a row for each language. `--resume` goes on after an interruption: a sheet that is there is not taken again.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Browser, BrowserContext } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { startPlatform } from "./platform.ts";
import { mailShots } from "./screens/mails.ts";
import { SCREENS_OPERATOR_KEY } from "./screens/operator.ts";
import { type Shot, visitors } from "./screens/shot.ts";
import { siteShots } from "./screens/site.ts";
import { viewShots } from "./screens/view.ts";
import { fill } from "./screens/world.ts";

const themes = ["light", "dark"] as const;
const locales = { en: "en-GB", de: "de-DE" };
const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "dist/screens" },
    width: { type: "string", default: "320,390,1024,1440" },
    language: { type: "string", default: "en,de" },
    theme: { type: "string", default: themes.join() },
    tall: { type: "string", default: "2400" },
    resume: { type: "boolean", default: false },
  },
});
const out = resolve(flags.out);
const widthsPx = flags.width.split(",").map(Number);
const languages = (["en", "de"] as const).filter((language) => flags.language.split(",").includes(language));
const chosenThemes = themes.filter((theme) => flags.theme.split(",").includes(theme));
const tallPx = Number(flags.tall);

interface Picture {
  file: string;
  widthPx: number;
}

/** One page in one language: every theme and width of it. */
async function take(context: BrowserContext, origin: string, shot: Shot, language: "en" | "de"): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const page = await context.newPage();
  await shot.prepare?.(page);
  for (const [at, width] of widthsPx.entries()) {
    await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
    if (shot.draw !== undefined) await page.setContent(shot.draw(language));
    else if (at === 0 || shot.anew === true) {
      const [path = "", fragment] = shot.path.split("#");
      const to = `${path}${path.includes("?") ? "&" : "?"}lang=${language}${fragment === undefined ? "" : `#${fragment}`}`;
      await page.goto(origin + to, { waitUntil: "load" });
      await shot.act?.(page);
    }
    for (const colorScheme of chosenThemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const heightPx = Math.min(await page.evaluate<number>("document.documentElement.scrollHeight"), tallPx);
      // The window is as tall as what is drawn: past its edge Chromium repeats what it has, and what sticks to an edge covers the middle.
      await page.setViewportSize({ width, height: heightPx });
      await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
      const file = join(out, `${shot.name.replaceAll(" ", "-")}.${language}.${width}.${colorScheme}.png`);
      await page.screenshot({ path: file });
      pictures.push({ file, widthPx: width });
    }
  }
  await page.close();
  return pictures;
}

/** A page's pictures on one sheet, each at half its size: a row for each language. */
async function lay(chromium: Browser, name: string, rows: readonly (readonly Picture[])[]): Promise<void> {
  const page = await chromium.newPage();
  const images = rows.map((pictures) => {
    const shown = pictures.map(
      ({ file, widthPx }) => `<img src="${pathToFileURL(file).href}" style="width:${widthPx / 2}px">`,
    );
    return `<div style="display:flex;gap:12px;align-items:flex-start">${shown.join("")}</div>`;
  });
  const widest = Math.max(...rows.map((pictures) => pictures.reduce((sum, one) => sum + one.widthPx / 2 + 12, 0)));
  await page.setViewportSize({ width: Math.ceil(24 + widest), height: 600 });
  const sheet = join(out, `sheet.${name}.png`);
  // From a file of its own: a page without an address may show none of the pictures.
  const laid = join(out, "sheet.html");
  writeFileSync(laid, `<body style="margin:12px;background:#777;display:grid;gap:12px">${images.join("")}`);
  await page.goto(pathToFileURL(laid).href, { waitUntil: "load" });
  await page.screenshot({ path: sheet, fullPage: true });
  await page.close();
}

const stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-screens-"));
mkdirSync(out, { recursive: true });
/** A relay by name, so that no page says that there is none; nobody is linked to anybody. */
const bindings = {
  OPERATOR_KEY: SCREENS_OPERATOR_KEY,
  TURN_KEY: "a relay's",
  TURN_URLS: "turn:127.0.0.1:9?transport=udp",
};
const [platform, chromium] = await Promise.all([
  startPlatform({ isCrowd: true, stateDir, bindings }),
  startChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]),
]);
try {
  const world = await fill(platform);
  const origin = platform.origin.replace("127.0.0.1", "localhost");
  /** A browser of each visitor's for each language: a page that is reached by a form is in the browser's own, whatever the address before it asked for. */
  const contexts = new Map<string, BrowserContext>();
  for (const visitor of visitors)
    for (const language of languages) {
      const context = await chromium.newContext({ locale: locales[language], timezoneId: "Europe/Berlin" });
      context.setDefaultTimeout(60_000);
      const token = world.tokens[visitor];
      const name = { operator: "__Host-operator", guest: "__Host-guest" }[visitor as string] ?? "__Host-session";
      const cookie = { name, domain: "localhost", path: "/", secure: true, httpOnly: true };
      if (token !== null) await context.addCookies([{ ...cookie, value: token }]);
      contexts.set(`${visitor} ${language}`, context);
    }
  const all = [...siteShots(world), ...mailShots(), ...viewShots(world)].filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  const isThere = ({ name }: Shot) => existsSync(join(out, `sheet.${name.replaceAll(" ", "-")}.png`));
  const shots = all.filter((shot) => !flags.resume || !isThere(shot));
  for (const shot of shots) {
    const takeIn = async (language: "en" | "de"): Promise<Picture[]> => {
      const context = contexts.get(`${shot.who} ${language}`);
      if (context === undefined) return [];
      return take(context, origin, shot, language).catch((error: unknown) => {
        console.error(`${shot.name} (${language}): ${error instanceof Error ? error.message : error}`);
        process.exitCode = 1;
        return [];
      });
    };
    const rows: Picture[][] = [];
    if (shot.alone === true) for (const language of languages) rows.push(await takeIn(language));
    // Both languages at once: while one page is drawn, the other is asked for.
    else rows.push(...(await Promise.all(languages.map(takeIn))));
    const drawn = rows.filter((pictures) => pictures.length > 0);
    if (drawn.length > 0) await lay(chromium, shot.name.replaceAll(" ", "-"), drawn);
  }
  console.log(`${shots.length} pages in ${out}`);
} finally {
  await chromium.close();
  await platform.stop();
  rmSync(stateDir, { recursive: true, force: true });
}
