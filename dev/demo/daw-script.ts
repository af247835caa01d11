import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import type { TransportCommand } from "../../protocol/room.ts";

/** One thing that somebody does: at their companion, or with a hand on their DAW; and how long nothing else happens then. */
export type Step = { who: 0 | 1; thenMs: number } & ({ asks: TransportCommand } | { presses: DawMessage });

/** One round: now here, now there, now at the companion and now at the DAW, also while the other rolls. */
export function stepsOf(round: number): Step[] {
  const place = (seconds: number) => (10 + round + seconds) * 48_000;
  return [
    { who: 0, asks: { command: "locate", positionFrames: place(0) }, thenMs: 1_500 },
    { who: 1, asks: { command: "play" }, thenMs: 3_000 },
    { who: 0, asks: { command: "stop" }, thenMs: 1_500 },
    { who: 0, presses: { type: "play" }, thenMs: 3_000 },
    { who: 1, presses: { type: "stop" }, thenMs: 2_000 },
    { who: 1, asks: { command: "tempo", bpm: 90 + round }, thenMs: 700 },
    { who: 1, presses: { type: "play" }, thenMs: 2_000 },
    { who: 0, asks: { command: "locate", positionFrames: place(30) }, thenMs: 3_000 },
    { who: 1, asks: { command: "loop", range: { startFrames: place(30), endFrames: place(34) } }, thenMs: 2_500 },
    { who: 1, asks: { command: "loop", range: null }, thenMs: 1_000 },
    { who: 0, asks: { command: "record" }, thenMs: 1_500 },
    { who: 1, asks: { command: "stop" }, thenMs: 1_500 },
  ];
}

/** What a test has time for: a roll that is asked for, and one that hands begin and end. */
export const shortSteps: readonly Step[] = [
  { who: 0, asks: { command: "locate", positionFrames: 480_000 }, thenMs: 1_200 },
  { who: 1, asks: { command: "play" }, thenMs: 1_500 },
  { who: 0, asks: { command: "stop" }, thenMs: 1_300 },
  { who: 0, presses: { type: "play" }, thenMs: 1_500 },
  { who: 1, presses: { type: "stop" }, thenMs: 1_300 },
];
