import type { FrameRange } from "../../../audio/frame-range.ts";
import { columnsOf } from "../../../audio/peaks.ts";
import { beatTicks } from "../../../audio/timeline.ts";
import { type Channel, rangeOf } from "./engine.ts";

/** A bar line every so many pixels at the most: its number has room. */
const TICK_PX = 72;
/** A label stands this far beside its line, and each of its digits is about so wide. */
const LABEL_PX = 6;
const DIGIT_PX = 9;

interface Lane {
  channel: Channel;
  box: HTMLElement;
  canvas: HTMLCanvasElement;
  peaks: Int8Array | null;
  isSeen: boolean;
}

/**
 * The part of the timeline that is shown, drawn: every stem's waveform to the device's pixel at whatever zoom, the bar lines, the loop
 * and the playhead. Waveforms come when their lane is first on screen; until then, and where there is none, the server's drawing stays.
 */
export class Lanes {
  readonly #lanes: Lane[] = [];
  readonly #root: HTMLElement;
  readonly #ruler: HTMLElement;
  readonly #bpm: number;
  readonly #whole: FrameRange;
  /** The server's drawings, each with the range that it lies on: they are moved along where nothing finer is drawn. */
  readonly #drawings: { picture: SVGSVGElement; range: FrameRange }[] = [];
  #shown: FrameRange;
  #isDrawing = false;

