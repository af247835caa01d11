import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";

/** What a stem needs to say to be put in order. */
export interface Placed {
  takeId: string;
  memberId: string;
  name: string;
  /** Its first frame on the session's timeline. */
  timelineFrames: number;
  /** How much of it was played before record was pressed: that is in the file, and is not part of the take. */
  preRollFrames: number;
  /** Frames at its own rate; `null` while it is on its way. */
  frames: number | null;
  format: { sampleRateHz: number };
  startedAtMs: number;
}

export interface Take<Stem extends Placed> {
  takeId: string;
  startedAtMs: number;
  /** From the first frame of its first stem to the last of its last, on the timeline. */
  from: number;
  to: number;
  stems: Stem[];
}

/** Where a stem begins to count on the timeline. */
export const startOf = (stem: Placed) => stem.timelineFrames + stem.preRollFrames;
/** Where it ends. */
export const endOf = (stem: Placed) =>
  stem.timelineFrames + Math.round(((stem.frames ?? 0) * TIMELINE_RATE_HZ) / stem.format.sampleRateHz);

/** Stems by the roll of the transport that they were recorded in, newest first; in a take, in the order of names. */
export function takesOf<Stem extends Placed>(stems: readonly Stem[]): Take<Stem>[] {
  const takes = new Map<string, Take<Stem>>();
  for (const stem of stems) {
    const take = takes.get(stem.takeId);
    if (take === undefined) {
      const { takeId, startedAtMs } = stem;
      takes.set(takeId, { takeId, startedAtMs, from: startOf(stem), to: endOf(stem), stems: [stem] });
      continue;
    }
    take.stems.push(stem);
    take.startedAtMs = Math.min(take.startedAtMs, stem.startedAtMs);
    take.from = Math.min(take.from, startOf(stem));
    take.to = Math.max(take.to, endOf(stem));
  }
  for (const take of takes.values()) take.stems.sort((a, b) => a.name.localeCompare(b.name));
  return [...takes.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
}

/**
 * Which stems are heard before anybody has chosen: of each input (a person's stem of one name), the newest wherever takes lie over each
 * other, as on a comped track.
 */
export function heardAtFirst<Stem extends Placed>(stems: readonly Stem[]): Set<Stem> {
  const heard: Stem[] = [];
  for (const stem of [...stems].sort((a, b) => b.startedAtMs - a.startedAtMs)) {
    const isCovered = heard.some(
      (newer) =>
        newer.memberId === stem.memberId &&
        newer.name === stem.name &&
        startOf(newer) < endOf(stem) &&
        startOf(stem) < endOf(newer),
    );
    if (!isCovered) heard.push(stem);
  }
  return new Set(heard);
}

/** The stretch of timeline that a page of takes is drawn on: what they cover, with a little room, never less than eight seconds. */
export function spanOf(takes: readonly { from: number; to: number }[]): { from: number; to: number } {
  const from = Math.min(...takes.map((take) => take.from));
  const to = Math.max(...takes.map((take) => take.to), from + 8 * TIMELINE_RATE_HZ);
  if (!Number.isFinite(from)) return { from: 0, to: 8 * TIMELINE_RATE_HZ };
  const room = (to - from) * 0.02;
  return { from: Math.max(0, from - room), to: to + room };
}
