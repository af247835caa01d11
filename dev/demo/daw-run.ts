import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import { mmcDriver } from "../../companion/engine/midi/mmc.std.ts";
import { loadRtMidi, openRtMidiPort } from "../../companion/engine/midi/rtmidi-port.node.ts";
import type { TransportCommand } from "../../protocol/room.ts";
import { buildJackMidi } from "../jack-midi.ts";
import type { Platform } from "../platform.ts";
import type { Progress } from "../progress.ts";
import { seedAccount } from "../seed.ts";
import { Ardour } from "./ardour.ts";
import { Companion } from "./companion.ts";
import {
  alignTo,
  frameClock,
  markOf,
  marksOf,
  placesOfTimecode,
  type Spread,
  skewsOf,
  spreadOf,
} from "./daw-measure.ts";
import { type CommandRow, tableOf } from "./daw-table.ts";
import { type Dumped, Jack } from "./jack.ts";
import { writePart } from "./song.ts";
import { openWay } from "./way.ts";

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
const MARK_MS = 500;
export const DAW_NAMES = ["Ada", "Ben"] as const;
/** A take to be gone on with; the aim is a block of JACK (docs/DAWS.md). */
const DAW_SKEW_P95_MAX_MS = 5;

/** Two real Ardours at two companions, far apart: given commands now here, now there, by a person at the companion or a hand on the DAW. */
export async function runDawDemo(options: DawDemoOptions): Promise<DawDemoReport> {
  const { platform, folder, profile, progress } = options;
  progress.step("RtMidi for JACK");
  const rtMidiPath = buildJackMidi();
  process.env.SESSIONLINKED_JACK_MIDI = rtMidiPath;
  const rtMidi = await loadRtMidi(rtMidiPath);
  progress.step("Ardours start, one after the other");
  const jack = await Jack.start();
  const opened: { stop(): Promise<void> }[] = [jack];
  try {
    const ardours: Ardour[] = [];
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
    const { encode } = mmcDriver();
    const hands: ((message: DawMessage) => void)[] = [];
    const dumps: { says: () => Promise<Dumped[]>; told: () => Promise<Dumped[]> }[] = [];
    const ways: string[][] = [];
    const marker = openRtMidiPort({ rtMidi, name: "Marker", virtual: true });
    const markerPort = await jack.until(":Marker", "RtMidi Output");
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
      const from = await jack.until(`:SessionLinked ${name}`, "RtMidi Output");
      jack.connect(from, `${ardour.name}:MMC in`);
      const to = await jack.until(`:SessionLinked ${name}`, "RtMidi Input");
      for (const says of ["MMC out", "MTC out"]) jack.connect(`${ardour.name}:${says}`, to);
      // A hand on the DAW: a controller of its own, which the companion does not see. It goes with this process: JACK waits for
      // whoever closes a port while others end.
      const hand = openRtMidiPort({ rtMidi, name: `Hand ${name}`, virtual: true });
      const handFrom = await jack.until(`:Hand ${name}`, "RtMidi Output");
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
      dumps.push({
        says: await jack.dump([`${daw}:MTC out`, `${daw}:MMC out`, markerPort], `says-${name}`),
        told: await jack.dump([...(ways[at] ?? []), markerPort], `told-${name}`),
      });
    }
    const marks: number[] = [];
    const timer = setInterval(() => {
      marker.sendAt(markOf(marks.length), 0);
      marks.push(machineNowMs());
    }, MARK_MS);
    opened.unshift({ stop: async () => clearInterval(timer) });
    // Session time is known to a fraction of a millisecond by then.
    await sleep(profile === "clean" ? 4_000 : 12_000);

    let commands = 0;
    const [ada, ben] = companions as [Companion, Companion];
    const [adasHand, bensHand] = hands as [(message: DawMessage) => void, (message: DawMessage) => void];
    const ask = async (who: Companion, transport: TransportCommand, thenMs: number) => {
      who.execute({ type: "transport", transport });
      commands++;
      await sleep(thenMs);
    };
    const press = async (hand: (message: DawMessage) => void, message: DawMessage, thenMs: number) => {
      hand(message);
      commands++;
      await sleep(thenMs);
    };
    progress.step("Rolling: now here, now there");
    for (let round = 0; round < options.rounds; round++) {
      progress.update(round / options.rounds, `round ${round + 1} of ${options.rounds}`);
      const place = (seconds: number) => (10 + round + seconds) * 48_000;
      await ask(ada, { command: "locate", positionFrames: place(0) }, 1_500);
      await ask(ben, { command: "play" }, 3_000);
      await ask(ada, { command: "stop" }, 1_500);
      await press(adasHand, { type: "play" }, 3_000);
      await press(bensHand, { type: "stop" }, 2_000);
      await ask(ben, { command: "tempo", bpm: 90 + round }, 700);
      await press(bensHand, { type: "play" }, 2_000);
      await ask(ada, { command: "locate", positionFrames: place(30) }, 3_000);
      await ask(ben, { command: "loop", range: { startFrames: place(30), endFrames: place(34) } }, 2_500);
      await ask(ben, { command: "loop", range: null }, 1_000);
      await ask(ada, { command: "record" }, 1_500);
      await ask(ben, { command: "stop" }, 1_500);
    }

    progress.step("Measuring");
    for (const one of companions) one.execute({ type: "report" });
    const reports = await Promise.all(companions.map((one) => one.until("report", () => true, 30)));
    const logged = companions.map((one) =>
      one
        .emitted("logged")
        .filter(({ event }) => event.body.kind === "transport")
        .map(({ event }) => event.eventId),
    );
    const says = await Promise.all(dumps.map((dump) => dump.says()));
    const told = await Promise.all(dumps.map((dump) => dump.told()));
    const [clock = []] = says;
    const log = companions[0]?.emitted("logged").map(({ event }) => event) ?? [];
    // Kept with `--keep`, for whoever wants to know what happened.
    const kept = {
      says: says.map((one) => alignTo(clock, one).map(inHex)),
      told: told.map((one) => alignTo(clock, one).map(inHex)),
      log,
    };
    writeFileSync(join(folder, "heard.json"), JSON.stringify(kept));
    const places = says.map((one) => placesOfTimecode(alignTo(clock, one)));
    const skews = skewsOf(places[0] ?? [], places[1] ?? []);
    const table = tableOf({
      names: DAW_NAMES,
      log,
      authors: new Map(companions.map((one, at) => [one.emitted("joined")[0]?.memberId ?? "", DAW_NAMES[at] ?? ""])),
      effective: companions.map(
        (one) => new Map(one.emitted("executed").map(({ seq, effectiveLocalMs }) => [seq, effectiveLocalMs])),
      ),
      told: told.map((one) => alignTo(clock, one)),
      places,
      skews,
      frameAt: frameClock(marksOf(clock), marks),
    });
    await Promise.all(companions.map((one) => one.leave()));
    const left = DAW_NAMES.map((name) => leavesOf(join(folder, name, "midi.jsonl")));
    const problems: string[] = [];
    const must = (holds: boolean, otherwise: string) => {
      if (!holds) problems.push(otherwise);
    };
    const sameOrder = logged.every((ids) => ids.join() === logged[0]?.join());
    const lines = logged[0]?.length ?? 0;
    const echoes = reports.reduce((sum, { report }) => sum + report.daws.reduce((all, daw) => all + daw.echoes, 0), 0);
    const dawSkewMs = spreadOf(skews.map(({ ms }) => ms));
    const commandSkewMs = spreadOf(commandSkews(left[0] ?? [], left[1] ?? []));
    must(sameOrder, "The companions have their log in different orders.");
    must(lines === commands, `${commands} commands were given, and ${lines} are in the log.`);
    must(dawSkewMs.count > 20 * options.rounds, `The DAWs rolled together for only ${dawSkewMs.count} places.`);
    must(dawSkewMs.p95 <= DAW_SKEW_P95_MAX_MS, `The DAWs were ${dawSkewMs.p95.toFixed(1)} ms apart (p95).`);
    const ok = problems.length === 0;
    return { profile, commandSkewMs, dawSkewMs, sameOrder, commands, logged: lines, echoes, table, problems, ok };
  } finally {
    for (const one of opened) await one.stop();
  }
}

const inHex = ({ frame, bytes }: Dumped) => ({ frame, bytes: Buffer.from(bytes).toString("hex") });

interface Leave {
  atMs: number;
  bytes: string;
}

const leavesOf = (path: string): Leave[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** What the pressed DAW's companion did not have to send, the others did: only what left both ends is compared. */
function commandSkews(one: readonly Leave[], other: readonly Leave[]): number[] {
  return one.flatMap(({ atMs, bytes }) => {
    const apart = other.filter((leave) => leave.bytes === bytes).map((leave) => Math.abs(leave.atMs - atMs));
    const leastMs = Math.min(...apart);
    return leastMs < 1_000 ? [leastMs] : [];
  });
}
