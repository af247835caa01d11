/** The layer of bars and stems: drawn when it is another one, and of a waveform that has come no more than its stem. */
import { type Columns, columnsOf } from "../../audio/peaks.ts";
import { barsOf } from "./bars-of.std.ts";
import type { Lane, LaneStem } from "./lanes.std.ts";
import { Layer, type Pen } from "./layer.dom.ts";
import { BACK, type Colours, colourOf, LANE_PX, label, RULER_PX, type Scene, scaled } from "./strokes.dom.ts";
import { WaveStrip } from "./wave-pixels.std.ts";

/** A bar line every so many pixels at the most: its number has room. */
const TICK_PX = 84;
/** A stem stands in its lane with so much room above it, and is so high. */
const [STEM_TOP_PX, STEM_PX] = [5, LANE_PX - 11];
/** A stem whose end is not known yet is so wide. */
const UNKNOWN_PX = 96;

/** Where a place of the timeline lies in the picture, in CSS pixels. */
type XOf = (frames: number) => number;

/** So long may a frame paint what nobody waits for. */
const FRAME_MS = 5;
/** What is painted bit by bit is shown when all of it is there, or so long after the last time: each time is a copy of the whole picture. */
const SHOW_MS = 100;

/** From where to where of the timeline is seen. */
type View = Scene["view"];

/**
 * Painted anew it is there with the next frame, whatever it costs: first as it was, moved and stretched to where it belongs now, and from the frame after that on
 * lane by lane as it is, a few milliseconds of each. So a press that zooms is seen at once.
 */
export class StillPicture {
  readonly #layer: Layer;
  #isDrawn = false;
  /** When what is painted was shown last, and whether something has been painted since. */
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #isUnshown = false;
  /** Lanes that are still to be painted as they are, and where the picture shows what. */
  #pending: number[] = [];
  #shown: View | null = null;
  /** Stems whose waveforms have come since. */
  readonly #arrived = new Set<string>();
  readonly #waves = new OffscreenCanvas(1, 1);
  #strip = new WaveStrip(1, 1);

  constructor(canvas: HTMLCanvasElement) {
    this.#layer = new Layer(canvas, true);
  }

  change(): void {
    this.#isDrawn = false;
  }

  fill(recordingIds: Iterable<string>): void {
    for (const recordingId of recordingIds) this.#arrived.add(recordingId);
  }

