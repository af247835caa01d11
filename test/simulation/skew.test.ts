import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import type { Device } from "../../companion/engine/capture/source.std.ts";
import { SessionClock } from "../../companion/engine/clock/session-clock.std.ts";
import { Deliveries } from "../../companion/engine/delivery/deliveries.node.ts";
import { RecordingController } from "../../companion/engine/recording/recording-controller.std.ts";
import { TakeRecorder } from "../../companion/engine/recording/take-recorder.std.ts";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { StemLibrary } from "../../companion/engine/upload/stem-library.std.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { newId, type RecordingId, type SessionId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";
import type { TransportState } from "../../protocol/room.ts";
import { chance } from "./chance.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-skew-"));
let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ stateDir: join(folder, "state") });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const BLOCK = 128;
/** Session time when the simulation begins, and when and where on the timeline record is pressed. */
const ORIGIN_MS = 1_800_000_000_000;
const RECORD_AFTER_MS = 30_000;
const RECORD_AT_FRAMES = 2 * 48_000;
const TAKE_SECONDS = 60;

interface Skew {
  /** Parts per million by which the sound device and the machine's clock run fast, and what the machine's clock showed at the start. */
  devicePpm: number;
  machinePpm: number;
  machineOffsetMs: number;
  /** The shortest way of a ping there and back, and how much either may take longer. */
  wayMs: [there: number, back: number, jitter: number];
}

/**
 * A companion whose clocks are all wrong, in time that the test makes pass: its machine, its sound device and its idea of session time,
 * which it has from pings alone. Everybody in the room hears a tick at every full second of the timeline.
 */
function musician(seed: number, skew: Skew, api: ApiClient, sessionId: SessionId) {
  const random = chance(seed);
  const clock = new SessionClock();
  const toMachine = (trueMs: number) => skew.machineOffsetMs + trueMs * (1 + skew.machinePpm / 1e6);
  const toTrue = (machineMs: number) => (machineMs - skew.machineOffsetMs) / (1 + skew.machinePpm / 1e6);
  const framesPerMs = 48 * (1 + skew.devicePpm / 1e6);
  // Drivers' timestamps are a little off, each time otherwise.
  const device: Device = {
    sampleRateHz: 48_000,
    channels: 1,
    frameAt: (localMs) => Math.round(toTrue(localMs) * framesPerMs),
    timeOf: (frame) => toMachine(frame / framesPerMs) + (random() - 0.5) * 0.2,
  };
  let trueMs = 0;
  let frame = 0;
  let nextPingMs = 0;
  let pings = 0;
  let state: TransportState = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
  const recorded: Stem[] = [];
  const shared: Recording[] = [];
  const troubles: string[] = [];
  const onWarning = (_code: string, message: string) => troubles.push(message);
  const place = mkdtempSync(join(folder, "musician-"));
  const library = new StemLibrary({
    disk: nodeDisk,
    api,
    folder: place,
    sessionId,
    nowMs: () => Date.now(),
    onRecovered: () => undefined,
    onProgress: () => undefined,
    onShared: (recording) => shared.push(recording),
    onWarning,
  });
  const takes = new TakeRecorder({
    disk: nodeDisk,
    folder: place,
    sessionId,
    sessionName: "Skew",
    library,
    newRecordingId: () => newId("rec", (length) => crypto.getRandomValues(new Uint8Array(length))) as RecordingId,
    onRecording: () => undefined,
    onRecorded: (stem) => recorded.push(stem),
    onWarning,
  });
  const clocks = {
    monotonicMs: () => toMachine(trueMs),
    wallMs: () => toMachine(trueMs),
    uptimeMs: () => toMachine(trueMs),
  };
  const controller = new RecordingController({
    takes,
    device,
    inputs: [{ name: "Mic", channels: [0] }],
    clocks,
    sessionAt: (localMs) => ({ atMs: clock.toSessionMs(localMs), errorMs: clock.estimate?.errorMs ?? 0 }),
    state: () => state,
    mayRecord: () => true,
    suffix: () => String(seed),
    encoding: "pcm24",
    onStatus: () => undefined,
    onWarning,
  });
  controller.arm("Mic", true);
  const ping = () => {
    const [there, back, jitter] = skew.wayMs;
    const heardMs = trueMs + there + random() ** 4 * jitter;
    const returnedMs = heardMs + back + random() ** 4 * jitter;
    clock.addSample({
      sentLocalMs: toMachine(trueMs),
      receivedLocalMs: toMachine(returnedMs),
      roomTimeMs: Math.floor(ORIGIN_MS + heardMs),
    });
    nextPingMs = trueMs + (++pings < 20 ? 50 : 500);
  };
  /** The timeline at an instant of true time, from the moment that record was pressed. */
  const timelineAt = (atMs: number) => RECORD_AT_FRAMES + (atMs - RECORD_AFTER_MS) * 48;
  return {
    library,
    controller,
    recorded,
    shared,
    troubles,
    clock,
    /** Lets the time pass until an instant of it, block by block. */
    run(untilMs: number) {
      const block = new Int32Array(BLOCK);
      for (; (frame + BLOCK) / framesPerMs <= untilMs; frame += BLOCK) {
        trueMs = (frame + BLOCK) / framesPerMs;
        while (nextPingMs <= trueMs) ping();
        for (let at = 0; at < BLOCK; at++) {
          const timeline = timelineAt((frame + at) / framesPerMs);
          const away = timeline - Math.round(timeline / 48_000) * 48_000;
          block[at] = Math.abs(away) < 60 ? Math.round(2 ** 22 * Math.exp(-((away / 12) ** 2))) : 0;
        }
        controller.block(frame, block);
        controller.drain();
      }
    },
    /** A command of the log, carried out at its instant in session time as this companion knows it. */
    command(motion: TransportState["motion"], positionFrames: number, sessionMs: number) {
      const before = state;
      state = { motion, positionFrames, atMs: sessionMs, bpm: 120 };
      controller.execute({ before, after: state }, device.frameAt(clock.toLocalMs(sessionMs)));
    },
  };
}

