import { Bars } from "../../../audio/bars.ts";
import { placeOfTimecode, type TimecodeRate } from "../../../audio/timecode.ts";
import { anchorAt, type TimelineMap } from "../../../protocol/timeline.ts";
import type { Cue, DawDriver, DawEvent, DawMessage, Moment } from "./driver.std.ts";
import { MidiParser } from "./midi-parser.std.ts";

/**
 * Mackie Control (Mackie Control Universal User's Guide 1.1, "MIDI implementation"; Logic Control User's Manual, appendix B): the companion
 * is the control surface. Its transport keys are notes on channel 1; the DAW answers with their lamps, and shows its place, digit by
 * digit, on the surface's counter.
 */
export interface MackieOptions {
  /** Rate of the DAW's timecode, and what it shows at the session's origin, in timeline frames. */
  rate?: TimecodeRate;
  startFrames?: number;
  /** Whether Record alone starts the roll. Where it only arms, Play follows it. */
  recordRolls?: boolean;
  /** What the counter shows, for DAWs that do not light the lamp that says so; those that show beats instead of timecode are asked for it. */
  counter?: "smpte" | "beats";
}

const key = { counter: 0x35, stop: 0x5d, play: 0x5e, record: 0x5f };
const lamp = { smpte: 0x71, beats: 0x72 };
const LED_ON = 0x7f;
/** Manufacturer and model that every system exclusive of it begins with. */
const HEADER = [0xf0, 0x00, 0x00, 0x66, 0x14];
/** Seven of a serial number and four of a challenge: the DAW's answer to it is not checked, because nobody is kept out. */
const SERIAL = [0x53, 0x65, 0x73, 0x73, 0x4c, 0x6e, 0x6b];
const CHALLENGE = [0x01, 0x02, 0x03, 0x04];
const FIRMWARE = [0x56, 0x32, 0x2e, 0x30];
const command = { query: 0x00, challenge: 0x01, reply: 0x02, confirmed: 0x03, counter: 0x10, version: 0x13 };
const versionReply = 0x14;
const lampsOff = [0x62, 0x63];

const COUNTER_FIRST = 0x40;
const DIGITS = 10;
/** The digits of one place come together, each as a message of its own; after this long without one the counter says what it means. */
const SETTLED_MS = 5;

/** A surface is polled: what it presses is carried out within the DAW's next block or two. It has no word for a place. */
export const mackieCue: Cue = { locateMs: 0, rollsThroughLocate: true };

const sysex = (...body: number[]) => Uint8Array.of(...HEADER, ...body, 0xf7);
/** A finger goes down and up: a DAW that saw only the first would wait for the other. */
const press = (...notes: number[]) => Uint8Array.from(notes.flatMap((note) => [0x90, note, LED_ON, 0x90, note, 0]));

export function mackieDriver(options: MackieOptions = {}): DawDriver {
  const { rate = "30", startFrames = 0, recordRolls = false } = options;
  const parser = new MidiParser();
  const known = { rolls: false, records: false };
  const counter = new Counter(rate, startFrames, options.counter);
  return {
    name: "Mackie Control",
    greeting: sysex(command.challenge, ...SERIAL, ...CHALLENGE),
    quietMs: SETTLED_MS,
    encode(message: DawMessage) {
      switch (message.type) {
        case "play":
          return press(key.play);
        case "stop":
          return press(key.stop);
        case "record": {
          // The key toggles in most: what it is now, the lamp has told.
          const arms = known.records ? [] : [key.record];
          return press(...arms, ...(recordRolls && !known.records ? [] : [key.play]));
        }
        case "punch-out":
          return known.records ? press(key.record) : null;
        case "locate":
        case "tempo":
          return null;
      }
    },
    decode(bytes: Uint8Array, moment: Moment) {
      const events: DawEvent[] = bytes.length === 0 ? counter.settle(moment) : [];
      for (const message of parser.push(bytes)) {
        const [status = 0, first = 0, second = 0] = message;
        if (status === 0x90 || status === 0x80) events.push(...onLamp(first, status === 0x90 && second > 0));
        else if (status === 0xb0 && first >= COUNTER_FIRST && first < COUNTER_FIRST + DIGITS)
          events.push(...counter.show(first - COUNTER_FIRST, [second], moment));
        else if (status === 0xf0 && HEADER.every((byte, at) => message[at] === byte))
          events.push(...onSysex(message.subarray(HEADER.length, -1), moment));
      }
      return events;
    },
  };

  function onLamp(note: number, isOn: boolean): DawEvent[] {
    if (note === lamp.smpte && isOn) counter.kind = "smpte";
    if (note === lamp.beats && isOn) {
      // Bars are no place where the DAW's tempo is another: this language has no word for one.
      if (options.counter === "smpte") return [{ type: "answer", bytes: press(key.counter) }];
      counter.kind = "beats";
    }
    if (note === key.record && known.records !== isOn) {
      known.records = isOn;
      return known.rolls ? [{ type: isOn ? "record" : "punch-out" }] : [];
    }
    if (note === key.play) return change(isOn);
    return note === key.stop && isOn ? change(false) : [];
  }

  function change(rolls: boolean): DawEvent[] {
    if (known.rolls === rolls) return [];
    known.rolls = rolls;
    return [{ type: rolls ? (known.records ? "record" : "play") : "stop" }];
  }

  function onSysex([what, ...body]: Uint8Array, moment: Moment): DawEvent[] {
    switch (what) {
      case command.query:
        return [{ type: "answer", bytes: sysex(command.challenge, ...SERIAL, ...CHALLENGE) }];
      case command.reply:
        return [{ type: "answer", bytes: sysex(command.confirmed, ...SERIAL) }];
      case command.version:
        return [{ type: "answer", bytes: sysex(versionReply, ...FIRMWARE) }];
      case command.counter:
        return counter.show(0, body.slice(0, DIGITS), moment);
      default:
        // The DAW lets the surface go: its lamps say no more what it does.
        if (what !== undefined && lampsOff.includes(what)) return change(false);
        return [];
    }
  }
}

