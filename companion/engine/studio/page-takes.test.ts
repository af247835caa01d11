import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type MemberId, SessionId } from "../../../protocol/ids.ts";
import type { LoggedEvent, TransportCommand } from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { FakeStore } from "../api/store.fake.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import type { Stem } from "../stems/stem.std.ts";
import type { StudioEvent } from "./events.std.ts";
import { PageTakes } from "./page-takes.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ada = "mem_00000000000000000000000000" as MemberId;
const BLOCK = 128;
/** Session time is the machine's clock and this. */
const SESSION_MS = 5_000;
/** What Ada's keys are made of. */
const seed = Buffer.alloc(32, 7).toString("base64url");
/** The device's frame 0 was captured at this instant of the machine's clock. */
const DEVICE_MS = 40;

/** A page's takes with clock, device and room in the test's hand. Each sample of the first channel says which frame it is. */
function page(place = mkdtempSync(join(folder, "takes-"))) {
  const copies = mkdtempSync(join(folder, "copies-"));
  let nowMs = 0;
  let frame = 0;
  let seq = 0;
  const due: { atMs: number; call: () => void }[] = [];
  const told: StudioEvent[] = [];
  const statuses: { armed: boolean; recording: boolean }[] = [];
  const store = new FakeStore(8_192, () => 1_800_000_000_000);
  const takes = new PageTakes({
    disk: nodeDisk,
    folder: place,
    place: { disk: nodeDisk, folder: copies, reserveBytes: 0, mostBytes: Number.POSITIVE_INFINITY },
    api: Object.assign(store, { readCopySeed: () => Promise.resolve(seed) }),
    sessionId: SessionId.parse("ses_00000000000000000000000000"),
    sessionName: "Page",
    clocks: { monotonicMs: () => nowMs, wallMs: () => nowMs, uptimeMs: () => nowMs },
    scheduleAt: (atMs, call) => {
      const one = { atMs, call };
      due.push(one);
      return () => due.splice(due.indexOf(one), due.includes(one) ? 1 : 0);
    },
    emit: (event) => told.push(event),
    onStatus: (status) => statuses.push(status),
  });
  const play = (seconds: number) => {
    const block = new Int32Array(BLOCK * 2);
    for (const end = frame + Math.round(seconds * 48_000); frame < end; frame += BLOCK) {
      for (let at = 0; at < BLOCK; at++) [block[at * 2], block[at * 2 + 1]] = [frame + at, -(frame + at)];
      takes.block(frame, block);
      nowMs = DEVICE_MS + (frame + BLOCK) / 48;
      for (const one of due.filter(({ atMs }) => atMs <= nowMs)) {
        due.splice(due.indexOf(one), 1);
        one.call();
      }
    }
  };
  return {
    place,
    takes,
    told,
    statuses,
    store,
    play,
    async open() {
      await takes.open();
      for (let at = 0; at < 10; at++)
        takes.addSample({ sentLocalMs: at, receivedLocalMs: at + 0.1, roomTimeMs: SESSION_MS + at });
      takes.enter(ada, "host", { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 }, initialMap, 0);
      const device = {
        sampleRateHz: 48_000,
        channels: 2,
        frameAt: (localMs: number) => Math.round((localMs - DEVICE_MS) * 48),
        timeOf: (at: number) => DEVICE_MS + at / 48,
      } as const;
      await takes.setDevice(device, { name: "Guitar", channels: [0] });
    },
    command(transport: TransportCommand, atMs: number, eventId: string = crypto.randomUUID()) {
      const event: LoggedEvent = {
        seq: ++seq,
        eventId,
        from: ada,
        atMs: SESSION_MS + nowMs,
        effectiveAtMs: SESSION_MS + atMs,
        body: { kind: "transport", transport },
      };
      takes.follow(event);
    },
    async recorded(): Promise<Stem> {
      await expect.poll(() => told.filter(({ type }) => type === "recorded").length).toBe(1);
      return told.flatMap((event) => (event.type === "recorded" ? [event.stem] : []))[0] as Stem;
    },
  };
}

const sampleAt = (stem: Stem, frame: number) => readFileSync(stem.path).readIntLE(stem.headerBytes + frame * 3, 3);

