import * as z from "zod";
import {
  COUNT_IN_BARS_MAX,
  MARKER_NAME_MAX_CHARS,
  MARKERS_MAX,
  RANGE_MIN_FRAMES,
  SIGNATURE_BEATS_MAX,
  TEMPO_MAX_BPM,
  TEMPO_MIN_BPM,
  TIMELINE_ANCHORS_MAX,
  TIMELINE_MAX_FRAMES,
  TIMELINE_RATE_HZ,
} from "./limits.ts";

/**
 * The timeline's map: tempo, time signature and markers, each with its place; and what can be counted with it. Places are frames, so
 * nothing of the map moves a place: it is what bars and beats are counted with. All of it is pure.
 */

/** A place on the session timeline, in frames at 48 kHz from the session's origin. */
export const PositionFrames = z.int().min(0).max(TIMELINE_MAX_FRAMES);

/** A stretch of the timeline: from `startFrames` up to, and without, `endFrames`. */
export const FrameRange = z
  .object({ startFrames: PositionFrames, endFrames: PositionFrames })
  .refine(({ startFrames, endFrames }) => endFrames - startFrames >= RANGE_MIN_FRAMES, "This range is too short.");
export type FrameRange = z.infer<typeof FrameRange>;

/** Quarter notes a minute, as MIDI counts them (Standard MIDI Files 1.0, Set Tempo). */
export const Bpm = z.number().min(TEMPO_MIN_BPM).max(TEMPO_MAX_BPM);
/** `beats` of one `unit`-th note each make a bar: 6 and 8 are six-eight. */
const signature = {
  beats: z.int().min(1).max(SIGNATURE_BEATS_MAX),
  unit: z.literal([1, 2, 4, 8, 16, 32]),
};
export const TimeSignature = z.object(signature);
export type TimeSignature = z.infer<typeof TimeSignature>;

/** From this place on the tempo is `bpm`; it does not ramp. */
export const TempoAnchor = z.object({ positionFrames: PositionFrames, bpm: Bpm });
export type TempoAnchor = z.infer<typeof TempoAnchor>;
/** At this place a bar begins, and from it on they are of this signature. */
export const SignatureAnchor = z.object({ positionFrames: PositionFrames, ...signature });
export type SignatureAnchor = z.infer<typeof SignatureAnchor>;
export const Marker = z.object({
  markerId: z.uuid(),
  positionFrames: PositionFrames,
  name: z.string().max(MARKER_NAME_MAX_CHARS),
});
export type Marker = z.infer<typeof Marker>;

const ascends = (anchors: readonly { positionFrames: number }[]) =>
  anchors[0]?.positionFrames === 0 &&
  anchors.every(({ positionFrames }, at) => at === 0 || positionFrames > (anchors[at - 1]?.positionFrames ?? 0));

/** Anchors in the order of their places, the first at the origin, no two at one place. */
export const TempoMap = z.array(TempoAnchor).min(1).max(TIMELINE_ANCHORS_MAX).refine(ascends);
export const SignatureMap = z.array(SignatureAnchor).min(1).max(TIMELINE_ANCHORS_MAX).refine(ascends);

export const TimelineMap = z.object({
  tempo: TempoMap,
  signatures: SignatureMap,
  markers: z.array(Marker).max(MARKERS_MAX),
  /** Bars that are counted before a take that starts from a standstill. */
  countInBars: z.int().min(0).max(COUNT_IN_BARS_MAX),
});
export type TimelineMap = z.infer<typeof TimelineMap>;

/** What changes the map. */
export const MapCommand = z.discriminatedUnion("command", [
  /** With a place: from there on. Without: see docs/PROTOCOL.md P50. */
  z.object({ command: z.literal("tempo"), bpm: Bpm, positionFrames: PositionFrames.optional() }),
  z.object({ command: z.literal("signature"), ...signature, positionFrames: PositionFrames.optional() }),
  /** Another map as a whole, as a MIDI file has it. Markers stay. */
  z.object({ command: z.literal("map"), tempo: TempoMap, signatures: SignatureMap }),
  /** `null` takes the marker away. */
  z.object({ command: z.literal("marker"), markerId: z.uuid(), marker: Marker.omit({ markerId: true }).nullable() }),
  z.object({ command: z.literal("count-in"), bars: z.int().min(0).max(COUNT_IN_BARS_MAX) }),
]);
export type MapCommand = z.infer<typeof MapCommand>;

