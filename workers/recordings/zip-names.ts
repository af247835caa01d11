import { barBeat } from "../../audio/timeline.ts";
import type { Recording } from "../../protocol/recordings.ts";

const two = (count: number) => String(count).padStart(2, "0");

/** Takes by number, from the session's first: the roll of the transport is the take, and its first stem says when that was. */
function numbersOf(recordings: readonly Recording[]): Map<string, number> {
  const startedAtMs = new Map<string, number>();
  for (const { takeId, startedAtMs: at } of recordings)
    startedAtMs.set(takeId, Math.min(at, startedAtMs.get(takeId) ?? Number.POSITIVE_INFINITY));
  const takes = [...startedAtMs].sort((a, b) => a[1] - b[1] || a[0].localeCompare(b[0]));
  return new Map(takes.map(([takeId], index) => [takeId, index + 1]));
}

/**
 * Names that a person finds their way by, in a folder for each take: `Take 03/Take 03 · Ada · Drums · bar 13 · 120 BPM`. `nameOf` has those
 * who are in the session; whoever has left is not named (V1).
 */
export function namedByTake(recordings: readonly Recording[], nameOf: ReadonlyMap<string, string>) {
  const numbers = numbersOf(recordings);
  return recordings.map((recording) => {
    const { takeId, memberId, name, timelineFrames, bpm } = recording;
    const folder = `Take ${two(numbers.get(takeId) ?? 0)}`;
    const who = nameOf.get(memberId);
    const bar = barBeat(timelineFrames, bpm).split(".")[0];
    const parts = [folder, ...(who === undefined ? [] : [who]), name, `bar ${bar}`, `${Math.round(bpm * 10) / 10} BPM`];
    return { ...recording, folder, name: parts.join(" · ") };
  });
}
