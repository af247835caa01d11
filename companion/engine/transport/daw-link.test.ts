import { expect, test } from "vitest";
import { timecodeRates } from "../../../audio/timecode.ts";
import { TIMELINE_MAX_FRAMES } from "../../../protocol/limits.ts";
import type { TransportCommand, TransportState } from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import type { Cue, DawDriver } from "../midi/driver.std.ts";
import { mackieCue, mackieDriver } from "../midi/mackie.std.ts";
import { midiClockCue, midiClockDriver } from "../midi/midi-clock.std.ts";
import { mmcCue, mmcCueOf, mmcDriver } from "../midi/mmc.std.ts";
import { mtcCue, mtcDriver } from "../midi/mtc.std.ts";
import { DawLink } from "./daw-link.std.ts";
import { FakeClock } from "./fake-clock.std.ts";

const EPOCH_MS = 1_800_000_000_000;
const state = (motion: TransportState["motion"], positionFrames: number, atMs: number): TransportState => ({
  motion,
  positionFrames,
  atMs,
  bpm: 120,
});

/** A link whose DAW is this test. */
function open(driver: DawDriver = mmcDriver(), cue: Cue = mmcCue, mayCommand = true) {
  const clock = new FakeClock(EPOCH_MS);
  const sent: string[] = [];
  const leaves: { atMs: number; nowMs: number }[] = [];
  const commands: TransportCommand[] = [];
  const warnings: string[] = [];
  let hear: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let presence: (isThere: boolean) => void = () => undefined;
  const link = new DawLink({
    port: {
      name: "the DAW",
      sendAt: (bytes, atMs) => {
        sent.push(Buffer.from(bytes).toString("hex"));
        leaves.push({ atMs, nowMs: clock.nowMs });
      },
      onBytes: (listener) => {
        hear = listener;
      },
      onPresence: (listener) => {
        presence = listener;
      },
      close: async () => undefined,
    },
    driver,
    cue,
    clock: { ...clock, isKnown: () => true, nowSessionMs: clock.nowSessionMs, nowLocalMs: clock.nowSessionMs },
    map: () => initialMap,
    mayCommand: () => mayCommand,
    onCommand: (command) => commands.push(command),
    onWarning: (code) => warnings.push(code),
  });
  const says = (hex: string) => hear(Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex")), clock.nowMs);
  const settle = (motion: TransportState["motion"], positionFrames: number) => {
    link.plan(state(motion, positionFrames, clock.nowMs), clock.nowMs);
    clock.advanceTo(clock.nowMs + 2_000);
    sent.length = 0;
  };
  return { clock, link, sent, leaves, commands, warnings, says, settle, goes: (isThere: boolean) => presence(isThere) };
}

test("C4: garbage in system exclusives is nobody's command, and what comes after it is heard", () => {
  const { says, commands, warnings, settle } = open();
  settle("stopped", 0);
  for (const garbage of [
    "f0 7f 7f 06 f7",
    "f0 7f 7f 06 44 7f 01 f7",
    "f0 7f 7f 06 44 06 01 60 f7",
    "f0 00 00 66 14 f7",
  ])
    says(garbage);
  says(`f0 ${"55".repeat(5_000)} f7`);
  expect(commands).toEqual([]);
  says("f0 7f 7f 06 02 f7");
  expect(commands).toMatchObject([{ command: "play" }]);
  expect(warnings).toEqual([]);
});

test("X15: ten thousand messages a second are limited and told, once, and the next second is heard again", () => {
  const { says, commands, warnings, settle, clock } = open();
  settle("stopped", 0);
  for (let message = 0; message < 10_000; message++) says("90 3c 40");
  expect(warnings).toEqual(["daw-flood"]);
  says("f0 7f 7f 06 02 f7");
  expect(commands).toEqual([]);
  clock.advanceTo(clock.nowMs + 1_001);
  says("f0 7f 7f 06 02 f7");
  expect(commands).toMatchObject([{ command: "play" }]);
});

test("C4: a clock at 300 is a tempo of the session; one that no session may have is none", () => {
  const { says, commands, settle, clock } = open(midiClockDriver(), midiClockCue);
  settle("stopped", 0);
  const runs = (bpm: number, clocks: number) => {
    for (let at = 0; at < clocks; at++) {
      clock.advanceTo(clock.nowMs + 60_000 / bpm / 24);
      says("f8");
    }
  };
  runs(300, 60);
  expect(commands).toEqual([{ command: "tempo", bpm: 300 }]);
  runs(450, 200);
  expect(commands).toHaveLength(1);
});

test("C4: places beyond 24 hours or before the origin are no command, of the DAW or to it", () => {
  const { says, commands, settle, link, clock, sent } = open();
  settle("stopped", 0);
  for (const label of ["78 00 00 00 00", "60 3c 00 00 00", "60 00 00 5e 00", "60 00 01 40 00"])
    says(`f0 7f 7f 06 44 06 01 ${label} f7`);
  expect(commands).toEqual([]);
  link.plan(state("stopped", TIMELINE_MAX_FRAMES, clock.nowMs), clock.nowMs);
  clock.advanceTo(clock.nowMs + 1_000);
  expect(sent).toEqual([]);
});

test("C4: a DAW that answers nothing follows all the same, and nobody is told anything of it", () => {
  const { link, clock, sent, warnings, commands } = open();
  link.plan(state("stopped", 48_000, EPOCH_MS), EPOCH_MS);
  link.plan(state("playing", 48_000, EPOCH_MS + 500), EPOCH_MS + 500);
  link.plan(state("stopped", 96_000, EPOCH_MS + 1_500), EPOCH_MS + 1_500);
  clock.advanceTo(EPOCH_MS + 3_000);
  expect(sent.map((bytes) => bytes.slice(8, 10))).toEqual(["44", "03", "01", "44"]);
  expect([warnings, commands]).toEqual([[], []]);
  expect(link.report.offMs).toBeNull();
});

test("X24: a port that has gone is said at once; when it is back its DAW is brought to what the session does", () => {
  const { link, clock, sent, warnings, goes, settle } = open(mackieDriver(), mackieCue);
  settle("stopped", 0);
  goes(false);
  link.plan(state("playing", 0, clock.nowMs), clock.nowMs);
  clock.advanceTo(clock.nowMs + 1_000);
  sent.length = 0;
  goes(true);
  clock.advanceTo(clock.nowMs + 1_000);
  expect(warnings).toEqual(["daw-gone", "daw-back"]);
  expect(sent).toEqual(["f00000661401536573734c6e6b01020304f7", "905e7f905e00"]);
});

test("C4: a DAW that leads by timecode is the session's next command, from where it rolls, and stops it by falling silent", () => {
  const { says, commands, settle, clock, link, sent } = open(mtcDriver(), mtcCue);
  settle("stopped", 0);
  const leader = mtcDriver();
  const from = { ...state("playing", 480_000, clock.nowMs) };
  for (let tick = leader.tick?.(from, initialMap, from.atMs); tick && tick.atMs < from.atMs + 300; ) {
    clock.advanceTo(tick.atMs);
    says(Buffer.from(tick.bytes).toString("hex"));
    if (commands.length === 1) link.plan(from, clock.nowMs, true);
    tick = leader.tick?.(from, initialMap, tick.atMs + 0.5);
  }
  clock.advanceTo(clock.nowMs + 500);
  expect(commands.map(({ command }) => command)).toEqual(["play", "stop"]);
  expect(sent).toEqual([]);
  const [play] = commands;
  if (play?.command !== "play" || play.since === undefined) throw new Error("no place");
  const { positionFrames, atMs } = play.since;
  expect(Math.abs(positionFrames - (480_000 + (atMs - from.atMs) * 48))).toBeLessThan(3);
});

test("C4: what a DAW is late by, as a test roll has measured, everything leaves earlier by, ticks too", () => {
  const lateMs = 25;
  const driven = open(mmcDriver(), { ...mmcCue, lateMs });
  driven.settle("stopped", 0);
  driven.leaves.length = 0;
  const rollsAtMs = driven.clock.nowMs + 500;
  driven.link.plan(state("playing", 0, rollsAtMs), rollsAtMs);
  driven.clock.advanceTo(rollsAtMs + 1_000);
  expect(driven.leaves).toEqual([{ atMs: rollsAtMs - lateMs, nowMs: rollsAtMs - lateMs }]);

  const ticked = open(midiClockDriver(), { ...midiClockCue, lateMs });
  ticked.settle("stopped", 0);
  ticked.leaves.length = 0;
  const startsAtMs = ticked.clock.nowMs + 500;
  ticked.link.plan(state("playing", 0, startsAtMs), startsAtMs);
  ticked.clock.advanceTo(startsAtMs + 1_000);
  expect(ticked.leaves.length).toBeGreaterThan(40);
  expect(ticked.leaves[0]?.atMs).toBeCloseTo(startsAtMs - lateMs, 3);
  for (const { atMs, nowMs } of ticked.leaves) expect(nowMs).toBeCloseTo(atMs, 3);
});

test("X36: a roll that left late, because the machine was busy, is put in place once more; a machine that always is, not for ever", () => {
  const { clock, link, sent, leaves, settle } = open();
  settle("stopped", 0);
  const rollsAtMs = clock.nowMs + 500;
  link.plan(state("playing", 0, rollsAtMs), rollsAtMs);
  clock.nowMs = rollsAtMs + 190;
  clock.advanceTo(rollsAtMs + 1_000);
  // Play, and then to where the playhead will be when it can roll again: 190 ms and the DAW's own time to locate later.
  expect(sent.map((hex) => hex.slice(8, 10))).toEqual(["03", "44", "03"]);
  const [, locate = ""] = sent;
  const frames = mmcDriver()
    .decode(Uint8Array.from(Buffer.from(locate, "hex")), { localMs: 0, map: initialMap })
    .flatMap((event) => (event.type === "locate" ? [event.positionFrames] : []));
  // At the next whole frame of its timecode, when the playhead comes by.
  const behindFrames = (frames[0] ?? 0) - (190 + mmcCue.locateMs) * 48;
  expect(behindFrames).toBeGreaterThanOrEqual(-1);
  expect(behindFrames).toBeLessThanOrEqual(1_600);
  expect(leaves.at(-1)?.nowMs).toBeCloseTo(rollsAtMs + (frames[0] ?? 0) / 48, 1);

  sent.length = 0;
  settle("stopped", 0);
  const againAtMs = clock.nowMs + 500;
  link.plan(state("playing", 0, againAtMs), againAtMs);
  for (let turn = 0; turn < 20; turn++) {
    clock.nowMs += 600;
    clock.advanceTo(clock.nowMs);
  }
  expect(sent.filter((hex) => hex.startsWith("f07f7f0603")).length).toBe(3);
});

test("P72: a DAW that is touched without permission is put back, standing or rolling, and that is said once", () => {
  const { says, settle, sent, commands, warnings, clock } = open(mmcDriver(), mmcCue, false);
  const words = () => sent.splice(0).map((hex) => hex.slice(8, 10));
  settle("stopped", 480_000);
  says("f0 7f 7f 06 02 f7");
  clock.advanceTo(clock.nowMs + 2_000);
  expect(words()).toEqual(["01", "44"]);
  says("f0 7f 7f 06 44 06 01 60 00 1e 00 00 f7");
  clock.advanceTo(clock.nowMs + 2_000);
  expect(words()).toEqual(["44"]);
  settle("playing", 480_000);
  says("f0 7f 7f 06 01 f7");
  clock.advanceTo(clock.nowMs + 2_000);
  // It stood for no time at all: it is where the others are, and only has to roll.
  expect(words()).toEqual(["03"]);
  says("f0 7f 7f 06 06 f7");
  clock.advanceTo(clock.nowMs + 2_000);
  expect(words()).toEqual(["07"]);
  expect(commands).toEqual([]);
  expect(warnings).toEqual(["forbidden"]);
});

test("P72: in a session in which nobody has done anything yet a refused press is put back as well", () => {
  const { says, sent, clock } = open(mmcDriver(), mmcCue, false);
  says("f0 7f 7f 06 02 f7");
  clock.advanceTo(clock.nowMs + 2_000);
  expect(sent.map((hex) => hex.slice(8, 10))).toEqual(["01", "44"]);
  const posted = open();
  posted.says("f0 7f 7f 06 02 f7");
  expect(posted.commands).toMatchObject([{ command: "play" }]);
  posted.link.putBack();
  posted.clock.advanceTo(posted.clock.nowMs + 2_000);
  expect(posted.sent.map((hex) => hex.slice(8, 10))).toEqual(["01", "44"]);
});

test("P73: DAWs of every frame rate stand at their own next whole frame, and each rolls when the session comes by", () => {
  for (const positionFrames of [0, 1, 48_000, 4_800_007, 123_456_789])
    for (const rate of timecodeRates) {
      const startFrames = rate === "25" ? 3_600 * 48_000 : 0;
      const driver = mmcDriver({ rate, startFrames });
      const { link, clock, sent, leaves } = open(driver, mmcCueOf({ rate, startFrames }));
      link.plan(state("stopped", positionFrames, clock.nowMs), clock.nowMs);
      clock.advanceTo(clock.nowMs + 1_000);
      const place = driver
        .decode(Uint8Array.from(Buffer.from(sent[0] ?? "", "hex")), { localMs: 0, map: initialMap })
        .flatMap((event) => (event.type === "locate" ? [event.positionFrames] : []))[0];
      const aheadFrames = (place ?? Number.NaN) - positionFrames;
      expect(aheadFrames).toBeGreaterThanOrEqual(-20);
      expect(aheadFrames).toBeLessThanOrEqual(48_000 / 23.9);
      // No subframes: not every DAW counts them.
      expect(sent[0]?.slice(-4)).toBe("00f7");
      const rollsAtMs = clock.nowMs + 500;
      link.plan(state("playing", positionFrames, rollsAtMs), rollsAtMs);
      clock.advanceTo(rollsAtMs + 1_000);
      expect(leaves).toHaveLength(2);
      expect(Math.abs(((leaves[1]?.nowMs ?? 0) - rollsAtMs) * 48 - aheadFrames)).toBeLessThanOrEqual(20);
    }
});

test("C4: a DAW that rolled by itself before anybody came, and was stopped, moves nobody by saying where it stands", () => {
  const { says, commands, clock, warnings } = open();
  says("f0 7f 7f 06 01 f7");
  says("f0 7f 7f 06 44 06 01 60 00 2d 0b 14 f7");
  clock.advanceTo(clock.nowMs + 500);
  says("f0 7f 7f 06 01 f7");
  says("f0 7f 7f 06 44 06 01 60 00 2d 0b 14 f7");
  expect([commands, warnings]).toEqual([[], []]);
  // A person who then moves it is heard.
  clock.advanceTo(clock.nowMs + 500);
  says("f0 7f 7f 06 44 06 01 60 00 05 00 00 f7");
  expect(commands).toEqual([{ command: "locate", positionFrames: 240_000 }]);
});

/** The timecode of a DAW that rolls on this line, for so long, as the link hears it at its own port. */
function timecode({ says, clock }: ReturnType<typeof open>, from: TransportState, ms: number) {
  const daw = mtcDriver();
  const untilMs = clock.nowMs + ms;
  for (let tick = daw.tick?.(from, initialMap, clock.nowMs); tick && tick.atMs < untilMs; ) {
    clock.advanceTo(tick.atMs);
    says(Buffer.from(tick.bytes).toString("hex"));
    tick = daw.tick?.(from, initialMap, tick.atMs + 0.5);
  }
  clock.advanceTo(untilMs);
}
const rollAt = ({ link, clock }: ReturnType<typeof open>, positionFrames: number) => {
  const atMs = clock.nowMs + 500;
  link.plan(state("playing", positionFrames, atMs), atMs);
  clock.advanceTo(atMs);
  return atMs;
};

test("C4: a DAW that was stopped by a hand says where it came to rest, and is put where the session rests", () => {
  const opened = open();
  const { settle, says, link, clock, sent, commands } = opened;
  settle("playing", 480_000);
  says("f0 7f 7f 06 01 f7");
  // A block and the way here later than it was: 28 ms beyond.
  const [stop] = commands;
  if (stop?.command !== "stop") throw new Error("no stop");
  const restFrames = stop.positionFrames ?? 0;
  says(Buffer.from(mmcDriver().encode({ type: "locate", positionFrames: restFrames + 28 * 48 }) ?? []).toString("hex"));
  link.plan(state("stopped", restFrames, clock.nowMs + 150), clock.nowMs + 150, true);
  clock.advanceTo(clock.nowMs + 1_000);
  expect(commands).toHaveLength(1);
  expect(sent.map((hex) => hex.slice(8, 10))).toEqual(["44"]);
  // What it answers to that is an echo, and nothing is put right a second time.
  says(sent[0] ?? "");
  clock.advanceTo(clock.nowMs + 1_000);
  expect(sent).toHaveLength(1);
});

test("C4: what a DAW is late by, by its own timecode, it is told earlier by at its next rolls, and not interrupted for", () => {
  const opened = open();
  opened.settle("stopped", 0);
  let rest = 0;
  for (let roll = 0; roll < 8; roll++) {
    opened.leaves.length = 0;
    const rollsAtMs = rollAt(opened, rest);
    const [{ nowMs = 0 } = {}] = opened.leaves;
    // It begins to roll 8 ms after it is told, whenever that is.
    timecode(opened, state("playing", rest, nowMs + 8), 1_500);
    expect(opened.leaves).toHaveLength(1);
    const { offMs, lateMs } = opened.link.report;
    if (roll === 7) {
      expect(Math.abs(offMs ?? 99)).toBeLessThan(0.5);
      expect(Math.abs(lateMs - 8)).toBeLessThan(0.5);
      expect(nowMs).toBeLessThan(rollsAtMs - 7);
    }
    rest += 480_000;
    opened.settle("stopped", rest);
  }
  expect(opened.commands).toEqual([]);
});

test("P42: a DAW that says it rolls a little before it does is learnt from its own timecode: the session rolls on the line that it is on", () => {
  const opened = open();
  const { clock, commands, link, says, sent, settle } = opened;
  const lines: number[] = [];
  for (let press = 0; press < 3; press++) {
    const rest = 480_000 * (press + 1);
    settle("stopped", rest);
    const saidAtMs = clock.nowMs;
    says("F0 7F 7F 06 03 F7");
    const play = commands.at(-1);
    if (play?.command !== "play" || play.since === undefined) throw new Error("It was pressed.");
    const { positionFrames, atMs } = play.since;
    lines.push(atMs - (positionFrames - rest) / 48 - saidAtMs);
    link.plan(state("playing", positionFrames, atMs), saidAtMs + 120, true);
    // It begins 4 ms after it has said so.
    timecode(opened, state("playing", rest, saidAtMs + 4), 1_500);
    // And is not interrupted for it.
    expect(sent).toEqual([]);
  }
  expect(lines[0]).toBe(0);
  for (const line of lines.slice(1)) expect(Math.abs(line - 4)).toBeLessThan(0.5);
});

test("C4: a DAW whose lateness was heard is not told otherwise by its places, which leave out what its sound takes", () => {
  const opened = open(mmcDriver(), { ...mmcCue, lateMs: 30, isLateHeard: true });
  opened.settle("stopped", 0);
  for (let roll = 0, rest = 0; roll < 3; roll++) {
    opened.leaves.length = 0;
    rollAt(opened, rest);
    const [{ nowMs = 0 } = {}] = opened.leaves;
    // Its places are where it was told to be 30 ms early, and its sound comes in time.
    timecode(opened, state("playing", rest, nowMs), 1_500);
    expect(opened.leaves).toHaveLength(1);
    expect(opened.link.report.lateMs).toBe(30);
    rest += 480_000;
    opened.settle("stopped", rest);
  }
});

test("C4: a DAW that rolls far from the session, by its own timecode, is put in place at once, and not for ever", () => {
  const opened = open();
  opened.settle("stopped", 0);
  const rollsAtMs = rollAt(opened, 0);
  const words = () => opened.sent.map((hex) => hex.slice(8, 10));
  timecode(opened, state("playing", 0, rollsAtMs + 30), 700);
  expect(words()).toEqual(["03", "44", "03"]);
  // It is as late again: it is put in place once more, and left then.
  for (let turn = 0; turn < 4; turn++) {
    opened.clock.advanceTo(opened.clock.nowMs + 200);
    timecode(opened, state("playing", 0, rollsAtMs + 30), 1_500);
  }
  expect(words().filter((word) => word === "03")).toHaveLength(3);
  expect(opened.commands).toEqual([]);
});

test("C4: a recording DAW that is stopped by a hand says two things, and the session is told one; a punch-out alone is told", () => {
  const { clock, commands, says, settle } = open();
  settle("recording", 480_000);
  says("F0 7F 01 06 07 F7");
  clock.advanceTo(clock.nowMs + 6);
  says("F0 7F 01 06 01 F7");
  clock.advanceTo(clock.nowMs + 1_000);
  expect(commands.map(({ command }) => command)).toEqual(["stop"]);
  settle("recording", 480_000);
  says("F0 7F 01 06 07 F7");
  clock.advanceTo(clock.nowMs + 1_000);
  expect(commands.map(({ command }) => command)).toEqual(["stop", "play"]);
});