test("C6: a browser's take begins and ends at the very frame of its command, and what was played before it is kept", async () => {
  const one = page();
  await one.open();
  one.play(1);
  one.takes.execute({ type: "arm", input: "Guitar", armed: true });
  one.takes.execute({ type: "pre-roll", seconds: 0 });
  expect(one.statuses.at(-1)).toEqual({ armed: true, recording: false });
  one.play(1);
  one.command({ command: "record" }, 2_500);
  one.play(1.5);
  expect(one.statuses.at(-1)).toEqual({ armed: true, recording: true });
  one.command({ command: "stop" }, 4_000);
  one.play(1);
  const stem = await one.recorded();
  const first = sampleAt(stem, 0);
  // The room tells whole milliseconds: session time is known to half of one here, and by it the take is exact.
  expect(Math.abs((stem.clock[0]?.atMs ?? 0) - (SESSION_MS + 2_500))).toBeLessThanOrEqual(1 / 48);
  expect(Math.abs(first - (2_500 - DEVICE_MS) * 48)).toBeLessThanOrEqual(48);
  expect(Math.abs(stem.frames - 1_500 * 48)).toBeLessThanOrEqual(1);
  expect(sampleAt(stem, stem.frames - 1)).toBe(first + stem.frames - 1);
  expect(stem).toMatchObject({ timelineFrames: 0, format: { channels: 1 }, sharing: "local" });
  expect(one.store.sent).toEqual([]);
  await one.takes.close();
});

test("P43, C6: whoever pressed record in a page is recorded though the page was busy for seconds; somebody else's press, or one that was refused, is heard", async () => {
  for (const [press, isRecorded] of [
    ["own", true],
    ["refused", false],
    ["another's", false],
  ] as const) {
    const one = page();
    await one.open();
    one.play(1);
    one.takes.execute({ type: "arm", input: "Guitar", armed: true });
    const eventId = crypto.randomUUID();
    if (press !== "another's") one.takes.pressed(eventId, { command: "record" });
    if (press === "refused") one.takes.refused(eventId);
    one.play(6);
    one.command({ command: "record" }, 1_120, eventId);
    one.play(0.5);
    expect([press, one.statuses.at(-1)]).toEqual([press, { armed: true, recording: isRecorded }]);
    await one.takes.close();
  }
});

test("P37, C6: a page's takes run on the session's ticker: answers of the room that lie or come late move none", async () => {
  const one = page();
  await one.open();
  one.play(1);
  one.takes.execute({ type: "arm", input: "Guitar", armed: true });
  one.takes.execute({ type: "pre-roll", seconds: 0 });
  // Where the device is by now, and so the machine's clock.
  const nowMs = DEVICE_MS + 1_000;
  for (const [lateMs, offMs] of [
    [0.1, -40],
    [60, 60],
    [0.1, 90],
  ] as const) {
    const sentLocalMs = nowMs - lateMs;
    one.takes.addSample({ sentLocalMs, receivedLocalMs: nowMs, roomTimeMs: SESSION_MS + sentLocalMs + offMs });
  }
  one.play(1);
  one.command({ command: "record" }, 2_500);
  one.play(1.5);
  one.command({ command: "stop" }, 4_000);
  one.play(1);
  const stem = await one.recorded();
  expect(Math.abs(sampleAt(stem, 0) - (2_500 - DEVICE_MS) * 48)).toBeLessThanOrEqual(48);
  // It runs at most 500 ppm fast or slow.
  expect(Math.abs(stem.frames - 1_500 * 48)).toBeLessThanOrEqual(1_500 * 48 * 500e-6);
  await one.takes.close();
});

test("C7: nothing leaves before it is shared; a page that comes again goes on with what was decided", async () => {
  const one = page();
  await one.open();
  one.takes.execute({ type: "arm", input: "Guitar", armed: true });
  one.play(0.5);
  one.command({ command: "record" }, 1_000);
  one.play(1.5);
  // Nobody says stop: the page goes, and what rolls is made whole.
  await one.takes.close();
  const stem = await one.recorded();
  expect(one.store.sent).toEqual([]);

  const again = page(one.place);
  await again.open();
  expect(again.told).toContainEqual(expect.objectContaining({ type: "recovered" }));
  again.takes.execute({ type: "share", recordingId: stem.recordingId });
  await expect.poll(() => again.told.some(({ type }) => type === "shared")).toBe(true);
  expect(again.store.sent.length).toBeGreaterThan(0);
  await again.takes.close();
  const third = page(one.place);
  await third.open();
  expect(third.store.sent).toEqual([]);
  // The person's own act: it goes from here, and what was shared stays shared.
  expect(third.takes.forget(stem.recordingId)).toBe(true);
  expect(third.takes.forget(stem.recordingId)).toBe(false);
  await third.takes.close();
  const last = page(one.place);
  await last.open();
  expect(last.told.filter(({ type }) => type === "recovered")).toEqual([]);
  expect(await again.store.listRecordings(stem.sessionId)).toHaveLength(1);
  await last.takes.close();
});

