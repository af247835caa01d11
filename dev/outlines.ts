/** `node dev/outlines.ts`: reads the display face's letters out of its file, for the pictures that the server draws. */
import { writeFileSync } from "node:fs";
import { openSync } from "fontkit";

/** What SVG calls a piece of a path; TrueType has no others. `closePath` is left out: every contour is closed. */
const pieces: Record<string, string> = { moveTo: "M", lineTo: "L", quadraticCurveTo: "Q" };

const font = openSync("site/static/display.woff2");
const lines = font.characterSet
  .map((codePoint) => ({ char: String.fromCodePoint(codePoint), glyph: font.glyphForCodePoint(codePoint) }))
  .filter(({ char }) => /[^\p{C}`\\$]/u.test(char))
  .map(({ char, glyph }) => {
    const drawn = glyph.path.commands.map(
      ({ command, args }) => `${pieces[command] ?? ""}${args.map(Math.round).join(" ")}`,
    );
    return `${char}\t${glyph.advanceWidth}\t${drawn.join("")}`;
  });

writeFileSync(
  "site/picture/outlines.ts",
  `/** The grid that the display face is drawn on. */
export const UNITS_PER_EM = ${font.unitsPerEm};

/**
 * The display face's letters as outlines, for pictures that the server draws: a line each, with letter, advance width and quadratic contours
 * in font units, y upwards. Made by \`node dev/outlines.ts\` from static/display.woff2 (SIL Open Font License, static/display.LICENSE.txt).
 */
export const outlines = \`
${lines.join("\n")}
\`;
`,
);
