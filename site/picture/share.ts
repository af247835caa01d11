import { currencies } from "../../protocol/currencies.ts";
import type { PublicProfile } from "../../protocol/hub.ts";
import { SIGNATURE_ROWS, SIGNATURE_STEPS, signature } from "../design/signature.ts";
import { languageName, money } from "../i18n/format.ts";
import { setLine, UNITS_PER_EM } from "./letters.ts";
import { encodePng } from "./png.ts";
import { Raster } from "./raster.ts";

type Colour = readonly [number, number, number];
/** The dark theme's tokens of site.css in sRGB: a picture has one theme. */
const paper: Colour = [18, 15, 12];
const ink: Colour = [240, 236, 229];
const soft: Colour = [178, 173, 166];
const line: Colour = [56, 51, 46];
export const accents: readonly Colour[] = [
  [246, 156, 81],
  [87, 196, 230],
  [190, 204, 77],
  [214, 147, 234],
  [103, 210, 204],
  [243, 138, 190],
  [119, 177, 248],
  [167, 161, 252],
];

const mixed = (over: Colour, under: Colour, share: number): Colour => [
  Math.round(over[0] * share + under[0] * (1 - share)),
  Math.round(over[1] * share + under[1] * (1 - share)),
  Math.round(over[2] * share + under[2] * (1 - share)),
];
const SHADES = 24;
const ramp = (over: Colour) => Array.from({ length: SHADES }, (_, at) => mixed(over, paper, at / (SHADES - 1)));
/** Where each colour begins in the palette. */
const INK = 0;
const SOFT = SHADES;
const PERSON = 2 * SHADES;
const LANE = PERSON + 1;
const LINE = PERSON + 2;

const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 72;
const INNER = WIDTH - 2 * MARGIN;

/** Sets a line at its size or, if it is too long, smaller; what is too long at the smallest loses its end. Nothing for a script that the face lacks. */
function write(raster: Raster, text: string, baseline: number, size: number, smallest: number, first: number): void {
  let words = text;
  let set = setLine(words);
  while (set !== null && (set.width * smallest) / UNITS_PER_EM > INNER && words.length > 1) {
    words = words.slice(0, -2).trimEnd();
    set = setLine(`${words}…`);
  }
  if (set === null) return;
  const scale = Math.min(size / UNITS_PER_EM, INNER / Math.max(1, set.width));
  const contours = set.contours.map((contour) =>
    contour.map((value, at) => (at % 2 === 0 ? MARGIN + value * scale : baseline - value * scale)),
  );
  raster.fill(contours, first, SHADES);
}

/** What the face can write of these. */
const drawable = (texts: readonly string[]) => texts.filter((text) => setLine(text) !== null).join(" · ");

/** What stands at the head of every picture: whose it is, over the ruler. */
function newPicture(): Raster {
  const raster = new Raster(WIDTH, HEIGHT);
  write(raster, "SessionLinked", 96, 38, 38, INK);
  raster.rect(0, 133, WIDTH, 1, LINE);
  for (let x = 0; x < WIDTH; x += 24) raster.rect(x, 127, 1, 6, LINE);
  return raster;
}

/** Two players' clips, in 32nds of the lane: where each begins, and how long it is. The second comes in on the first's line. */
const clips = [
  [
    [0, 13],
    [16, 10],
    [28, 4],
  ],
  [
    [8, 7],
    [16, 15],
  ],
] as const;
const CLIP_STEPS = 32;

/** The picture that stands for the site itself: 1200 × 630, two lanes under what it promises. */
export async function sitePicture(title: string): Promise<Uint8Array<ArrayBuffer>> {
  const [first, second] = [accents[0] ?? ink, accents[1] ?? ink];
  const raster = newPicture();
  write(raster, title, 270, 92, 56, INK);
  const [top, height, gap] = [340, 92, 24];
  const lanes = [PERSON, PERSON + 3];
  for (const [row, lane] of clips.entries()) {
    const y = top + row * (height + gap);
    const colour = lanes[row] ?? PERSON;
    raster.rect(MARGIN, y, INNER, height, colour + 1);
    for (let bar = 1; bar < 8; bar++) raster.rect(MARGIN + (INNER * bar) / 8, y, 1, height, LINE);
    for (const [from, steps] of lane)
      raster.rect(MARGIN + (INNER * from) / CLIP_STEPS, y + 8, (INNER * steps) / CLIP_STEPS - 4, height - 16, colour);
  }
  // One playhead for both.
  raster.rect(MARGIN + (INNER * 20) / CLIP_STEPS, top - 24, 4, 2 * height + gap + 48, INK + SHADES - 1);
  const lane = (colour: Colour) => mixed(colour, paper, 0.12);
  return await encodePng(raster, [...ramp(ink), ...ramp(soft), first, lane(first), line, second, lane(second)]);
}

/** The picture that stands for a profile where its address is shared: 1200 × 630, from nothing but what the page shows. */
export async function sharePicture(profile: PublicProfile): Promise<Uint8Array<ArrayBuffer>> {
  const { profileId, displayName, instruments, rate, daw, languages } = profile;
  const person = accents[profile.accent - 1] ?? ink;
  const raster = newPicture();
  write(raster, displayName, 270, 116, 60, INK);
  write(raster, drawable(instruments), 336, 44, 32, SOFT);
  const facts = [
    ...(rate === null ? [] : [`${money("en", rate.amountMinor, rate.currency, currencies[rate.currency])}/h`]),
    ...(daw === null ? [] : [daw]),
    ...(languages.length === 0 ? [] : [languages.map((code) => languageName("en", code)).join(", ")]),
  ];
  write(raster, drawable(facts), 592, 34, 26, SOFT);
  const [top, height] = [376, 160];
  raster.rect(MARGIN, top, INNER, height, PERSON);
  raster.rect(MARGIN + 2, top + 2, INNER - 4, height - 4, LANE);
  for (let bar = 1; bar < 4; bar++) raster.rect(MARGIN + (INNER * bar) / 4, top + 2, 1, height - 4, LINE);
  const [stepPx, rowPx] = [(INNER - 16) / SIGNATURE_STEPS, (height - 16) / SIGNATURE_ROWS];
  for (const { step, steps, row } of signature(profileId))
    raster.rect(MARGIN + 8 + step * stepPx + 1, top + 8 + row * rowPx + 2, steps * stepPx - 2, rowPx - 4, PERSON);
  return await encodePng(raster, [...ramp(ink), ...ramp(soft), person, mixed(person, paper, 0.12), line]);
}
