import { placeOfTimecode, type TimecodeRate, timecodeAt, trueRate } from "../../../audio/timecode.ts";
import type { Cue, DawDriver, DawEvent, DawMessage, Moment } from "./driver.std.ts";
import { MidiParser } from "./midi-parser.std.ts";
import { mtcDriver } from "./mtc.std.ts";

/** MIDI Machine Control (MIDI 1.0 Recommended Practice RP-013): universal real-time system exclusive, `F0 7F <device> 06 … F7`. */
export interface MmcOptions {
  rate?: TimecodeRate;
  /** What the DAW shows at the session's origin, in timeline frames; many studios begin at 01:00:00:00. */
  startFrames?: number;
  /** 127 is every machine. */
  deviceId?: number;
}

const ALL_DEVICES = 0x7f;
/** Rate bits of the hours byte, `0 tt hhhhh` (RP-013, standard time code): 24, 25, 30 drop-frame, 30. They know no other 29.97. */
const rateBits: Record<TimecodeRate, number> = { "24": 0, "25": 1, "29.97df": 2, "29.97": 3, "30": 3 };

/** RP-013, table of commands; those from 40 to 77 carry a count of what follows. */
const command = {
  stop: 0x01,
  play: 0x02,
  deferredPlay: 0x03,
  recordStrobe: 0x06,
  recordExit: 0x07,
  pause: 0x09,
  locate: 0x44,
};

/** Of a frame: places are rounded to whole samples. */
const WHOLE_SLACK = 0.01;

/** Ardour answers after 5 to 8 ms; a DAW that has to fetch sound from a disk takes some more. Not all of them count less than a whole frame. */
export function mmcCueOf({ rate = "30", startFrames = 0 }: Pick<MmcOptions, "rate" | "startFrames"> = {}): Cue {
  const frameSamples = 48_000 / trueRate(rate);
  return {
    locateMs: 60,
    restMs: 40,
    rollsThroughLocate: false,
    placeFrom: (positionFrames) =>
      Math.round(Math.ceil((positionFrames + startFrames) / frameSamples - WHOLE_SLACK) * frameSamples) - startFrames,
  };
}
export const mmcCue = mmcCueOf();

/**
 * `play` is Deferred Play: a machine that is still locating starts when it is there. `record` starts the roll as well, so it is Record
 * Strobe after it. A tempo has no word (it goes by MIDI clock), and a place past 24 hours no label.
 */
export function mmcDriver(options: MmcOptions = {}) {
  const { rate = "30", startFrames = 0, deviceId = ALL_DEVICES } = options;
  const parser = new MidiParser();
  const timecode = mtcDriver({ rate, startFrames });
  const sysex = (...body: number[]) => Uint8Array.of(0xf0, 0x7f, deviceId, 0x06, ...body, 0xf7);
  const isForUs = (id: number) => deviceId === ALL_DEVICES || id === ALL_DEVICES || id === deviceId;
  return {
    name: "MMC",
    encode(message: DawMessage) {
      switch (message.type) {
        case "stop":
          return sysex(command.stop);
        case "play":
          return sysex(command.deferredPlay);
        case "record":
          return sysex(command.deferredPlay, command.recordStrobe);
        case "punch-out":
          return sysex(command.recordExit);
        case "locate": {
          const label = timecodeBytes(message.positionFrames + startFrames, rate);
          return label === null ? null : sysex(command.locate, 0x06, 0x01, ...label);
        }
        case "tempo":
          return null;
      }
    },
    quietMs: timecode.quietMs,
    decode(bytes: Uint8Array, moment: Moment): DawEvent[] {
      // A DAW that sends timecode at the same port says where it is; what is done to it, it says in this language.
      const places = timecode
        .decode(bytes, moment)
        .flatMap((event): DawEvent[] => (event.type === "position" ? [{ ...event, rolls: true }] : []));
      const commands = parser
        .push(bytes)
        .filter(([status, id, device = 0, sub]) => status === 0xf0 && id === 0x7f && isForUs(device) && sub === 0x06)
        .flatMap((message) => commandsOf(message.subarray(4, -1), rate, startFrames));
      return [...commands, ...places];
    },
  } satisfies DawDriver;
}

/** Standard time code `hr mn sc fr ff`; `null` past the last label of a day. */
export function timecodeBytes(positionFrames: number, rate: TimecodeRate): number[] | null {
  const { hours, minutes, seconds, frames, hundredths } = timecodeAt(positionFrames, rate);
  return hours > 23 ? null : [(rateBits[rate] << 5) | hours, minutes, seconds, frames, hundredths];
}

function commandsOf(body: Uint8Array, rate: TimecodeRate, startFrames: number): DawMessage[] {
  const found: DawMessage[] = [];
  for (let at = 0; at < body.length; ) {
    const code = body[at] ?? 0;
    const count = code >= 0x40 && code < 0x78 ? (body[at + 1] ?? 0) : undefined;
    if (code === command.stop || code === command.pause) found.push({ type: "stop" });
    else if (code === command.play || code === command.deferredPlay) found.push({ type: "play" });
    else if (code === command.recordExit) found.push({ type: "punch-out" });
    else if (code === command.recordStrobe) {
      // Record Strobe right after a play is one thing: record starts the roll.
      if (found.at(-1)?.type === "play") found.pop();
      found.push({ type: "record" });
    } else if (code === command.locate && count === 6 && body[at + 2] === 0x01) {
      const place = placeOfBytes(body.subarray(at + 3, at + 8), rate);
      if (place !== null && place >= startFrames) found.push({ type: "locate", positionFrames: place - startFrames });
    }
    // 00 opens a second table, whose code follows.
    at += count !== undefined ? 2 + count : code === 0x00 ? 2 : 1;
  }
  return found;
}

/**
 * Bit 6 of minutes is the colour frame flag and of seconds is reserved; frames are `0 g i fffff`: `g` the sign, `i` says that the last byte
 * holds status instead of subframes. A negative time is before every session's origin.
 */
function placeOfBytes(bytes: Uint8Array, ours: TimecodeRate): number | null {
  if (bytes.length < 5) return null;
  const [hours = 0, minutes = 0, seconds = 0, frames = 0, last = 0] = bytes;
  if ((frames & 0x40) !== 0) return null;
  const told = (["24", "25", "29.97df", "30"] as const)[(hours >> 5) & 3] ?? "30";
  return placeOfTimecode(
    {
      hours: hours & 31,
      minutes: minutes & 63,
      seconds: seconds & 63,
      frames: frames & 31,
      hundredths: (frames & 0x20) === 0 ? last : 0,
    },
    // Both kinds that count thirty without dropping have the same bits: the DAW's profile says which it is.
    told === "30" && ours === "29.97" ? "29.97" : told,
  );
}
