import { outlines, UNITS_PER_EM } from "./outlines.ts";

export { UNITS_PER_EM };

const CAP_HEIGHT = 780;
const X_HEIGHT = 600;

/** A contour of straight pieces: x, y, x, y… in font units, y upwards. */
type Contour = number[];
interface Glyph {
  advance: number;
  contours: Contour[];
}

/** Pieces that a quadratic curve is cut into: at the sizes drawn here its corners are below a tenth of a pixel. */
const PIECES = 8;
const cache = new Map<string, Glyph>();
const lines = new Map(
  outlines.split("\n").map((line): [string, { advance: number; path: string }] => {
    const [char = "", advance, path = ""] = line.split("\t");
    return [char, { advance: Number(advance), path }];
  }),
);

function glyphOf(char: string): Glyph | null {
  const known = cache.get(char);
  if (known !== undefined) return known;
  const line = lines.get(char);
  if (line === undefined) return null;
  const { advance, path } = line;
  const contours: Contour[] = [];
  let [x, y] = [0, 0];
  for (const [, kind = "", numbers = ""] of path.matchAll(/([MLQ])([^MLQ]+)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.split(" ").map(Number);
    if (kind === "M") contours.push([a, b]);
    else if (kind === "L") contours.at(-1)?.push(a, b);
    else
      for (let piece = 1; piece <= PIECES; piece++) {
        const t = piece / PIECES;
        const u = 1 - t;
        contours.at(-1)?.push(u * u * x + 2 * u * t * a + t * t * c, u * u * y + 2 * u * t * b + t * t * d);
      }
    [x, y] = kind === "Q" ? [c, d] : [a, b];
  }
  const glyph = { advance, contours };
  cache.set(char, glyph);
  return glyph;
}

const middle = ({ contours }: Glyph) => {
  const xs = contours.flatMap((contour) => contour.filter((_, at) => at % 2 === 0));
  return (Math.min(...xs) + Math.max(...xs)) / 2;
};
const moved = (contours: Contour[], x: number, y: number) =>
  contours.map((contour) => contour.map((value, at) => value + (at % 2 === 0 ? x : y)));

/** A letter with its accents set over it, where the face has no letter of its own for both; `null` if it cannot be drawn. */
function composed(char: string): Glyph | null {
  const whole = glyphOf(char);
  if (whole !== null) return whole;
  const [base = "", ...marks] = char.normalize("NFD");
  const plain = { ł: "l", Ł: "L", đ: "d", Đ: "D", ħ: "h" }[base] ?? base;
  const letter = glyphOf(plain);
  if (letter === null) return null;
  const isHigh = /[\p{Lu}bdfhklt]/u.test(plain);
  const contours = [...letter.contours];
  for (const mark of marks) {
    const glyph = glyphOf(mark);
    // A mark that the face does not have is left out: the letter is still read.
    if (glyph === null) continue;
    const isBelow = mark === "\u0323";
    contours.push(
      ...moved(glyph.contours, middle(letter) - middle(glyph), isHigh && !isBelow ? CAP_HEIGHT - X_HEIGHT : 0),
    );
  }
  return { advance: letter.advance, contours };
}

export interface Line {
  /** Width in font units. */
  width: number;
  contours: Contour[];
}

/** One line of text from the origin to the right; `null` if the face does not have its script. */
export function setLine(text: string): Line | null {
  let width = 0;
  const contours: Contour[] = [];
  for (const { segment } of new Intl.Segmenter("en").segment(text.normalize("NFC"))) {
    const glyph = segment.trim() === "" ? glyphOf(" ") : composed(segment);
    if (glyph === null) return null;
    contours.push(...moved(glyph.contours, width, 0));
    width += glyph.advance;
  }
  return { width, contours };
}
