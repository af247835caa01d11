/** The picture of the timeline: bar lines, stems with their waveforms, what grows now, the playhead. Only what is on screen is drawn, and only what has changed. */
import { GrowingPicture } from "./growing-picture.dom.ts";
import { StillPicture } from "./still-picture.dom.ts";
import type { Colours, Scene } from "./strokes.dom.ts";

/** Where the picture is drawn, the lower layers first. */
export interface Layers {
  still: HTMLCanvasElement;
  growing: HTMLElement;
  playhead: HTMLElement;
}

/**
 * The picture in three layers, each painted when it is another one: stems and bars when those change, of what is recorded the new columns, and the playhead by
 * moving it. So a frame of a rolling evening paints a few pixels and not the whole timeline.
 */
export class LanesPicture {
  /** Of the timeline, in CSS pixels. */
  size = { width: 0, height: 0 };
  readonly #still: StillPicture;
  readonly #growing: GrowingPicture;
  readonly #playhead: HTMLElement;
  #x = Number.NaN;

  constructor({ still, growing, playhead }: Layers) {
    this.#still = new StillPicture(still);
    this.#growing = new GrowingPicture(growing);
    this.#playhead = playhead;
  }

  /** Something other than the playhead has changed. */
  change(): void {
    this.#still.change();
    this.#growing.change();
  }

  /** The waveforms of these stems are here. */
  fill(recordingIds: Iterable<string>): void {
    this.#still.fill(recordingIds);
  }

  draw(colours: Colours, scene: Scene, nowMs: number): void {
    const { width, height } = this.size;
    if (width === 0 || height === 0) return;
    const { from, to } = scene.view;
    const xOf = (frames: number) => ((frames - from) / (to - from)) * width;
    this.#still.draw(colours, scene, this.size, xOf);
    this.#growing.draw(colours, scene, this.size, xOf, nowMs);
    const x = Math.round(xOf(scene.position) * devicePixelRatio) / devicePixelRatio;
    if (x === this.#x) return;
    this.#x = x;
    this.#playhead.hidden = x < 0 || x > width;
    this.#playhead.style.transform = `translateX(${x}px)`;
  }
}
