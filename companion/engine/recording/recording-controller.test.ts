import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { frameBytesOf } from "../../../audio/pcm.ts";
import { preRollOf } from "../../../audio/stem-place.ts";
import { newId, type RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { StemFormat } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import type { Device } from "../capture/source.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import { recoverStems } from "../stems/recovery.std.ts";
import type { Stem } from "../stems/stem.std.ts";
import { StemLibrary } from "../upload/stem-library.std.ts";
import { RecordingController } from "./recording-controller.std.ts";
import { type Input, TakeRecorder } from "./take-recorder.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-controller-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = new Set<RecordingController>();
afterEach(async () => {
  for (const controller of open) await controller.close();
  open.clear();
});

const BLOCK = 128;
/** Session time when the device's frame 0 was captured. */
const ORIGIN_MS = 1_000_000;

/** A controller whose device, clocks and transport are in the test's hand. Every sample says which frame and channel it is. */
function rig(
  options: {
    rateHz?: StemFormat["sampleRateHz"];
    encoding?: StemFormat["encoding"];
    inputs?: Input[];
    place?: string;
    blockFrames?: number;
  } = {},
) {
  let { rateHz = 48_000 } = options;
  const { encoding = "pcm24", inputs = [{ name: "Guitar", channels: [0] }] } = options;
  const { blockFrames = BLOCK } = options;
  const channels = 4;
  const now = { monotonicMs: 0, wallMs: 0, uptimeMs: 0, freeBytes: 1e12 };
  const said: { code: string; message: string; atMs: number }[] = [];
  const recorded: Stem[] = [];
  const statuses: { armed: boolean; recording: boolean }[] = [];
  let state: TransportState = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
  let mayRecord = true;
  let frame = 0;
  const { place = mkdtempSync(join(folder, "take-")) } = options;
  const onWarning = (code: string, message: string) => said.push({ code, message, atMs: now.monotonicMs });
  const sessionId = SessionId.parse("ses_00000000000000000000000000");
  const library = new StemLibrary({
    // Nothing is shared here, so nothing is asked of it.
    api: {} as ApiClient,
    disk: nodeDisk,
    folder: place,
    sessionId,
    nowMs: () => now.wallMs,
    onRecovered: () => undefined,
    onProgress: () => undefined,
    onShared: () => undefined,
    onWarning,
  });
  const takes = new TakeRecorder({
    disk: nodeDisk,
    folder: place,
    sessionId,
    sessionName: "Controller",
    library,
    freeBytes: () => now.freeBytes,
    newRecordingId: () => newId("rec", (length) => crypto.getRandomValues(new Uint8Array(length))) as RecordingId,
    onRecording: () => undefined,
    onRecorded: (stem) => recorded.push(stem),
    onWarning,
  });
  const device: Device = {
    get sampleRateHz() {
      return rateHz;
    },
    channels,
    frameAt: (localMs) => Math.round((localMs / 1000) * rateHz),
    timeOf: (at) => (at / rateHz) * 1000,
  };
  const controller = new RecordingController({
    takes,
    device,
    inputs,
    clocks: { monotonicMs: () => now.monotonicMs, wallMs: () => now.wallMs, uptimeMs: () => now.uptimeMs },
    sessionAt: (localMs) => ({ atMs: ORIGIN_MS + localMs, errorMs: 0.3 }),
    state: () => state,
    mayRecord: () => mayRecord,
    suffix: () => "test",
    encoding,
    onStatus: (status) => statuses.push(status),
    onWarning,
  });
  open.add(controller);
  const pass = (ms: number) => {
    now.monotonicMs += ms;
    now.uptimeMs += ms;
    now.wallMs += ms;
  };
  return {
    controller,
    library,
    takes,
    place,
    now,
    said,
    recorded,
    statuses,
    pass,
    get frame() {
      return frame;
    },
    /** The device comes back at another rate; its count goes on where it would be by then. */
    changeRate(toHz: StemFormat["sampleRateHz"]) {
      controller.endCount();
      frame = Math.ceil(((frame / rateHz) * toHz) / blockFrames) * blockFrames;
      rateHz = toHz;
    },
    skip(seconds: number) {
      frame += Math.round((seconds * rateHz) / blockFrames) * blockFrames;
    },
    /** The device runs for a while, and the controller looks about as it does by itself. */
    play(seconds: number) {
      const block = new Int32Array(blockFrames * channels);
      for (const end = frame + Math.round(seconds * rateHz); frame < end; frame += blockFrames) {
        for (let at = 0; at < block.length; at++)
          block[at] = sampleOf(frame + Math.floor(at / channels), at % channels);
        controller.block(frame, block);
        controller.drain();
        pass((blockFrames / rateHz) * 1000);
        if (frame % Math.max(blockFrames, 8_192) < blockFrames) controller.look();
      }
    },
    /** A command takes effect at this very frame. */
    roll(
      motion: TransportState["motion"],
      positionFrames: number,
      ranges: Pick<TransportState, "loop" | "punch"> = {},
    ) {
      const before = state;
      state = { motion, positionFrames, atMs: ORIGIN_MS + device.timeOf(frame), bpm: 120, ...ranges };
      controller.execute({ before, after: state }, frame);
    },
    demote() {
      mayRecord = false;
      controller.end();
    },
    async whole(count: number): Promise<Stem[]> {
      // Blocks that come after the end are what carries a take there.
      await expect.poll(() => recorded.length).toBe(count);
      return recorded.toSorted((one, other) => one.startedAtMs - other.startedAtMs);
    },
  };
}

const sampleOf = (frame: number, channel: number) => ((frame * 31 + channel * 7_777) % 2 ** 23) - 2 ** 22;

/** The samples of a stem's file, channel by channel interleaved. */
function soundOf({ path, headerBytes, format, frames }: Stem): number[] {
  const bytes = readFileSync(path).subarray(headerBytes, headerBytes + frames * frameBytesOf(format));
  const size = frameBytesOf(format) / format.channels;
  return Array.from({ length: bytes.length / size }, (_, at) =>
    size === 3 ? bytes.readIntLE(at * 3, 3) : bytes.readFloatLE(at * 4) * 2 ** 23,
  );
}

describe("the controller", () => {
  test.each([
    [44_100, "pcm24"],
    [48_000, "float32"],
    [88_200, "float32"],
    [96_000, "pcm24"],
  ] as const)(
    "C6: at %i Hz in %s every armed input is a stem of its own, dry, from the frame of record to that of stop",
    async (rateHz, encoding) => {
      const inputs = [
        { name: "Guitar", channels: [2] },
        { name: "Keys", channels: [0, 3] },
        { name: "Unarmed", channels: [1] },
      ];
      const { controller, play, roll, whole, ...at } = rig({ rateHz, encoding, inputs });
      controller.preRollSeconds = 0;
      controller.arm("Guitar", true);
      controller.arm("Keys", true);
      play(0.5);
      const from = Math.ceil((0.5 * rateHz) / BLOCK) * BLOCK;
      roll("recording", 480_000);
      play(2);
      const to = from + Math.ceil((2 * rateHz) / BLOCK) * BLOCK;
      roll("stopped", 0);
      play(0.1);
      const [guitar, keys] = (await whole(2)).sort((one, other) => one.name.localeCompare(other.name));
      if (guitar === undefined || keys === undefined) throw new Error("There are no stems.");
      expect([guitar.takeId, guitar.timelineFrames, guitar.frames]).toEqual([keys.takeId, 480_000, to - from]);
      expect(guitar.format).toEqual({ sampleRateHz: rateHz, channels: 1, encoding });
      expect(soundOf(guitar)).toEqual(Array.from({ length: to - from }, (_, n) => sampleOf(from + n, 2)));
      expect(soundOf(keys)).toEqual(
        Array.from({ length: 2 * (to - from) }, (_, n) => sampleOf(from + (n >> 1), (n & 1) === 0 ? 0 : 3)),
      );
      expect(guitar.clock[0]).toEqual({ frame: 0, atMs: ORIGIN_MS + (from / rateHz) * 1000, errorMs: 0.3 });
      expect(guitar.transportAtStart).toMatchObject({ motion: "recording", positionFrames: 480_000 });
      expect(guitar.transportAtEnd).toMatchObject({ motion: "stopped" });
      expect(at.said).toEqual([]);
    },
  );

  test("C6, P51: each turn of a loop is a take of its own, from its first frame, and no frame is lost between two", async () => {
    const { controller, play, roll, whole, said } = rig();
    controller.arm("Guitar", true);
    play(0.512);
    const from = 24_576;
    // Half a second before the loop, which is a second and a third of a block long.
    const lengthFrames = 48_043;
    roll("recording", 72_000, { loop: { startFrames: 96_000, endFrames: 96_000 + lengthFrames } });
    play(3.2);
    roll("stopped", 0);
    play(0.1);
    const turns = await whole(3);
    const begins = [from, from + 24_000 + lengthFrames, from + 24_000 + 2 * lengthFrames];
    const ends = [begins[1], begins[2], from + 153_600];
    for (const [at, turn] of turns.entries()) {
      const [begin = 0, end = 0] = [begins[at], ends[at]];
      const preRoll = preRollOf(turn);
      expect(preRoll > 0).toBe(at === 0);
      expect(turn.timelineFrames + preRoll).toBe(at === 0 ? 72_000 : 96_000);
      expect(soundOf(turn).slice(preRoll)).toEqual(
        Array.from({ length: end - begin }, (_, n) => sampleOf(begin + n, 0)),
      );
    }
    expect(new Set(turns.map(({ takeId }) => takeId)).size).toBe(3);
    expect(said).toEqual([]);
  });

  test("C6, P52: a punch range is recorded and nothing else, whether the playhead rolls into it or it comes to the playhead", async () => {
    const { controller, play, roll, whole } = rig();
    controller.preRollSeconds = 0;
    controller.arm("Guitar", true);
    play(0.512);
    const from = 24_576;
    roll("recording", 48_000, { punch: { startFrames: 72_001, endFrames: 96_000 } });
    play(0.256);
    expect(controller.status.recording).toBe(false);
    play(1.28);
    expect(controller.status.recording).toBe(false);
    // The range goes on behind the playhead while everybody still records.
    roll("recording", 48_000 + 73_728, { punch: { startFrames: 48_000, endFrames: 480_000 } });
    play(0.256);
    roll("stopped", 0);
    play(0.1);
    const [first, second] = await whole(2);
    expect([first?.timelineFrames, first?.frames]).toEqual([72_001, 23_999]);
    expect(first && soundOf(first)[0]).toBe(sampleOf(from + 24_001, 0));
    expect([second?.timelineFrames, second?.frames]).toEqual([48_000 + 73_728, 12_288]);
  });

  test("C6: nothing that the person has not armed, and nobody who may not record, gets a file; the others see what is on", async () => {
    const one = rig();
    one.play(0.2);
    one.roll("recording", 0);
    one.play(0.2);
    one.roll("stopped", 0);
    one.play(0.2);
    expect(one.statuses).toEqual([]);
    one.controller.arm("Flute", true);
    expect(one.said[0]).toMatchObject({ code: "arm", message: expect.stringContaining('"Guitar"') });
    one.controller.arm("Guitar", true);
    one.roll("recording", 0);
    one.play(0.3);
    expect(one.statuses).toEqual([
      { armed: true, recording: false },
      { armed: true, recording: true },
    ]);
    // The host makes an observer of this member in mid take: what was played until then is theirs, and no more is recorded.
    one.demote();
    const [stem] = await one.whole(1);
    expect(stem?.frames).toBe(113 * BLOCK);
    one.roll("stopped", 0);
    one.roll("recording", 0);
    one.play(0.2);
    expect(one.takes.isRecording).toBe(false);
    expect(one.statuses.at(-1)).toEqual({ armed: true, recording: false });
  });

  test("a punch in and out of a rolling transport is a take from the one frame to the other", async () => {
    const { controller, play, roll, whole } = rig();
    controller.preRollSeconds = 0;
    controller.arm("Guitar", true);
    roll("playing", 0);
    play(1);
    roll("recording", 48_000);
    play(1);
    roll("playing", 96_000);
    play(1);
    const [stem] = await whole(1);
    expect(stem).toMatchObject({ timelineFrames: 48_000, frames: 48_000 });
    expect(soundOf(stem as Stem)[0]).toBe(sampleOf(48_000, 0));
  });

  test("the ten seconds before record are in the stem, at their place; not those before it was armed, nor before bar one", async () => {
    const { controller, play, roll, whole } = rig();
    play(2);
    controller.arm("Guitar", true);
    play(4);
    roll("recording", 10 * 48_000);
    play(1);
    roll("stopped", 0);
    play(0.1);
    const armedLate = (await whole(1))[0] as Stem;
    expect(armedLate.frames).toBe(5 * 48_000);
    expect(armedLate.timelineFrames).toBe(6 * 48_000);
    expect(preRollOf(armedLate)).toBe(4 * 48_000);
    expect(soundOf(armedLate)[0]).toBe(sampleOf(2 * 48_000, 0));
    expect(armedLate.clock[0]?.atMs).toBeCloseTo(ORIGIN_MS + 2_000, 6);
    play(12);
    roll("recording", 20 * 48_000);
    play(1);
    roll("stopped", 0);
    play(0.1);
    const full = (await whole(2))[1] as Stem;
    expect(preRollOf(full)).toBe(10 * 48_000);
    expect(full.frames).toBe(11 * 48_000);
    play(12);
    roll("recording", 24_000);
    play(1);
    roll("stopped", 0);
    play(0.1);
    const early = (await whole(3))[2] as Stem;
    expect([early.timelineFrames, preRollOf(early)]).toEqual([0, 24_000]);
  });

  test.each([64, 480, 2_048, 8_192])(
    "a device of %i frames a block loses nothing, not of the ten seconds before record and not in a long take",
    async (blockFrames) => {
      const { controller, play, roll, whole } = rig({ blockFrames });
      controller.arm("Guitar", true);
      play(11);
      roll("recording", 20 * 48_000);
      play(25);
      roll("stopped", 0);
      play(3);
      const [stem] = await whole(1);
      if (stem === undefined) throw new Error("There is no stem.");
      const from = stem.timelineFrames - 20 * 48_000 + Math.ceil((11 * 48_000) / blockFrames) * blockFrames;
      expect(preRollOf(stem)).toBe(10 * 48_000);
      const wrong = soundOf(stem).findIndex((sample, at) => sample !== sampleOf(from + at, 0));
      expect(wrong).toBe(-1);
      expect(stem.frames).toBe(Math.ceil((25 * 48_000) / blockFrames) * blockFrames + 480_000);
    },
  );

  test("X24: the device is unplugged: said within a second, the take up to then is whole, and goes on in a new one when it is back", async () => {
    const { controller, play, roll, whole, pass, said, statuses, takes, ...at } = rig();
    controller.preRollSeconds = 0;
    controller.arm("Guitar", true);
    roll("recording", 0);
    play(3);
    const goneAtMs = at.now.monotonicMs;
    for (let look = 0; look < 5; look++) {
      pass(200);
      controller.look();
    }
    expect(said).toHaveLength(1);
    expect(said[0]?.message).toBe(
      "The sound device has gone. The take ends there; what was played until then is safe.",
    );
    expect((said[0]?.atMs ?? Number.NaN) - goneAtMs).toBeLessThanOrEqual(1_000);
    expect(statuses.at(-1)).toEqual({ armed: true, recording: false });
    const [stem] = await whole(1);
    expect(stem?.frames).toBe(3 * 48_000);
    expect(soundOf(stem as Stem).at(-1)).toBe(sampleOf(3 * 48_000 - 1, 0));
    at.skip(1);
    play(1);
    roll("stopped", 0);
    play(0.1);
    const again = (await whole(2))[1] as Stem;
    expect(again).toMatchObject({ timelineFrames: 4 * 48_000, frames: 48_000 });
    expect(soundOf(again)[0]).toBe(sampleOf(4 * 48_000, 0));
    expect(takes.isRecording).toBe(false);
  });

  test.each([
    [48_000, 44_100],
    [44_100, 96_000],
  ] as const)(
    "X24: the device comes back in mid take at %i Hz: nothing recorded is lost, and it goes on at its place at %i",
    async (fromHz, toHz) => {
      const at = rig({ rateHz: fromHz });
      const { controller, play, roll, whole, said, changeRate } = at;
      controller.preRollSeconds = 0;
      controller.arm("Guitar", true);
      roll("recording", 0);
      play(0.4);
      const before = at.frame;
      changeRate(toHz);
      const from = at.frame;
      play(0.3);
      roll("stopped", 0);
      const to = at.frame;
      play(0.1);
      const [first, second] = (await whole(2)) as [Stem, Stem];
      expect(first.format.sampleRateHz).toBe(fromHz);
      expect(soundOf(first)).toEqual(Array.from({ length: before }, (_, n) => sampleOf(n, 0)));
      expect(second.format.sampleRateHz).toBe(toHz);
      expect(soundOf(second)).toEqual(Array.from({ length: to - from }, (_, n) => sampleOf(from + n, 0)));
      // Its first frame lies where it was played, to the frame of the timeline.
      expect(Math.abs(second.timelineFrames - (from / toHz) * 48_000)).toBeLessThanOrEqual(1);
      expect(said.map(({ message }) => message)).toEqual([
        "The sound device runs at another rate now. The take ends there; what was played until then is safe.",
        "The sound device is back.",
      ]);
    },
  );

  test("X24: a short dropout is silence and said; a long one ends the take, and what follows lies at its own place", async () => {
    const { controller, play, roll, whole, said, skip, pass } = rig();
    controller.preRollSeconds = 0;
    controller.arm("Guitar", true);
    roll("recording", 0);
    play(1);
    skip(0.1);
    pass(100);
    play(1);
    expect(said.map(({ code }) => code)).toEqual(["dropout"]);
    skip(20);
    play(1);
    roll("stopped", 0);
    play(0.1);
    const [first, second] = (await whole(2)) as [Stem, Stem];
    expect(said[1]).toMatchObject({
      code: "device",
      message: expect.stringMatching(/left 20\.0 s out\. The take ends there/),
    });
    const gapFrames = Math.round(4_800 / BLOCK) * BLOCK;
    const sound = soundOf(first);
    expect(first.frames).toBe(96_000 + gapFrames);
    expect(sound.slice(48_000, 48_000 + gapFrames)).toEqual(new Array(gapFrames).fill(0));
    expect(sound[48_000 + gapFrames]).toBe(sampleOf(48_000 + gapFrames, 0));
    expect(second).toMatchObject({ timelineFrames: 96_000 + gapFrames + 20 * 48_000, frames: 48_000 });
  });

  test("X24: the machine sleeps: said at the first look after it, and the take ends where it fell asleep", async () => {
    const { controller, play, roll, whole, said, now } = rig();
    controller.arm("Guitar", true);
    roll("recording", 0);
    play(2);
    // As on Linux: the monotonic clock and the device sleep too.
    now.uptimeMs += 600_000;
    now.wallMs += 600_000;
    now.monotonicMs += 10;
    controller.look();
    expect(said[0]).toMatchObject({ code: "slept", message: expect.stringContaining("600.1 s. The take ends there") });
    const [stem] = await whole(1);
    expect(stem?.frames).toBe(96_000);
  });

  test("X24: the clock is set in mid take: said, and the take neither ends nor moves", async () => {
    const { controller, play, roll, whole, said, now } = rig();
    controller.arm("Guitar", true);
    roll("recording", 0);
    play(1);
    now.wallMs -= 3_600_000;
    play(1);
    roll("stopped", 0);
    play(0.1);
    const [stem] = await whole(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ code: "clock-set", message: expect.stringContaining("back by 3600.0 s") });
    expect(stem).toMatchObject({ frames: 96_000, timelineFrames: 0 });
  });

  test("X24: a disk that will soon be full is said once, while there is time", async () => {
    const { controller, play, roll, whole, said, now } = rig();
    controller.preRollSeconds = 0;
    controller.arm("Guitar", true);
    roll("recording", 0);
    play(1);
    expect(said).toEqual([]);
    // Seven minutes of one mono stem.
    now.freeBytes = 7.5 * 60 * 144_000;
    play(30);
    expect(said.map(({ code }) => code)).toEqual(["disk-low"]);
    expect(said[0]?.message).toContain("7 more minutes");
    roll("stopped", 0);
    play(0.1);
    await whole(1);
  });

  test("a roll whose end was missed ends where the next begins; whoever leaves in mid take leaves it whole", async () => {
    const { controller, play, roll, whole, place } = rig();
    controller.preRollSeconds = 0;
    controller.arm("Guitar", true);
    roll("recording", 0);
    play(1);
    controller.execute(
      {
        before: { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 },
        after: { motion: "recording", positionFrames: 0, atMs: ORIGIN_MS + 1_000, bpm: 120 },
      },
      48_000,
    );
    play(1);
    await controller.close();
    const stems = await whole(2);
    expect(stems.map(({ frames }) => frames)).toEqual([48_000, 48_000]);
    // Nothing of it needs repair.
    expect((await recoverStems(nodeDisk, place)).map(({ repaired }) => repaired)).toEqual([false, false]);
    expect(existsSync(`${stems[0]?.path}.clock`)).toBe(false);
  });

  test("a file that is there already is never written over, and no name keeps an input from being recorded", async () => {
    const one = rig({ inputs: [{ name: "../AUX: Güitar\u202e", channels: [1] }] });
    one.controller.arm("../AUX: Güitar\u202e", true);
    for (let take = 0; take < 2; take++) {
      one.roll("recording", 0);
      one.play(0.2);
      one.roll("stopped", 0);
      one.play(0.2);
    }
    const names = (await one.whole(2)).map(({ name }) => name);
    expect(names).toEqual(["_AUX_ Güitar_ take 1 test", "_AUX_ Güitar_ take 2 test"]);
    // A program that died between making a file and describing it left one whose name the next run would choose.
    for (const { path } of one.recorded) rmSync(`${path}.json`);
    const before = one.recorded.map(({ path }) => readFileSync(path));
    const again = rig({ inputs: [{ name: "../AUX: Güitar\u202e", channels: [1] }], place: one.place });
    await again.library.open();
    again.controller.arm("../AUX: Güitar\u202e", true);
    again.roll("recording", 0);
    again.play(0.2);
    again.roll("stopped", 0);
    again.play(0.2);
    expect((await again.whole(1))[0]?.name).toBe("_AUX_ Güitar_ take 1 test (2)");
    expect(one.recorded.map(({ path }) => readFileSync(path))).toEqual(before);
  });
});
