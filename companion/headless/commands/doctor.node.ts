import { accessSync, constants, mkdirSync, statfsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { blockMsOf } from "../../../audio/capture-ring.ts";
import { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from "../../../protocol/version.ts";
import { systemKeychain } from "../../engine/account/keychain.node.ts";
import { ApiClient, ApiError } from "../../engine/api/api-client.std.ts";
import { readInput } from "../../engine/capture/input-file.node.ts";
import { buildJackAddon, loadJackAddon } from "../../engine/capture/jack-addon.node.ts";
import { JackDevice } from "../../engine/capture/jack-source.node.ts";
import { machineNowMs } from "../../engine/clock/machine-clock.node.ts";
import { scheduleAt } from "../../engine/clock/schedule-at.node.ts";
import { listMidiPorts, loadRtMidi } from "../../engine/midi/rtmidi-port.node.ts";
import { JackRefused } from "../../engine/native/compiled-addon.node.ts";
import { lateOf, type TestRoll, testRoll } from "../../engine/transport/test-roll.std.ts";
import { originOf, sessionOf, tokenOf } from "../account.node.ts";
import { writeCalibration } from "../calibrations.node.ts";
import { type Command, exits, type Run } from "../command.node.ts";
import { openDaw } from "../daws.node.ts";
import { readSource } from "../open.node.ts";
import { openRollEar } from "../roll-ear.node.ts";
import { columns } from "../screen.node.ts";
import { askRelay } from "./relay-check.node.ts";

/** A wrong clock makes a sign-in look too old, or not begun. */
const CLOCK_OFF_MAX_MS = 60_000;
/** An hour of one stereo input, and room for its aligned copy. */
const DISK_MIN_BYTES = 2.1e9;
/** A longer period takes what a way across a country takes. */
const PERIOD_MAX_FRAMES = 256;
/** JACK knows what a card takes once its ports are connected. */
const CONNECT_MS = 500;
const ASK_TIMEOUT_MS = 10_000;
const Health = z.object({ protocolVersion: z.int(), protocolVersionMin: z.int() });

interface Finding {
  what: string;
  ok: boolean;
  says: string;
}

/** Each looks at one thing, and says what to do where it is not as it must be. */
const checks: readonly ((run: Run) => Promise<Finding[]>)[] = [
  async () => {
    const [major = 0] = process.versions.node.split(".").map(Number);
    const ok = major >= 24;
    return [{ what: "Node", ok, says: ok ? process.versions.node : `${process.versions.node}: Node 24 is needed` }];
  },
  async (run) => {
    const origin = originOf(run);
    const sentAtMs = Date.now();
    const answer = await fetch(`${origin}/api/v1/health`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) }).catch(
      () => null,
    );
    const health = Health.safeParse(await answer?.json().catch(() => null));
    if (answer === null || !health.success)
      return [{ what: "network", ok: false, says: `${origin} does not answer: check the network and --origin` }];
    const speaks =
      health.data.protocolVersionMin <= PROTOCOL_VERSION && PROTOCOL_VERSION_MIN <= health.data.protocolVersion;
    const offMs = Date.parse(answer.headers.get("Date") ?? "") - (sentAtMs + Date.now()) / 2;
    const clock = Number.isNaN(offMs)
      ? []
      : [
          {
            what: "clock",
            ok: Math.abs(offMs) <= CLOCK_OFF_MAX_MS,
            says:
              Math.abs(offMs) <= CLOCK_OFF_MAX_MS
                ? "right"
                : `off by ${Math.round(offMs / 1000)} s: let this machine set its clock by the network`,
          },
        ];
    return [
      { what: "network", ok: true, says: `${origin} in ${Date.now() - sentAtMs} ms` },
      {
        what: "version",
        ok: speaks,
        says: speaks ? `protocol ${PROTOCOL_VERSION}` : "another one: bring this program up to date",
      },
      ...clock,
    ];
  },
  async (run) => {
    const origin = originOf(run);
    const hasKeychain = await systemKeychain.read(origin).then(
      () => true,
      () => false,
    );
    const isIn = (await tokenOf(origin)) !== null;
    return [
      {
        what: "keychain",
        ok: hasKeychain,
        says: hasKeychain ? "open" : "none is open: unlock it, or give a token in SESSIONLINKED_TOKEN",
      },
      { what: "signed in", ok: isIn, says: isIn ? "yes" : `no: sessionlinked login --origin ${origin}` },
    ];
  },
  async (run) => {
    const folder = run.flag("folder") ?? join(homedir(), "SessionLinked");
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    } catch {
      return [{ what: "folder", ok: false, says: `${folder} cannot be written: choose another with --folder` }];
    }
    const { bavail, bsize } = statfsSync(folder);
    const freeBytes = bavail * bsize;
    const ok = freeBytes >= DISK_MIN_BYTES;
    const free = `${(freeBytes / 1e9).toFixed(1)} GB free in ${folder}`;
    return [{ what: "folder", ok, says: ok ? free : `${free}: an hour of one input wants ${DISK_MIN_BYTES / 1e9} GB` }];
  },
  async (run) => {
    const input = run.flag("input") ?? "jack";
    const source = readSource(input);
    if (source.kind === "jack") return [await jackOf()];
    return readInput(source.path).then(
      () => [{ what: "input", ok: true, says: input }],
      (error: Error) => [{ what: "input", ok: false, says: error.message }],
    );
  },
  async (run) => [await relayOf(run)],
  async () => [await midiOf()],
  async (run) => {
    const findings: Finding[] = [];
    for (const daw of run.flags("daw")) findings.push(await dawOf(run, daw));
    return findings;
  },
];

