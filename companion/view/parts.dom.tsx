/** Small parts that the view's rooms share: who somebody is, an icon, a frame clock. */
import { useEffect, useRef } from "preact/hooks";
import type { MemberId } from "../../protocol/ids.ts";
import type { FrameRange, TimelineMap } from "../../protocol/timeline.ts";
import { SYSTEM_CHOICE } from "../engine/sound/devices.std.ts";
import { barsOf } from "./bars-of.std.ts";
import type { ViewState } from "./model.std.ts";
import type { BrowserSession } from "./session.dom.ts";
import type { SoundDevice } from "./sound-state.std.ts";
import type { Words } from "./words/view.en.std.ts";

/** What every room of the view is handed. */
export interface ViewProps {
  session: BrowserSession;
  state: ViewState;
  words: Words;
  language: "en" | "de";
}

export { accentClass } from "./accent-class.std.ts";
export { barsOf };

export function nameOf(state: ViewState, memberId: MemberId | null, words: Words): string {
  const member = state.members.find((one) => one.memberId === memberId);
  if (member === undefined) return words.people.former;
  return member.phoneOf === undefined ? member.displayName : words.people.phoneOf(member.displayName);
}

export const icons = {
  home: "M5 5h3v14H5zM20 5v14L9 12z",
  play: "M7 4v16l13-8z",
  stop: "M6 6h12v12H6z",
  record: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
} as const;

export const Icon = ({ name }: { name: keyof typeof icons }) => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d={icons[name]} />
  </svg>
);

/** On a phone the way to what has no room there (`.view-extra`). Elsewhere all of that is seen, and this is not. */
export const More = (props: { label: string; isOpen: boolean; open(isOpen: boolean): void }) => (
  <button
    type="button"
    class="tool view-more"
    aria-label={props.label}
    title={props.label}
    aria-expanded={props.isOpen}
    onClick={() => props.open(!props.isOpen)}
  >
    ⋯
  </button>
);

/** Bars that a new loop may take in, from the one the playhead is in. */
export const LOOP_LENGTHS = [1, 2, 4, 8] as const;

/** The loop that begins with the bar of a place. */
export function loopFrom(map: TimelineMap, positionFrames: number, length: number): FrameRange {
  const bars = barsOf(map);
  const { bar } = bars.placeAt(positionFrames);
  return {
    startFrames: Math.round(bars.framesOfBar(bar)),
    endFrames: Math.round(bars.framesOfBar(bar + length)),
  };
}

/** What is drawn for each frame, and the frame that it is drawn for. */
type Draw = (frame: number) => void;
const drawers = new Set<Draw>();
let frame = 0;
let isTurning = false;
const turn = () => {
  frame++;
  for (const draw of drawers) draw(frame);
  isTurning = drawers.size > 0;
  if (isTurning) requestAnimationFrame(turn);
};

/** Calls `draw` once for each frame that is shown, while the page is; everything that is drawn so is drawn in one turn. */
export function useFrames(draw: Draw): void {
  const latest = useRef(draw);
  latest.current = draw;
  useEffect(() => {
    const own: Draw = (at) => latest.current(at);
    drawers.add(own);
    if (!isTurning) requestAnimationFrame(turn);
    isTurning = true;
    return () => void drawers.delete(own);
  }, []);
}

/** Writes a figure that moves into an element whose place does not depend on it (`.figure`): its text is another one, and the page stands. */
export function write(element: Element | null, text: string): void {
  const { firstChild = null } = element ?? {};
  if (firstChild instanceof Text) {
    if (firstChild.data !== text) firstChild.data = text;
  } else element?.append(text);
}

/** Devices by the names that their system gives them, and before them the system's own choice under `systemId`, which some systems name. */
export function named(
  devices: readonly SoundDevice[],
  systemId: string,
  words: { systemOutput: string; device(at: number): string },
): [string, string][] {
  const system = devices.find(({ deviceId }) => deviceId === SYSTEM_CHOICE);
  const others = devices.filter((device) => device !== system);
  return [
    [systemId, system?.label || words.systemOutput],
    ...others.map(({ deviceId, label }, at): [string, string] => [deviceId, label || words.device(at + 1)]),
  ];
}

export function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  choose(value: string): void;
}) {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
