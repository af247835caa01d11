/**
 * A timeline map as a Standard MIDI File (Standard MIDI Files 1.0, RP-001): Set Tempo (`FF 51`), Time Signature (`FF 58`) and Marker
 * (`FF 06`) in one track, which every DAW imports and exports. Places there are ticks of a quarter note, here frames.
 */
import {
  MARKER_NAME_MAX_CHARS,
  MARKERS_MAX,
  TEMPO_MAX_BPM,
  TEMPO_MIN_BPM,
  TIMELINE_ANCHORS_MAX,
  TIMELINE_MAX_FRAMES,
} from "../protocol/limits.ts";
import { type SignatureAnchor, type TempoAnchor, type TimelineMap, TimeSignature } from "../protocol/timeline.ts";
import { Bars } from "./bars.ts";

/** A tick at 120 is 0.05 ms: what lies on no beat keeps its place. */
const TICKS_PER_QUARTER = 9_600;
const MICROSECONDS_PER_MINUTE = 60_000_000;
const meta = { marker: 0x06, endOfTrack: 0x2f, tempo: 0x51, signature: 0x58 };
/** Events of one file; a map and its markers are far fewer, and a file of notes is read past. */
const EVENTS_MAX = 1_000_000;
const CLOCKS_PER_CLICK = 24;
const THIRTY_SECONDS_PER_QUARTER = 8;

interface MetaEvent {
  tick: number;
  type: number;
  data: Uint8Array;
}

export function writeMidiFile(map: Pick<TimelineMap, "tempo" | "signatures" | "markers">): Uint8Array {
  const bars = new Bars(map);
  const tickOf = (frames: number) => Math.round(bars.quartersAt(frames) * TICKS_PER_QUARTER);
  const events: MetaEvent[] = [
    ...map.tempo.map(({ positionFrames, bpm }) => {
      const micros = Math.min(0xffffff, Math.round(MICROSECONDS_PER_MINUTE / bpm));
      const data = Uint8Array.of(micros >> 16, (micros >> 8) & 0xff, micros & 0xff);
      return { tick: tickOf(positionFrames), type: meta.tempo, data };
    }),
    ...map.signatures.map(({ positionFrames, beats, unit }) => ({
      tick: tickOf(positionFrames),
      type: meta.signature,
      data: Uint8Array.of(beats, Math.log2(unit), CLOCKS_PER_CLICK, THIRTY_SECONDS_PER_QUARTER),
    })),
    ...map.markers.map(({ positionFrames, name }) => ({
      tick: tickOf(positionFrames),
      type: meta.marker,
      data: new TextEncoder().encode(name),
    })),
  ].sort((one, other) => one.tick - other.tick);
  const track: number[] = [];
  let tick = 0;
  for (const event of [...events, { tick: events.at(-1)?.tick ?? 0, type: meta.endOfTrack, data: new Uint8Array() }]) {
    track.push(...variable(event.tick - tick), 0xff, event.type, ...variable(event.data.length), ...event.data);
    tick = event.tick;
  }
  const header = [...word("MThd"), 0, 0, 0, 6, 0, 0, 0, 1, TICKS_PER_QUARTER >> 8, TICKS_PER_QUARTER & 0xff];
  const { length } = track;
  const size = [length >> 24, length >> 16, length >> 8, length].map((part) => part & 0xff);
  return Uint8Array.from([...header, ...word("MTrk"), ...size, ...track]);
}

export type MidiFileProblem = "not-a-midi-file" | "counts-in-timecode" | "too-many-anchors" | "tempo-out-of-range";
export type ReadMidiFile =
  | { ok: true; map: Pick<TimelineMap, "tempo" | "signatures">; markers: { positionFrames: number; name: string }[] }
  | { ok: false; reason: MidiFileProblem };

