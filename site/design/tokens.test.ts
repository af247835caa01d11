import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { accents } from "../picture/share.ts";
import { personHues, stateHues } from "./hues.ts";

const css = readFileSync("site/design/site.css", "utf8");
type Oklch = [lightness: number, chroma: number, hue: number];

/** A token in the light theme and in the dark one. */
function themes(name: string): Oklch[] {
  const value = new RegExp(`--${name}: (.*);`).exec(css)?.[1] ?? "";
  const referred = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (referred !== undefined) return themes(referred);
  return [...value.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)].map(
    ([, lightness, chroma, hue]): Oklch => [Number(lightness), Number(chroma), Number(hue)],
  );
}
const apart = (a: number, b: number) => Math.min(Math.abs(a - b), 360 - Math.abs(a - b));

/** OKLCH to sRGB (CSS Color 4, section 18). */
function srgb([lightness, chroma, hue]: Oklch): number[] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => {
    const light = Math.max(0, linear);
    return Math.min(255, Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)));
  });
}

test("colour means a state or a person, never both: people's hues are apart from every state's and from each other's", () => {
  for (const theme of [0, 1]) {
    const hueOf = (name: string) => themes(name)[theme]?.[2] ?? Number.NaN;
    for (const person of personHues) {
      for (const state of stateHues)
        expect(apart(hueOf(person), hueOf(state)), `${person} and ${state}`).toBeGreaterThanOrEqual(15);
      for (const other of personHues)
        if (other !== person)
          expect(apart(hueOf(person), hueOf(other)), `${person} and ${other}`).toBeGreaterThanOrEqual(25);
    }
  }
});

test("a profile's picture has the hues of the dark theme", () => {
  expect(accents).toEqual(personHues.map((person) => srgb(themes(person)[1] ?? [0, 0, 0])));
});

test("no text is smaller than 14 px", () => {
  const sheets = ["site", "accounts", "pages", "hub", "takes", "design"].map((name) =>
    readFileSync(`site/design/${name}.css`, "utf8"),
  );
  const sizes = [...sheets.join("").matchAll(/(?:font-size|font|--size-\d): [^;]*?([\d.]+)(rem|px)/g)];
  expect(sizes.length).toBeGreaterThan(4);
  expect(sizes.filter(([, value, unit]) => Number(value) * (unit === "rem" ? 16 : 1) < 14).map(([all]) => all)).toEqual(
    [],
  );
});
