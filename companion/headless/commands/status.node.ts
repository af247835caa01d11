import { accessSync, constants, mkdirSync, statfsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from "../../../protocol/version.ts";
import { systemKeychain } from "../../engine/account/keychain.node.ts";
import { readInput } from "../../engine/capture/input-file.node.ts";
import { originOf, signedIn, tokenOf } from "../account.node.ts";
import { type Command, exits, type Run } from "../command.node.ts";
import { columns } from "../screen.node.ts";

export const status: Command = {
  name: "status",
  summary: "Says who is signed in where, and which sessions they are in.",
  arguments: [],
  flags: {},
  async run(run) {
    const api = await signedIn(run);
    const sessions = await api.listSessions();
    const rows = sessions.map(({ name, role, sessionId }) => [name, role, sessionId]);
    run.screen.answer({ origin: originOf(run), sessions }, [
      `Signed in at ${originOf(run)}.`,
      ...(rows.length === 0 ? ["In no session yet: sessionlinked join CODE"] : columns(rows)),
    ]);
    return exits.done;
  },
};

/** A wrong clock makes a sign-in look too old, or not begun. */
const CLOCK_OFF_MAX_MS = 60_000;
/** An hour of one stereo input, and room for its aligned copy. */
const DISK_MIN_BYTES = 2.1e9;
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
    const input = run.flag("input");
    if (input === undefined) return [];
    return readInput(input).then(
      () => [{ what: "input", ok: true, says: input }],
      (error: Error) => [{ what: "input", ok: false, says: error.message }],
    );
  },
];

export const doctor: Command = {
  name: "doctor",
  summary: "Looks for what could go wrong tonight, and says what to do about it.",
  arguments: [],
  flags: {
    folder: { summary: "Where takes are to lie.", value: "DIR" },
    input: { summary: "A WAV file that stands for the sound card.", value: "FILE" },
  },
  async run(run) {
    const findings: Finding[] = [];
    for (const check of checks) findings.push(...(await check(run)));
    run.screen.answer(findings, columns(findings.map(({ what, ok, says }) => [ok ? "✓" : "✗", what, says])));
    return findings.every(({ ok }) => ok) ? exits.done : exits.failed;
  },
};
