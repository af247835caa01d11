import { placeOfTimecode, type TimecodeRate, timecodeAt, trueRate } from "../../../audio/timecode.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { type Cue, type DawDriver, type DawEvent, type DawMessage, type Moment, TICK_SLACK_MS } from "./driver.std.ts";
import { MidiParser } from "./midi-parser.std.ts";

/**
 * MIDI Time Code (MIDI 1.0 Detailed Specification 4.2.1, MTC): while it rolls four quarter frames leave in each frame, `F1 0nnndddd`; eight
 * of them spell the label of the frame in which the first of them left. Where it stands is a full frame, `F0 7F <device> 01 01 … F7`.
 */
export interface MtcOptions {
  rate?: TimecodeRate;
  /** What the DAW shows at the session's origin, in timeline frames. */
  startFrames?: number;
}

const QUARTERS = 4;
const PIECES = 8;
/** The last piece leaves this many frames after the one that its label names. */
const PIECES_FRAMES = (PIECES - 1) / QUARTERS;
const FULL_FRAME = [0xf0, 0x7f, 0x7f, 0x01, 0x01];
const typeBits: Record<TimecodeRate, number> = { "24": 0, "25": 1, "29.97df": 2, "29.97": 3, "30": 3 };
const rateOfBits = ["24", "25", "29.97df", "30"] as const;
/** Quarter frames of the slowest rate come every 10 ms: whoever has said none for so long stands. */
const QUIET_MS = 100;
/** A place that is further than this from where the last one rolled to is another place. */
const JUMP_FRAMES = 48 * 120;

/** A DAW that chases wants to see the code stop, and some of it before it runs. */
export const mtcCue: Cue = { locateMs: QUIET_MS, rollsThroughLocate: false };

export function mtcDriver({ rate = "30", startFrames = 0 }: MtcOptions = {}): DawDriver {
  const parser = new MidiParser();
  const reader = new QuarterFrames();
  const framesPerQuarter = 48_000 / trueRate(rate) / QUARTERS;
  let rolled: { positionFrames: number; localMs: number } | undefined;
  let quarterMs = 0;
  return {
    name: "MIDI timecode",
    quietMs: QUIET_MS,
    encode(message: DawMessage) {
      if (message.type !== "locate") return null;
      const label = timecodeAt(message.positionFrames + startFrames, rate);
      if (label.hours > 23) return null;
      const hours = (typeBits[rate] << 5) | label.hours;
      return Uint8Array.of(...FULL_FRAME, hours, label.minutes, label.seconds, label.frames, 0xf7);
    },
    tick(state: TransportState, _map, fromMs) {
      if (state.motion === "stopped") return null;
      const quarterAt = (atMs: number) =>
        (state.positionFrames + startFrames + (atMs - state.atMs) * 48) / framesPerQuarter;
      // A reader takes nothing from an unfinished label, so a roll begins with a whole one.
      const first = Math.ceil(quarterAt(state.atMs - TICK_SLACK_MS) / PIECES) * PIECES;
      const quarter = Math.max(first, Math.ceil(quarterAt(fromMs - TICK_SLACK_MS)));
      const piece = quarter % PIECES;
      const label = timecodeAt((quarter - piece) * framesPerQuarter, rate);
      if (label.hours > 23) return null;
      const fields = [label.frames, label.seconds, label.minutes, (typeBits[rate] << 5) | label.hours];
      const field = fields[piece >> 1] ?? 0;
      const nibble = (piece & 1) === 0 ? field & 0x0f : field >> 4;
      return {
        atMs: state.atMs + (quarter * framesPerQuarter - startFrames - state.positionFrames) / 48,
        bytes: Uint8Array.of(0xf1, (piece << 4) | nibble),
      };
    },
    decode(bytes: Uint8Array, { localMs }: Moment) {
      if (bytes.length === 0) return stand();
      const events: DawEvent[] = [];
      for (const message of parser.push(bytes)) {
        if (message[0] === 0xf1) events.push(...onQuarter(message[1] ?? 0, localMs));
        else if (isFullFrame(message)) {
          const place = placeOfFields(message.subarray(5, 9), 0);
          if (place !== null) events.push(...stand(), { type: "locate", positionFrames: place });
        }
      }
      return events;
    },
  };

  function onQuarter(data: number, localMs: number): DawEvent[] {
    quarterMs = localMs;
    const fields = reader.push(data);
    if (fields === null) return [];
    const positionFrames = placeOfFields(fields, PIECES_FRAMES);
    if (positionFrames === null) return [];
    const before = rolled;
    rolled = { positionFrames, localMs };
    if (before === undefined) return [{ type: "position", positionFrames }, { type: "play" }];
    const expected = before.positionFrames + (localMs - before.localMs) * 48;
    return [{ type: Math.abs(positionFrames - expected) > JUMP_FRAMES ? "locate" : "position", positionFrames }];
  }

  function stand(): DawEvent[] {
    reader.reset();
    if (rolled === undefined) return [];
    rolled = undefined;
    return [{ type: "stop", localMs: quarterMs }];
  }

  /** The place of four fields, some frames later; `null` for no label, or one before the session's origin. */
  function placeOfFields([hours = 0, minutes = 0, seconds = 0, frames = 0]: Uint8Array, later: number): number | null {
    const told = rateOfBits[(hours >> 5) & 3] ?? "30";
    // Both that count thirty without dropping say the same: the DAW's profile knows which it is.
    const theirs = told === "30" && rate === "29.97" ? "29.97" : told;
    const place = placeOfTimecode({ hours: hours & 31, minutes, seconds, frames, hundredths: 0 }, theirs);
    if (place === null || place < startFrames) return null;
    return Math.round(place - startFrames + (later * 48_000) / trueRate(theirs));
  }
}

const isFullFrame = (message: Uint8Array): boolean =>
  message.length === 10 && FULL_FRAME.every((byte, at) => at === 2 || message[at] === byte);

/** Gathers the eight quarter frames of a label in their order. Code that runs backwards, or lost one, spells nothing. */
class QuarterFrames {
  readonly #nibbles = new Uint8Array(PIECES);
  #next = 0;

  reset(): void {
    this.#next = 0;
  }

  /** Hours with the type, minutes, seconds, frames, at the last piece of a label. */
  push(data: number): Uint8Array | null {
    const piece = (data >> 4) & 7;
    if (piece !== this.#next && piece !== 0) {
      this.#next = 0;
      return null;
    }
    this.#nibbles[piece] = data & 0x0f;
    this.#next = (piece + 1) % PIECES;
    if (piece !== PIECES - 1) return null;
    const [frames, seconds, minutes, hours] = [0, 2, 4, 6].map(
      (at) => (this.#nibbles[at] ?? 0) | ((this.#nibbles[at + 1] ?? 0) << 4),
    );
    return Uint8Array.of((hours ?? 0) & 0x7f, (minutes ?? 0) & 0x3f, (seconds ?? 0) & 0x3f, (frames ?? 0) & 0x1f);
  }
}
