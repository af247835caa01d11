import { barBeat, barFrames, beatFrames, timecode } from "../../../audio/timeline.ts";
import type { PlayerWords } from "../../i18n/takes.ts";
import type { Engine } from "./engine.ts";
import type { Lanes } from "./lanes.ts";

/** So far in that a beat is a hand wide. */
const SHOWN_MIN_FRAMES = 24_000;
/** A loop shorter than this is a slip of the hand. */
const LOOP_MIN_FRAMES = 2_400;
/** What the meter shows below full scale. */
const METER_RANGE_DB = 48;

export interface Parts {
  root: HTMLElement;
  bar: HTMLElement;
  ruler: HTMLElement;
  words: PlayerWords;
  bpm: number;
}

const isTyping = (target: Element) => target.closest("input:not([type=range]), select, textarea") !== null;

/** The transport's buttons, keys and counters, the playhead as a slider, and the part of the timeline that is shown. */
export class Controls {
  readonly #engine: Engine;
  readonly #lanes: Lanes;
  readonly #parts: Parts;
  /** The first end of a loop that is being marked. */
  #loopFrom: number | null = null;
  #isFollowing = true;
  /** Of the meter, left and right, 0 to 1. */
  readonly #levels: number[] = [0, 0];
  /** The control that has the focus because it was clicked, and not because the keyboard has come to it. */
  #clicked: Element | null = null;

  constructor(engine: Engine, lanes: Lanes, parts: Parts) {
    this.#engine = engine;
    this.#lanes = lanes;
    this.#parts = parts;
    parts.bar.hidden = false;
    parts.bar.addEventListener("click", ({ target }) => {
      const asked = target instanceof Element ? target.closest<HTMLElement>("[data-do]")?.dataset.do : undefined;
      if (asked !== undefined) this.#do(asked);
    });
    document.addEventListener("pointerdown", ({ target }) => {
      this.#clicked = target instanceof Element ? target.closest("button, input[type=range]") : null;
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    // A button is pressed when Space is let go: that must not follow what its press has done.
    document.addEventListener("keyup", (event) => {
      if (event.key === " " && !this.#isBusy(event.target)) event.preventDefault();
    });
    this.#makeSlider();
    this.#makePan();
  }

  toggle(): void {
    if (this.#engine.isPlaying) this.#engine.pause();
    else
      this.#engine.play().catch(() => {
        this.#engine.pause();
        this.#part("state").textContent = this.#parts.words.states.unsupported;
      });
  }

  #do(asked: string): void {
    const { position, loop, end, home } = this.#engine;
    const { from, to } = this.#lanes.shown;
    switch (asked) {
      case "play":
        this.toggle();
        break;
      case "start":
        this.#engine.seek([loop?.from ?? home, home, 0].find((place) => place < position) ?? 0);
        break;
      case "loop-in":
        this.#loopFrom = position;
        if (loop !== null) this.#setLoop(position, loop.to);
        this.update();
        break;
      case "loop-out":
        this.#setLoop(this.#loopFrom ?? loop?.from ?? home, position);
        break;
      case "loop":
        if (loop !== null) this.#engine.setLoop(null);
        else this.#setLoop(this.#loopFrom ?? home, end);
        break;
      case "click":
        this.#engine.setClick(this.#engine.hasClick ? null : this.#parts.bpm);
        break;
      case "half":
        this.#engine.setHalfSpeed(!this.#engine.isHalfSpeed);
        break;
      case "zoom-in":
      case "zoom-out": {
        const size = Math.max(SHOWN_MIN_FRAMES, (to - from) * (asked === "zoom-in" ? 0.5 : 2));
        // Round the playhead if it is on screen, so that it stays where the eye is.
        const pivot = position >= from && position <= to ? position : (from + to) / 2;
        const start = pivot - ((pivot - from) / (to - from)) * size;
        this.#show(start, start + size);
        break;
      }
      case "fit":
        this.#show(this.#lanes.whole.from, this.#lanes.whole.to);
    }
  }

  #setLoop(a: number, b: number): void {
    const [from, to] = [Math.round(Math.min(a, b)), Math.round(Math.max(a, b))];
    this.#loopFrom = null;
    if (to - from >= LOOP_MIN_FRAMES) this.#engine.setLoop({ from, to });
    else this.#engine.setLoop(null);
  }