/** Where sound goes when two people may not see each other's address: asked with a ticket of a session, which gives the credentials. */
async function relayOf(run: Run): Promise<Finding> {
  const what = "relay";
  const origin = originOf(run);
  const token = await tokenOf(origin);
  if (token === null) return { what, ok: false, says: "cannot be asked before somebody is signed in" };
  const api = new ApiClient(origin, token);
  try {
    const wanted = run.flag("session");
    const sessionId = wanted === undefined ? (await api.listSessions())[0]?.sessionId : await sessionOf(api, wanted);
    if (sessionId === undefined) return { what, ok: true, says: "not asked: it needs a session, --session" };
    const { iceServers } = await api.createTicket(sessionId);
    const answer = await askRelay(iceServers, machineNowMs);
    if (answer.ok) return { what, ok: true, says: `answers in ${Math.round(answer.ms)} ms` };
    return answer.reason === "none"
      ? { what, ok: false, says: "SessionLinked has none for you now: there is no sound to the others until it has" }
      : { what, ok: false, says: "does not answer: let UDP to port 3478 out of this network, or use another one" };
  } catch (error) {
    return { what, ok: false, says: error instanceof ApiError ? error.message : String(error) };
  }
}

/** The sound card as JACK has it: opened for a moment, in which nothing is heard of it. */
async function jackOf(): Promise<Finding> {
  const what = "input";
  try {
    const addon = loadJackAddon(buildJackAddon());
    const device = new JackDevice({ addon, inputs: 2, connect: true, openedAtMs: null, onBlock: () => undefined });
    await sleep(CONNECT_MS);
    const { periodFrames, latencyMs, rateHz } = device;
    device.close();
    const ownMs = (blockMsOf(rateHz) + latencyMs.captureMs + latencyMs.playoutMs).toFixed(1);
    const says = `JACK at ${rateHz / 1000} kHz, ${periodFrames} frames: ${ownMs} ms from the string to the ear`;
    const ok = periodFrames <= PERIOD_MAX_FRAMES;
    return { what, ok, says: ok ? says : `${says}. Start JACK with -p 128 to play together` };
  } catch (error) {
    if (!(error instanceof JackRefused)) throw error;
    return { what, ok: false, says: `${error.message} Or give a file: --input take.wav` };
  }
}