/** Milliseconds between a second's tick in an aligned copy and the place where it belongs. */
function offBy(wav: Buffer, second: number): number {
  const data = wav.indexOf("data", 12, "latin1") + 8;
  let sum = 0;
  let moment = 0;
  for (let away = -480; away <= 480; away++) {
    const value = Math.abs(wav.readIntLE(data + (second * 48_000 + away) * 3, 3));
    sum += value;
    moment += value * away;
  }
  return moment / sum / 48;
}

test.each([1, 2])(
  "C7: devices 50 ppm fast and slow, clocks adrift, a line that jitters (seed %i): shared, delivered and aligned, every tick within a millisecond",
  async (seed) => {
    const token = async () => {
      const person = { displayName: "Ada", email: `${randomUUID()}@example.org`, tier: "pro" as const };
      return (await seedAccount(platform, person)).token;
    };
    const [ada, ben, cleo] = [await token(), await token(), await token()].map(
      (one) => new ApiClient(platform.origin, one),
    );
    if (ada === undefined || ben === undefined || cleo === undefined) throw new Error("There are three of them.");
    const { sessionId } = await ada.createSession("Skew");
    await ben.acceptInvite((await ada.createInvite(sessionId)).code);
    const fast = { devicePpm: 50, machinePpm: -18, machineOffsetMs: 7_000_000, wayMs: [6, 6, 30] } as const;
    const slow = { devicePpm: -50, machinePpm: 33, machineOffsetMs: 12, wayMs: [21, 20.4, 60] } as const;
    const all = [
      musician(seed * 2, { ...fast, wayMs: [...fast.wayMs] }, ada, sessionId),
      musician(seed * 2 + 1, { ...slow, wayMs: [...slow.wayMs] }, ben, sessionId),
    ];
    const endMs = RECORD_AFTER_MS + TAKE_SECONDS * 1000;
    for (const one of all) {
      one.run(RECORD_AFTER_MS - 400);
      one.command("recording", RECORD_AT_FRAMES, ORIGIN_MS + RECORD_AFTER_MS);
      one.run(endMs - 300);
      one.command("stopped", 0, ORIGIN_MS + endMs);
      one.run(endMs + 500);
      await one.controller.close();
      expect(one.troubles).toEqual([]);
      expect(one.recorded).toHaveLength(1);
      one.library.share();
      await expect.poll(() => one.shared.length).toBe(1);
    }
    await cleo.acceptInvite((await ada.createInvite(sessionId)).code);
    const place = mkdtempSync(join(folder, "cleo-"));
    const troubles: string[] = [];
    const onWarning = (message: string) => troubles.push(message);
    await new Deliveries({
      api: cleo,
      sessionId,
      sessionName: "Skew",
      folder: place,
      onAsk: () => undefined,
      onDelivered: () => undefined,
      onWarning,
    }).fetch();
    expect(troubles).toEqual([]);
    const laid = JSON.parse(readFileSync(join(place, "session.json"), "utf8")) as {
      file: string;
      startSeconds: number;
    }[];
    expect(laid).toHaveLength(2);
    const seconds = [3, Math.round(TAKE_SECONDS / 2), TAKE_SECONDS];
    const offs = laid.map(({ file }) => {
      const wav = readFileSync(join(place, file));
      return seconds.map((second) => offBy(wav, second));
    });
    console.log(
      `seed ${seed}: ms off at start, middle, end: ${offs.map((off) => off.map((ms) => ms.toFixed(3)).join(" ")).join(" and ")}`,
    );
    for (const [at] of seconds.entries()) {
      for (const off of offs) expect(Math.abs(off[at] ?? 9)).toBeLessThanOrEqual(1);
      expect(Math.abs((offs[0]?.[at] ?? 9) - (offs[1]?.[at] ?? -9))).toBeLessThanOrEqual(1);
    }
    // Without alignment they would be this far apart at the end: the test would notice.
    const drifts = all.map(({ recorded: [stem] }) => (stem?.frames ?? 0) / 48_000 - TAKE_SECONDS);
    expect(Math.abs((drifts[0] ?? 0) - (drifts[1] ?? 0)) * 1000).toBeGreaterThan(1);
  },
);
