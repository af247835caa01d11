import { Bars } from "../../audio/bars.ts";
import type { TimelineMap } from "../../protocol/timeline.ts";

const barsByMap = new WeakMap<TimelineMap, Bars>();

/** The bars of a map, reckoned once for each map that the room tells. */
export function barsOf(map: TimelineMap): Bars {
  const known = barsByMap.get(map) ?? new Bars(map);
  barsByMap.set(map, known);
  return known;
}
