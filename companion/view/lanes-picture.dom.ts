/** The picture of the timeline on a canvas: bar lines, stems with their waveforms, what grows now, the playhead. Only what is on screen is drawn. */
import { type Columns, columnsOf } from "../../audio/peaks.ts";
import type { MemberId } from "../../protocol/ids.ts";
import type { GrowingWave } from "./growing-wave.std.ts";
import type { Lane, LaneStem, Shown } from "./lanes.std.ts";
import type { ViewState } from "./model.std.ts";
import { accentClass, barsOf } from "./parts.dom.tsx";
import type { PeaksStore } from "./peaks-store.std.ts";
import type { Words } from "./words/words.std.ts";

export const LANE_PX = 64;
export const RULER_PX = 32;
/** A bar line every so many pixels at the most: its number has room. */
const TICK_PX = 84;
const LABEL_PX = 14;
/** A stem whose end is not known yet is so wide. */
const UNKNOWN_PX = 96;

/** Colours of the page's own tokens, read when the theme changes and not for each frame. */
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
  return {
    paper: resolve("--paper"),
    ink: resolve("--ink"),
    soft: resolve("--soft"),
    line: resolve("--line"),
    panel: resolve("--panel"),
    recording: resolve("--transport-recording"),
    rolling: resolve("--transport-rolling"),
    people: Array.from({ length: 8 }, (_, at) => resolve(`--person-${at + 1}`)),
  };
}
export type Colours = ReturnType<typeof readColours>;

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

type Pen = CanvasRenderingContext2D;

/** What grows is drawn so often, which is as often as levels are told of. */
const GROW_MS = 100;

/** Where the picture is drawn, the lower layers first. */
export interface Layers {
  still: HTMLCanvasElement;
  growing: HTMLCanvasElement;
  playhead: HTMLElement;
}

/**
 * The picture in three layers, each painted when it is another one: stems and bars when those change, what is recorded a few times a second, and the
 * playhead by moving it. So a frame of a rolling evening paints a strip of a few pixels and not the whole timeline.
 */
export class LanesPicture {
  /** Of the timeline, in CSS pixels. */
  size = { width: 0, height: 0 };
  #isDrawn = false;
  #isGrown = false;
  #grownAtMs = Number.NEGATIVE_INFINITY;
  #x = Number.NaN;

  /** Something other than the playhead has changed. */
  change(): void {
    this.#isDrawn = false;
  }

