import { TEMPO_MAX_BPM, TEMPO_MIN_BPM } from "../../../protocol/limits.ts";
import type { TransportCommand } from "../../../protocol/room.ts";
import type { DawIntent } from "./echo-guard.std.ts";

/** What the session is asked for a press at a DAW that was at this place at this instant. */
export function commandOf(intent: DawIntent, placeFrames: number, atMs: number): TransportCommand {
  const positionFrames = Math.max(0, placeFrames);
  switch (intent.type) {
    case "play":
      return { command: "play", since: { positionFrames, atMs } };
    case "record":
      return { command: "record", since: { positionFrames, atMs } };
    case "punch-out":
      return { command: "play" };
    case "stop":
      return { command: "stop", positionFrames };
    case "locate":
      return { command: "locate", positionFrames: intent.positionFrames };
    case "tempo":
      return { command: "tempo", bpm: Math.max(TEMPO_MIN_BPM, Math.min(TEMPO_MAX_BPM, intent.bpm)) };
  }
}