/** The ten digits, from the right: `hhh mm ss fff`, or bars (3), beats (2), their division (2) and ticks (3). */
class Counter {
  kind: "smpte" | "beats" | undefined;
  readonly #rate: TimecodeRate;
  readonly #startFrames: number;
  readonly #digits = new Uint8Array(DIGITS);
  #changedMs: number | undefined;
  #beat = "";

  constructor(rate: TimecodeRate, startFrames: number, kind: "smpte" | "beats" | undefined) {
    this.#rate = rate;
    this.#startFrames = startFrames;
    this.kind = kind;
  }

  /** Digits from a place on; what stood there before, if it had settled, is what the DAW meant. */
  show(from: number, values: readonly number[], moment: Moment): DawEvent[] {
    const isNext = this.#changedMs !== undefined && moment.localMs - this.#changedMs >= SETTLED_MS;
    const events = isNext ? this.#read(moment.map) : [];
    for (const [at, value] of values.entries()) this.#digits[from + at] = digitOf(value);
    this.#changedMs = moment.localMs;
    return events;
  }

  settle({ map }: Moment): DawEvent[] {
    return this.#changedMs === undefined ? [] : this.#read(map);
  }

  #read(map: TimelineMap): DawEvent[] {
    const localMs = this.#changedMs ?? 0;
    this.#changedMs = undefined;
    const positionFrames = this.kind === "beats" ? this.#placeOfBeats(map) : this.kind && this.#placeOfTimecode();
    return positionFrames === undefined ? [] : [{ type: "position", positionFrames, localMs }];
  }

  /** The number in so many digits, counted from the right. */
  #number(from: number, count: number): number {
    let number = 0;
    for (let at = from + count - 1; at >= from; at--) number = number * 10 + (this.#digits[at] ?? 0);
    return number;
  }

  #placeOfTimecode(): number | undefined {
    const [hours, minutes, seconds, frames] = [
      this.#number(7, 3),
      this.#number(5, 2),
      this.#number(3, 2),
      this.#number(0, 3),
    ];
    const place = placeOfTimecode({ hours, minutes, seconds, frames, hundredths: 0 }, this.#rate);
    return place === null || place < this.#startFrames ? undefined : place - this.#startFrames;
  }

  /** How a beat is divided differs between DAWs, so only the moment at which a new beat appears is a place. */
  #placeOfBeats(map: TimelineMap): number | undefined {
    const [bar, beat] = [this.#number(7, 3), this.#number(5, 2)];
    const shown = `${bar}.${beat}`;
    if (shown === this.#beat || bar < 1 || beat < 1) return undefined;
    this.#beat = shown;
    const bars = new Bars(map);
    const barFrames = bars.framesOfBar(bar);
    const { unit } = anchorAt(map.signatures, Math.round(barFrames));
    return Math.round(bars.framesAt(bars.quartersAt(barFrames) + ((beat - 1) * 4) / unit));
  }
}

/** Seven-segment characters: bit 6 is the point beside the digit; what is no digit is dark. */
const digitOf = (value: number): number => {
  const character = value & 0x3f;
  return character >= 0x30 && character <= 0x39 ? character - 0x30 : 0;
};
