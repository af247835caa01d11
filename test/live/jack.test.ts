import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { onsetsOf } from "../../audio/click-late.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { loadJackMidi, openJackMidiPort } from "../../companion/engine/midi/jack-midi-port.node.ts";
import { openRollEar } from "../../companion/headless/roll-ear.node.ts";
import { end, Jack } from "../../dev/demo/jack.ts";

const echo = fileURLToPath(new URL("./jack-echo.ts", import.meta.url));

interface Told {
  isOpen: boolean;
  periodFrames: number;
  latencyMs: { captureMs: number; playoutMs: number };
  originMs: number;
  frames: number;
  jumps: number;
}

const started: ChildProcess[] = [];
let server: Jack | undefined;
afterEach(async () => {
  // The server first: it waits for clients that go without a word, and a client without a server may not hear a softer one.
  await server?.stop();
  server = undefined;
  for (const child of started.splice(0)) await end(child, { signal: "SIGKILL" });
});

function program(command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  return { child, lines };
}

function openEcho() {
  const { lines, child } = program(process.execPath, echo);
  const told = (): Told[] => lines.filter((line) => line.startsWith("{")).map((line): Told => JSON.parse(line));
  return { child, lines, told, last: () => told().at(-1) };
}

const connectionsOf = (port: string) =>
  execFileSync("jack_lsp", ["-c", port], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.startsWith(" "))
    .map((line) => line.trim());

