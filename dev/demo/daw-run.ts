import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import { loadJackMidi, openJackMidiPort } from "../../companion/engine/midi/jack-midi-port.node.ts";
import { mmcDriver } from "../../companion/engine/midi/mmc.std.ts";
import type { Platform } from "../platform.ts";
import type { Progress } from "../progress.ts";
import { seedAccount } from "../seed.ts";
import { Ardour } from "./ardour.ts";
import { Companion } from "./companion.ts";
import { placesOfTimecode, type Spread, skewsOf, spreadOf } from "./daw-measure.ts";
import { shortSteps, stepsOf } from "./daw-script.ts";
import { type CommandRow, tableOf } from "./daw-table.ts";
import { Jack } from "./jack.ts";
import { frameClock, type Heard, JackEar } from "./jack-ear.ts";
import { writePart } from "./song.ts";
import { openWay } from "./way.ts";

export const profiles = {
  clean: { oneWayMs: 0, jitterMs: 0, loss: 0 },
  "150ms": { oneWayMs: 65, jitterMs: 20, loss: 0.01 },
} as const;

/** What is no fault of ours, and leaves nothing to judge. */
export class DawEnded extends Error {}

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
  /** How far apart the DAWs' own reports of their places were, while they rolled. */
  dawSkewMs: Spread;
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

const STAND_STILL_TIMES = 5;
const STEP_PATIENCE_SECONDS = 30;
/** The same bytes further apart than this belong to two commands. */
const SAME_COMMAND_MS = 500;
export const DAW_NAMES = ["Ada", "Ben"] as const;
/** A take to be gone on with; the aim is a block of JACK (docs/DAWS.md). */
const DAW_SKEW_P95_MAX_MS = 5;

