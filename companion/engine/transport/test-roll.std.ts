import { type ClickLate, lateOfClicks, onsetsOf } from "../../../audio/click-late.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { TransportState } from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import type { Cue, DawDriver, DawEvent } from "../midi/driver.std.ts";
import type { DawPort } from "../midi/port.std.ts";
import { DawLink, type LinkClock } from "./daw-link.std.ts";

/** What a test roll found of a DAW at a port. */
export interface TestRoll {
  /**
   * `rolled`: it did what it was told, and said so. `silent`: nothing came back, so only ears and eyes can tell. `stayed`: it speaks, and did
   * not roll. `runs-on`: it rolled, and did not stop.
   */
  found: "rolled" | "silent" | "stayed" | "runs-on";
  /** How much later than the session it rolled, by what it says of its own place; `null` where it tells none. */
  lateMs: number | null;
  /** How far its places were apart from each other, in the middle nine tenths. */
  spreadMs: number | null;
  /** How late its metronome was heard, where its sound comes back to the companion; `null` where no clicks were heard. */
  heard: ClickLate | null;
}

/** What was captured, and when its first frame was. */
export interface Captured {
  samples: Float32Array;
  rateHz: number;
  startsAtMs: number;
}

/** A DAW that is later than this does something else than following. */
export const DAW_LATE_MAX_MS = 200;
/** Places that scatter more than this say nothing of how late a DAW is. */
const SPREAD_MAX_MS = 20;

/** By how much everything may leave earlier for this DAW from now on; `null`: nothing that is sure was found. What was heard is truer than what it says. */
export function lateOf({ found, lateMs, spreadMs, heard }: TestRoll): number | null {
  if (heard !== null) return found === "rolled" && heard.lateMs <= DAW_LATE_MAX_MS ? Math.max(0, heard.lateMs) : null;
  const isMeasured = found === "rolled" && lateMs !== null && spreadMs !== null && spreadMs <= SPREAD_MAX_MS;
  return isMeasured && lateMs >= 0 && lateMs <= DAW_LATE_MAX_MS ? lateMs : null;
}

export type TestRollStep = "locate" | "play" | "stop";

export interface TestRollOptions {
  port: DawPort;
  driver: DawDriver;
  cue: Cue;
  clock: LinkClock;
  /** Called at the beginning of each step, for whoever watches the DAW. */
  onStep(step: TestRollStep): void;
  /** What was captured between two instants, where the DAW's output comes back to the companion. Its metronome is on then. */
  captured?(fromMs: number, untilMs: number): Captured | null;
}

/** Where it rolls: away from the beginning, so that a DAW that missed the locate is seen. */
const PLACE_FRAMES = 10 * TIMELINE_RATE_HZ;
/** Where its metronome is to be heard it rolls from the first beat that there is, whatever its tempo. */
const BEAT_FRAMES = 0;
const SETTLE_MS = 1_500;
const ROLL_MS = 4_000;
const STOP_MS = 1_500;
/** A click that is a little early is heard as well. */
const EARLY_MS = 50;
/** After so long it has stopped, or does not stop. */
const STOPPED_MS = 500;
/** Of the roll's beginning nothing is measured: a DAW catches up with what chases it. */
const CATCH_UP_MS = 1_000;
/** It moved, and did not only say where it stands. */
const MOVED_FRAMES = TIMELINE_RATE_HZ / 4;

/**
 * A test roll: one DAW, without a session, is put somewhere, rolls for four seconds and stops, through the very code that a session rolls it with.
 * What it says of itself in the meantime is the finding; a DAW that says nothing can only be watched.
 */
