import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { stereoLayout } from "../../../audio/lane-layout.ts";
import { wavFile } from "../../../audio/wav-writer.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { StudioEvent } from "./events.std.ts";
import { StudioSound } from "./studio-sound.node.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-sound-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inputPath = join(folder, "input.wav");
const ramp = Int32Array.from({ length: 48_000 * 2 }, (_, at) => at >> 1);
writeFileSync(inputPath, wavFile({ sampleRateHz: 48_000, channels: 2, encoding: "pcm24" }, ramp));

const opened: StudioSound[] = [];
afterEach(async () => {
  for (const sound of opened.splice(0)) await sound.close();
});

function studio(path = inputPath, inputs = 2) {
  const blocks: { frame: number; first: number; last: number }[] = [];
  const events: StudioEvent[] = [];
  const silences: number[] = [];
  const sound = new StudioSound({
    source: { kind: "file", path },
    inputs,
    lane: stereoLayout,
    links: true,
    inputSinceMs: null,
    traces: false,
    folder,
    role: () => "participant",
    onBlock: (frame, input) => blocks.push({ frame, first: input[0] ?? 0, last: input[inputs - 1] ?? 0 }),
    onOtherRate: () => undefined,
    onLink: () => undefined,
    onMessage: () => undefined,
    onKept: () => undefined,
    onSilence: () => silences.push(machineNowMs()),
    signal: () => undefined,
    nowMs: machineNowMs,
    barMs: () => 2_000,
    onLatency: () => undefined,
    onAnnounced: () => undefined,
    onReading: () => undefined,
    emit: (event) => events.push(event),
  });
  opened.push(sound);
  return { sound, blocks, events, silences };
}

describe("the sound process", () => {
  test("X36: the program may be busy for two seconds: not one block of the device is missing", async () => {
    const { sound, blocks } = studio();
    await sound.open();
    await expect.poll(() => blocks.length).toBeGreaterThan(20);
    const untilMs = machineNowMs() + 2_000;
    while (machineNowMs() < untilMs);
    const { length } = blocks;
    await expect.poll(() => blocks.length).toBeGreaterThan(length + 600);
    const { deviceSkips } = (await sound.report()) ?? { deviceSkips: -1 };
    const jumps = blocks.filter(
      ({ frame }, at) => at > 0 && frame !== (blocks[at - 1]?.frame ?? 0) + LANE_PACKET_FRAMES,
    );
    // A machine that starved the process itself is another matter, and is said.
    expect(jumps.length).toBe(deviceSkips);
    for (const { frame, first } of blocks) expect(first).toBe(frame % 48_000);
  });

  test("X24: killed, it begins again by itself, says so, and the device's count goes on", async () => {
    const { sound, blocks, events, silences } = studio();
    await sound.open();
    await expect.poll(() => blocks.length).toBeGreaterThan(20);
    const { openedAtMs } = sound.device;
    process.kill(sound.pid ?? 0, "SIGKILL");
    await expect.poll(() => events.some(({ type }) => type === "warning")).toBe(true);
    const { length } = blocks;
    await expect.poll(() => blocks.length).toBeGreaterThan(length + 50);
    expect(sound.device.openedAtMs).toBe(openedAtMs);
    expect(silences).toHaveLength(1);
    for (const [at, { frame, first }] of blocks.entries()) {
      expect(first).toBe(frame % 48_000);
      if (at > 0) expect(frame).toBeGreaterThan(blocks[at - 1]?.frame ?? 0);
    }
  });

  test("C6: an interface of 18 inputs: what the eighteenth captures comes, frame by frame", async () => {
    const path = join(folder, "eighteen.wav");
    const inputs = Int32Array.from({ length: 4_800 * 18 }, (_, at) => Math.floor(at / 18) * 18 + (at % 18));
    writeFileSync(path, wavFile({ sampleRateHz: 48_000, channels: 18, encoding: "pcm24" }, inputs));
    const { sound, blocks } = studio(path, 18);
    await sound.open();
    expect(sound.device.channels).toBe(18);
    await expect.poll(() => blocks.length).toBeGreaterThan(50);
    for (const { frame, first, last } of blocks)
      expect([first, last]).toEqual([(frame % 4_800) * 18, (frame % 4_800) * 18 + 17]);
  });

  test("a device that cannot be opened is refused in a sentence", async () => {
    const { sound } = studio(join(folder, "nothing.wav"));
    await expect(sound.open()).rejects.toThrow(/there is no such file/);
  });
});
