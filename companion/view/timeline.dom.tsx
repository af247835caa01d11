/**
 * Takes as lanes on the one timeline, drawn on a canvas: bar lines, everybody's stems with their waveforms, what is growing now, and the
 * playhead. Only what is on screen is drawn. The same takes stand as a list behind it, for those who read instead.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { columnsOf } from "../../audio/peaks.ts";
import { TIMELINE_MAX_FRAMES, TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { may } from "../../protocol/roles.ts";
import { positionAt } from "../../protocol/transport.ts";
import { type Lane, lanesOf, type Shown, spanOf, transportAt, type ViewState } from "./model.std.ts";
import { accentClass, barsOf, nameOf, useFrames, type ViewProps } from "./parts.dom.tsx";
import { TakeList } from "./takes.dom.tsx";

const LANE_PX = 56;
const RULER_PX = 28;
/** A bar line every so many pixels at the most: its number has room. */
const TICK_PX = 72;
const SHOWN_MIN_FRAMES = TIMELINE_RATE_HZ;
/** What is shown at least when all is shown: a few bars, so that an empty session has a line too. */
const WHOLE_MIN_FRAMES = 32 * TIMELINE_RATE_HZ;
/** Waveforms kept in memory at a time; the longest unseen goes first. */
const PEAKS_MAX = 300;
const ROOM = 0.06;

/** All takes with some room around them. */
export function wholeOf(takes: readonly Recording[]): Shown {
  if (takes.length === 0) return { from: 0, to: WHOLE_MIN_FRAMES };
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const span of takes.map(spanOf)) {
    from = Math.min(from, span.from);
    to = Math.max(to, span.to);
  }
  const size = Math.max(WHOLE_MIN_FRAMES, (to - from) * (1 + 2 * ROOM));
  const start = Math.max(0, (from + to - size) / 2);
  return { from: start, to: Math.min(TIMELINE_MAX_FRAMES, start + size) };
}

/** Zooms by a factor and keeps `around` where it is. */
export function zoom({ from, to }: Shown, factor: number, around: number): Shown {
  const size = Math.min(TIMELINE_MAX_FRAMES, Math.max(SHOWN_MIN_FRAMES, (to - from) * factor));
  const share = to > from ? Math.min(1, Math.max(0, (around - from) / (to - from))) : 0.5;
  const start = Math.min(TIMELINE_MAX_FRAMES - size, Math.max(0, around - share * size));
  return { from: start, to: start + size };
}

/** Fetches each waveform once, when its lane is first drawn. */
class PeaksStore {
  readonly #byId = new Map<string, Int8Array | "asked" | "none">();

  readonly #onArrival: () => void;

  constructor(onArrival: () => void) {
    this.#onArrival = onArrival;
  }

  of(take: Recording): Int8Array | null {
    const known = this.#byId.get(take.recordingId);
    if (known instanceof Int8Array) return known;
    if (known === undefined && take.hasPeaks && take.state === "complete") {
      if (this.#byId.size >= PEAKS_MAX) this.#byId.delete(this.#byId.keys().next().value ?? "");
      this.#byId.set(take.recordingId, "asked");
      void this.#fetch(take.recordingId);
    }
    return null;
  }

  async #fetch(recordingId: string): Promise<void> {
    const answer = await fetch(`/api/v1/recordings/${recordingId}/peaks`).catch(() => null);
    const bytes = answer?.ok === true ? await answer.arrayBuffer().catch(() => null) : null;
    this.#byId.set(recordingId, bytes === null || bytes.byteLength === 0 ? "none" : new Int8Array(bytes));
    this.#onArrival();
  }
}

