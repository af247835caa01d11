/**
 * Takes as the timeline has them: everybody's stems that were shared, and this browser's own, shared or not, as one list; the lanes that they lie
 * in; and the rolls that they belong to.
 */
import type { MemberId } from "../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import type { Recording, StemFormat } from "../../protocol/recordings.ts";
import type { Member } from "../../protocol/room.ts";
import type { Stem } from "../engine/stems/stem.std.ts";

/** A part of the timeline, in frames. */
export interface Shown {
  from: number;
  to: number;
}

export interface LaneStem {
  recordingId: string;
  takeId: string;
  memberId: MemberId;
  name: string;
  startedAtMs: number;
  span: Shown;
  format: StemFormat;
  /** At its own rate; none while it is not known. */
  frames: number;
  /** `here`: only in this browser. `arriving`: somebody shares it, and it is not whole yet. `shared`: everybody may have it. */
  state: "here" | "arriving" | "shared";
  /** The waveform that was made when it was sealed lies in this browser, at the server, or nowhere yet. */
  peaks: "own" | "server" | null;
  sizeBytes: number | null;
}

function spanAt(timelineFrames: number, frames: number, sampleRateHz: number): Shown {
  return { from: timelineFrames, to: timelineFrames + Math.ceil((frames * TIMELINE_RATE_HZ) / sampleRateHz) };
}

/** What is shared, and what this browser recorded and has not shared or not wholly. */
export function stemsOf(takes: readonly Recording[], own: readonly Stem[], memberId: MemberId | null): LaneStem[] {
  const mine = new Map<string, Stem>(own.map((stem) => [stem.recordingId, stem]));
  const shared = takes.map((take): LaneStem => {
    const stem = mine.get(take.recordingId);
    const { recordingId, takeId, name, startedAtMs, format, timelineFrames, sizeBytes } = take;
    const isWhole = take.state === "complete";
    const frames = take.frames ?? stem?.frames ?? 0;
    return {
      recordingId,
      takeId,
      memberId: take.memberId,
      name,
      startedAtMs,
      span: spanAt(timelineFrames, frames, format.sampleRateHz),
      format,
      frames,
      state: isWhole ? "shared" : "arriving",
      peaks: stem?.sha256 === undefined ? (isWhole && take.hasPeaks ? "server" : null) : "own",
      sizeBytes,
    };
  });
  const known = new Set<string>(takes.map(({ recordingId }) => recordingId));
  const here = memberId === null ? [] : own.filter(({ recordingId }) => !known.has(recordingId));
  return [
    ...shared,
    ...here.map(
      ({ recordingId, takeId, name, startedAtMs, timelineFrames, frames, format, sizeBytes }): LaneStem => ({
        recordingId,
        takeId,
        memberId: memberId as MemberId,
        name,
        startedAtMs,
        span: spanAt(timelineFrames, frames, format.sampleRateHz),
        format,
        frames,
        state: "here",
        peaks: "own",
        sizeBytes,
      }),
    ),
  ];
}

/** What was plugged in, from the name that a recorder gives a stem: "Guitar take 3 a1b2" is of "Guitar". */
export const inputOf = (name: string): string => name.replace(/ take \d+( [0-9a-z]{4})?( \(\d+\))?$/, "");

/** A line of the timeline: one person's stems of one input. */
export interface Lane {
  memberId: MemberId;
  name: string;
  stems: LaneStem[];
}

/** Lanes in the order in which people joined, then by name; whoever has none yet has one of their own, so that they are seen. */
export function lanesOf(members: readonly Member[], stems: readonly LaneStem[]): Lane[] {
  const lanes = new Map<string, Lane>();
  const order = new Map(members.map(({ memberId }, at) => [memberId, at]));
  for (const stem of stems) {
    const name = inputOf(stem.name);
    const key = `${stem.memberId} ${name}`;
    const lane = lanes.get(key) ?? { memberId: stem.memberId, name, stems: [] };
    lane.stems.push(stem);
    lanes.set(key, lane);
  }
  const seen = new Set(stems.map(({ memberId }) => memberId));
  for (const { memberId, role, phoneOf } of members)
    if (!seen.has(memberId) && role !== "observer" && phoneOf === undefined)
      lanes.set(memberId, { memberId, name: "", stems: [] });
  const placeOf = ({ memberId }: Lane) => order.get(memberId) ?? Number.MAX_SAFE_INTEGER;
  return [...lanes.values()].sort((a, b) => placeOf(a) - placeOf(b) || a.name.localeCompare(b.name));
}

export interface Roll {
  takeId: string;
  number: number;
  stems: LaneStem[];
  span: Shown;
}

/** Stems by the roll of the transport that they were recorded in, the newest first; numbered from the oldest. */
export function rollsOf(stems: readonly LaneStem[]): Roll[] {
  const rolls = new Map<string, LaneStem[]>();
  for (const stem of [...stems].sort((a, b) => a.startedAtMs - b.startedAtMs))
    rolls.set(stem.takeId, [...(rolls.get(stem.takeId) ?? []), stem]);
  return [...rolls]
    .map(([takeId, all], at) => ({
      takeId,
      number: at + 1,
      stems: all,
      span: {
        from: Math.min(...all.map(({ span }) => span.from)),
        to: Math.max(...all.map(({ span }) => span.to)),
      },
    }))
    .reverse();
}