  /**
   * Where Space does something of its own. On a button that the keyboard has come to it presses that button; on one that was only clicked
   * it is the transport's, as on every desk.
   */
  #isBusy(target: EventTarget | null): boolean {
    if (!(target instanceof Element)) return false;
    const control = target.closest("button, a, input, select, textarea, summary, audio");
    return control !== null && control !== this.#clicked;
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Tab") this.#clicked = null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && !this.#isBusy(event.target)) {
      event.preventDefault();
      this.toggle();
      return;
    }
    // Single letters count only while the focus is among the takes (WCAG 2.1.4).
    if (!(event.target instanceof Element) || !this.#parts.root.contains(event.target)) return;
    const named: Record<string, string> = {
      i: "loop-in",
      o: "loop-out",
      l: "loop",
      c: "click",
      h: "half",
      "+": "zoom-in",
      "-": "zoom-out",
    };
    const asked = named[event.key.toLowerCase()];
    if (asked !== undefined && !isTyping(event.target)) this.#do(asked);
  }

  #makeSlider(): void {
    const { ruler, root, words, bpm } = this.#parts;
    ruler.tabIndex = 0;
    ruler.setAttribute("role", "slider");
    ruler.setAttribute("aria-label", words.playhead);
    ruler.setAttribute("aria-valuemin", "0");
    ruler.setAttribute("aria-valuemax", String(Math.round(this.#engine.end / 480) / 100));
    ruler.setAttribute("aria-valuenow", "0");
    ruler.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? barFrames(bpm) : beatFrames(bpm);
      const moves: Record<string, number> = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step };
      const pages: Record<string, number> = { PageDown: -8 * barFrames(bpm), PageUp: 8 * barFrames(bpm) };
      const by = moves[event.key] ?? pages[event.key];
      if (by !== undefined) this.#engine.seek(this.#engine.position + by);
      else if (event.key === "Home") this.#do("start");
      else if (event.key === "End") this.#engine.seek(this.#engine.end);
      else return;
      event.preventDefault();
      // Where a key has led is brought into view.
      const { position } = this.#engine;
      const { from, to } = this.#lanes.shown;
      if (position < from || position > to) this.#show(position - (to - from) / 2, position + (to - from) / 2);
    });
    // A press on the ruler or a lane moves the playhead; with Shift it marks a loop.
    const onPress = (event: PointerEvent, surface: HTMLElement) => {
      if (event.button !== 0) return;
      const from = this.#lanes.frameAt(event.clientX);
      const move = (to: PointerEvent) => {
        const at = this.#lanes.frameAt(to.clientX);
        if (event.shiftKey) this.#setLoop(from, at);
        else this.#engine.seek(at);
      };
      if (!event.shiftKey) move(event);
      surface.setPointerCapture(event.pointerId);
      surface.addEventListener("pointermove", move);
      const end = () => surface.removeEventListener("pointermove", move);
      surface.addEventListener("pointerup", end, { once: true });
      surface.addEventListener("pointercancel", end, { once: true });
    };
    ruler.addEventListener("pointerdown", (event) => onPress(event, ruler));
    for (const lane of root.querySelectorAll<HTMLElement>(".stem[data-stem] .lane-box"))
      lane.addEventListener("pointerdown", (event) => onPress(event, lane));
  }

  /** The part shown is moved by a scroll bar of its own, by a sideways wheel, and grows and shrinks by a pinch or Ctrl and the wheel. */
  #makePan(): void {
    const pan = this.#part("pan");
    pan.addEventListener("scroll", () => {
      const { from, to } = this.#lanes.whole;
      const size = this.#lanes.shown.to - this.#lanes.shown.from;
      const start = from + (pan.scrollLeft / Math.max(1, pan.scrollWidth)) * (to - from);
      if (Math.abs(start - this.#lanes.shown.from) > (to - from) / pan.scrollWidth)
        this.#lanes.show({ from: start, to: start + size });
      pan.style.setProperty("--shown-from", `${((start - from) / (to - from)) * 100}%`);
    });
    pan.addEventListener("pointerdown", () => {
      this.#isFollowing = false;
    });
    this.#parts.root.addEventListener(
      "wheel",
      (event) => {
        const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
        if (event.ctrlKey) this.#do(event.deltaY < 0 ? "zoom-in" : "zoom-out");
        else if (!pan.hidden && Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
          pan.scrollLeft += sideways;
          this.#isFollowing = false;
        } else return;
        event.preventDefault();
      },
      { passive: false },
    );
  }

  #show(from: number, to: number): void {
    this.#lanes.show({ from, to });
    const { whole, shown } = this.#lanes;
    const share = (shown.to - shown.from) / (whole.to - whole.from);
    const pan = this.#part("pan");
    pan.hidden = share > 0.999;
    this.#part("pan-size").style.width = `${100 / share}%`;
    // The bar is drawn, because some systems draw none.
    pan.style.setProperty("--shown-from", `${((shown.from - whole.from) / (whole.to - whole.from)) * 100}%`);
    pan.style.setProperty("--shown", `${share * 100}%`);
    pan.scrollLeft = ((shown.from - whole.from) / (whole.to - whole.from)) * pan.scrollWidth;
    this.#isFollowing = true;
    this.update();
  }

  #part(name: string): HTMLElement {
    const part = this.#parts.bar.querySelector<HTMLElement>(`[data-${name}]`);
    if (part === null) throw new Error(`The player has no ${name}.`);
    return part;
  }

  #button(name: string): HTMLButtonElement {
    const button = this.#parts.bar.querySelector<HTMLButtonElement>(`[data-do="${name}"]`);
    if (button === null) throw new Error(`The player has no button ${name}.`);
    return button;
  }

  /** What changes now and then: buttons and words. */
  update(): void {
    const { words, bpm, bar } = this.#parts;
    const { isPlaying, state, loop } = this.#engine;
    const play = this.#button("play");
    play.setAttribute("aria-label", isPlaying ? words.pause : words.play);
    bar.classList.toggle("playing", isPlaying);
    bar.dataset.is = state;
    const said = words.states[state];
    if (this.#part("state").textContent !== said) this.#part("state").textContent = said;
    const looping = this.#button("loop");
    looping.setAttribute("aria-pressed", String(loop !== null));
    this.#button("click").setAttribute("aria-pressed", String(this.#engine.hasClick));
    this.#button("half").setAttribute("aria-pressed", String(this.#engine.isHalfSpeed));
    const range = loop ?? (this.#loopFrom === null ? null : { from: this.#loopFrom, to: null });
    this.#part("loop-range").textContent =
      range === null
        ? ""
        : words.loopRange
            .replace("{from}", barBeat(range.from, bpm))
            .replace("{to}", range.to === null ? "…" : barBeat(range.to, bpm));
    const { whole, shown } = this.#lanes;
    const isWhole = shown.to - shown.from > (whole.to - whole.from) * 0.999;
    // Not `disabled`: a button that has just been pressed would swallow the next Space.
    const isIdle = { "zoom-out": isWhole, fit: isWhole, "zoom-in": shown.to - shown.from <= SHOWN_MIN_FRAMES };
    for (const [name, idle] of Object.entries(isIdle)) this.#button(name).setAttribute("aria-disabled", String(idle));
  }

  /** The mix's level: up at once, down in a second, and red where it was too loud for the file that one would make of it. */
  #meter(): void {
    const meter = this.#part("meter");
    for (const [side, peak] of this.#engine.peaks.entries()) {
      const level = peak === 0 ? 0 : Math.max(0, 1 + (20 * Math.log10(peak)) / METER_RANGE_DB);
      this.#levels[side] = Math.min(1, Math.max(level, (this.#levels[side] ?? 0) - 1 / 60));
      meter.style.setProperty(`--level-${side}`, (this.#levels[side] ?? 0).toFixed(3));
    }
    if (this.#engine.peaks.some((peak) => peak > 1)) meter.dataset.over = "";
    else if (!this.#engine.isPlaying) delete meter.dataset.over;
  }

  /** What changes with every picture: the playhead and its counters. */
  tick(): void {
    const { words, bpm, ruler } = this.#parts;
    const { position, loop, isPlaying } = this.#engine;
    this.#lanes.mark(position, loop);
    this.#meter();
    const bar = barBeat(position, bpm);
    const time = timecode(position);
    if (this.#part("timecode").textContent === time) return;
    this.#part("bar").textContent = bar;
    this.#part("timecode").textContent = time;
    ruler.setAttribute("aria-valuenow", String(Math.round(position / 480) / 100));
    ruler.setAttribute("aria-valuetext", words.placeAt.replace("{bar}", bar).replace("{time}", time));
    const { from, to } = this.#lanes.shown;
    if (isPlaying && this.#isFollowing && (position > to || position < from) && position < this.#lanes.whole.to)
      this.#show(position - (to - from) * 0.05, position + (to - from) * 0.95);
  }
}
