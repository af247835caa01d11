import { Bars } from "../../../audio/bars.ts";
import { TEMPO_MAX_BPM, TEMPO_MIN_BPM } from "../../../protocol/limits.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { type TimelineMap, tempoAt } from "../../../protocol/timeline.ts";
import { type Cue, type DawDriver, type DawEvent, type DawMessage, type Moment, TICK_SLACK_MS } from "./driver.std.ts";
import { MidiParser } from "./midi-parser.std.ts";

/**
 * MIDI Clock (MIDI 1.0 Detailed Specification 4.2, System Real Time and Song Position Pointer): 24 clocks to the quarter note while it
 * rolls; Start and Continue say that the next clock is the first; a song position counts sixteenth notes, so a roll is joined at one.
 */
const CLOCKS_PER_QUARTER = 24;
const CLOCKS_PER_SIXTEENTH = 6;
const SONG_POSITION_MAX = 0x3fff;
const byte = { songPosition: 0xf2, clock: 0xf8, start: 0xfa, continue: 0xfb, stop: 0xfc };
/** Start and Continue leave this long before the clock that they announce, where there is time: some receivers need a moment. */
const ANNOUNCE_MS = 2;
const ANNOUNCE_MIN_MS = 1;
/** A tempo is told from the clocks of a whole beat, and is another one from this far off. */
const TEMPO_OFF_BPM = 0.5;

export const midiClockCue: Cue = { locateMs: 60, rollsThroughLocate: false };

export function midiClockDriver(): DawDriver {
  const parser = new MidiParser();
  const barsOf = rememberBars();
  const tempo = new TempoMeter();
  let saidBpm = 0;
  /** What the DAW has said: whether it rolls or is about to, and which clock it is at, from the origin. */
  let motion: "stopped" | "announced" | "rolling" = "stopped";
  let clocks = 0;
  /** The clock that leaves next belongs to this roll. */
  let sent: { state: TransportState; clock: number } | undefined;
  return {
    name: "MIDI clock",
    encode(message: DawMessage, { map }: Moment) {
      if (message.type === "stop") return Uint8Array.of(byte.stop);
      if (message.type !== "locate") return null;
      const sixteenth = sixteenthFrom(barsOf(map), message.positionFrames);
      // A receiver that rolls hears no song position.
      return sixteenth > SONG_POSITION_MAX ? null : Uint8Array.of(byte.stop, ...songPosition(sixteenth));
    },
    tick(state: TransportState, map, fromMs) {
      if (state.motion === "stopped") return null;
      const bars = barsOf(map);
      const placeAt = (atMs: number) => state.positionFrames + Math.max(0, atMs - state.atMs) * 48;
      const clockFrom = (atMs: number) => Math.ceil(bars.quartersAt(placeAt(atMs)) * CLOCKS_PER_QUARTER);
      const msOf = (clock: number) =>
        state.atMs + (bars.framesAt(clock / CLOCKS_PER_QUARTER) - state.positionFrames) / 48;
      const isRunning = sent?.state === state;
      let clock = clockFrom(fromMs - TICK_SLACK_MS);
      if (isRunning && clock === sent?.clock) {
        sent = { state, clock: clock + 1 };
        return { atMs: msOf(clock), bytes: Uint8Array.of(byte.clock) };
      }
      // A roll begins, or a clock was left out, or the map was drawn anew: from the next sixteenth on.
      const sixteenth = Math.ceil(clock / CLOCKS_PER_SIXTEENTH);
      if (sixteenth > SONG_POSITION_MAX) return null;
      clock = sixteenth * CLOCKS_PER_SIXTEENTH;
      const announces = [
        ...(isRunning ? [byte.stop] : []),
        ...(sixteenth === 0 ? [byte.start] : [...songPosition(sixteenth), byte.continue]),
      ];
      const dueMs = msOf(clock);
      if (dueMs - fromMs < ANNOUNCE_MIN_MS) {
        sent = { state, clock: clock + 1 };
        return { atMs: dueMs, bytes: Uint8Array.of(...announces, byte.clock) };
      }
      sent = { state, clock };
      return { atMs: Math.max(fromMs, dueMs - ANNOUNCE_MS), bytes: Uint8Array.from(announces) };
    },
    decode(bytes: Uint8Array, moment: Moment) {
      return parser.push(bytes).flatMap((message) => hear(message, moment));
    },
  };

  function hear([status = 0, low = 0, high = 0]: Uint8Array, { localMs, map }: Moment): DawEvent[] {
    const placeFrames = () => Math.round(barsOf(map).framesAt(clocks / CLOCKS_PER_QUARTER));
    switch (status) {
      case byte.songPosition:
        clocks = (low | (high << 7)) * CLOCKS_PER_SIXTEENTH;
        return motion === "rolling" ? [] : [{ type: "locate", positionFrames: placeFrames() }];
      case byte.start:
        clocks = 0;
        motion = "announced";
        return [];
      case byte.continue:
        if (motion === "stopped") motion = "announced";
        return [];
      case byte.stop: {
        const rolled = motion === "rolling";
        motion = "stopped";
        // The song position counts whole sixteenths.
        clocks -= clocks % CLOCKS_PER_SIXTEENTH;
        return rolled ? [{ type: "stop" }] : [];
      }
      case byte.clock: {
        const events: DawEvent[] = [];
        const bpm = tempo.push(localMs);
        if (motion === "announced") {
          motion = "rolling";
          events.push({ type: "position", positionFrames: placeFrames() }, { type: "play" });
        } else if (motion === "rolling") {
          clocks++;
          if (clocks % CLOCKS_PER_QUARTER === 0) events.push({ type: "position", positionFrames: placeFrames() });
        }
        if (bpm !== undefined && isOther(bpm, saidBpm)) {
          saidBpm = bpm;
          if (isOther(bpm, tempoAt(map, placeFrames()))) events.push({ type: "tempo", bpm });
        }
        return events;
      }
      default:
        return [];
    }
  }
}