  constructor(root: HTMLElement, ruler: HTMLElement, channels: readonly Channel[], whole: FrameRange, bpm: number) {
    this.#root = root;
    this.#ruler = ruler;
    this.#whole = whole;
    this.#shown = whole;
    this.#bpm = bpm;
    const share = (picture: SVGSVGElement, name: string) => Number.parseFloat(picture.getAttribute(name) ?? "") / 100;
    for (const picture of root.querySelectorAll<SVGSVGElement>(".lane > svg")) {
      const from = whole.from + share(picture, "x") * (whole.to - whole.from);
      const range = { from, to: from + share(picture, "width") * (whole.to - whole.from) };
      this.#drawings.push({ picture, range });
    }
    const seen = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: "200px" });
    for (const channel of channels) {
      const box = document.getElementById(channel.source.data.id)?.querySelector<HTMLElement>(".lane-box");
      if (!box) continue;
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      box.append(canvas);
      this.#lanes.push({ channel, box, canvas, peaks: null, isSeen: false });
      seen.observe(box);
    }
    new ResizeObserver(() => this.draw()).observe(root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  get shown(): FrameRange {
    return this.#shown;
  }
  get whole(): FrameRange {
    return this.#whole;
  }

  /** Shows another part; it is kept within the whole. */
  show({ from, to }: FrameRange): void {
    const size = Math.min(this.#whole.to - this.#whole.from, to - from);
    const start = Math.min(this.#whole.to - size, Math.max(this.#whole.from, from));
    this.#shown = { from: start, to: start + size };
    this.#root.classList.toggle("zoomed", size < this.#whole.to - this.#whole.from);
    this.draw();
  }

  frameAt(clientX: number): number {
    const { left, width } = this.#ruler.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    return this.#shown.from + share * (this.#shown.to - this.#shown.from);
  }

  async #see(entries: readonly IntersectionObserverEntry[]): Promise<void> {
    for (const entry of entries) {
      const lane = this.#lanes.find(({ box }) => box === entry.target);
      if (lane === undefined) continue;
      lane.isSeen = entry.isIntersecting;
      const { id, hasPeaks } = lane.channel.source.data;
      if (!lane.isSeen || lane.peaks !== null || !hasPeaks) continue;
      const answer = await fetch(`/api/v1/recordings/${id}/peaks`).catch(() => null);
      if (answer?.ok) lane.peaks = new Int8Array(await answer.arrayBuffer());
    }
    this.draw();
  }

  /** Once a frame, however often it is asked. */
  draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#drawRuler();
      this.#moveDrawings();
      for (const lane of this.#lanes) if (lane.isSeen && lane.peaks !== null) this.#drawLane(lane, lane.peaks);
    });
  }

  #drawLane({ channel, box, canvas }: Lane, peaks: Int8Array): void {
    const ratio = devicePixelRatio;
    const { clientWidth, clientHeight } = box;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.clearRect(0, 0, width, height);
    const stem = rangeOf(channel);
    const { from, to } = this.#shown;
    const x = (frame: number) => ((frame - from) / (to - from)) * width;
    const [left, right] = [Math.max(0, Math.floor(x(stem.from))), Math.min(width, Math.ceil(x(stem.to)))];
    // The server's drawing gives way: it is of the whole, and coarser.
    box.classList.add("drawn");
    if (right <= left) return;
    context.fillStyle = getComputedStyle(canvas).color;
    context.globalAlpha = 0.14;
    context.fillRect(left, 0, right - left, height);
    context.globalAlpha = 1;
    const { channels } = channel.source.data.format;
    // The file may begin before record was pressed; its peaks do.
    const fileFrom = channel.source.data.from;
    const shareAt = (pixel: number) => (from + (pixel / width) * (to - from) - fileFrom) / (stem.to - fileFrom);
    const [first, last] = [shareAt(left), shareAt(right)];
    const held = Math.ceil((peaks.length / (2 * channels)) * (last - first));
    const middle = height / 2;
    const scale = (height / 2 - ratio) / 128;
    // Fewer peaks than pixels: a line from each to the next, rather than stairs.
    if (held < right - left) {
      const { lows, highs } = columnsOf(peaks, channels, Math.max(2, held), first, last);
      const at = (index: number) => left + (index / (highs.length - 1)) * (right - left);
      context.beginPath();
      for (const [index, value] of highs.entries()) context.lineTo(at(index), middle - value * scale - ratio / 2);
      for (let index = lows.length - 1; index >= 0; index--)
        context.lineTo(at(index), middle - (lows[index] ?? 0) * scale + ratio / 2);
      context.fill();
      return;
    }
    const { lows, highs } = columnsOf(peaks, channels, right - left, first, last);
    for (let pixel = 0; pixel < right - left; pixel++) {
      const top = Math.round(middle - (highs[pixel] ?? 0) * scale);
      const bottom = Math.round(middle - (lows[pixel] ?? 0) * scale);
      context.fillRect(left + pixel, top, 1, Math.max(Math.round(ratio), bottom - top));
    }
  }

  #moveDrawings(): void {
    const { from, to } = this.#shown;
    const percent = (frames: number) => `${(frames / (to - from)) * 100}%`;
    for (const { picture, range } of this.#drawings) {
      picture.setAttribute("x", percent(range.from - from));
      picture.setAttribute("width", percent(range.to - range.from));
    }
  }

  #drawRuler(): void {
    const bars = this.#ruler.querySelector("svg");
    if (bars === null) return;
    const { from, to } = this.#shown;
    const count = Math.max(2, Math.floor(this.#ruler.clientWidth / TICK_PX));
    const parts = beatTicks(from, to, this.#bpm, count).flatMap(({ frames, label: said }) => {
      const share = (frames - from) / (to - from);
      const x = `${share * 100}%`;
      const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [name, value] of Object.entries({ x1: x, x2: x, y1: "60%", y2: "100%" }))
        line.setAttribute(name, value);
      const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
      label.setAttribute("x", x);
      label.setAttribute("y", "14");
      label.textContent = said;
      // A number that would be cut by the ruler's end says another number.
      const isCut = (1 - share) * this.#ruler.clientWidth < LABEL_PX + DIGIT_PX * said.length;
      return isCut ? [line] : [line, label];
    });
    bars.replaceChildren(...parts);
  }

  /** Puts the playhead and the loop where they are; the style sheet draws them on the ruler and on every lane. */
  mark(position: number, loop: FrameRange | null): void {
    const { from, to } = this.#shown;
    const share = (frame: number) => `${((frame - from) / (to - from)) * 100}%`;
    const { style } = this.#root;
    style.setProperty("--playhead", share(position));
    style.setProperty("--loop-from", share(loop?.from ?? 0));
    style.setProperty("--loop-width", loop === null ? "0" : `${((loop.to - loop.from) / (to - from)) * 100}%`);
    this.#root.classList.toggle("looped", loop !== null);
  }
}