/** Colours of the page's own tokens, read when the theme changes and not for each frame. */
function readColours(element: HTMLElement) {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  const resolve = (name: string) => {
    const probe = document.createElement("span");
    probe.style.color = of(name);
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  return {
    ink: resolve("--ink"),
    soft: resolve("--soft"),
    line: resolve("--line"),
    panel: resolve("--panel"),
    recording: resolve("--recording"),
    people: Array.from({ length: 8 }, (_, at) => resolve(`--person-${at + 1}`)),
  };
}
type Colours = ReturnType<typeof readColours>;

export interface TimelineProps extends ViewProps {
  shown: Shown | null;
  setShown(shown: Shown | null): void;
}

export function Timeline({ session, state, words, language, shown, setShown }: TimelineProps) {
  const t = words.takes;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useRef<Colours | null>(null);
  const dirty = useRef(true);
  const drawnAt = useRef({ position: -1, motion: "" });
  const [peaks] = useState(() => new PeaksStore(() => (dirty.current = true)));
  const lanes = useMemo(() => lanesOf(state.members, state.takes), [state.members, state.takes]);
  const view = shown ?? wholeOf(state.takes);
  const bars = barsOf(state.timeline.map);
  dirty.current = true;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const again = () => {
      colours.current = null;
      dirty.current = true;
    };
    const size = new ResizeObserver(again);
    size.observe(element);
    const theme = matchMedia("(prefers-color-scheme: dark)");
    theme.addEventListener("change", again);
    return () => {
      size.disconnect();
      theme.removeEventListener("change", again);
    };
  }, []);

  useFrames(() => {
    const element = canvas.current;
    if (element === null) return;
    const nowMs = session.nowMs();
    const transport = transportAt(session.state.value, nowMs ?? 0);
    const position = nowMs === null ? transport.positionFrames : positionAt(transport, nowMs);
    const { motion } = transport;
    if (!dirty.current && drawnAt.current.position === position && drawnAt.current.motion === motion) return;
    drawnAt.current = { position, motion };
    dirty.current = false;
    colours.current ??= readColours(element);
    draw(element, colours.current, { state: session.state.value, lanes, view, position, peaks, words });
  });

  const mayLocate = state.role !== null && may(state.role, "transport.command");
  const locate = (clientX: number) => {
    const rect = canvas.current?.getBoundingClientRect();
    if (rect === undefined || !mayLocate) return;
    const frames = view.from + ((clientX - rect.left) / rect.width) * (view.to - view.from);
    const positionFrames = Math.round(Math.min(TIMELINE_MAX_FRAMES, Math.max(0, frames)));
    session.command({ command: "locate", positionFrames });
  };
  const middle = (view.from + view.to) / 2;
  const height = RULER_PX + Math.max(1, lanes.length) * LANE_PX;
  return (
    <section class="view-takes" aria-label={t.label}>
      <div class="view-zoom">
        <button
          type="button"
          class="tool"
          aria-label={t.zoomOut}
          title={`${t.zoomOut} (−)`}
          onClick={() => setShown(zoom(view, 2, middle))}
        >
          −
        </button>
        <button type="button" class="tool" aria-keyshortcuts="0" onClick={() => setShown(null)}>
          {t.fit}
        </button>
        <button
          type="button"
          class="tool"
          aria-label={t.zoomIn}
          title={`${t.zoomIn} (+)`}
          onClick={() => setShown(zoom(view, 0.5, middle))}
        >
          +
        </button>
      </div>
      <div
        class="view-lanes"
        ref={box}
        onWheel={(event) => {
          const rect = canvas.current?.getBoundingClientRect();
          if (rect === undefined) return;
          const size = view.to - view.from;
          if (event.ctrlKey || event.metaKey) {
            event.preventDefault();
            const around = view.from + ((event.clientX - rect.left) / rect.width) * size;
            setShown(zoom(view, 2 ** (event.deltaY / 200), around));
          } else if (event.deltaX !== 0) {
            const by = (event.deltaX / rect.width) * size;
            const from = Math.min(TIMELINE_MAX_FRAMES - size, Math.max(0, view.from + by));
            setShown({ from, to: from + size });
          }
        }}
      >
        <ol class="view-names" aria-hidden="true">
          {lanes.map((lane) => (
            <li key={`${lane.memberId} ${lane.name}`} class={`who-is ${accentClass(state, lane.memberId)}`}>
              <span class="name">{nameOf(state, lane.memberId, words)}</span>
              <span class="soft">{lane.name}</span>
            </li>
          ))}
        </ol>
        <canvas
          ref={canvas}
          style={{ height: `${height}px` }}
          role="slider"
          tabIndex={0}
          aria-label={t.playhead}
          aria-valuemin={0}
          aria-valuemax={Math.round(view.to)}
          aria-valuenow={state.timeline.transport.positionFrames}
          aria-valuetext={`${words.transport.bar} ${bars.label(state.timeline.transport.positionFrames)}`}
          onClick={(event) => locate(event.clientX)}
        />
      </div>
      {state.timeline.map.markers.length === 0 ? null : (
        <ul class="view-markers" aria-label={t.markers}>
          {state.timeline.map.markers.map(({ markerId, name, positionFrames }) => (
            <li key={markerId}>
              <button
                type="button"
                class="tool"
                disabled={!mayLocate}
                title={t.toMarker(name, bars.label(positionFrames))}
                onClick={() => session.command({ command: "locate", positionFrames })}
              >
                {name} <span class="instrument">{bars.label(positionFrames)}</span>
              </button>
              {mayLocate ? (
                <button
                  type="button"
                  class="tool"
                  aria-label={t.dropMarker(name)}
                  onClick={() => session.command({ command: "marker", markerId, marker: null })}
                >
                  ×
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {state.takes.length === 0 ? (
        <p class="soft view-empty">{state.settings.recordingPermitted ? t.empty : t.emptyLocked}</p>
      ) : (
        <TakeList session={session} state={state} words={words} language={language} />
      )}
    </section>
  );
}

interface Scene {
  state: ViewState;
  lanes: readonly Lane[];
  view: Shown;
  position: number;
  peaks: PeaksStore;
  words: ViewProps["words"];
}

/** One picture. Everything is in CSS pixels; the canvas itself has the device's. */
function draw(
  canvas: HTMLCanvasElement,
  colours: Colours,
  { state, lanes, view, position, peaks, words }: Scene,
): void {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = devicePixelRatio;
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const pen = canvas.getContext("2d");
  if (pen === null || width === 0) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const size = view.to - view.from;
  const xOf = (frames: number) => ((frames - view.from) / size) * width;
  pen.font = "14px ui-monospace, monospace";
  pen.textBaseline = "middle";
  const { map, transport } = state.timeline;
  if (transport.loop !== undefined) {
    const from = xOf(transport.loop.startFrames);
    pen.fillStyle = colours.line;
    pen.fillRect(from, 0, xOf(transport.loop.endFrames) - from, RULER_PX - 8);
  }
  for (const { frames, bar } of barsOf(map).lines(view.from, view.to, Math.max(2, Math.floor(width / TICK_PX)))) {
    const x = Math.round(xOf(frames)) + 0.5;
    pen.fillStyle = colours.line;
    pen.fillRect(x, RULER_PX - 8, 1, height);
    pen.fillStyle = colours.soft;
    pen.fillText(String(bar), x + 5, RULER_PX / 2);
  }
  for (const { positionFrames, name } of map.markers) {
    const x = Math.round(xOf(positionFrames)) + 0.5;
    pen.fillStyle = colours.ink;
    pen.fillRect(x, 0, 1, height);
    label(pen, colours.ink, name, x + 4, height - 10, width - x);
  }
  for (const { about, from } of state.notes) {
    if (about === undefined) continue;
    const accent = Number(accentClass(state, from).slice("person-".length));
    pen.fillStyle = colours.people[accent - 1] ?? colours.soft;
    pen.beginPath();
    pen.arc(xOf(about.positionFrames), RULER_PX - 4, 4, 0, 2 * Math.PI);
    pen.fill();
  }
  const accents = new Map(state.members.map(({ memberId }) => [memberId, accentClass(state, memberId)]));
  const colourOf = (lane: Lane) => {
    const accent = Number(accents.get(lane.memberId)?.slice("person-".length) ?? 0);
    return colours.people[accent - 1] ?? colours.soft;
  };
  for (const [row, lane] of lanes.entries()) {
    const top = RULER_PX + row * LANE_PX;
    pen.fillStyle = colours.line;
    pen.fillRect(0, top + LANE_PX - 1, width, 1);
    const colour = colourOf(lane);
    for (const take of lane.takes) {
      const span = spanOf(take);
      const from = Math.max(-1, xOf(span.from));
      const to = take.state === "complete" ? Math.min(width + 1, xOf(span.to)) : Math.max(from + 24, xOf(position));
      if (to < 0 || from > width) continue;
      box(pen, colour, from, top + 4, Math.max(3, to - from), LANE_PX - 9);
      const wave = peaks.of(take);
      if (wave !== null && span.to > span.from) {
        const first = Math.max(0, from);
        const last = Math.min(width, to);
        const start = (view.from + (first / width) * size - span.from) / (span.to - span.from);
        const end = (view.from + (last / width) * size - span.from) / (span.to - span.from);
        waveform(pen, colour, wave, take.format.channels, {
          first,
          last,
          start,
          end,
          top: top + 4,
          high: LANE_PX - 9,
          ratio,
        });
      }
      if (take.state !== "complete")
        label(pen, colours.ink, words.takes.uploading, from + 6, top + LANE_PX / 2, to - from);
    }
    const member = state.members.find(({ memberId }) => memberId === lane.memberId);
    if (member?.status.recording === true && row === lanes.findIndex(({ memberId }) => memberId === lane.memberId)) {
      const from = xOf(state.timeline.transport.positionFrames);
      box(pen, colours.recording, from, top + 4, Math.max(3, xOf(position) - from), LANE_PX - 9);
      label(pen, colours.ink, words.takes.growing, from + 6, top + LANE_PX / 2, xOf(position) - from);
    }
  }
  const x = Math.round(xOf(position));
  pen.fillStyle = state.timeline.transport.motion === "recording" ? colours.recording : colours.ink;
  pen.fillRect(x - 0.5, 0, 2, height);
  pen.beginPath();
  pen.moveTo(x - 5.5, 0);
  pen.lineTo(x + 6.5, 0);
  pen.lineTo(x + 0.5, 8);
  pen.fill();
}

function box(pen: CanvasRenderingContext2D, colour: string, x: number, y: number, width: number, height: number): void {
  pen.fillStyle = colour;
  pen.globalAlpha = 0.18;
  pen.fillRect(x, y, width, height);
  pen.globalAlpha = 1;
  pen.fillRect(x, y, 2, height);
}

function label(pen: CanvasRenderingContext2D, colour: string, text: string, x: number, y: number, room: number): void {
  if (room < pen.measureText(text).width + 12) return;
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

interface WaveBox {
  first: number;
  last: number;
  start: number;
  end: number;
  top: number;
  high: number;
  ratio: number;
}

function waveform(
  pen: CanvasRenderingContext2D,
  colour: string,
  peaks: Int8Array,
  channels: number,
  { first, last, start, end, top, high, ratio }: WaveBox,
): void {
  const columns = Math.max(1, Math.round((last - first) * ratio));
  const { lows, highs } = columnsOf(peaks, channels, columns, start, end);
  const middle = top + high / 2;
  const scale = high / 256;
  pen.fillStyle = colour;
  const step = (last - first) / columns;
  for (let at = 0; at < columns; at++) {
    const up = Math.max(0.5, (highs[at] ?? 0) * scale);
    const down = Math.max(0.5, -(lows[at] ?? 0) * scale);
    pen.fillRect(first + at * step, middle - up, step, up + down);
  }
}
