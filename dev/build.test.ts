import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { beside, hrefs, sound } from "../site/built/assets.ts";
import { assetsDir } from "./build.ts";

/** What the view may weigh before there is sound, in every language: its goal. */
const FIRST_MAX_BYTES = 60_000;
const files: Record<string, string> = hrefs;
const read = (href: string) => readFileSync(join(assetsDir, href), "utf8");
const importsOf = (script: string) =>
  [...script.matchAll(/(?:from|import)"(\/assets\/[^"]+\.js)"/g)].map(([, href = ""]) => href);

/** A script and all that it needs before it runs. */
function withImports(first: string): string[] {
  const found = new Set([first]);
  for (const href of found) for (const next of importsOf(read(href))) found.add(next);
  return [...found];
}

test.each(["en", "de"])(
  "C1: the view begins with one script, and no more of it than there is room for: %s",
  (language) => {
    const first = files[`main.${language}.dom.js`] ?? "";
    const scripts = withImports(first);
    expect(scripts).toEqual([first]);
    expect(gzipSync(read(first)).byteLength).toBeLessThan(FIRST_MAX_BYTES);
  },
);

test.each(["en", "de"])("C2: the page names every script that the first click needs: %s", (language) => {
  const first = files[`main.${language}.dom.js`] ?? "";
  const named = [sound, beside].flatMap((of) => of[`main.${language}.dom.js`] ?? []);
  expect(named.filter((href) => /beside|browser-sound/.test(href))).toHaveLength(2);
  expect(named.flatMap(withImports).filter((href) => href !== first && !named.includes(href))).toEqual([]);
});

test("C6: no page's style sheet has a rule for every element in a state: one hid the transport bar while a take rolled", () => {
  const sheets = [read(hrefs["site.css"]), read(hrefs["view.css"])].join("\n");
  const bare = /(?<=^|[},;{]|\n)\.(recording|rolling|playing|stopped|armed|here|away|waiting|over)(?=[,{])/g;
  expect([...sheets.matchAll(bare)].map(([selector]) => selector)).toEqual([]);
});