async function midiOf(): Promise<Finding> {
  const what = "MIDI ports";
  try {
    const ports = listMidiPorts(await loadRtMidi());
    const own = process.platform === "win32" ? "" : " One of our own: virtual:SessionLinked.";
    return { what, ok: true, says: `${ports.length === 0 ? "none" : ports.join(", ")}.${own}` };
  } catch (error) {
    // Whoever has no DAW needs none; a DAW that wants one says so itself.
    return { what, ok: true, says: error instanceof Error ? error.message : String(error) };
  }
}

const LOCAL_CLOCK = {
  isKnown: () => true,
  nowLocalMs: machineNowMs,
  nowSessionMs: machineNowMs,
  toSessionMs: (localMs: number) => localMs,
  toLocalMs: (sessionMs: number) => sessionMs,
  scheduleAtSession: scheduleAt,
};

/** Whether a DAW's port can be opened, and with `--roll` whether the DAW does there what it is told. What it is late by is kept. */
async function dawOf(run: Run, text: string): Promise<Finding> {
  const what = text;
  try {
    const hints: string[] = [];
    const daw = await openDaw(text, run.flag("folder") ?? ".", (message) => hints.push(message));
    if (!run.isOn("roll")) {
      await daw.port.close();
      return { what, ok: true, says: ["the port is open; --roll proves the rest.", ...hints].join(" ") };
    }
    const ear = run.isOn("listen") ? openRollEar() : undefined;
    const steps = { locate: ear === undefined ? "to ten seconds" : "to bar one", play: "plays", stop: "stops" };
    const roll = await testRoll({
      ...daw,
      clock: LOCAL_CLOCK,
      onStep: (step) => run.screen.say(`${text}: ${steps[step]}`),
      ...(ear && { captured: ear.captured }),
    }).finally(() => ear?.close());
    const lateMs = lateOf(roll);
    const isHeard = roll.heard !== null;
    if (lateMs !== null) writeCalibration(text, { lateMs, measuredAtMs: Date.now(), ...(isHeard && { isHeard }) });
    return {
      what,
      ok: roll.found === "rolled",
      says: [wordsOf(roll), ...(roll.found === "rolled" ? [] : hints)].join(" "),
    };
  } catch (error) {
    return { what, ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

function wordsOf({ found, lateMs, spreadMs, heard }: TestRoll): string {
  const measured =
    heard !== null
      ? `its click is heard ${heard.lateMs.toFixed(1)} ± ${heard.strayMs.toFixed(1)} ms late, which is made up for from now on`
      : lateMs === null || spreadMs === null
        ? "it tells no place, so how late it is cannot be measured (--listen hears its click)"
        : `${lateMs.toFixed(1)} ± ${(spreadMs / 2).toFixed(1)} ms late, which is made up for from now on`;
  switch (found) {
    case "rolled":
      return `rolled and stopped as it was told: ${measured}.`;
    case "silent":
      return "said nothing. If you saw it roll, it follows and cannot lead; if not, look at its port and what it listens to.";
    case "stayed":
      return "speaks, and did not roll: switch on in it that it follows this port.";
    case "runs-on":
      return "rolled, and did not stop: something else drives it too, or it does not hear Stop.";
  }
}

export const doctor: Command = {
  name: "doctor",
  summary: "Looks for what could go wrong tonight, and says what to do about it.",
  arguments: [],
  flags: {
    folder: { summary: "Where takes are to lie.", value: "DIR" },
    input: { summary: "A WAV file that stands for the sound card.", value: "FILE" },
    session: { summary: "The session whose relay is asked; otherwise your newest.", value: "SESSION" },
    daw: { summary: "A DAW to look at, as join takes it; once for each.", value: "DAW", isMany: true },
    roll: { summary: "Rolls each DAW for four seconds, and measures how late it is." },
    listen: { summary: "With --roll: hears the DAW's click at the companion's inputs on JACK, and measures by that." },
  },
  async run(run) {
    const findings: Finding[] = [];
    for (const [at, check] of checks.entries()) {
      run.screen.bar("looking", at / checks.length);
      findings.push(...(await check(run)));
    }
    run.screen.answer(findings, columns(findings.map(({ what, ok, says }) => [ok ? "✓" : "✗", what, says])));
    return findings.every(({ ok }) => ok) ? exits.done : exits.failed;
  },
};