const isOther = (bpm: number, known: number): boolean => Math.abs(bpm - known) > TEMPO_OFF_BPM;

/** The first sixteenth that begins at a place or after it, counted from the origin. */
function sixteenthFrom(bars: Bars, frames: number): number {
  const slackFrames = TICK_SLACK_MS * 48;
  return Math.max(0, Math.ceil(bars.quartersAt(frames - slackFrames) * (CLOCKS_PER_QUARTER / CLOCKS_PER_SIXTEENTH)));
}

const songPosition = (sixteenth: number): number[] => [byte.songPosition, sixteenth & 0x7f, sixteenth >> 7];

/** A map is counted through once, however many ticks ask. */
function rememberBars(): (map: TimelineMap) => Bars {
  let known: { map: TimelineMap; bars: Bars } | undefined;
  return (map) => {
    if (known?.map !== map) known = { map, bars: new Bars(map) };
    return known.bars;
  };
}

/** The tempo of clocks, once for each beat of them: two beats that agree, because one beat across a change is neither tempo. */
class TempoMeter {
  #clocks = 0;
  #sinceMs = 0;
  #lastBpm = 0;

  push(localMs: number): number | undefined {
    if (this.#clocks++ === 0) this.#sinceMs = localMs;
    if (this.#clocks <= CLOCKS_PER_QUARTER) return undefined;
    const bpm = Math.round(600_000 / (localMs - this.#sinceMs)) / 10;
    const agrees = Math.abs(bpm - this.#lastBpm) <= TEMPO_OFF_BPM;
    this.#lastBpm = bpm;
    this.#clocks = 1;
    this.#sinceMs = localMs;
    return agrees && bpm >= TEMPO_MIN_BPM && bpm <= TEMPO_MAX_BPM ? bpm : undefined;
  }
}
