import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import type { LoggedEvent } from "../../protocol/room.ts";
import { initialMap, tempoAt } from "../../protocol/timeline.ts";
import { applyTimeline, initialTimeline, positionAt, transportOf } from "../../protocol/transport.ts";
import type { Platform } from "../platform.ts";
import type { Progress } from "../progress.ts";
import { placesOfClock } from "./clock-follower.ts";
import { placesOfTimecode, type Spread, skewsOf, spreadOf } from "./daw-measure.ts";
import { type DawLanguage, type Part, partsOf, shortParts } from "./daw-script.ts";
import { CLOCK_NAME, DAW_NAMES, DawStudio, isMmcOfCompanion } from "./daw-studio.ts";
import { type CommandRow, tableOf } from "./daw-table.ts";
import { JACK_RATE_HZ } from "./jack.ts";
import { frameClock, type Heard } from "./jack-ear.ts";

export const profiles = {
  clean: { oneWayMs: 0, jitterMs: 0, loss: 0 },
  "150ms": { oneWayMs: 65, jitterMs: 20, loss: 0.01 },
} as const;

export interface DawDemoOptions {
  platform: Platform;
  folder: string;
  profile: keyof typeof profiles;
  seed: number;
  rounds: number;
  /** A few commands instead of rounds. */
  short: boolean;
  progress: Progress;
}

/** What the demo found; its `--json` is this. */
export interface DawDemoReport {
  profile: string;
  /** How far apart the same bytes left the companions. */
  commandSkewMs: Spread;
  /** How far apart the DAWs' own reports of their places were, while they rolled, both spoken to by MMC. */
  dawSkewMs: Spread;
  /** The same with Ada's spoken to in each of the languages. */
  byLanguageMs: Record<DawLanguage, Spread>;
  /** What a program that follows MIDI clock took place and tempo to be, beside the session; `null` where there is none. */
  clock: { offMs: Spread; tempoOffBpm: Spread } | null;
  sameOrder: boolean;
  /** What was asked for, at a companion or by a hand on a DAW, and what the log has. */
  commands: number;
  logged: number;
  /** What DAWs said because they had been told so; none of it is a line of the log. */
  echoes: number;
  /** What each line of the log came to. */
  table: CommandRow[];
  problems: string[];
  ok: boolean;
}

const STEP_PATIENCE_SECONDS = 30;
/** Clocks that are under way when a step comes are of before it. */
const SETTLE_MS = 50;
const FRAMES_PER_MS = JACK_RATE_HZ / 1000;
/** The same bytes further apart than this belong to two commands. */
const SAME_COMMAND_MS = 500;
/** A take to be gone on with; the aim is a block of JACK (docs/DAWS.md). */
const DAW_SKEW_P95_MAX_MS = 5;

/**
 * Two real Ardours at two companions, far apart: given commands now here, now there, by a person at the companion or a hand on the DAW. Ada's is spoken
 * to in one language after the other; a third companion sends MIDI clock to a program that follows it, where there is one.
 */
export async function runDawDemo(options: DawDemoOptions): Promise<DawDemoReport> {
  const { platform, folder, profile, seed, progress } = options;
  progress.step("Ardours start, one after the other");
  const studio = await DawStudio.open({ platform, folder, seed, way: profiles[profile] });
  try {
    const report = await run(studio, options);
    await Promise.all(studio.companions.map((one) => one.leave()));
    return report;
  } catch (error) {
    await studio.close(error);
    throw error;
  } finally {
    await studio.close();
  }
}

