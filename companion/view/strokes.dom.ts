/** What the layers of the timeline's picture have in common: what they show, its measures, its colours, waveforms and words. */
import type { Columns } from "../../audio/peaks.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { accentClass } from "./accent-class.std.ts";
import type { GrowingWave } from "./growing-wave.std.ts";
import type { Lane, Shown } from "./lanes.std.ts";
import type { Pen } from "./layer.dom.ts";
import type { ViewState } from "./model.std.ts";
import type { PeaksStore } from "./peaks-store.std.ts";
import { pixelOf } from "./wave-pixels.std.ts";
import type { Words } from "./words/view.en.std.ts";

/** What the picture shows. */
export interface Scene {
  state: ViewState;
  lanes: readonly Lane[];
  view: Shown;
  position: number;
  peaks: PeaksStore;
  growing: ReadonlyMap<MemberId, GrowingWave>;
  /** How much of a stem that is on its way to others has gone, 0 to 1; `null` where that is not known here. */
  shareOf(recordingId: string): number | null;
  /** What is played back just now; the others step back. `null`: nothing, all look the same. */
  heard: ReadonlySet<string> | null;
  words: Words;
}

export const LANE_PX = 64;
export const RULER_PX = 32;
const LABEL_PX = 14;
/** How much is left of what steps back behind what is played. */
export const BACK = 0.35;

/** Colours and type of the page's own tokens, read when the theme changes and not for each frame. */
export function readColours(element: HTMLElement) {
  const style = getComputedStyle(element);
  const resolve = (name: string) => {
    const probe = document.createElement("span");
    probe.style.color = style.getPropertyValue(name).trim();
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const people = Array.from({ length: 8 }, (_, at) => resolve(`--person-${at + 1}`));
  const soft = resolve("--soft");
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  /** The same as a pixel, and as one that steps back. */
  const pixels = (colour: string): [number, number] => {
    if (brush === null) return [0, 0];
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = brush.getImageData(0, 0, 1, 1).data;
    return [pixelOf([red, green, blue, 255]), pixelOf([red, green, blue, Math.round(255 * BACK)])];
  };
  return {
    font: `${LABEL_PX}px ${style.fontFamily}`,
    paper: resolve("--paper"),
    ink: resolve("--ink"),
    soft,
    line: resolve("--line"),
    panel: resolve("--panel"),
    recording: resolve("--transport-recording"),
    rolling: resolve("--transport-rolling"),
    people,
    waves: new Map([...people, soft].map((colour) => [colour, pixels(colour)])),
  };
}
export type Colours = ReturnType<typeof readColours>;

export const colourOf = (colours: Colours, state: ViewState, memberId: MemberId | null): string =>
  colours.people[Number(accentClass(state, memberId).slice("person-".length)) - 1] ?? colours.soft;

/** CSS pixels in the device's own. */
export const scaled = (width: number, height: number): [number, number] => [
  Math.round(width * devicePixelRatio),
  Math.round(height * devicePixelRatio),
];

/** Columns a pixel of the device wide, from the one that is said. */
export function drawWave(pen: Pen, { lows, highs }: Columns, first: number, top: number, high: number): void {
  const ratio = devicePixelRatio;
  const middle = Math.round((top + high / 2) * ratio);
  const scale = ((high - 4) / 256) * ratio;
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  for (let at = 0; at < highs.length; at++) {
    const up = Math.max(1, Math.round((highs[at] ?? 0) * scale));
    const down = Math.round(Math.max(0, -(lows[at] ?? 0) * scale));
    pen.fillRect(first + at, middle - up, 1, up + down);
  }
  pen.restore();
}

/** Words on a picture: only where there is room for all of them. */
export function label(pen: Pen, colour: string, text: string, x: number, y: number, room: number): void {
  if (room < pen.measureText(text).width + 16) return;
  const before = pen.fillStyle;
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
  pen.fillStyle = before;
}
