import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { TransportCommand } from "../../../protocol/room.ts";

/**
 * MIDI Machine Control (MIDI 1.0 Recommended Practice RP-013): universal real-time system exclusive, `F0 7F <device> 06 … F7`.
 */
export type FrameRate = 24 | 25 | 30;

/** The device id that every machine answers to. */
export const ALL_DEVICES = 0x7f;
/** Rate bits of the hours byte, `0 rr hhhhh`: 24, 25, 30 non-drop (rr = 0, 1, 3). */
const RATE_BITS: Record<FrameRate, number> = { 24: 0, 25: 1, 30: 3 };

const message = (deviceId: number, ...body: number[]) => Uint8Array.of(0xf0, 0x7f, deviceId, 0x06, ...body, 0xf7);

/**
 * The bytes that make a DAW do a command, or `null` where MMC has no word for it (tempo goes by MIDI clock, ranges and the map stay ours). `play` is Deferred Play:
 * a machine that is still locating starts when it is there. `record` starts the roll as well, so it is Record Strobe after Deferred Play.
 */
export function encodeMmc(
  command: TransportCommand,
  frameRate: FrameRate = 30,
  deviceId = ALL_DEVICES,
): Uint8Array | null {
  switch (command.command) {
    case "stop":
      return message(deviceId, 0x01);
    case "play":
      return message(deviceId, 0x03);
    case "record":
      return message(deviceId, 0x03, 0x06);
    case "locate":
      return message(deviceId, 0x44, 0x06, 0x01, ...timeCode(command.positionFrames, frameRate));
    case "loop":
    case "punch":
    case "tempo":
    case "signature":
    case "map":
    case "marker":
    case "count-in":
      return null;
  }
}

/** Standard time code `hr mn sc fr ff` of a place on the timeline; `ff` counts hundredths of a frame. */
function timeCode(positionFrames: number, frameRate: FrameRate): number[] {
  const hundredths = Math.round((positionFrames / TIMELINE_RATE_HZ) * frameRate * 100);
  const frames = Math.floor(hundredths / 100);
  const seconds = Math.floor(frames / frameRate);
  const hours = Math.floor(seconds / 3600) % 24;
  return [
    (RATE_BITS[frameRate] << 5) | hours,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
    frames % frameRate,
    hundredths % 100,
  ];
}

/** The commands in one MMC message, in their order; an empty list for what is not MMC or is none of ours. Never throws. */
export function decodeMmc(bytes: Uint8Array): TransportCommand[] {
  if (bytes.length < 6 || bytes[0] !== 0xf0 || bytes[1] !== 0x7f || bytes[3] !== 0x06 || bytes.at(-1) !== 0xf7)
    return [];
  const commands: TransportCommand[] = [];
  for (let at = 4; at < bytes.length - 1; ) {
    const code = bytes[at] ?? 0;
    if (code === 0x01) commands.push({ command: "stop" });
    else if (code === 0x02 || code === 0x03) commands.push({ command: "play" });
    else if (code === 0x06) {
      // Record Strobe right after a play is one command: record starts the roll.
      if (commands.at(-1)?.command === "play") commands.pop();
      commands.push({ command: "record" });
    } else if (code === 0x44 && bytes[at + 2] === 0x01) {
      const locate = readTimeCode(bytes.subarray(at + 3, at + 8));
      if (locate !== null) commands.push({ command: "locate", positionFrames: locate });
    }
    // Commands from 40 to 77 carry their length; those below are one byte.
    at += code >= 0x40 && code < 0x78 ? 2 + (bytes[at + 1] ?? 0) : 1;
  }
  return commands;
}

function readTimeCode(bytes: Uint8Array): number | null {
  const [hours = 0, minutes = 0, seconds = 0, frames = 0, hundredths = 0] = bytes;
  if (bytes.length < 5) return null;
  const rate = [24, 25, 30, 30][(hours >> 5) & 3] ?? 30;
  const exact =
    (((hours & 31) * 60 + (minutes & 63)) * 60 + (seconds & 63)) * rate + (frames & 31) + (hundredths & 127) / 100;
  return Math.round((exact / rate) * TIMELINE_RATE_HZ);
}
