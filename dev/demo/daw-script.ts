import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import type { TransportCommand } from "../../protocol/room.ts";

/**
 * One thing that somebody does: at their companion, or with a hand on their DAW; and how long nothing else happens then. `handPuts`: a hand puts Ada's
 * DAW there as well, because her companion has no word for a place.
 */
export type Step = { who: 0 | 1; thenMs: number; handPuts?: number } & (
  | { asks: TransportCommand }
  | { presses: DawMessage }
);

/** What Ada's DAW is spoken to in; Ben's is spoken to by MMC throughout. */
export type DawLanguage = "mmc" | "mackie" | "osc";

export interface Part {
  language: DawLanguage;
  steps: readonly Step[];
}

const at = (seconds: number) => seconds * 48_000;
const locate = (seconds: number): TransportCommand => ({ command: "locate", positionFrames: at(seconds) });

/** One round by MMC: now here, now there, now at the companion and now at the DAW, also while the other rolls. */
function stepsOf(round: number): Step[] {
  const place = (seconds: number) => 10 + round + seconds;
  return [
    { who: 0, asks: locate(place(0)), thenMs: 1_500 },
    { who: 1, asks: { command: "play" }, thenMs: 3_000 },
    { who: 0, asks: { command: "stop" }, thenMs: 1_500 },
    { who: 0, presses: { type: "play" }, thenMs: 3_000 },
    { who: 1, presses: { type: "stop" }, thenMs: 2_000 },
    { who: 1, asks: { command: "tempo", bpm: 90 + round }, thenMs: 700 },
    { who: 1, presses: { type: "play" }, thenMs: 2_000 },
    { who: 0, asks: locate(place(30)), thenMs: 3_000 },
    {
      who: 1,
      asks: { command: "loop", range: { startFrames: at(place(30)), endFrames: at(place(34)) } },
      thenMs: 2_500,
    },
    { who: 1, asks: { command: "loop", range: null }, thenMs: 1_000 },
    { who: 0, asks: { command: "record" }, thenMs: 1_500 },
    { who: 1, asks: { command: "stop" }, thenMs: 1_500 },
  ];
}

const put = (who: 0 | 1, seconds: number): Step => ({
  who,
  asks: locate(seconds),
  handPuts: at(seconds),
  thenMs: 1_500,
});

/** By Mackie Control, which follows and leads, and has no word for a place. */
const mackieSteps: readonly Step[] = [
  put(1, 10),
  { who: 1, asks: { command: "play" }, thenMs: 2_500 },
  { who: 0, asks: { command: "stop" }, thenMs: 1_500 },
  put(0, 20),
  { who: 0, presses: { type: "play" }, thenMs: 2_500 },
  { who: 0, presses: { type: "stop" }, thenMs: 1_500 },
  put(1, 30),
  { who: 1, asks: { command: "record" }, thenMs: 2_000 },
  { who: 1, presses: { type: "stop" }, thenMs: 1_500 },
];

/** By OSC, which locates by samples. */
const oscSteps: readonly Step[] = [
  { who: 1, asks: locate(10), thenMs: 1_500 },
  { who: 1, asks: { command: "play" }, thenMs: 2_500 },
  { who: 0, asks: locate(40), thenMs: 2_500 },
  { who: 1, asks: { command: "stop" }, thenMs: 1_500 },
  { who: 0, presses: { type: "play" }, thenMs: 2_500 },
  { who: 0, presses: { type: "stop" }, thenMs: 1_500 },
  { who: 1, presses: { type: "play" }, thenMs: 2_500 },
  { who: 0, asks: { command: "record" }, thenMs: 2_000 },
  { who: 1, asks: { command: "stop" }, thenMs: 1_500 },
];

/** The whole of it: so many rounds by MMC, and one each by the other languages. */
export const partsOf = (rounds: number): Part[] => [
  { language: "mmc", steps: Array.from({ length: rounds }, (_, round) => stepsOf(round)).flat() },
  { language: "mackie", steps: mackieSteps },
  { language: "osc", steps: oscSteps },
];

/** What a test has time for: in each language a roll that is asked for and one that a hand begins or ends. */
export const shortParts: readonly Part[] = [
  {
    language: "mmc",
    steps: [
      { who: 0, asks: locate(10), thenMs: 1_200 },
      { who: 1, asks: { command: "play" }, thenMs: 1_500 },
      { who: 0, asks: { command: "stop" }, thenMs: 1_300 },
      { who: 0, presses: { type: "play" }, thenMs: 1_500 },
      { who: 1, presses: { type: "stop" }, thenMs: 1_300 },
    ],
  },
  {
    language: "mackie",
    steps: [
      put(1, 20),
      { who: 1, asks: { command: "play" }, thenMs: 1_500 },
      { who: 0, presses: { type: "stop" }, thenMs: 1_300 },
    ],
  },
  {
    language: "osc",
    steps: [
      { who: 1, asks: locate(30), thenMs: 1_200 },
      { who: 0, presses: { type: "play" }, thenMs: 1_500 },
      { who: 1, asks: { command: "stop" }, thenMs: 1_300 },
    ],
  },
];