/** What a file has of a map, from all of its tracks; 120 and four-four until it says otherwise. Never throws. */
export function readMidiFile(bytes: Uint8Array): ReadMidiFile {
  const read = readEvents(bytes);
  if (!read.ok) return read;
  const { events, ticksPerQuarter } = read;
  const tempo: TempoAnchor[] = [{ positionFrames: 0, bpm: 120 }];
  for (const { tick, data } of events.filter(({ type }) => type === meta.tempo)) {
    const micros = ((data[0] ?? 0) << 16) | ((data[1] ?? 0) << 8) | (data[2] ?? 0);
    const bpm = Number((MICROSECONDS_PER_MINUTE / micros).toFixed(3));
    if (!(bpm >= TEMPO_MIN_BPM && bpm <= TEMPO_MAX_BPM)) return { ok: false, reason: "tempo-out-of-range" };
    put(tempo, { positionFrames: placeOf(tick, tempo), bpm });
  }
  const signatures: SignatureAnchor[] = [{ positionFrames: 0, beats: 4, unit: 4 }];
  for (const { tick, data } of events.filter(({ type }) => type === meta.signature)) {
    const signature = TimeSignature.safeParse({ beats: data[0], unit: 2 ** (data[1] ?? 0) });
    if (signature.success) put(signatures, { positionFrames: placeOf(tick, tempo), ...signature.data });
  }
  if (tempo.length + signatures.length > TIMELINE_ANCHORS_MAX) return { ok: false, reason: "too-many-anchors" };
  const markers = events
    .filter(({ type }) => type === meta.marker)
    .slice(0, MARKERS_MAX)
    .map(({ tick, data }) => ({
      positionFrames: placeOf(tick, tempo),
      name: new TextDecoder().decode(data).slice(0, MARKER_NAME_MAX_CHARS),
    }));
  return { ok: true, map: { tempo, signatures }, markers };

  function placeOf(tick: number, anchors: readonly TempoAnchor[]): number {
    const frames = new Bars({ tempo: [...anchors], signatures: [{ positionFrames: 0, beats: 4, unit: 4 }] });
    return Math.min(TIMELINE_MAX_FRAMES, Math.round(frames.framesAt(tick / ticksPerQuarter)));
  }
}

/** Events come in the order of their places; the last of two at one place counts. */
function put<Anchor extends { positionFrames: number }>(anchors: Anchor[], anchor: Anchor): void {
  if ((anchors.at(-1)?.positionFrames ?? -1) >= anchor.positionFrames) anchors.pop();
  anchors.push(anchor);
}

function readEvents(
  bytes: Uint8Array,
): { ok: true; events: MetaEvent[]; ticksPerQuarter: number } | { ok: false; reason: MidiFileProblem } {
  const bad = { ok: false, reason: "not-a-midi-file" } as const;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 14 || !word("MThd").every((byte, at) => bytes[at] === byte)) return bad;
  const ticksPerQuarter = view.getUint16(12);
  if (ticksPerQuarter >= 0x8000) return { ok: false, reason: "counts-in-timecode" };
  if (ticksPerQuarter === 0) return bad;
  const events: MetaEvent[] = [];
  for (let at = 8 + view.getUint32(4); at + 8 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at + 4);
    // Chunks of other kinds are read past, as the standard wants.
    if (word("MTrk").every((byte, of) => bytes[at + of] === byte) && !readTrack(bytes.subarray(at + 8, end), events))
      return bad;
    at = end;
  }
  events.sort((one, other) => one.tick - other.tick);
  if (events.filter(({ type }) => type === meta.tempo || type === meta.signature).length > TIMELINE_ANCHORS_MAX)
    return { ok: false, reason: "too-many-anchors" };
  return { ok: true, events, ticksPerQuarter };
}

/** Adds a track's events of the map; `false` where it breaks off or runs on. */
function readTrack(track: Uint8Array, events: MetaEvent[]): boolean {
  let at = 0;
  let tick = 0;
  let running = 0;
  const number = (): number => {
    let value = 0;
    for (let part = 0; part < 4; part++) {
      const byte = track[at++] ?? 0;
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  for (let count = 0; at < track.length; count++) {
    tick += number();
    if (count > EVENTS_MAX || !Number.isFinite(tick)) return false;
    const first = track[at] ?? 0;
    if (first === 0xff || first === 0xf0 || first === 0xf7) {
      const type = first === 0xff ? (track[at + 1] ?? 0) : -1;
      at += first === 0xff ? 2 : 1;
      const length = number();
      if (!Number.isFinite(length) || at + length > track.length) return false;
      const data = track.subarray(at, at + length);
      at += length;
      if (type === meta.endOfTrack) return true;
      if (type === meta.marker || (type === meta.tempo && length === 3) || (type === meta.signature && length >= 2))
        events.push({ tick, type, data });
      continue;
    }
    if (first >= 0x80) {
      running = first;
      at++;
    }
    if (running < 0x80 || running >= 0xf0) return false;
    at += running >= 0xc0 && running < 0xe0 ? 1 : 2;
  }
  return at === track.length;
}

/** A variable-length quantity: seven bits a byte, the highest first. */
function variable(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

const word = (text: string): number[] => [...new TextEncoder().encode(text)];