/** Two real Ardours at two companions, far apart: given commands now here, now there, by a person at the companion or a hand on the DAW. */
export async function runDawDemo(options: DawDemoOptions): Promise<DawDemoReport> {
  const { platform, folder, profile, progress } = options;
  const jackMidi = loadJackMidi();
  progress.step("Ardours start, one after the other");
  const jack = await Jack.start();
  const opened: { stop(): Promise<void> }[] = [];
  const ardours: Ardour[] = [];
  const mustRun = () => {
    const ended = [jack, ...ardours].filter(({ hasEnded }) => hasEnded).length;
    if (ended > 0) throw new DawEnded(`JACK or an Ardour has ended by itself (${ended}): nothing was measured.`);
  };
  try {
    for (const name of DAW_NAMES) {
      const ardour = Ardour.start(`ardour-${name}`, join(folder, `ardour-${name}`));
      opened.unshift(ardour);
      ardours.push(ardour);
      await jack.until(`${ardour.name}:MTC out`);
      await sleep(1_500);
    }

    progress.step("Companions join by their ways");
    const input = join(folder, "input.wav");
    writePart(input, "guitar", 4);
    const people = await Promise.all(
      DAW_NAMES.map((displayName) =>
        seedAccount(platform, { displayName, email: `${displayName}-${options.seed}@example.org`, tier: "free" }),
      ),
    );
    const [host, guest] = people.map(({ token }) => new ApiClient(platform.origin, token));
    if (host === undefined || guest === undefined) throw new Error("There are two of them.");
    const { sessionId } = await host.createSession("Two cities");
    await guest.acceptInvite((await host.createInvite(sessionId)).code);
    const companions: Companion[] = [];
    // A controller of its own, which speaks to one machine: what it says is told from what a companion says.
    const { encode } = mmcDriver({ deviceId: 1 });
    const hands: ((message: DawMessage) => void)[] = [];
    const ears: { says: JackEar; told: JackEar }[] = [];
    const ways: string[][] = [];
    for (const [at, name] of DAW_NAMES.entries()) {
      const ardour = ardours[at] as Ardour;
      const way = await openWay(platform.origin, { ...profiles[profile], seed: options.seed + at });
      opened.unshift({ stop: async () => way.close() });
      const companion = new Companion(name, {
        origin: way.origin,
        token: people[at]?.token ?? "",
        sessionId,
        input,
        folder: join(folder, name),
        daw: `mmc@jack:SessionLinked ${name}`,
        flags: ["--no-links", "--arm", ""],
      });
      companions.push(companion);
      opened.unshift({ stop: () => companion.leave() });
      await companion.until("joined", () => true, 60);
      const from = await jack.until(`SessionLinked ${name}:out`);
      jack.connect(from, `${ardour.name}:MMC in`);
      const to = await jack.until(`SessionLinked ${name}:in`);
      for (const says of ["MMC out", "MTC out"]) jack.connect(`${ardour.name}:${says}`, to);
      // A hand on the DAW: a controller of its own, which the companion does not see. It goes with this process: JACK waits for
      // whoever closes a port while others end.
      const hand = openJackMidiPort(jackMidi, `Hand ${name}`);
      const handFrom = await jack.until(`Hand ${name}:out`);
      jack.connect(handFrom, `${ardour.name}:MMC in`);
      ways.push([from, handFrom]);
      hands.push((message) => {
        const bytes = encode(message);
        if (bytes !== null) hand.sendAt(bytes, 0);
      });
    }
    // An Ardour without a window rolls as soon as it has opened its session; nobody has pressed anything yet. What is said right after a
    // port was connected may be lost, so it is said more than once.
    for (let times = 0; times < STAND_STILL_TIMES; times++) {
      for (const hand of hands) hand({ type: "stop" });
      await sleep(600);
    }
    for (const [at, name] of DAW_NAMES.entries()) {
      const daw = ardours[at]?.name;
      const says = await JackEar.open(jackMidi, jack, `Says ${name}`, [`${daw}:MTC out`, `${daw}:MMC out`]);
      const told = await JackEar.open(jackMidi, jack, `Told ${name}`, ways[at] ?? []);
      ears.push({ says, told });
      for (const ear of [says, told]) opened.unshift({ stop: async () => ear.close() });
    }
    // Session time is known to a fraction of a millisecond by then.
    await sleep(profile === "clean" ? 4_000 : 12_000);

    const steps = options.short
      ? shortSteps
      : Array.from({ length: options.rounds }, (_, round) => stepsOf(round)).flat();
    progress.step("Rolling: now here, now there");
    for (const [at, step] of steps.entries()) {
      progress.update(at / steps.length, `${at + 1} of ${steps.length}`);
      if ("asks" in step) companions[step.who]?.execute({ type: "transport", transport: step.asks });
      else hands[step.who]?.(step.presses);
      // Nobody acts on what has not come to all: what a busy machine takes for that is no part of the pause.
      const isDone = (one: Companion) =>
        one.until("executed", () => one.emitted("executed").length > at, STEP_PATIENCE_SECONDS);
      await Promise.all(companions.map(isDone));
      await sleep(step.thenMs);
    }

    progress.step("Measuring");
    mustRun();
    for (const one of companions) one.execute({ type: "report" });
    const reports = await Promise.all(companions.map((one) => one.until("report", () => true, 30)));
    const logged = companions.map((one) =>
      one
        .emitted("logged")
        .filter(({ event }) => event.body.kind === "transport")
        .map(({ event }) => event.eventId),
    );
    const says = ears.map((ear) => ear.says.heard);
    const heard = ears.map((ear) => ear.told.heard);
    const log = companions[0]?.emitted("logged").map(({ event }) => event) ?? [];
    // Kept with `--keep`, for whoever wants to know what happened.
    const kept = {
      says: says.map((one) => one.map(inHex)),
      told: heard.map((one) => one.map(inHex)),
      log,
    };
    writeFileSync(join(folder, "heard.json"), JSON.stringify(kept));
    const places = says.map(placesOfTimecode);
    const skews = skewsOf(places[0] ?? [], places[1] ?? []);
    const table = tableOf({
      names: DAW_NAMES,
      log,
      authors: new Map(companions.map((one, at) => [one.emitted("joined")[0]?.memberId ?? "", DAW_NAMES[at] ?? ""])),
      effective: companions.map(
        (one) => new Map(one.emitted("executed").map(({ seq, effectiveLocalMs }) => [seq, effectiveLocalMs])),
      ),
      told: heard.map((one) => one.filter(isFromCompanion)),
      places,
      skews,
      frameAt: frameClock([...says, ...heard].flat()),
    });
    await Promise.all(companions.map((one) => one.leave()));
    const problems: string[] = [];
    const must = (holds: boolean, otherwise: string) => {
      if (!holds) problems.push(otherwise);
    };
    const sameOrder = logged.every((ids) => ids.join() === logged[0]?.join());
    const lines = logged[0]?.length ?? 0;
    const echoes = reports.reduce((sum, { report }) => sum + report.daws.reduce((all, daw) => all + daw.echoes, 0), 0);
    const dawSkewMs = spreadOf(skews.map(({ ms }) => ms));
    const commandSkewMs = spreadOf(commandSkews(heard[0] ?? [], heard[1] ?? []));
    must(sameOrder, "The companions have their log in different orders.");
    const commands = steps.length;
    must(lines === commands, `${commands} commands were given, and ${lines} are in the log.`);
    must(
      dawSkewMs.count > (options.short ? 5 : 20 * options.rounds),
      `The DAWs rolled together for only ${dawSkewMs.count} places.`,
    );
    must(dawSkewMs.p95 <= DAW_SKEW_P95_MAX_MS, `The DAWs were ${dawSkewMs.p95.toFixed(1)} ms apart (p95).`);
    const ok = problems.length === 0;
    return { profile, commandSkewMs, dawSkewMs, sameOrder, commands, logged: lines, echoes, table, problems, ok };
  } catch (error) {
    mustRun();
    throw error;
  } finally {
    // The server first: it waits long for a client that is killed, and clients do not wait for it.
    await jack.stop();
    for (const one of opened) await one.stop();
  }
}

const inHex = ({ frame, bytes }: Heard) => ({ frame, bytes: Buffer.from(bytes).toString("hex") });

const isFromCompanion = ({ bytes }: Heard): boolean => bytes[2] === 0x7f;

/** What the pressed DAW's companion did not have to send, the others did: only what left both ends is compared, at JACK's own frames. */
function commandSkews(one: readonly Heard[], other: readonly Heard[]): number[] {
  const sent = other.filter(isFromCompanion).map((message) => inHex(message));
  return one.filter(isFromCompanion).flatMap((message) => {
    const { frame, bytes } = inHex(message);
    const apart = sent.filter((leave) => leave.bytes === bytes).map((leave) => Math.abs(leave.frame - frame) / 48);
    const leastMs = Math.min(...apart);
    return leastMs < SAME_COMMAND_MS ? [leastMs] : [];
  });
}