async function run(studio: DawStudio, options: DawDemoOptions): Promise<DawDemoReport> {
  const { folder, profile, rounds, short, progress } = options;
  const parts = short ? shortParts : partsOf(rounds);
  progress.step("Companions join by their ways");
  await studio.layHands();
  await studio.join(1, "mmc");
  if (studio.people.length > 2) await studio.join(2, "clock");
  const begins: { language: DawLanguage; localMs: number }[] = [];
  for (const part of parts) {
    await studio.join(0, part.language);
    // Session time is known to a fraction of a millisecond by then.
    await sleep(profile === "clean" ? 4_000 : 12_000);
    begins.push({ language: part.language, localMs: machineNowMs() });
    await play(studio, part, progress);
  }

  progress.step("Measuring");
  studio.mustRun();
  const { companions } = studio;
  for (const one of companions) one.execute({ type: "report" });
  const reports = await Promise.all(companions.map((one) => one.until("report", () => true, 30)));
  const logs = companions.map((one) =>
    one.emitted("logged").flatMap(({ event }) => (event.body.kind === "transport" ? [event] : [])),
  );
  const says = studio.says.map(({ heard }) => heard);
  const told = studio.told.map(({ heard }) => heard);
  const log = logs[1] ?? [];
  // Kept with `--keep`, for whoever wants to know what happened.
  const kept = { says: says.map((one) => one.map(inHex)), told: told.map((one) => one.map(inHex)), log };
  writeFileSync(join(folder, "heard.json"), JSON.stringify({ ...kept, clock: studio.clock?.words }));
  const places = says.map(placesOfTimecode);
  const skews = skewsOf(places[0] ?? [], places[1] ?? []);
  const frameAt = frameClock([...says, ...told].flat());
  const names = [...DAW_NAMES, CLOCK_NAME];
  const effective = studio.people.map(
    ({ companions: own }) =>
      new Map(
        own
          .flatMap((one) => one.emitted("executed"))
          .map(({ seq, effectiveLocalMs }): [number, number] => [seq, effectiveLocalMs]),
      ),
  );
  const table = tableOf({
    names: DAW_NAMES,
    languages: parts.flatMap(({ language, steps }) => steps.map(() => language)),
    log,
    authors: new Map(
      studio.people.map(({ companions: own }, at) => [own[0]?.emitted("joined")[0]?.memberId ?? "", names[at] ?? ""]),
    ),
    effective,
    told: told.slice(0, DAW_NAMES.length).map((one) => one.filter(isMmcOfCompanion)),
    places,
    skews,
    frameAt,
  });
  const beginFrames = begins.map(({ language, localMs }) => ({ language, frame: frameAt(localMs) }));
  const languageAt = (frame: number) => beginFrames.findLast((one) => one.frame <= frame)?.language;
  const skewOf = (language: DawLanguage) =>
    spreadOf(skews.filter((one) => languageAt(one.frame) === language).map(({ ms }) => ms));
  const byLanguageMs = { mmc: skewOf("mmc"), mackie: skewOf("mackie"), osc: skewOf("osc") };
  const dawSkewMs = byLanguageMs.mmc;
  const order = (events: typeof log) => events.map(({ eventId }) => eventId).join();
  const sameOrder = logs.every((one) => order(one) === order(log));
  const commands = parts.reduce((sum, { steps }) => sum + steps.length, 0);
  const problems: string[] = [];
  const must = (holds: boolean, otherwise: string) => {
    if (!holds) problems.push(otherwise);
  };
  must(sameOrder, "The companions have their log in different orders.");
  must(log.length === commands, `${commands} commands were given, and ${log.length} are in the log.`);
  must(dawSkewMs.count > (short ? 5 : 20 * rounds), `The DAWs rolled together for only ${dawSkewMs.count} places.`);
  must(dawSkewMs.p95 <= DAW_SKEW_P95_MAX_MS, `The DAWs were ${dawSkewMs.p95.toFixed(1)} ms apart (p95).`);
  return {
    profile,
    commandSkewMs: spreadOf(commandSkews(told[0] ?? [], told[1] ?? [])),
    dawSkewMs,
    byLanguageMs,
    clock: clockOf(studio, log, effective[1] ?? new Map(), frameAt),
    sameOrder,
    commands,
    logged: log.length,
    echoes: reports.reduce((sum, { report }) => sum + report.daws.reduce((all, daw) => all + daw.echoes, 0), 0),
    table,
    problems,
    ok: problems.length === 0,
  };
}

/** Gives the commands of a part, one after the other. */
async function play(studio: DawStudio, { language, steps }: Part, progress: Progress): Promise<void> {
  progress.step(`Rolling: now here, now there (${language})`);
  for (const [at, step] of steps.entries()) {
    progress.update(at / steps.length, `${at + 1} of ${steps.length}`);
    const { companions } = studio;
    const before = companions.map((one) => one.emitted("executed").length);
    if ("asks" in step) companions[step.who]?.execute({ type: "transport", transport: step.asks });
    else studio.press(step.who, step.presses);
    // Nobody acts on what has not come to all: what a busy machine takes for that is no part of the pause.
    await Promise.all(
      companions.map((one, who) =>
        one.until("executed", () => one.emitted("executed").length > (before[who] ?? 0), STEP_PATIENCE_SECONDS),
      ),
    );
    if (step.handPuts !== undefined) studio.press(0, { type: "locate", positionFrames: step.handPuts });
    await sleep(step.thenMs);
  }
}

/** What the program that follows clock says, by the session's map at each of its places. */
function clockOf(
  { clock, told }: DawStudio,
  log: readonly LoggedEvent[],
  effective: ReadonlyMap<number, number>,
  frameAt: (localMs: number) => number,
): DawDemoReport["clock"] {
  const heard = told[DAW_NAMES.length]?.heard;
  if (clock === undefined || heard === undefined) return null;
  let timeline = initialTimeline;
  const lines = log.flatMap((event) => {
    const transport = transportOf(event);
    const localMs = effective.get(event.seq);
    if (transport === undefined || localMs === undefined) return [];
    timeline = applyTimeline(timeline, transport);
    return [{ localMs, frame: frameAt(localMs), atMs: transport.effectiveAtMs, ...timeline }];
  });
  const mapAt = (frame: number) => lines.findLast((one) => one.frame <= frame)?.map ?? initialMap;
  const places = placesOfClock(clock.words, heard, mapAt);
  const behind = places.flatMap(({ localMs, positionFrames }) => {
    const line = lines.findLast((one) => one.localMs <= localMs - SETTLE_MS);
    if (line === undefined || line.transport.motion === "stopped") return [];
    return Math.abs(positionAt(line.transport, line.atMs + localMs - line.localMs) - positionFrames) / FRAMES_PER_MS;
  });
  const off = places.flatMap(({ frame, positionFrames, bpm }) =>
    bpm === null ? [] : [Math.abs(bpm - tempoAt(mapAt(frame), Math.round(positionFrames)))],
  );
  return { offMs: spreadOf(behind), tempoOffBpm: spreadOf(off) };
}

const inHex = ({ frame, bytes }: Heard) => ({ frame, bytes: Buffer.from(bytes).toString("hex") });

/** What the pressed DAW's companion did not have to send, the others did: only what left both ends is compared, at JACK's own frames. */
function commandSkews(one: readonly Heard[], other: readonly Heard[]): number[] {
  const sent = other.filter(isMmcOfCompanion).map((message) => inHex(message));
  return one.filter(isMmcOfCompanion).flatMap((message) => {
    const { frame, bytes } = inHex(message);
    const apart = sent.filter((leave) => leave.bytes === bytes).map((leave) => Math.abs(leave.frame - frame) / 48);
    const leastMs = Math.min(...apart);
    return leastMs < SAME_COMMAND_MS ? [leastMs] : [];
  });
}