  /** Of all of it, or of the stems whose waveforms have come. */
  draw(colours: Colours, scene: Scene, { width, height }: { width: number; height: number }, xOf: XOf): void {
    if (this.#isDrawn && this.#pending.length === 0 && this.#arrived.size === 0) return;
    const size = scaled(width, height);
    const isSameSize = this.#layer.isOf(...size);
    const pen = this.#layer.pen(...size);
    if (pen === null) return;
    const nowMs = performance.now();
    const untilMs = nowMs + FRAME_MS;
    const paint = (part: Part): void => {
      pen.save();
      pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      pen.font = colours.font;
      pen.textBaseline = "middle";
      pen.beginPath();
      pen.rect(part.x, part.y, part.width, part.height);
      pen.clip();
      drawPart(pen, colours, scene, part, xOf, width, height, (lane, colour, top) => {
        this.#drawWaves(pen, colours, scene, lane, colour, top, part, xOf);
      });
      pen.restore();
    };
    const isAnew = !this.#isDrawn;
    if (isAnew) {
      if (isSameSize && this.#shown !== null) stretch(pen, colours, this.#shown, scene.view, size);
      else this.#layer.fill(colours.paper);
      paint({ x: 0, y: 0, width: Math.ceil(width), height: RULER_PX });
      // Those below each other are seen to come in their order. The room of one is there where there is nobody, and is painted too.
      this.#pending = Array.from({ length: Math.max(1, scene.lanes.length) }, (_, row) => row);
      this.#shown = scene.view;
      this.#isDrawn = this.#isUnshown = true;
      this.#arrived.clear();
    } else if (this.#pending.length > 0) {
      this.#isUnshown = true;
      do {
        const y = RULER_PX + (this.#pending.shift() ?? 0) * LANE_PX;
        paint({ x: 0, y, width: Math.ceil(width), height: LANE_PX });
      } while (this.#pending.length > 0 && performance.now() < untilMs);
    }
    if (this.#pending.length === 0)
      for (const recordingId of this.#arrived) {
        if (performance.now() >= untilMs) break;
        this.#arrived.delete(recordingId);
        for (const part of partsOf(scene, recordingId, xOf, width)) {
          paint(part);
          this.#isUnshown = true;
        }
      }
    const isWhole = this.#pending.length === 0 && this.#arrived.size === 0;
    if (!this.#isUnshown || !(isAnew || isWhole || nowMs - this.#shownAtMs >= SHOW_MS)) return;
    [this.#isUnshown, this.#shownAtMs] = [false, nowMs];
    void this.#layer.show();
  }

  /** A lane's waveforms, in columns of the device's own pixels: crisp, and nothing to smooth. */
  #drawWaves(
    pen: Pen,
    { waves }: Colours,
    { peaks, heard }: Scene,
    { stems }: Lane,
    colour: string,
    top: number,
    part: Part,
    xOf: XOf,
  ): void {
    const ratio = devicePixelRatio;
    const [left, wide] = [Math.round(part.x * ratio), Math.round(part.width * ratio)];
    const high = Math.round((STEM_PX - 4) * ratio);
    if (this.#strip.width !== wide || this.#strip.height !== high) {
      this.#strip = new WaveStrip(wide, high);
      [this.#waves.width, this.#waves.height] = [wide, high];
    } else this.#strip.clear();
    const [plain = 0, back = 0] = waves.get(colour) ?? [];
    let isEmpty = true;
    for (const stem of stems) {
      const { from, to } = edgesOf(stem, xOf);
      const first = Math.max(left, Math.round(from * ratio));
      const after = Math.min(left + wide, Math.round(to * ratio));
      const wave = after > first && stem.span.to > stem.span.from ? peaks.of(stem) : null;
      if (wave === null) continue;
      const shareAt = (column: number) => Math.min(1, Math.max(0, (column / ratio - from) / (to - from)));
      const columns = columnsFrom(wave, stem.format.channels, after - first, shareAt(first), shareAt(after));
      this.#strip.add(columns, first - left, heard?.has(stem.recordingId) === false ? back : plain);
      isEmpty = false;
    }
    if (isEmpty) return;
    this.#waves.getContext("2d")?.putImageData(new ImageData(this.#strip.bytes, wide, high), 0, 0);
    pen.drawImage(this.#waves, left / ratio, top + STEM_TOP_PX + 2, wide / ratio, high / ratio);
  }
}

/** So many bins of a waveform in one, where many of those lie in a column of it. */
const FOLD = 8;
const folded = new WeakMap<Int8Array, Int8Array>();

/** A waveform's columns; of one that is drawn small they are read from fewer bins, folded once. */
function columnsFrom(wave: Int8Array, channels: number, count: number, start: number, end: number): Columns {
  const bins = wave.length / (2 * channels);
  if ((bins * (end - start)) / count < 2 * FOLD) return columnsOf(wave, channels, count, start, end);
  let few = folded.get(wave);
  if (few === undefined) {
    const { lows, highs } = columnsOf(wave, channels, Math.ceil(bins / FOLD));
    few = new Int8Array(2 * highs.length);
    for (let at = 0; at < highs.length; at++) few.set([lows[at] ?? 0, highs[at] ?? 0], 2 * at);
    folded.set(wave, few);
  }
  return columnsOf(few, 1, count, start, end);
}

/** A rectangle of the picture, in whole CSS pixels. */
interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The picture as it is, put where its part of the timeline lies now. */
function stretch(pen: Pen, { paper }: Colours, from: View, to: View, [width, height]: [number, number]): void {
  const seen = to.to - to.from;
  const [x, wide] = [((from.from - to.from) / seen) * width, ((from.to - from.from) / seen) * width];
  const top = RULER_PX * devicePixelRatio;
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  // It stands for a few frames: what smooth edges take is most of what a press would wait for.
  pen.imageSmoothingEnabled = false;
  // Of a picture that lies over itself a copy is taken first (HTML standard, 4.12.5.1.14).
  pen.globalCompositeOperation = "copy";
  pen.beginPath();
  pen.rect(0, top, width, height - top);
  pen.clip();
  pen.drawImage(pen.canvas, 0, top, width, height - top, x, top, wide, height - top);
  pen.globalCompositeOperation = "destination-over";
  pen.fillStyle = paper;
  pen.fillRect(0, top, width, height - top);
  pen.restore();
}

/** Where a stem lies: one that somebody else sends has no end yet. */
function edgesOf({ span }: LaneStem, xOf: XOf): { from: number; to: number } {
  const from = xOf(span.from);
  return { from, to: span.to > span.from ? xOf(span.to) : from + UNKNOWN_PX };
}

/** Where a stem is seen. */
function partsOf({ lanes }: Scene, recordingId: string, xOf: XOf, width: number): Part[] {
  const parts: Part[] = [];
  for (const [row, { stems }] of lanes.entries())
    for (const stem of stems) {
      if (stem.recordingId !== recordingId) continue;
      const { from, to } = edgesOf(stem, xOf);
      const [x, end] = [Math.max(0, Math.floor(from)), Math.min(width, Math.ceil(Math.max(to, from + 3)))];
      if (end > x) parts.push({ x, y: RULER_PX + row * LANE_PX, width: end - x, height: LANE_PX });
    }
  return parts;
}

function drawPart(
  pen: Pen,
  colours: Colours,
  scene: Scene,
  part: Part,
  xOf: XOf,
  width: number,
  height: number,
  drawWaves: (lane: Lane, colour: string, top: number) => void,
): void {
  const { lanes, state } = scene;
  pen.fillStyle = colours.paper;
  pen.fillRect(part.x, part.y, part.width, part.height);
  drawGrid(pen, colours, scene, part, xOf, width, height);
  for (const [row, lane] of lanes.entries()) {
    const top = RULER_PX + row * LANE_PX;
    if (top >= part.y + part.height || top + LANE_PX <= part.y) continue;
    pen.fillStyle = colours.line;
    pen.fillRect(0, top + LANE_PX - 1, width, 1);
    const colour = colourOf(colours, state, lane.memberId);
    const seen = lane.stems.filter((stem) => {
      const { from, to } = edgesOf(stem, xOf);
      return Math.max(to, from + 3) >= part.x && from <= part.x + part.width;
    });
    for (const stem of seen) drawBox(pen, colour, scene, stem, top, xOf);
    drawWaves({ ...lane, stems: seen }, colour, top);
    for (const stem of seen) drawShare(pen, colours, colour, scene, stem, top, xOf);
  }
}

function drawGrid(
  pen: Pen,
  colours: Colours,
  { state, view }: Scene,
  part: Part,
  xOf: XOf,
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
    if (part.y >= RULER_PX) continue;
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

function drawBox(pen: Pen, colour: string, { heard }: Scene, stem: LaneStem, laneTop: number, xOf: XOf): void {
  const { from, to } = edgesOf(stem, xOf);
  const top = laneTop + STEM_TOP_PX;
  const alpha = heard === null || heard.has(stem.recordingId) ? 1 : BACK;
  pen.fillStyle = colour;
  pen.globalAlpha = alpha * 0.14;
  pen.fillRect(from, top, Math.max(3, to - from), STEM_PX);
  pen.globalAlpha = alpha;
  // What lies in this browser alone has an outline and no edge: it is not everybody's yet.
  if (stem.state === "here") {
    pen.strokeStyle = colour;
    pen.setLineDash([4, 3]);
    pen.strokeRect(from + 0.5, top + 0.5, Math.max(3, to - from) - 1, STEM_PX - 1);
    pen.setLineDash([]);
  } else pen.fillRect(from, top, 3, STEM_PX);
  pen.globalAlpha = 1;
}

/** How much of it has gone to the others, or that it comes. */
function drawShare(
  pen: Pen,
  colours: Colours,
  colour: string,
  { shareOf, heard, words }: Scene,
  stem: LaneStem,
  laneTop: number,
  xOf: XOf,
): void {
  const share = stem.state === "shared" ? null : shareOf(stem.recordingId);
  if (share === null && stem.state !== "arriving") return;
  const { from, to } = edgesOf(stem, xOf);
  const top = laneTop + STEM_TOP_PX;
  pen.globalAlpha = heard === null || heard.has(stem.recordingId) ? 1 : BACK;
  pen.fillStyle = colour;
  if (share !== null) pen.fillRect(from, top + STEM_PX - 4, Math.max(3, to - from) * share, 4);
  const says = share === null ? words.takes.uploading : `${Math.floor(share * 100)} %`;
  label(pen, colours.ink, says, from + 8, top + 12, to - from);
  pen.globalAlpha = 1;
}