describe("the device on JACK", () => {
  test("C2: what is captured comes back after two periods, or two blocks, to the frame, also when JACK changes its period", async () => {
    server = await Jack.start({ periodFrames: 256 });
    const { last } = openEcho();
    await expect.poll(() => last()?.isOpen).toBe(true);
    // The machine's own inputs and loudspeakers are there without a hand.
    expect(connectionsOf("SessionLinked:in_1")).toEqual(["system:capture_1"]);
    expect(connectionsOf("SessionLinked:out_2")).toEqual(["system:playback_2"]);
    // As many inputs as are recorded or sent, and a port for each channel of somebody's lane.
    await server.until("Ben  🥁 8");
    expect(connectionsOf("SessionLinked:in_8")).toEqual([]);
    execFileSync("jack_disconnect", ["system:capture_1", "SessionLinked:in_1"]);
    const { lines } = program("stdbuf", "-oL", "jack_iodelay");
    await server.until("jack_delay:in");
    // Through the last of them.
    server.connect("jack_delay:out", "SessionLinked:in_8");
    server.connect("SessionLinked:Ben  🥁 8", "jack_delay:in");
    const measured = () =>
      lines.flatMap((line) => /([\d.]+) frames\s+[\d.]+ ms total/.exec(line)?.slice(1).map(Number) ?? []);
    for (const periodFrames of [256, 64, 128]) {
      execFileSync("jack_bufsize", [String(periodFrames)], { stdio: "ignore" });
      await expect.poll(() => last()?.periodFrames).toBe(periodFrames);
      const { length } = measured();
      // From port to port: what JACK's graph takes is a period more where the echo runs before the meter.
      const least = Math.max(periodFrames, 128);
      // Half a block more where a period of 128 began in the middle of one.
      const phase = periodFrames === 128 ? [0, 64] : [0];
      const wanted = phase.flatMap((frames) => [least + frames, least + frames + periodFrames]);
      await expect
        .poll(() => measured().slice(length).map(Math.round))
        .toSatisfy((frames: number[]) => frames.some((one) => wanted.includes(one)));
    }
  });

  test("X24: a server that goes away and comes back: the count jumps over the time without, and the ports are there again", async () => {
    server = await Jack.start();
    const { last, told } = openEcho();
    await expect.poll(() => last()?.frames ?? 0).toBeGreaterThan(48_000);
    await server.stop();
    await expect.poll(() => last()?.isOpen).toBe(false);
    const before = last();
    server = await Jack.start();
    await expect.poll(() => last()?.isOpen).toBe(true);
    await expect.poll(() => (last()?.frames ?? 0) > (before?.frames ?? 0) + 48_000).toBe(true);
    await server.until("Ben  🥁 R");
    // Frame 0 is where it was: the new count is the old one's, on another clock.
    expect(Math.abs((last()?.originMs ?? 0) - (before?.originMs ?? 0))).toBeLessThan(50);
    const frames = told().map((one) => one.frames);
    expect(frames).toEqual(frames.toSorted((a, b) => a - b));
  });

  test("X24: without a server, and at a rate of no session, it says what to do; at 96 kHz it counts as many frames", async () => {
    server = await Jack.start({ rateHz: 22_050 });
    const { lines } = openEcho();
    await expect.poll(() => lines.join(" ")).toMatch(/JACK runs at 22050 Hz, and a session at 44100, /);
    await server.stop();
    server = await Jack.start({ rateHz: 96_000 });
    const { last } = openEcho();
    await expect.poll(() => (last()?.frames ?? 0) > 2 * 96_000).toBe(true);
    const { frames, originMs } = last() ?? { frames: 0, originMs: 0 };
    expect(Math.abs(originMs + frames / 96 - machineNowMs())).toBeLessThan(2_000);
    await server.stop();
    server = undefined;
    const { lines: alone } = openEcho();
    await expect.poll(() => alone.join(" ")).toMatch(/No JACK server runs\. Start one/);
  });

  test("X24, C4: MIDI ports on JACK go with the server, are taken up again with the next one, and carry to the frame", async () => {
    server = await Jack.start();
    const jackMidi = loadJackMidi();
    const presence: boolean[][] = [[], []];
    const [one, two] = ["One", "Two"].map((name, at) => {
      const port = openJackMidiPort(jackMidi, name);
      port.onPresence((isThere) => presence[at]?.push(isThere));
      return port;
    });
    if (one === undefined || two === undefined) throw new Error("There are two of them.");
    await server.until("Two:in");
    await server.stop();
    await expect.poll(() => presence).toEqual([[false], [false]]);
    server = await Jack.start();
    await expect
      .poll(() => presence)
      .toEqual([
        [false, true],
        [false, true],
      ]);
    const heard: number[][] = [];
    two.onBytes((bytes) => heard.push([...bytes]));
    server.connect("One:out", "Two:in");
    one.sendAt(Uint8Array.of(0xf2, 0, 2, 0xfb), machineNowMs() + 20);
    await expect.poll(() => heard).toEqual([[0xf2, 0, 2], [0xfb]]);
    await one.close();
    await two.close();
  });

  test("C4: a metronome at the inputs is heard while a DAW would roll: its clicks, one by one, at instants of this machine's clock", async () => {
    server = await Jack.start();
    program("jack_metro", "--bpm", "150");
    const metronome = await server.until("metro:150_bpm");
    const ear = openRollEar();
    try {
      server.connect(metronome, await server.until("SessionLinked:in_1"));
      const heard = () => ear.captured(machineNowMs() - 4_000, machineNowMs());
      const onsets = () => {
        const { samples, rateHz, startsAtMs } = heard() ?? { samples: new Float32Array(), rateHz: 1, startsAtMs: 0 };
        return onsetsOf(samples, rateHz).map((frame) => startsAtMs + (frame / rateHz) * 1_000);
      };
      await expect.poll(() => onsets().length).toBeGreaterThan(5);
      // The first may be one that had begun. A busy machine's JACK loses time, so they are further apart than at the metronome, and never nearer.
      const [, ...found] = onsets();
      for (const [at, ms] of found.entries()) expect(ms - (found[at - 1] ?? 0)).toBeGreaterThan(390);
      expect(found.at(-1)).toBeLessThanOrEqual(machineNowMs());
    } finally {
      ear.close();
    }
  });
});
