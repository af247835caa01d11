import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCalibrations, writeCalibration } from "./calibrations.node.ts";
import { type Command, commonFlags, helpOf, manOf, readLine } from "./command.node.ts";
import { doctor } from "./commands/doctor.node.ts";
import { join as join_ } from "./commands/join.node.ts";
import { login } from "./commands/login.node.ts";
import { pull, takes } from "./commands/takes.node.ts";
import { readConfig } from "./config.node.ts";
import { openDaw, openNotes } from "./daws.node.ts";
import { columns } from "./screen.node.ts";

const sessionId = `ses_${"a".repeat(26)}`;
const memberId = `mem_${"a".repeat(26)}`;
const emptyId = `ses_${"b".repeat(26)}`;
const summary = { sessionId, name: "Friday", role: "host", memberId, createdAtMs: 1, members: [] };
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-program-"));
let server: Server;
let origin = "";

/** As much of the API as the program needs to say something. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const isIn = request.headers.authorization === "Bearer good";
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, code: string) =>
      answer(status, { type: `/problems/${code}`, title: `It is ${code}.`, status, code, requestId: "r" });
    if (request.url === "/api/v1/health") answer(200, { ok: true, protocolVersion: 1, protocolVersionMin: 1 });
    else if (!isIn) refuse(401, "unauthenticated");
    else if (request.url?.startsWith("/api/v1/sessions?")) answer(200, { items: [summary], nextCursor: null });
    else if (request.url === `/api/v1/sessions/${emptyId}`)
      answer(200, { ...summary, sessionId: emptyId, settings: { recordingPermitted: true }, evening: null });
    else if (request.url?.startsWith(`/api/v1/sessions/${emptyId}/recordings?`))
      answer(200, { items: [], nextCursor: null });
    else refuse(404, "not-found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function program(token: string, ...args: string[]) {
  const { promise, resolve } = Promise.withResolvers<{ exit: number | null; out: string; err: string }>();
  const child = spawn(process.execPath, ["companion/headless/sessionlinked.node.ts", ...args], {
    env: { ...process.env, SESSIONLINKED_TOKEN: token, XDG_CONFIG_HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (data) => (said.out += data));
  child.stderr.on("data", (data) => (said.err += data));
  child.once("close", (exit) => resolve({ exit, ...said }));
  return promise;
}

describe("the program sessionlinked", () => {
  test("A7: says who is signed in, in lines or in JSON, and each refusal has a code of its own", async () => {
    const asked = [
      program("good", "status", "--origin", origin, "--json"),
      program("bad", "status", "--origin", origin),
      program("good", "takes", sessionId, "--origin", origin),
      program("good", "status", "--origin", "http://127.0.0.1:1"),
      program("good", "takes", "--origin", origin),
    ];
    const [status, stranger, absent, unreachable, usage] = await Promise.all(asked);
    expect(JSON.parse(status?.out ?? "")).toMatchObject({ origin, sessions: [{ name: "Friday", role: "host" }] });
    expect(status?.exit).toBe(0);
    expect(stranger).toMatchObject({ exit: 3, out: "" });
    expect(absent).toMatchObject({ exit: 5, out: "" });
    expect(unreachable).toMatchObject({ exit: 4, out: "" });
    expect(usage?.exit).toBe(2);
    expect(usage?.err).toContain("SESSION is missing.");
  });

  test("C7: what is shared comes into a folder that was not there before", async () => {
    const fresh = join(folder, "not", "there", "yet");
    const { exit, out, err } = await program("good", "pull", emptyId, "--origin", origin, "--folder", fresh);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toContain(`Everything is here already: ${fresh}`);
  });

  test("the doctor finds what is wrong, says what to do, and ends with a code for it", async () => {
    const flags = ["--origin", origin, "--folder", folder, "--input", join(folder, "none.wav"), "--json"];
    const { exit, out } = await program("good", "doctor", ...flags);
    const findings: { what: string; ok: boolean; says: string }[] = JSON.parse(out);
    const of = (what: string) => findings.find((finding) => finding.what === what);
    expect(of("network")?.ok).toBe(true);
    expect(of("signed in")?.ok).toBe(true);
    expect(of("input")).toMatchObject({ ok: false, says: expect.stringContaining("there is no such file") });
    expect(exit).toBe(1);
  });
});

describe("its command line", () => {
  const all: readonly Command[] = [login, takes, pull, doctor];

  test("every flag is in its help and in the manual", () => {
    const manual = manOf(all).replaceAll("\\-", "-");
    for (const command of all)
      for (const flag of Object.keys({ ...command.flags, ...commonFlags })) {
        expect(helpOf(command)).toContain(`--${flag}`);
        expect(manual).toContain(`--${flag}`);
      }
  });

  test("what makes no sense is said with what would", () => {
    expect(() => readLine(takes, ["a", "b"])).toThrow(
      /"b" is one too many\.\s[\s\S]*usage: sessionlinked takes SESSION/,
    );
    expect(() => readLine(takes, ["a", "--loud"])).toThrow(/--loud/);
    expect(readLine(takes, ["a", "--json"]).values.json).toBe(true);
    const daws = ["mackie,logic@midi:IAC", "clock@midi:Live"];
    expect(readLine(join_, ["a", ...daws.flatMap((daw) => ["--daw", daw])]).values.daw).toEqual(daws);
  });

  test("a config file is read strictly; one that nobody named may be absent", () => {
    expect(readConfig(join(folder, "absent.json"), false)).toEqual({});
    expect(() => readConfig(join(folder, "absent.json"), true)).toThrow("cannot be read");
    const path = join(folder, "config.json");
    const config = { origin: "https://here.example", arm: "*", daw: ["mackie,logic@midi:IAC", "clock@midi:Live"] };
    writeFileSync(path, JSON.stringify(config));
    expect(readConfig(path, true)).toEqual(config);
    for (const bad of ["{", '{"orgin":"x"}', '{"arm":1}', '{"daw":"mmc@midi:x"}', "[]"]) {
      writeFileSync(path, bad);
      expect(() => readConfig(path, true), bad).toThrow(path);
    }
  });

  test("C4: what a test roll measured is kept for that DAW at that port, and a file that cannot be read is as good as none", () => {
    const env = { XDG_CONFIG_HOME: join(folder, "calibrated") };
    expect(readCalibrations(env)).toEqual({});
    writeCalibration("mmc@virtual:SessionLinked", { lateMs: 18.5, measuredAtMs: 1 }, env);
    writeCalibration("mtc@midi:IAC", { lateMs: 4, measuredAtMs: 2, isHeard: true }, env);
    expect(readCalibrations(env)).toEqual({
      "mmc@virtual:SessionLinked": { lateMs: 18.5, measuredAtMs: 1 },
      "mtc@midi:IAC": { lateMs: 4, measuredAtMs: 2, isHeard: true },
    });
    writeFileSync(join(folder, "calibrated", "sessionlinked", "daws.json"), '{"x":{"lateMs":-1}}');
    expect(readCalibrations(env)).toEqual({});
  });

  test("P87: a port for notes is named by its kind, and what is none is said with what would be", async () => {
    for (const text of ["", "Keys", "file:notes.jsonl", "midi:", "jack:../x"])
      await expect(openNotes(text), text).rejects.toThrow("is no port for notes. Write midi:Keys");
  });

  test("C4: a DAW that was measured is opened with what it is late by", async () => {
    const daw = await openDaw("mmc@file:late.jsonl", folder, () => undefined, {
      "mmc@file:late.jsonl": { lateMs: 12, measuredAtMs: 1 },
    });
    expect(daw.cue.lateMs).toBe(12);
    await daw.port.close();
  });

  test("columns are as wide as their widest", () => {
    expect(
      columns([
        ["a", "b"],
        ["long", "c"],
      ]),
    ).toEqual(["a     b", "long  c"]);
  });
});
