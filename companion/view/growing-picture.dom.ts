/** The layer of what is recorded now, in tiles: of each stem that grows the new columns are painted, and the tile they lie in is shown. */
import type { MemberId } from "../../protocol/ids.ts";
import { GrowingCourse, TILE_PX, type TilePart } from "./growing-course.std.ts";
import type { GrowingWave } from "./growing-wave.std.ts";
import { Layer, type Pen } from "./layer.dom.ts";
import { type Colours, drawWave, LANE_PX, label, RULER_PX, type Scene } from "./strokes.dom.ts";

/** As often as levels are told of. */
const GROW_MS = 100;

interface Size {
  width: number;
  height: number;
}

/** A stem that grows, in the device's own pixels from the picture's left. */
interface Growth {
  top: number;
  from: number;
  wave: GrowingWave;
  /** Its words stand on it once there is room. */
  isNamed: boolean;
}

export class GrowingPicture {
  readonly #box: HTMLElement;
  readonly #tiles = new Map<number, Layer>();
  readonly #course = new GrowingCourse();
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #turn = 0;

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** The lanes or the view are other ones. */
  change(): void {
    this.#turn++;
    this.#drawnAtMs = Number.NEGATIVE_INFINITY;
  }

  draw(colours: Colours, scene: Scene, size: Size, xOf: (frames: number) => number, nowMs: number): void {
    if (scene.state.timeline.transport.motion !== "recording") {
      if (this.#course.end()) this.#empty();
      return;
    }
    if (nowMs - this.#drawnAtMs < GROW_MS) return;
    this.#drawnAtMs = nowMs;
    const ratio = devicePixelRatio;
    const end = Math.min(size.width, xOf(scene.position)) * ratio;
    const to = Math.floor(end);
    const wordsPx = this.#wordsPx(colours, scene);
    const all = growths(scene, xOf, to, wordsPx * ratio);
    const from = Math.min(...all.map((growth) => growth.from));
    if (all.length === 0 || to <= from) {
      if (this.#course.end()) this.#empty();
      return;
    }
    const began = all.flatMap(({ wave, from, isNamed }) => [wave.span.from, from, isNamed]);
    const { anew, parts } = this.#course.next([this.#turn, size.width, size.height, ratio, ...began], from, to);
    if (anew) this.#empty();
    for (const part of parts) this.#paint(colours, scene, size, all, part);
  }

  #paint(colours: Colours, { view, words }: Scene, { width, height }: Size, all: Growth[], part: TilePart): void {
    const ratio = devicePixelRatio;
    const left = part.tile * TILE_PX;
    const tile = this.#tile(part.tile, height);
    const pen = tile.pen(TILE_PX, Math.round(height * ratio));
    if (pen === null) return;
    const [first, count] = [part.first - left, part.after - part.first];
    const perPixel = (view.to - view.from) / (width * ratio);
    pen.save();
    pen.font = colours.font;
    pen.textBaseline = "middle";
    pen.beginPath();
    pen.rect(first, 0, count, height * ratio);
    pen.clip();
    pen.clearRect(first, 0, count, height * ratio);
    for (const { top, from, wave, isNamed } of all) {
      const high = LANE_PX - 11;
      const begin = Math.max(part.first, from);
      if (begin >= part.after) continue;
      pen.fillStyle = colours.recording;
      pen.globalAlpha = 0.14;
      pen.fillRect(begin - left, top * ratio, part.after - begin, high * ratio);
      pen.globalAlpha = 1;
      pen.fillRect(from - left, top * ratio, 3 * ratio, high * ratio);
      const frames = view.from + begin * perPixel;
      const columns = wave.columns(frames, frames + (part.after - begin) * perPixel, part.after - begin);
      drawWave(pen, columns, begin - left, top, high);
      if (!isNamed) continue;
      pen.setTransform(ratio, 0, 0, ratio, -left, 0);
      label(pen, colours.ink, words.takes.growing, from / ratio + 8, top + 12, Number.POSITIVE_INFINITY);
      pen.setTransform(1, 0, 0, 1, 0, 0);
    }
    pen.restore();
    void tile.show();
  }

  #tile(at: number, height: number): Layer {
    const known = this.#tiles.get(at);
    if (known !== undefined) return known;
    const canvas = document.createElement("canvas");
    canvas.style.left = `${(at * TILE_PX) / devicePixelRatio}px`;
    canvas.style.width = `${TILE_PX / devicePixelRatio}px`;
    canvas.style.height = `${height}px`;
    this.#box.append(canvas);
    const tile = new Layer(canvas, false);
    this.#tiles.set(at, tile);
    return tile;
  }

  #empty(): void {
    this.#box.replaceChildren();
    this.#tiles.clear();
  }

  /** In CSS pixels, with some room. */
  #wordsPx(colours: Colours, { words }: Scene): number {
    measure ??= new OffscreenCanvas(1, 1).getContext("2d");
    if (measure === null) return Number.POSITIVE_INFINITY;
    measure.font = colours.font;
    return measure.measureText(words.takes.growing).width + 24;
  }
}

let measure: Pen | null = null;

/** What is recorded now is its player's first lane's; it stands from where it began to the playhead, as loud as it was heard. */
function growths({ lanes, state, growing, view }: Scene, xOf: (frames: number) => number, to: number, wordsPx: number) {
  const recorders = new Set(state.members.filter(({ status }) => status.recording).map(({ memberId }) => memberId));
  const seen = new Set<MemberId>();
  const all: Growth[] = [];
  for (const [row, { memberId }] of lanes.entries()) {
    const wave = growing.get(memberId);
    if (!seen.has(memberId) && wave !== undefined && recorders.has(memberId)) {
      const from = Math.round(xOf(Math.max(wave.span.from, view.from)) * devicePixelRatio);
      all.push({ top: RULER_PX + row * LANE_PX + 5, from, wave, isNamed: to - from >= wordsPx });
    }
    seen.add(memberId);
  }
  return all;
}
