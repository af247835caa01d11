import { randomBytes, randomUUID } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemberId, SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import {
  COPY_KEPT_MS,
  type CopyDetails,
  packCopyMessage,
  packCopyRecord,
  readCopyMessage,
} from "../../../protocol/safety-copies.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import type { Disk } from "../stems/disk.std.ts";
import type { KeptSound } from "./copy-keeper.std.ts";
import { copyKeysOf, openerOf, sealerFor } from "./copy-seal.std.ts";
import { isCovered } from "./covered.std.ts";
import { type CopiesReport, SafetyCopies } from "./safety-copies.std.ts";

const root = mkdtempSync(join(tmpdir(), "sessionlinked-copies-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

const SESSION = SessionId.parse("ses_00000000000000000000000000");
const [ADA, BEN, EVE] = ["0", "1", "2"].map((last) => MemberId.parse(`mem_0000000000000000000000000${last}`)) as [
  MemberId,
  MemberId,
  MemberId,
];
const seeds = new Map([ADA, BEN, EVE].map((memberId) => [memberId, randomBytes(32).toString("base64url")]));
const stopped: TransportState = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
const recordingFrom = (atMs: number): TransportState => ({
  ...stopped,
  motion: "recording",
  positionFrames: 96_000,
  atMs,
});
const BLOCK_FRAMES = 9_600;

interface PersonOptions {
  folder?: string;
  disk?: Disk;
  mostBytes?: number;
}
/** Takes of somebody's that others have and they have not. */
const missing = ({ reports }: { reports: CopiesReport[] }) =>
  (reports.at(-1)?.own ?? []).filter(({ isHere }) => !isHere);

/** People whose companions are linked: what one says the others hear, unless it is lost. */
function people() {
  const ends = new Map<MemberId, ReturnType<typeof person>>();
  const wire = { lose: (_bytes: Uint8Array) => false, wallMs: 1_800_000_000_000 };
  function person(
    memberId: MemberId,
    { folder = mkdtempSync(join(root, "end-")), disk = nodeDisk, mostBytes }: PersonOptions = {},
  ) {
    mkdirSync(folder, { recursive: true });
    const stems: { details: CopyDetails; samples: number[]; isWhole: boolean }[] = [];
    const reports: CopiesReport[] = [];
    const kept: MemberId[][] = [];
    const [notices, warnings]: string[][] = [[], []];
    const end = new SafetyCopies({
      place: { disk, folder, reserveBytes: 0, mostBytes: mostBytes ?? Number.POSITIVE_INFINITY },
      sessionId: SESSION,
      choice: { mine: false, others: false },
      keepChoice: () => undefined,
      readKeys: () => copyKeysOf(seeds.get(memberId) ?? ""),
      nowMs: () => wire.wallMs,
      newCopyId: randomUUID,
      send: (to, bytes) => {
        if (!wire.lose(bytes)) ends.get(to)?.copies.hear(memberId, new Uint8Array(bytes));
      },
      keep: (memberIds) => kept.push([...memberIds]),
      isHere: () => stems.some(({ isWhole }) => isWhole),
      beginStem: (details) => {
        const stem = { details, samples: [] as number[], isWhole: false };
        stems.push(stem);
        return {
          write: (samples) => stem.samples.push(...samples),
          mark: () => undefined,
          finish: async () => {
            stem.isWhole = true;
          },
          error: undefined,
        };
      },
      onReport: (report) => reports.push(report),
      onNotice: (message) => notices?.push(message),
      onWarning: (_, message) => warnings?.push(message),
    });
    const made = { copies: end, folder, stems, reports, kept, notices: notices ?? [], warnings: warnings ?? [] };
    ends.set(memberId, made);
    return made;
  }
  const link = () => {
    for (const one of ends.keys())
      for (const other of ends.keys()) if (one !== other) ends.get(one)?.copies.setLinked(other, true);
  };
  /** Keys are made, and records sealed, by threads of the engine's own. */
  const settle = async (isDone: () => boolean = () => true) => {
    for (let turn = 0; turn < 20 || !isDone(); turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { person, link, settle, wire, ends };
}

/** Which frame of Ada's lane it is: her count goes over in mid take. */
const laneAt = (frame: number) => ({ stream: 77, frame: (2 ** 32 - 50_000 + frame) >>> 0 });

/** Sound that tells each frame, both sides. */
const soundOf = (from: number, frames: number) =>
  Int32Array.from({ length: 2 * frames }, (_, at) => (from + (at >> 1)) * (at % 2 === 0 ? 1 : -1));

/** A fifth of a second of what Ada plays, the first of them at an instant of session time. */
const blockOf = (block: number, fromMs: number): KeptSound => ({
  memberId: ADA,
  sessionMs: fromMs + block * 200,
  sampleRateHz: 48_000,
  ...laneAt(block * BLOCK_FRAMES),
  channels: 2,
  samples: soundOf(block * BLOCK_FRAMES, BLOCK_FRAMES),
  missingFrames: 0,
  foldedFrames: 0,
  isNew: block === 0,
});

/** Ben keeps what Ada plays in a take from 10 s to 12 s of session time. */
async function keptTake(more: { wallMs?: number; change?: (sound: KeptSound, block: number) => KeptSound } = {}) {
  const world = people();
  if (more.wallMs !== undefined) world.wire.wallMs = more.wallMs;
  const [ada, ben] = [world.person(ADA), world.person(BEN)];
  world.link();
  ada.copies.choose({ mine: true, others: false });
  ben.copies.choose({ mine: false, others: true });
  await world.settle(() => (ben.reports.at(-1)?.keeping.length ?? 0) === 1);
  ben.copies.execute(stopped, recordingFrom(10_000));
  const { change = (sound) => sound } = more;
  const bring = (block: number) => ben.copies.kept(change(blockOf(block, 9_500), block));
  for (let block = 0; block < 10; block++) bring(block);
  // What is kept comes a second after it was played: the end is known by then.
  ben.copies.execute(recordingFrom(10_000), { ...stopped, atMs: 12_000 });
  for (let block = 10; block < 16; block++) bring(block);
  vi.advanceTimersByTime(5_000);
  const copyNames = () => readdirSync(ben.folder).filter((name) => name.endsWith(".copy"));
  const secondsKept = () => Number(/"seconds":([\d.]+)/.exec(headOf())?.[1] ?? 0);
  const headOf = () => readFileSync(join(ben.folder, `${copyNames()[0]}.json`), "utf8");
  await world.settle(() => copyNames().length === 1 && secondsKept() > 0);
  return { ...world, ada, ben, copyNames };
}

describe("C9, P86: a safety copy is kept where both wish it, sealed to its owner, until the owner's own stem has come", () => {
  test("one who does not wish is kept by nobody, and who keeps nothing keeps nothing", async () => {
    const { person, link, settle } = people();
    const [ada, ben, eve] = [person(ADA), person(BEN), person(EVE)];
    link();
    ben.copies.choose({ mine: false, others: true });
    eve.copies.choose({ mine: true, others: false });
    await settle(() => (eve.reports.at(-1)?.keptBy.length ?? 0) === 1 && ben.reports.at(-1)?.keeping.length === 1);
    ben.copies.execute(stopped, recordingFrom(10_000));
    expect(ben.kept).toEqual([[EVE]]);
    expect(eve.reports.at(-1)?.keptBy).toEqual([BEN]);
    ben.copies.kept({
      memberId: ADA,
      sessionMs: 11_000,
      sampleRateHz: 48_000,
      ...laneAt(0),
      channels: 2,
      samples: soundOf(0, BLOCK_FRAMES),
      missingFrames: 0,
      foldedFrames: 0,
      isNew: true,
    });
    expect(readdirSync(ben.folder)).toEqual([]);
    expect(ada.reports.at(-1)?.keptBy ?? []).toEqual([]);
    // Taken back in mid take: not one frame more.
    eve.copies.choose({ mine: false, others: false });
    await settle(() => ben.kept.at(-1)?.length === 0);
  });

  test("it is the take, from its first frame to its last, sealed; and on another machine it is a stem in its place", async () => {
    const { person, link, settle, ben, copyNames } = await keptTake();
    const [name = ""] = copyNames();
    const sealed = readFileSync(join(ben.folder, name));
    expect(sealed.includes(Buffer.from(JSON.stringify("timelineFrames")))).toBe(false);
    const again = person(ADA);
    ben.copies.setLinked(ADA, false);
    link();
    await settle(() => missing(again).length === 1);
    const [offer] = missing(again);
    expect(offer).toMatchObject({ from: [BEN], startedAtMs: 10_000, seconds: 2, returnedSeconds: null });
    again.copies.bring(offer?.copyId ?? "");
    await settle(() => again.notices.length > 0);
    const [stem] = again.stems;
    expect(stem?.isWhole).toBe(true);
    expect(stem?.details).toMatchObject({ startedAtMs: 10_000, timelineFrames: 96_000 });
    expect(stem?.samples).toEqual([...soundOf(24_000, 96_000)]);
    expect(again.notices.at(-1)).toContain("2 s has come back from a safety copy, whole");
    expect(again.reports.at(-1)?.returned).toEqual([{ startedAtMs: 10_000, seconds: 2, missingMs: 0, foldedMs: 0 }]);
    expect(missing(again)).toEqual([]);
    // It stays with its keeper all the same: one machine is no safer than the other was.
    expect(copyNames()).toHaveLength(1);
  });

  test("what came to its keeper mixed down is said when it comes back", async () => {
    const inMono = ({ samples, ...sound }: KeptSound): KeptSound => ({
      ...sound,
      samples: samples.map((_, at) => samples[at & ~1] ?? 0),
      foldedFrames: BLOCK_FRAMES,
    });
    const change = (sound: KeptSound, block: number) => (block === 5 || block === 6 ? inMono(sound) : sound);
    const { person, link, settle, ben } = await keptTake({ change });
    const again = person(ADA);
    ben.copies.setLinked(ADA, false);
    link();
    await settle(() => missing(again).length === 1);
    again.copies.bring(missing(again)[0]?.copyId ?? "");
    await settle(() => again.notices.length > 0);
    expect(again.notices.at(-1)).toContain("but for 400 ms that arrived there mixed down");
    expect(again.reports.at(-1)?.returned).toMatchObject([{ missingMs: 0, foldedMs: 400 }]);
  });

  test("a take that still rolls when its owner is back from another machine can come back once it has ended", async () => {
    const { person, link, settle, wire } = people();
    const [ada, ben] = [person(ADA), person(BEN)];
    link();
    ada.copies.choose({ mine: true, others: false });
    ben.copies.choose({ mine: false, others: true });
    await settle(() => ben.reports.at(-1)?.keeping.length === 1);
    ben.copies.execute(stopped, recordingFrom(10_000));
    const sound = {
      memberId: ADA,
      sampleRateHz: 48_000,
      ...laneAt(0),
      channels: 2,
      samples: soundOf(0, BLOCK_FRAMES),
      missingFrames: 0,
      foldedFrames: 0,
    };
    ben.copies.kept({ ...sound, sessionMs: 10_000, isNew: true });
    await settle(() => ben.reports.at(-1)?.held === 1);
    const again = person(ADA);
    ben.copies.setLinked(ADA, false);
    let told = 0;
    wire.lose = (bytes) => {
      const message = readCopyMessage(new Uint8Array(bytes));
      if (message !== null && "say" in message && message.say === "have") told++;
      return false;
    };
    link();
    // Each has told the other what they have.
    await settle(() => told >= 2);
    expect(missing(again)).toEqual([]);
    ben.copies.execute(recordingFrom(10_000), { ...stopped, atMs: 10_200 });
    vi.advanceTimersByTime(5_000);
    await settle(() => missing(again).length === 1);
  });

  test("a link that is gone for a moment in mid take takes nothing back, and makes no second copy", async () => {
    const { ada, ben, link, settle, copyNames } = await keptTake();
    expect(copyNames()).toHaveLength(1);
    ben.copies.execute({ ...stopped, atMs: 19_000 }, recordingFrom(20_000));
    const bring = (block: number) =>
      ben.copies.kept({
        memberId: ADA,
        sessionMs: 20_000 + block * 200,
        sampleRateHz: 48_000,
        ...laneAt(block * BLOCK_FRAMES),
        channels: 2,
        samples: soundOf(block * BLOCK_FRAMES, BLOCK_FRAMES),
        missingFrames: block === 1 ? BLOCK_FRAMES : 0,
        foldedFrames: 0,
        isNew: false,
      });
    bring(0);
    for (const [one, other] of [
      [ada, BEN],
      [ben, ADA],
    ] as const)
      one.copies.setLinked(other, false);
    expect(ben.reports.at(-1)?.keeping).toEqual([]);
    bring(1);
    link();
    await settle(() => ben.reports.at(-1)?.keeping.length === 1);
    bring(2);
    await settle(() => copyNames().length === 2);
    expect(ben.kept.at(-1)).toEqual([ADA]);
  });

  test("whoever comes back while a take rolls keeps it from there on", async () => {
    const { person, link, settle } = people();
    const [ada, ben] = [person(ADA), person(BEN)];
    link();
    ada.copies.choose({ mine: true, others: false });
    ben.copies.choose({ mine: false, others: true });
    await settle(() => ben.reports.at(-1)?.keeping.length === 1);
    ben.copies.enter(stopped);
    expect(ben.kept).toEqual([]);
    ben.copies.enter(recordingFrom(10_000));
    expect(ben.kept).toEqual([[ADA]]);
    // And whoever missed its end does not go on for ever.
    ben.copies.enter({ ...stopped, atMs: 12_000 });
    vi.advanceTimersByTime(5_000);
    expect(ben.kept).toEqual([[ADA], []]);
  });

  test("what is lost on the way is asked for again, and a keeper who died in mid take gives what was on the disk", async () => {
    const { person, link, settle, ben, wire, copyNames } = await keptTake();
    const path = join(ben.folder, copyNames()[0] ?? "");
    const whole = readFileSync(path).byteLength;
    truncateSync(path, whole - 60_000);
    const again = person(ADA);
    ben.copies.setLinked(ADA, false);
    // Every third is lost once.
    const lost = new Set<number>();
    wire.lose = (bytes) => {
      const message = readCopyMessage(new Uint8Array(bytes));
      if (message === null || "say" in message || message.number % 3 !== 2 || lost.has(message.number)) return false;
      lost.add(message.number);
      return true;
    };
    link();
    await settle(() => missing(again).length === 1);
    again.copies.bring(missing(again)[0]?.copyId ?? "");
    await settle(() => {
      vi.advanceTimersByTime(100);
      return again.stems[0]?.isWhole === true;
    });
    const { samples = [] } = again.stems[0] ?? {};
    expect(samples.length).toBeGreaterThan(2 * 70_000);
    expect(samples).toEqual([...soundOf(24_000, samples.length / 2)]);
  });

  test("who is told of a copy at the moment in which a carrier changes, and so is not, is told again", async () => {
    const { person, link, settle, ben, wire } = await keptTake();
    const again = person(ADA);
    ben.copies.setLinked(ADA, false);
    let isChanging = true;
    wire.lose = (bytes) => {
      const message = readCopyMessage(new Uint8Array(bytes));
      return isChanging && message !== null && "say" in message && message.say === "have";
    };
    link();
    await settle(() => again.reports.at(-1)?.keptBy !== undefined);
    isChanging = false;
    expect(missing(again)).toEqual([]);
    await settle(() => {
      wire.wallMs += 2_000;
      vi.advanceTimersByTime(2_000);
      return missing(again).length === 1;
    });
  });

  test("nobody else can open it, or have it deleted, and whoever changes a byte of it changes nothing else", async () => {
    const { person, link, settle, ben, copyNames } = await keptTake();
    const eve = person(EVE);
    link();
    await settle();
    const [name = ""] = copyNames();
    const copyId = name.replace(".copy", "");
    const head = JSON.parse(readFileSync(join(ben.folder, `${name}.json`), "utf8"));
    const forged = { say: "hello", publicKey: head.publicKey, mayKeep: true, keeps: true, isAnswer: true } as const;
    ben.copies.hear(EVE, packCopyMessage(forged));
    ben.copies.hear(EVE, packCopyMessage({ say: "delete", copyId: null }));
    ben.copies.hear(EVE, packCopyMessage({ say: "delete", copyId }));
    expect(copyNames()).toHaveLength(1);
    const keys = await copyKeysOf(seeds.get(EVE) ?? "");
    const open = await openerOf(keys, head.encapsulated, copyId);
    const sealed = readFileSync(join(ben.folder, name));
    const first = new Uint8Array(sealed.subarray(4, 4 + sealed.readUInt32BE(0)));
    await expect(open(first)).rejects.toThrow();
    expect(eve.stems).toEqual([]);

    sealed[sealed.byteLength - 100_000] = (sealed[sealed.byteLength - 100_000] ?? 0) ^ 1;
    writeFileSync(join(ben.folder, name), sealed);
    const again = person(ADA);
    ben.copies.setLinked(ADA, false);
    link();
    await settle(() => missing(again).length === 1);
    again.copies.bring(copyId);
    await settle(() => again.warnings.length > 0);
    expect(again.warnings.at(-1)).toContain("could not be brought back");
    // What came before it is a stem all the same.
    expect(again.stems[0]?.samples.length).toBeGreaterThan(0);
  });

  test("it goes when its owner's stems hold all of it, when they say so, and after thirty days", async () => {
    const stem = (fromMs: number, toMs: number, state: "complete" | "uploading" = "complete") =>
      ({
        memberId: ADA,
        state,
        startedAtMs: fromMs,
        frames: (toMs - fromMs) * 48,
        format: { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" },
      }) as Recording;
    const first = await keptTake();
    for (const recordings of [
      [],
      [stem(9_000, 11_000)],
      [stem(9_000, 13_000, "uploading")],
      [{ ...stem(9_000, 13_000), memberId: EVE }],
    ]) {
      first.ben.copies.settle(recordings);
      expect(first.copyNames()).toHaveLength(1);
    }
    // The turns of a loop, one stem each.
    first.ben.copies.settle([stem(11_000, 12_000), stem(9_000, 11_000)]);
    expect(first.copyNames()).toEqual([]);
    expect(first.ben.reports.at(-1)?.held).toBe(0);

    const second = await keptTake();
    second.ada.copies.choose({ mine: false, others: false });
    await second.settle(() => readdirSync(second.ben.folder).length === 0);

    const third = await keptTake();
    third.wire.wallMs += COPY_KEPT_MS - 1;
    third.ben.copies.settle([]);
    expect(third.copyNames()).toHaveLength(1);
    third.wire.wallMs += 1;
    third.ben.copies.settle([]);
    expect(readdirSync(third.ben.folder)).toEqual([]);
  });
});

describe("C9, P86: what several keep", () => {
  test("a take comes back whole that no keeper has whole, as one stem, from where the first began to where the last ended", async () => {
    const world = people();
    const [ada, ben, eve] = [world.person(ADA), world.person(BEN), world.person(EVE)];
    world.link();
    ada.copies.choose({ mine: true, others: false });
    for (const keeper of [ben, eve]) keeper.copies.choose({ mine: false, others: true });
    await world.settle(() => [ben, eve].every(({ reports }) => reports.at(-1)?.keeping.length === 1));
    const blocks = 10;
    for (const keeper of [ben, eve]) keeper.copies.execute(stopped, recordingFrom(10_000));
    // Ben lost some in the middle; Eve came in later, and was told another place in time by her own clock.
    for (let block = 0; block < blocks; block++)
      for (const keeper of block < 3 ? [ben] : [ben, eve]) {
        const isLost = keeper === ben && (block === 5 || block === 6);
        keeper.copies.kept({
          memberId: ADA,
          sessionMs: 10_000 + block * 200 + (keeper === eve ? 3 : 0),
          sampleRateHz: 48_000,
          ...laneAt(block * BLOCK_FRAMES),
          channels: 2,
          samples: isLost ? new Int32Array(2 * BLOCK_FRAMES) : soundOf(1 + block * BLOCK_FRAMES, BLOCK_FRAMES),
          missingFrames: isLost ? BLOCK_FRAMES : 0,
          foldedFrames: 0,
          isNew: block === (keeper === ben ? 0 : 3),
        });
      }
    for (const keeper of [ben, eve]) keeper.copies.execute(recordingFrom(10_000), { ...stopped, atMs: 12_000 });
    vi.advanceTimersByTime(5_000);
    const again = world.person(ADA);
    for (const keeper of [ben, eve]) keeper.copies.setLinked(ADA, false);
    world.link();
    await world.settle(() => missing(again)[0]?.from.length === 2);
    expect(missing(again)).toHaveLength(1);
    again.copies.bring(missing(again)[0]?.copyId ?? "");
    await world.settle(() => again.notices.length > 0);
    expect(again.stems).toHaveLength(1);
    expect(again.stems[0]?.details).toMatchObject({ startedAtMs: 10_000 });
    expect(again.stems[0]?.samples).toEqual([...soundOf(1, blocks * BLOCK_FRAMES)]);
    expect(again.notices.at(-1)).toContain("2 s has come back from a safety copy, whole");
  });

  test("a keeper who is gone in the middle is not waited for where another has a copy", async () => {
    const { person, link, settle, ben, wire } = await keptTake();
    const eve = person(EVE);
    link();
    eve.copies.choose({ mine: false, others: true });
    const again = person(ADA);
    for (const keeper of [ben, eve]) keeper.copies.setLinked(ADA, false);
    link();
    again.copies.choose({ mine: true, others: false });
    await settle(() => eve.reports.at(-1)?.keeping.length === 1);
    eve.copies.execute(stopped, recordingFrom(10_000));
    eve.copies.kept({
      memberId: ADA,
      sessionMs: 10_000,
      sampleRateHz: 48_000,
      ...laneAt(24_000),
      channels: 2,
      samples: soundOf(24_000, 10 * BLOCK_FRAMES),
      missingFrames: 0,
      foldedFrames: 0,
      isNew: true,
    });
    eve.copies.execute(recordingFrom(10_000), { ...stopped, atMs: 12_000 });
    vi.advanceTimersByTime(5_000);
    await settle(() => missing(again)[0]?.from.length === 2);
    // Of Ben's only the first record gets through. Eve's disk takes time that is nobody's silence: none passes while she is asked.
    let isAsked = false;
    wire.lose = (bytes) => {
      const message = readCopyMessage(new Uint8Array(bytes));
      if (message === null || !("copyId" in message)) return false;
      const { copyId } = message;
      const isOfEve = copyId !== null && readdirSync(eve.folder).some((name) => name.startsWith(copyId));
      if (isOfEve) isAsked = "say" in message && message.say === "give";
      return !("say" in message) && message.number > 0 && !isOfEve;
    };
    again.copies.bring(missing(again)[0]?.copyId ?? "");
    await settle(() => {
      if (!isAsked) vi.advanceTimersByTime(100);
      return again.notices.length > 0;
    });
    expect(again.stems[0]?.samples).toEqual([...soundOf(24_000, 96_000)]);
  });
});

describe("C9: what a keeper's disk may do", () => {
  /** A disk that refuses after so many bytes, and counts what is open. */
  function fullDisk(roomBytes: number): { disk: Disk; open: Set<string> } {
    const open = new Set<string>();
    let left = roomBytes;
    const create = (path: string) => {
      const file = nodeDisk.create(path);
      open.add(path);
      return {
        read: file.read.bind(file),
        write: (bytes: Uint8Array, at: number) => {
          left -= bytes.byteLength;
          if (left < 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
          file.write(bytes, at);
        },
        truncate: file.truncate.bind(file),
        sync: () => (left < 0 ? Promise.reject(new Error("no space left")) : file.sync()),
        close: async () => {
          open.delete(path);
          await file.close();
        },
      };
    };
    return {
      disk: new Proxy(nodeDisk, { get: (of, key) => (key === "create" ? create : Reflect.get(of, key)) }),
      open,
    };
  }
  /** Ben, who is to keep what Ada plays from 10 s on, and blocks of it. */
  async function keeping(options: PersonOptions) {
    const world = people();
    const [ada, ben] = [world.person(ADA), world.person(BEN, options)];
    world.link();
    ada.copies.choose({ mine: true, others: false });
    ben.copies.choose({ mine: false, others: true });
    await world.settle(() => ben.reports.at(-1)?.keeping.length === 1);
    ben.copies.execute(stopped, recordingFrom(10_000));
    const bring = (block: number) => ben.copies.kept(blockOf(block, 10_000));
    return { ...world, ada, ben, bring };
  }

  test("one that refuses is said once, its file is closed, and what was written is a copy all the same", async () => {
    const { disk, open } = fullDisk(150_000);
    const { ada, ben, bring, settle, link } = await keeping({ disk });
    for (let block = 0; block < 10; block++) bring(block);
    await settle(() => ben.warnings.length > 0);
    await settle(() => open.size === 0);
    expect(ben.warnings).toHaveLength(1);
    ben.copies.execute(recordingFrom(10_000), { ...stopped, atMs: 12_000 });
    vi.advanceTimersByTime(5_000);
    ben.copies.setLinked(ADA, false);
    link();
    await settle(() => missing(ada).length === 1);
    // Three records of 8,000 frames found room.
    expect(missing(ada)[0]?.seconds).toBe(0.5);
  });

  test("no more is kept than there may be, and the take before that stays", async () => {
    const { ben, bring, settle } = await keeping({ mostBytes: 200_000 });
    const copy = () => readdirSync(ben.folder).find((one) => one.endsWith(".copy")) ?? "";
    // Six records of 48 kB; there is room for as long as what is on the disk comes to less.
    for (let block = 0; block < 5; block++) bring(block);
    await settle(() => copy() !== "" && statSync(join(ben.folder, copy())).size > 6 * 48_000);
    expect(ben.warnings).toEqual([]);
    bring(5);
    await settle(() => ben.warnings.some((warning) => warning.includes("no room")));
    expect(ben.reports.at(-1)?.keeping).toEqual([]);
    const name = copy();
    await settle(
      () => Number(/"seconds":([\d.]+)/.exec(readFileSync(join(ben.folder, `${name}.json`), "utf8"))?.[1]) > 0,
    );
    expect(readFileSync(join(ben.folder, name)).byteLength).toBeLessThan(500_000);
  });

  test("their owner has them deleted, also in mid take, and keeps being kept from then on", async () => {
    const { ada, ben, bring, settle } = await keeping({});
    for (let block = 0; block < 5; block++) bring(block);
    await settle(() => ben.reports.at(-1)?.held === 1);
    ada.copies.deleteMine();
    await settle(() => readdirSync(ben.folder).length === 0);
    expect(ada.reports.at(-1)?.mine).toBe(true);
    for (let block = 5; block < 10; block++) bring(block);
    await settle(() => ben.reports.at(-1)?.held === 1);
    expect(ben.reports.at(-1)?.keeping).toEqual([ADA]);
  });
});

test("P86: records are bound to their copy and their place, and keys are the same from the same seed", async () => {
  const keys = await copyKeysOf(seeds.get(ADA) ?? "");
  expect((await copyKeysOf(seeds.get(ADA) ?? "")).publicKey).toBe(keys.publicKey);
  const sealer = await sealerFor(keys.publicKey, "one");
  const [a, b] = [await sealer.seal(Uint8Array.of(1)), await sealer.seal(Uint8Array.of(2))];
  const open = await openerOf(keys, sealer.encapsulated, "one");
  expect(await open(a)).toEqual(Uint8Array.of(1));
  expect(await open(b)).toEqual(Uint8Array.of(2));
  await expect((await openerOf(keys, sealer.encapsulated, "one"))(b)).rejects.toThrow();
  await expect((await openerOf(keys, sealer.encapsulated, "two"))(a)).rejects.toThrow();
});

test("P86: whatever bytes come, they are a message, a record or nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readCopyMessage(new Uint8Array(bytes));
    }),
  );
  const record = { copyId: randomUUID(), number: 70_000, sealed: new Uint8Array(randomBytes(40)) };
  expect(readCopyMessage(packCopyRecord(record))).toEqual(record);
  expect(readCopyMessage(new Uint8Array(200_000))).toBeNull();
  expect(readCopyMessage(packCopyMessage({ say: "give", copyId: "no id", from: 0 }))).toBeNull();
});

test("stretches that meet hold what lies in them, and a gap between them does not", () => {
  const copy = { fromMs: 1_000, toMs: 9_000 };
  expect(isCovered(copy, [])).toBe(false);
  expect(
    isCovered(copy, [
      { fromMs: 5_000, toMs: 9_000 },
      { fromMs: 900, toMs: 5_000 },
    ]),
  ).toBe(true);
  expect(
    isCovered(copy, [
      { fromMs: 900, toMs: 4_000 },
      { fromMs: 5_000, toMs: 9_000 },
    ]),
  ).toBe(false);
  expect(isCovered(copy, [{ fromMs: 2_000, toMs: 9_000 }])).toBe(false);
  expect(isCovered(copy, [{ fromMs: 0, toMs: 900 }])).toBe(false);
});