  draw({ still, growing, playhead }: Layers, colours: Colours, scene: Scene, nowMs: number): void {
    const { width, height } = this.size;
    if (width === 0 || height === 0) return;
    const xOf = placed(scene, width);
    if (!this.#isDrawn) {
      const pen = this.#pen(still);
      if (pen !== null) drawStill(pen, colours, scene, width, height);
      this.#isDrawn = true;
      this.#grownAtMs = Number.NEGATIVE_INFINITY;
    }
    const isRecording = scene.state.timeline.transport.motion === "recording";
    if ((isRecording || this.#isGrown) && nowMs - this.#grownAtMs >= GROW_MS) {
      const pen = this.#pen(growing);
      pen?.clearRect(0, 0, width, height);
      if (pen !== null && isRecording) drawAllGrowing(pen, colours, scene, xOf, width);
      this.#isGrown = isRecording;
      this.#grownAtMs = nowMs;
    }
    const x = Math.round(xOf(scene.position) * devicePixelRatio) / devicePixelRatio;
    if (x === this.#x) return;
    this.#x = x;
    playhead.hidden = x < 0 || x > width;
    playhead.style.transform = `translateX(${x}px)`;
  }

  /** Everything is in CSS pixels; the canvas itself has the device's. */
  #pen(canvas: HTMLCanvasElement): Pen | null {
    const { width, height } = this.size;
    const [wide, high] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext("2d");
    if (pen === null) return null;
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.font = `${LABEL_PX}px ${getComputedStyle(canvas).fontFamily}`;
    pen.textBaseline = "middle";
    return pen;
  }
}

const placed =
  ({ view }: Scene, width: number) =>
  (frames: number) =>
    ((frames - view.from) / (view.to - view.from)) * width;

const colourOf = (colours: Colours, state: ViewState, memberId: MemberId | null) =>
  colours.people[Number(accentClass(state, memberId).slice("person-".length)) - 1] ?? colours.soft;

function drawStill(pen: Pen, colours: Colours, scene: Scene, width: number, height: number): void {
  const { lanes, state } = scene;
  const xOf = placed(scene, width);
  pen.clearRect(0, 0, width, height);
  drawGrid(pen, colours, scene, xOf, width, height);
  for (const [row, lane] of lanes.entries()) {
    const top = RULER_PX + row * LANE_PX;
    pen.fillStyle = colours.line;
    pen.fillRect(0, top + LANE_PX - 1, width, 1);
    const colour = colourOf(colours, state, lane.memberId);
    for (const stem of lane.stems) drawStem(pen, colours, colour, scene, stem, top, xOf, width);
  }
}

/** What is recorded now is its player's first lane's. */
function drawAllGrowing(
  pen: Pen,
  colours: Colours,
  scene: Scene,
  xOf: (frames: number) => number,
  width: number,
): void {
  const seen = new Set<MemberId>();
  for (const [row, lane] of scene.lanes.entries()) {
    if (!seen.has(lane.memberId)) drawGrowing(pen, colours, scene, lane, RULER_PX + row * LANE_PX, xOf, width);
    seen.add(lane.memberId);
  }
}

function drawGrid(
  pen: Pen,
  colours: Colours,
  { state, view }: Scene,
  xOf: (frames: number) => number,
  width: number,
  height: number,
): void {
  const { map, transport } = state.timeline;
  if (transport.loop !== undefined) {
    const from = xOf(transport.loop.startFrames);
    const to = xOf(transport.loop.endFrames);
    pen.fillStyle = colours.rolling;
    pen.globalAlpha = 0.1;
    pen.fillRect(from, 0, to - from, height);
    pen.globalAlpha = 1;
    pen.fillRect(from, RULER_PX - 4, to - from, 4);
  }
  for (const { frames, bar } of barsOf(map).lines(view.from, view.to, Math.max(2, Math.floor(width / TICK_PX)))) {
    const x = Math.round(xOf(frames));
    pen.fillStyle = colours.line;
    pen.fillRect(x, RULER_PX - 8, 1, height);
    pen.fillStyle = colours.soft;
    // A number that the edge would cut says another number.
    if (x + 5 + pen.measureText(String(bar)).width < width) pen.fillText(String(bar), x + 5, RULER_PX / 2);
  }
  for (const { positionFrames, name } of map.markers) {
    const x = Math.round(xOf(positionFrames));
    pen.fillStyle = colours.ink;
    pen.fillRect(x, 0, 1, height);
    label(pen, colours.ink, name, x + 5, height - 11, width - x);
  }
  for (const { about, from } of state.notes) {
    if (about === undefined) continue;
    const x = xOf(about.positionFrames);
    pen.fillStyle = colourOf(colours, state, from);
    pen.beginPath();
    // A comment on a take is a dot, a note of the sheet a flag.
    if (about.takeId === undefined) {
      pen.rect(x, RULER_PX - 10, 10, 7);
      pen.rect(x, RULER_PX - 10, 1, height);
    } else pen.arc(x, RULER_PX - 5, 4, 0, 2 * Math.PI);
    pen.fill();
  }
}

function drawStem(
  pen: Pen,
  colours: Colours,
  colour: string,
  { peaks, shareOf, heard, words }: Scene,
  stem: LaneStem,
  laneTop: number,
  xOf: (frames: number) => number,
  width: number,
): void {
  const { span } = stem;
  const from = xOf(span.from);
  // One that somebody else sends has no end yet.
  const to = span.to > span.from ? xOf(span.to) : from + UNKNOWN_PX;
  if (to < 0 || from > width) return;
  const top = laneTop + 5;
  const high = LANE_PX - 11;
  pen.globalAlpha = heard === null || heard.has(stem.recordingId) ? 1 : 0.35;
  const alpha = pen.globalAlpha;
  pen.fillStyle = colour;
  pen.globalAlpha = alpha * 0.14;
  pen.fillRect(from, top, Math.max(3, to - from), high);
  pen.globalAlpha = alpha;
  // What lies in this browser alone has an outline and no edge: it is not everybody's yet.
  if (stem.state === "here") {
    pen.strokeStyle = colour;
    pen.setLineDash([4, 3]);
    pen.strokeRect(from + 0.5, top + 0.5, Math.max(3, to - from) - 1, high - 1);
    pen.setLineDash([]);
  } else pen.fillRect(from, top, 3, high);
  const wave = peaks.of(stem);
  const first = Math.max(0, from);
  const last = Math.min(width, to);
  if (wave !== null && span.to > span.from && last > first) {
    const columns = Math.max(1, Math.round((last - first) * devicePixelRatio));
    const start = (first - from) / (to - from);
    const end = (last - from) / (to - from);
    waveform(pen, columnsOf(wave, stem.format.channels, columns, start, end), first, last, top, high);
  }
  const share = stem.state === "shared" ? null : shareOf(stem.recordingId);
  if (share !== null) {
    pen.fillRect(from, top + high - 4, Math.max(3, to - from) * share, 4);
    label(pen, colours.ink, `${Math.floor(share * 100)} %`, from + 8, top + 12, to - from);
  } else if (stem.state === "arriving") label(pen, colours.ink, words.takes.uploading, from + 8, top + 12, to - from);
  pen.globalAlpha = 1;
}

/** What somebody records now, from where it began to the playhead, as loud as it was heard. */
function drawGrowing(
  pen: Pen,
  colours: Colours,
  { state, growing, words, position, view }: Scene,
  lane: Lane,
  laneTop: number,
  xOf: (frames: number) => number,
  width: number,
): void {
  const member = state.members.find(({ memberId }) => memberId === lane.memberId);
  if (member?.status.recording !== true || state.timeline.transport.motion !== "recording") return;
  const wave = growing.get(lane.memberId);
  const begins = Math.max(wave?.span.from ?? position, view.from);
  const from = Math.max(0, xOf(begins));
  const to = Math.min(width, xOf(position));
  const top = laneTop + 5;
  const high = LANE_PX - 11;
  pen.fillStyle = colours.recording;
  pen.globalAlpha = 0.14;
  pen.fillRect(from, top, Math.max(3, to - from), high);
  pen.globalAlpha = 1;
  pen.fillRect(from, top, 3, high);
  if (wave !== undefined && to > from)
    waveform(pen, wave.columns(begins, position, Math.max(1, Math.round(to - from))), from, to, top, high);
  label(pen, colours.ink, words.takes.growing, from + 8, top + 12, to - from);
}

function waveform(pen: Pen, { lows, highs }: Columns, first: number, last: number, top: number, high: number): void {
  const middle = top + high / 2;
  const scale = (high - 4) / 256;
  const step = (last - first) / highs.length;
  for (let at = 0; at < highs.length; at++) {
    const up = Math.max(0.5, (highs[at] ?? 0) * scale);
    const down = Math.max(0.5, -(lows[at] ?? 0) * scale);
    pen.fillRect(first + at * step, middle - up, step, up + down);
  }
}

/** Words on a picture: only where there is room for all of them. */
function label(pen: Pen, colour: string, text: string, x: number, y: number, room: number): void {
  if (room < pen.measureText(text).width + 16) return;
  const before = pen.fillStyle;
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
  pen.fillStyle = before;
}