export async function testRoll({ port, driver, cue, clock, onStep, captured }: TestRollOptions): Promise<TestRoll> {
  const heard: { event: DawEvent; atMs: number }[] = [];
  let bytes = 0;
  const listening: DawDriver = {
    ...driver,
    decode(received, moment) {
      bytes += received.length;
      const events = driver.decode(received, moment);
      for (const event of events) heard.push({ event, atMs: clock.toSessionMs(event.localMs ?? moment.localMs) });
      return events;
    },
  };
  const link = new DawLink({
    port,
    driver: listening,
    cue,
    clock,
    map: () => initialMap,
    mayCommand: () => false,
    onCommand: () => undefined,
    onWarning: () => undefined,
  });
  const wait = (ms: number) =>
    new Promise<void>((resolve) => clock.scheduleAtSession(clock.nowSessionMs() + ms, resolve));
  const state = (motion: TransportState["motion"], positionFrames: number, atMs: number): TransportState => ({
    motion,
    positionFrames,
    atMs,
    bpm: 120,
  });
  const fromFrames = captured === undefined ? PLACE_FRAMES : BEAT_FRAMES;
  try {
    onStep("locate");
    link.plan(state("stopped", fromFrames, clock.nowSessionMs()), clock.nowSessionMs());
    await wait(SETTLE_MS);
    onStep("play");
    const rollsAtMs = clock.nowSessionMs() + 200;
    link.plan(state("playing", fromFrames, rollsAtMs), rollsAtMs);
    await wait(ROLL_MS);
    onStep("stop");
    const stopsAtMs = clock.nowSessionMs() + 100;
    const restFrames = fromFrames + (stopsAtMs - rollsAtMs) * 48;
    link.plan(state("stopped", restFrames, stopsAtMs), stopsAtMs);
    await wait(STOP_MS);
    const sound = captured?.(rollsAtMs - EARLY_MS, clock.nowSessionMs()) ?? null;
    return judge({ heard, bytes, sound, fromFrames, rollsAtMs, stopsAtMs });
  } finally {
    await link.close();
  }
}

interface Witness {
  heard: readonly { event: DawEvent; atMs: number }[];
  bytes: number;
  sound: Captured | null;
  fromFrames: number;
  rollsAtMs: number;
  stopsAtMs: number;
}

function judge({ heard, bytes, sound, fromFrames, rollsAtMs, stopsAtMs }: Witness): TestRoll {
  const places = heard.flatMap(({ event, atMs }) =>
    event.type === "position" ? [{ atMs, positionFrames: event.positionFrames }] : [],
  );
  const between = (fromMs: number, toMs: number) => places.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const movedIn = (fromMs: number, toMs: number): boolean => {
    const told = between(fromMs, toMs);
    return (told.at(-1)?.positionFrames ?? 0) - (told[0]?.positionFrames ?? 0) > MOVED_FRAMES;
  };
  const late = between(rollsAtMs + CATCH_UP_MS, stopsAtMs)
    .map(({ atMs, positionFrames }) => atMs - rollsAtMs - (positionFrames - fromFrames) / 48)
    .toSorted((one, other) => one - other);
  const at = (share: number) => late[Math.floor(share * (late.length - 1))];
  const says = (type: DawEvent["type"], fromMs: number) =>
    heard.some(({ event, atMs }) => event.type === type && atMs >= fromMs);
  const clicksMs = sound === null ? [] : clicksOf(sound);
  const clicks = lateOfClicks(clicksMs.filter((ms) => ms < stopsAtMs).map((ms) => ms - rollsAtMs));
  const rolled = clicks !== null || movedIn(rollsAtMs, stopsAtMs) || (places.length === 0 && says("play", rollsAtMs));
  const measured = {
    lateMs: at(0.5) ?? null,
    spreadMs: late.length === 0 ? null : (at(0.95) ?? 0) - (at(0.05) ?? 0),
    heard: clicks,
  };
  if (bytes === 0 && clicks === null) return { found: "silent", ...measured };
  if (!rolled) return { found: "stayed", ...measured };
  const stoppedMs = stopsAtMs + STOPPED_MS;
  const runsOn =
    movedIn(stoppedMs, Number.POSITIVE_INFINITY) || clicksMs.some((ms) => clicks !== null && ms > stoppedMs);
  return { found: runsOn ? "runs-on" : "rolled", ...measured };
}

/** When clicks began, in what was captured. */
const clicksOf = ({ samples, rateHz, startsAtMs }: Captured): number[] =>
  onsetsOf(samples, rateHz).map((frame) => startsAtMs + (frame / rateHz) * 1000);
