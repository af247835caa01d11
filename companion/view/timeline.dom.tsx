/** Takes as lanes on the one timeline, to zoom, to scroll and to locate in. The same takes stand as a list behind it, for those who read instead. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MemberId } from "../../protocol/ids.ts";
import { TIMELINE_MAX_FRAMES, TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import { positionAt } from "../../protocol/transport.ts";
import { GrowingWave } from "./growing-wave.std.ts";
import { type LaneStem, lanesOf, type Shown } from "./lanes.std.ts";
import { LanesPicture } from "./lanes-picture.dom.ts";
import { later } from "./later.dom.tsx";
import { transportAt } from "./model.std.ts";
import { sheetOf } from "./notes.std.ts";
import { accentClass, barsOf, nameOf, useFrames, type ViewProps } from "./parts.dom.tsx";
import { PeaksStore, readSharedPeaks } from "./peaks-store.std.ts";
import type { BrowserSession } from "./session.dom.ts";
import { type Colours, LANE_PX, RULER_PX, readColours, type Scene } from "./strokes.dom.ts";

const SHOWN_MIN_FRAMES = TIMELINE_RATE_HZ;
/** What is shown at least when all is shown: a few bars, so that an empty session has a line too. */
const WHOLE_MIN_FRAMES = 32 * TIMELINE_RATE_HZ;
const ROOM = 0.06;
/** So much of a note stands below the timeline; all of it is in the sheet. */
const FLAG_CHARS = 32;

/** All takes with some room around them. */
export function wholeOf(stems: readonly LaneStem[]): Shown {
  if (stems.length === 0) return { from: 0, to: WHOLE_MIN_FRAMES };
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const { span } of stems) {
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

export interface TimelineProps extends ViewProps {
  stems: readonly LaneStem[];
  shown: Shown | null;
  setShown(shown: Shown | null): void;
}

const Takes = later<ViewProps & { stems: readonly LaneStem[] }>(() =>
  import("./takes.dom.tsx").then((parts) => parts.Takes),
);

export function Timeline({ session, state, words, language, stems, shown, setShown }: TimelineProps) {
  const t = words.takes;
  const canvas = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLSpanElement>(null);
  const colours = useRef<Colours | null>(null);
  const drawing = useRef<LanesPicture | null>(null);
  const drawn = useRef<readonly unknown[]>([]);
  const [growing] = useState(() => new Map<MemberId, GrowingWave>());
  const [peaks] = useState(
    () =>
      new PeaksStore({
        readOwn: (recordingId) => session.takes.peaksOf(recordingId),
        readShared: readSharedPeaks,
        onArrival: (recordingIds) => drawing.current?.fill(recordingIds),
      }),
  );
  // Who is here is told ten times a second while levels move; lanes are others when other people are.
  const people = state.members.map(({ memberId, role }) => memberId + role).join();
  const lanes = useMemo(() => lanesOf(state.members, stems), [people, stems]);
  const [isListed, setListed] = useState(false);
  const view = shown ?? wholeOf(stems);
  const bars = barsOf(state.timeline.map);

  useEffect(() => {
    const [element, growingOn, playhead] = [canvas.current, above.current, head.current];
    if (element === null || growingOn === null || playhead === null) return;
    const picture = new LanesPicture({ still: element, growing: growingOn, playhead });
    drawing.current = picture;
    const again = () => {
      colours.current = null;
      picture.change();
    };
    const size = new ResizeObserver(([entry]) => {
      if (entry !== undefined) picture.size = entry.contentRect;
      again();
    });
    size.observe(element);
    const theme = matchMedia("(prefers-color-scheme: dark)");
    theme.addEventListener("change", again);
    return () => {
      size.disconnect();
      theme.removeEventListener("change", again);
    };
  }, []);

  useFrames(() => {
    const [still, picture] = [canvas.current, drawing.current];
    if (still === null || picture === null) return;
    const nowMs = session.nowMs();
    const transport = transportAt(session.state.value, nowMs ?? 0);
    const position = nowMs === null ? transport.positionFrames : positionAt(transport, nowMs);
    const { motion } = transport;
    listen(growing, session, motion === "recording" ? position : null);
    const { timeline, notes, accents } = session.state.value;
    const { hearing } = session.playback;
    const own = session.takes.stems.value;
    const now = [view.from, view.to, lanes, timeline.map, timeline.transport.loop, notes, accents, hearing, own];
    if (!now.every((one, at) => one === drawn.current[at])) picture.change();
    drawn.current = now;
    colours.current ??= readColours(still);
    const scene: Scene = {
      state: session.state.value,
      lanes,
      view,
      position,
      peaks,
      growing,
      shareOf: (recordingId) => session.takes.shareOf(recordingId),
      heard: hearing.length === 0 ? null : session.playback.heard,
      words,
    };
    picture.draw(colours.current, scene, performance.now());
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
  const flags = sheetOf(state.notes).flatMap(({ about, ...note }) =>
    about === undefined ? [] : [{ ...note, positionFrames: about.positionFrames }],
  );
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
        <div class="view-picture">
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
          <div ref={above} class="view-growing" aria-hidden="true" />
          <span ref={head} class="view-playhead" aria-hidden="true" />
        </div>
      </div>
      {state.timeline.map.markers.length + flags.length === 0 ? null : (
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
          {flags.map(({ noteId, text, positionFrames, from }) => (
            <li key={noteId} class={accentClass(state, from)}>
              <button
                type="button"
                class="tool view-flag"
                dir="auto"
                disabled={!mayLocate}
                title={text}
                onClick={() => session.command({ command: "locate", positionFrames })}
              >
                {text.split("\n", 1)[0]?.slice(0, FLAG_CHARS)}{" "}
                <span class="instrument">{bars.label(positionFrames)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {stems.length === 0 ? (
        <p class="soft view-empty">{state.settings.recordingPermitted ? t.empty : t.emptyLocked}</p>
      ) : (
        <details class="view-list" onToggle={(event) => setListed(event.currentTarget.open)}>
          <summary>
            {t.list} ({stems.length})
          </summary>
          {isListed ? <Takes session={session} state={state} words={words} language={language} stems={stems} /> : null}
        </details>
      )}
    </section>
  );
}

/** What those who record are heard as, while they do; forgotten when nobody records. */
function listen(growing: Map<MemberId, GrowingWave>, session: BrowserSession, position: number | null): void {
  if (position === null) {
    growing.clear();
    return;
  }
  const { members, memberId: own } = session.state.value;
  for (const { memberId, status } of members) {
    if (!status.recording) continue;
    const wave = growing.get(memberId) ?? new GrowingWave();
    growing.set(memberId, wave);
    wave.add(position, session.sound.levels.get(memberId === own ? "own" : memberId)?.peak ?? 0);
  }
}
