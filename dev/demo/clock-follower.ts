import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { Bars } from "../../audio/bars.ts";
import type { TimelineMap } from "../../protocol/timeline.ts";
import type { Place } from "./daw-measure.ts";
import { end } from "./jack.ts";
import type { Heard } from "./jack-ear.ts";

const PROGRAM = "jack_mclk_dump";
const BEATS_A_BAR = 4;
const TICKS_A_BEAT = 4;
const [CLOCK, START, CONTINUE] = [0xf8, 0xfa, 0xfb];

/** What it says of a Start or Continue, or of a clock: where and how fast it is then; of the first clock of a roll it tells neither. */
export type ClockWord = { type: "roll" } | { type: "clock"; quarters: number | null; bpm: number | null };

/**
 * A line of what `jack_mclk_dump --newline` says; nothing for one that tells neither. Its places are bar, beat and sixteenth of a 4/4 of its own,
 * whatever the session's signature is.
 */
export function clockWordOf(line: string): ClockWord | null {
  if (/^EVENT \(0xf[ab]\) (?:start|continue)/.test(line)) return { type: "roll" };
  if (!line.startsWith("CLK ")) return null;
  const [, ...place] = (/ (\d+)\|(\d+)\|(\d+) /.exec(line) ?? []).map(Number);
  const [bar = 1, beat = 1, tick = 0] = place;
  const [, bpm = "??"] = /flt:\s*([\d.]+|\?\?)\[BPM\]/.exec(line) ?? [];
  return {
    type: "clock",
    quarters: place.length === 0 ? null : (bar - 1) * BEATS_A_BAR + beat - 1 + tick / TICKS_A_BEAT,
    bpm: bpm === "??" ? null : Number(bpm),
  };
}

/** A place that it said, when its clock was there, and how fast it took the clock to be. */
export interface ClockPlace extends Place {
  localMs: number;
  bpm: number | null;
}

/**
 * Where it says that it is, at each new sixteenth that it comes to. Its own count of frames begins anew with each of its runs, so when that was is told from what was heard
 * beside it: each of its words belongs to a byte, and a Start or Continue to a Start or Continue.
 */
export function placesOfClock(
  words: readonly ClockWord[],
  heard: readonly Heard[],
  mapAt: (frame: number) => TimelineMap,
): ClockPlace[] {
  const isRoll = ({ bytes: [status] }: Heard) => status === START || status === CONTINUE;
  const places: ClockPlace[] = [];
  let at = -1;
  let quarters: number | null = null;
  for (const word of words) {
    at = heard.findIndex((one, index) => index > at && (word.type === "roll" ? isRoll(one) : one.bytes[0] === CLOCK));
    const beside = heard[at];
    if (beside === undefined) break;
    const before: number | null = quarters;
    quarters = word.type === "clock" ? word.quarters : null;
    if (word.type === "roll" || quarters === null || before === null || quarters === before) continue;
    const { frame, localMs } = beside;
    places.push({ frame, localMs, positionFrames: new Bars(mapAt(frame)).framesAt(quarters), bpm: word.bpm });
  }
  return places;
}

/** A program that is none of ours (Robin Gareus' `jack_mclk_dump`) and follows MIDI clock on JACK: what it takes the place and the tempo to be. */
export class ClockFollower {
  readonly words: ClockWord[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error("It has no output.");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const word = clockWordOf(line);
      if (word !== null) this.words.push(word);
    });
  }

  static isThere = (): boolean => spawnSync("which", [PROGRAM]).status === 0;

  static start(port: string): ClockFollower {
    return new ClockFollower(
      spawn("stdbuf", ["-oL", PROGRAM, "--newline", port], { stdio: ["ignore", "pipe", "ignore"] }),
    );
  }

  async stop(): Promise<void> {
    await end(this.#child, { signal: "SIGKILL" });
  }
}
