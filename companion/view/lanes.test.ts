import { expect, test } from "vitest";
import type { MemberId, RecordingId, SessionId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { idleStatus } from "../../protocol/room.ts";
import type { Stem } from "../engine/stems/stem.std.ts";
import { GrowingWave } from "./growing-wave.std.ts";
import { inputOf, lanesOf, rollsOf, stemsOf } from "./lanes.std.ts";

const ada = "mem_00000000000000000000000000" as MemberId;
const ben = "mem_11111111111111111111111111" as MemberId;
const format = { sampleRateHz: 44_100, channels: 1, encoding: "pcm24" } as const;
const transport = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;
const takeId = "00000000-0000-4000-8000-00000000000a";

const shared = (id: number, more: Partial<Recording> = {}): Recording => ({
  recordingId: `rec_${id}` as RecordingId,
  sessionId: "ses_0" as SessionId,
  takeId,
  memberId: ben,
  name: `Bass take ${id} 1111`,
  format,
  timelineFrames: 96_000,
  startedAtMs: id,
  bpm: 120,
  state: "complete",
  partBytes: 1,
  sizeBytes: 100,
  frames: 44_100,
  sha256: null,
  clock: [],
  createdAtMs: 0,
  completedAtMs: 0,
  expiresAtMs: null,
  hasPeaks: true,
  ...more,
});
const own = (id: number, more: Partial<Stem> = {}): Stem => ({
  recordingId: `rec_${id}` as RecordingId,
  sessionId: "ses_0" as SessionId,
  takeId,
  name: `Guitar take ${id} 0000`,
  path: "",
  format,
  timelineFrames: 0,
  startedAtMs: id,
  bpm: 120,
  headerBytes: 44,
  frames: 88_200,
  sizeBytes: 10,
  sha256: "0",
  clock: [],
  transportAtStart: transport,
  transportAtEnd: transport,
  sharing: "local",
  repaired: false,
  ...more,
});

test("C7: what is only in this browser lies beside what is everybody's, and once it is shared it is there once", () => {
  const stems = stemsOf(
    [shared(1), shared(2, { state: "uploading", frames: null, memberId: ada })],
    [own(2), own(3)],
    ada,
  );
  expect(stems.map(({ recordingId, state, peaks, span }) => [recordingId, state, peaks, span.to])).toEqual([
    ["rec_1", "shared", "server", 144_000],
    ["rec_2", "arriving", "own", 192_000],
    ["rec_3", "here", "own", 96_000],
  ]);
});

test("every take of an input lies in its lane, whatever a recorder calls it", () => {
  expect(inputOf("Bass take 12 a1b2 (2)")).toBe("Bass");
  expect(inputOf("Tenor")).toBe("Tenor");
  expect(inputOf("Second take 3")).toBe("Second");
  const person = (memberId: MemberId, role: "host" | "observer") => ({
    memberId,
    displayName: "",
    role,
    connected: true,
    status: idleStatus,
  });
  const lanes = lanesOf([person(ada, "host"), person(ben, "observer")], stemsOf([shared(1), shared(2)], [], ada));
  expect(lanes.map(({ memberId, name, stems }) => [memberId, name, stems.length])).toEqual([
    [ada, "", 0],
    [ben, "Bass", 2],
  ]);
  const rolls = rollsOf(stemsOf([shared(1), shared(2, { takeId: "b", timelineFrames: 0 })], [own(3)], ada));
  expect(rolls.map(({ number, stems, span }) => [number, stems.length, span.from, span.to])).toEqual([
    [2, 1, 0, 48_000],
    [1, 2, 0, 144_000],
  ]);
});

test("a take that grows looks as loud as it was heard, is bounded, and begins anew after a turn", () => {
  const wave = new GrowingWave();
  for (let place = 48_000; place <= 96_000; place += 800) wave.add(place, place < 72_000 ? 0.5 : 0.1);
  expect(wave.span).toEqual({ from: 48_000, to: 96_000 });
  const { highs, lows } = wave.columns(48_000, 96_000, 10);
  expect(highs[2]).toBe(64);
  expect(lows[2]).toBe(-64);
  expect(highs[8]).toBe(13);
  wave.add(0, 1);
  expect(wave.span).toEqual({ from: 0, to: 0 });
  wave.add(1e12, 1);
  expect(wave.columns(0, 100, 2).highs).toHaveLength(2);
});

test("a take of six hours is as loud at its beginning as it was, in no more room than one of a minute", () => {
  const wave = new GrowingWave();
  const hour = 3_600 * 48_000;
  for (let place = 0; place <= 6 * hour; place += 24_000) wave.add(place, place < hour ? 0.5 : 0.1);
  const { highs } = wave.columns(0, 6 * hour, 12);
  // A column may share a bin with the one beside it.
  expect([...highs].toSpliced(2, 1)).toEqual([64, 64, ...Array.from({ length: 9 }, () => 13)]);
});