/** Before anybody changed it: 120 to the minute, four-four. */
export const initialMap: TimelineMap = {
  tempo: [{ positionFrames: 0, bpm: 120 }],
  signatures: [{ positionFrames: 0, beats: 4, unit: 4 }],
  markers: [],
  countInBars: 0,
};

/** The anchor in force at a place: the last one that is not after it. */
export function anchorAt<Anchor extends { positionFrames: number }>(
  anchors: readonly Anchor[],
  frames: number,
): Anchor {
  let [low, high] = [0, anchors.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((anchors[middle]?.positionFrames ?? 0) <= frames) low = middle;
    else high = middle - 1;
  }
  const anchor = anchors[low];
  if (anchor === undefined) throw new Error("A map has at least one anchor.");
  return anchor;
}

export const tempoAt = (map: TimelineMap, frames: number): number => anchorAt(map.tempo, frames).bpm;

/** Length of one bar that begins at a place, in frames; not whole, and as if the tempo stayed. */
export function barFramesAt(map: TimelineMap, frames: number): number {
  const { beats, unit } = anchorAt(map.signatures, frames);
  return (beats * (4 / unit) * 60 * TIMELINE_RATE_HZ) / tempoAt(map, frames);
}

/** How long the count-in of a take lasts that starts at a place, in whole milliseconds. */
export const countInMs = (map: TimelineMap, frames: number): number =>
  Math.round((map.countInBars * barFramesAt(map, frames) * 1000) / TIMELINE_RATE_HZ);

/** Anchors with one more, or with another in place of the one that stood there. */
function withAnchor<Anchor extends { positionFrames: number }>(anchors: readonly Anchor[], anchor: Anchor): Anchor[] {
  const at = anchors.findIndex(({ positionFrames }) => positionFrames >= anchor.positionFrames);
  if (at < 0) return [...anchors, anchor];
  return anchors.toSpliced(at, anchors[at]?.positionFrames === anchor.positionFrames ? 1 : 0, anchor);
}

/**
 * The map after a command. `hereFrames` is where the playhead is then, `rolling` whether it moves: a change without a place begins at a
 * rolling playhead, so that no beat that has sounded moves, and otherwise changes the anchor that is in force (P50).
 */
export function applyMap(map: TimelineMap, command: MapCommand, hereFrames: number, rolling: boolean): TimelineMap {
  const placeOf = (anchors: readonly { positionFrames: number }[]) =>
    rolling ? hereFrames : anchorAt(anchors, hereFrames).positionFrames;
  switch (command.command) {
    case "tempo": {
      const { bpm, positionFrames = placeOf(map.tempo) } = command;
      return { ...map, tempo: withAnchor(map.tempo, { positionFrames, bpm }) };
    }
    case "signature": {
      const { beats, unit, positionFrames = placeOf(map.signatures) } = command;
      return { ...map, signatures: withAnchor(map.signatures, { positionFrames, beats, unit }) };
    }
    case "map":
      return { ...map, tempo: command.tempo, signatures: command.signatures };
    case "marker": {
      const { markerId, marker } = command;
      const others = map.markers.filter((other) => other.markerId !== markerId);
      return { ...map, markers: marker === null ? others : [...others, { markerId, ...marker }] };
    }
    case "count-in":
      return { ...map, countInBars: command.bars };
  }
}

/** Whether a map holds no more than it may. */
export const fitsLimits = ({ tempo, signatures, markers }: TimelineMap): boolean =>
  tempo.length + signatures.length <= TIMELINE_ANCHORS_MAX && markers.length <= MARKERS_MAX;