test("C6: an input that gets another name stays armed; a take has the name that it began with", async () => {
  const one = page();
  await one.open();
  one.takes.execute({ type: "arm", input: "Guitar", armed: true });
  one.takes.setInput({ name: "Bass", channels: [0, 1] });
  expect(one.statuses.at(-1)).toEqual({ armed: true, recording: false });
  one.play(0.5);
  one.command({ command: "record" }, 1_000);
  one.play(1);
  one.command({ command: "stop" }, 1_400);
  one.play(0.5);
  expect(await one.recorded()).toMatchObject({ name: "Bass take 1 0000", format: { channels: 2 } });
  await one.takes.close();
});

test("C9, P86: a page keeps what others play and gives it back as a take of its owner's; lanes of a sound that is turned on anew are asked again", async () => {
  const [keeper, owner] = [page(), page()];
  for (const one of [keeper, owner]) await one.open();
  const ben = "mem_00000000000000000000000001" as MemberId;
  const report = ({ told }: typeof keeper) =>
    told.flatMap((event) => (event.type === "safety-copies" ? [event.report] : [])).at(-1);
  const kept: (readonly MemberId[])[] = [];
  /** Two pages whose sound is on: what one says beside the lane the other hears. */
  const link = () => {
    keeper.takes.setLanes((said) => {
      if (said.type === "keep") kept.push(said.memberIds);
      else owner.takes.hearLanes({ type: "message", from: ben, bytes: said.bytes });
    });
    owner.takes.setLanes((said) => {
      if (said.type === "message") keeper.takes.hearLanes({ type: "message", from: ada, bytes: said.bytes });
    });
    keeper.takes.hearLanes({ type: "link", memberId: ada, isConnected: true });
    owner.takes.hearLanes({ type: "link", memberId: ben, isConnected: true });
  };
  link();
  owner.takes.execute({ type: "safety-copies", mine: true, others: false });
  keeper.takes.execute({ type: "safety-copies", mine: false, others: true });
  await expect.poll(() => report(keeper)?.keeping).toEqual([ada]);
  expect(report(owner)?.keptBy).toEqual([ben]);
  keeper.command({ command: "record" }, 100);
  keeper.play(0.5);
  expect(kept.at(-1)).toEqual([ada]);
  link();
  expect(kept.slice(-2)).toEqual([[ada], [ada]]);
  await expect.poll(() => report(keeper)?.keeping).toEqual([ada]);
  keeper.command({ command: "stop" }, 700);
  keeper.play(0.5);
  const samples = Int32Array.from({ length: 2 * 48_000 }, (_, at) => (at >> 1) * 256 + 7);
  const lane = {
    stream: 1,
    frame: 0,
    sampleRateHz: 48_000,
    channels: 2,
    samples,
    missingFrames: 0,
    foldedFrames: 0,
    isNew: true,
  };
  keeper.takes.hearLanes({ type: "kept", memberId: ada, sessionMs: SESSION_MS + 100, ...lane });
  await expect.poll(() => report(owner)?.own[0]?.seconds).toBeCloseTo(0.6, 5);
  owner.takes.execute({ type: "bring-back", copyId: report(owner)?.own[0]?.copyId ?? "" });
  const stem = await owner.recorded();
  expect(stem).toMatchObject({ frames: 28_800, sharing: "local", startedAtMs: SESSION_MS + 100 });
  const last = readFileSync(stem.path).readIntLE(stem.headerBytes + 28_799 * 6, 3);
  expect(last).toBe(28_799 * 256 + 7);
  await expect.poll(() => report(owner)?.own[0]?.isHere).toBe(true);
  owner.takes.execute({ type: "delete-copies" });
  await expect.poll(() => report(keeper)?.held).toBe(0);
  for (const one of [keeper, owner]) await one.takes.close();
});
