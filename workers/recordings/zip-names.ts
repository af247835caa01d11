import { barBeat, barFrames } from "../../audio/timeline.ts";
import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { padStem } from "./padded-stem.ts";

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
export function namedByTake<Stem extends Recording & { beginsFrames?: number }>(
  recordings: readonly Stem[],
  nameOf: ReadonlyMap<string, string>,
) {
  const numbers = numbersOf(recordings);
  return recordings.map((recording) => {
    const { takeId, memberId, name, timelineFrames, beginsFrames, bpm } = recording;
    const folder = `Take ${two(numbers.get(takeId) ?? 0)}`;
    const who = nameOf.get(memberId);
    const bar = barBeat(beginsFrames ?? timelineFrames, bpm).split(".")[0];
    const parts = [
      folder,
      ...(who === undefined ? [] : [who]),
      name,
      `${beginsFrames === undefined ? "" : "from "}bar ${bar}`,
      `${Math.round(bpm * 10) / 10} BPM`,
    ];
    return { ...recording, folder, name: parts.join(" · ") };
  });
}

/**
 * All stems of a take from one bar line, for DAWs that do not look at a file's place: the last one before the take's first sound. What
 * a stem begins later, it begins with silence.
 */
export function fromOneBar(recordings: readonly Recording[], session: { name: string }) {
  const firstOf = new Map<string, Recording>();
  for (const recording of recordings) {
    const first = firstOf.get(recording.takeId);
    if (first === undefined || recording.timelineFrames < first.timelineFrames)
      firstOf.set(recording.takeId, recording);
  }
  return recordings.map((recording) => {
    const { recordingId, takeId, name, format, timelineFrames, startedAtMs, bpm } = recording;
    const first = firstOf.get(takeId) ?? recording;
    const bar = Math.floor((first.timelineFrames + 0.5) / barFrames(first.bpm));
    const beginsFrames = Math.round(bar * barFrames(first.bpm));
    const atOwnRate = (frames: number) => Math.round((frames * format.sampleRateHz) / TIMELINE_RATE_HZ);
    const silentFrames = Math.max(0, atOwnRate(timelineFrames) - atOwnRate(beginsFrames));
    const info = {
      format,
      description: name,
      reference: recordingId,
      umid: new Uint8Array(64),
      timeReference: atOwnRate(beginsFrames),
      startedAtMs: startedAtMs - (silentFrames * 1000) / format.sampleRateHz,
      project: session.name,
      take: "",
      takeId,
      track: name,
      bpm,
    };
    return { ...recording, beginsFrames, padded: padStem(info, silentFrames, recording.frames ?? 0) };
  });
}
