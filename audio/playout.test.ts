import { describe, expect, test } from "vitest";
import { LaneReader, LaneWriter, laneRingBytes } from "./lane-ring.ts";
import { newPacketHead } from "./packet.ts";
import { INT24_SCALE } from "./pcm.ts";
import { Playout } from "./playout.ts";

const BLOCK = 128;
const RATE_HZ = 48_000;
const CAPTURED_MS = (BLOCK / RATE_HZ) * 1000;

/** A second of 997 Hz, which is whole. */
const TONE = Array.from({ length: RATE_HZ }, (_, at) =>
  Math.round(2 ** 21 * Math.sin((2 * Math.PI * 997 * at) / RATE_HZ)),
);

interface World {
  seconds: number;
  /** The sender's clock against the listener's. */
  ppm?: number;
  /** What the path takes, for a packet that is sent at `atMs`; `null`: it is lost. */
  delayMs?: (atMs: number, packet: number) => number | null;
  /** The first frame's number and the stream, as the sender counts; `null`: nothing is sent. */
  counts?: (packet: number) => { frame: number; stream: number } | null;
  sound?: (frame: number) => number;
  ceilingMs?: number;
  /** Each packet carries the one before. */
  isProtected?: boolean;
}

/** A lane in virtual time: what is heard, and where the player is in each block. */
function play({
  seconds,
  ppm = 0,
  delayMs = () => 5,
  counts = (packet) => ({ frame: packet * BLOCK, stream: 1 }),
  sound = (frame) => TONE[((frame % RATE_HZ) + RATE_HZ) % RATE_HZ] ?? 0,
  ceilingMs = 30,
  isProtected = false,
}: World) {
  const memory = new SharedArrayBuffer(laneRingBytes(1));
  const writer = new LaneWriter(memory, 1);
  const playout = new Playout(new LaneReader(memory, 1), RATE_HZ, () => ceilingMs);
  const head = { ...newPacketHead(), channels: 1 };
  const samples = new Int32Array(BLOCK);
  const previous = new Int32Array(BLOCK);
  const due: { atMs: number; packet: number }[] = [];
  const blocks: { atMs: number; position: number; concealed: number; delayMs: number; bufferMs: number | null }[] = [];
  const out = new Float32Array(BLOCK);
  const heard = new Float32Array(Math.ceil((seconds * RATE_HZ) / BLOCK) * BLOCK);
  const senderMs = CAPTURED_MS / (1 + ppm / 1e6);
  let packet = 0;
  for (let block = 0; block * BLOCK < heard.length; block++) {
    const nowMs = block * CAPTURED_MS + 1.1;
    for (; (packet + 1) * senderMs <= nowMs; packet++) {
      const sentMs = (packet + 1) * senderMs;
      const way = delayMs(sentMs, packet);
      if (way !== null && counts(packet) !== null) due.push({ atMs: sentMs + way, packet });
    }
    due.sort((one, other) => one.atMs - other.atMs);
    for (let next = due[0]; next !== undefined && next.atMs <= nowMs; next = due[0]) {
      due.shift();
      const count = counts(next.packet);
      if (count === null) continue;
      head.stream = count.stream;
      head.frame = count.frame >>> 0;
      for (let at = 0; at < BLOCK; at++) samples[at] = sound(count.frame + at);
      if (isProtected) for (let at = 0; at < BLOCK; at++) previous[at] = sound(count.frame - BLOCK + at);
      head.hasPrevious = isProtected;
      writer.put(head, samples, isProtected ? previous : null, next.atMs);
    }
    playout.pull([out], BLOCK, nowMs);
    heard.set(out, block * BLOCK);
    // How long ago the sender captured what is heard now, by the listener's clock.
    const capturedMs = (playout.position - BLOCK) / (RATE_HZ / 1000) / (1 + ppm / 1e6);
    blocks.push({
      atMs: nowMs,
      position: playout.position,
      concealed: playout.stats.concealedFrames,
      delayMs: nowMs - capturedMs,
      bufferMs: playout.bufferMs,
    });
  }
  const at = (second: number) => blocks[Math.floor((second * RATE_HZ) / BLOCK)] ?? blocks[0];
  const concealedBetween = (from: number, to: number) => (at(to)?.concealed ?? 0) - (at(from)?.concealed ?? 0);
  const delaysBetween = (from: number, to: number) =>
    blocks.filter(({ atMs }) => atMs >= from * 1000 && atMs < to * 1000).map((one) => one.delayMs);
  return { heard, blocks, playout, concealedBetween, delaysBetween };
}

const random = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Level of all that is not the tone, in dB against it: what is left when the best tone of that frequency has been taken out. */
function distortionDb(sound: Float32Array, hz: number): number {
  let [cc, ss, cs, xc, xs, xx] = [0, 0, 0, 0, 0, 0];
  const each = (use: (c: number, s: number, x: number) => void) => {
    for (let n = 0; n < sound.length; n++) {
      const angle = (2 * Math.PI * hz * n) / RATE_HZ;
      use(Math.cos(angle), Math.sin(angle), sound[n] ?? 0);
    }
  };
  each((c, s, x) => {
    cc += c * c;
    ss += s * s;
    cs += c * s;
    xc += x * c;
    xs += x * s;
    xx += x * x;
  });
  const det = cc * ss - cs * cs;
  const [a, b] = [(xc * ss - xs * cs) / det, (xs * cc - xc * cs) / det];
  let rest = 0;
  each((c, s, x) => {
    rest += (x - a * c - b * s) ** 2;
  });
  return 10 * Math.log10(rest / Math.max(1e-30, xx - rest));
}

describe("playout of a lane, in virtual time", () => {
  test("X34: an undisturbed lane is heard bit for bit, with at most two packets of delay beside the path", () => {
    const noise = (frame: number) => (Math.imul(frame, 2654435761) >> 8) | 0;
    const { heard, blocks, playout } = play({ seconds: 10, sound: noise });
    let wrong = 0;
    for (const [block, { position }] of blocks.entries()) {
      if (block < 600) continue;
      for (let at = 0; at < BLOCK; at++)
        if ((heard[block * BLOCK + at] ?? 0) * INT24_SCALE !== noise(position - BLOCK + at)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(playout.stats).toMatchObject({ lostPackets: 0, concealedFrames: 0 });
    expect(blocks.at(-1)?.delayMs).toBeLessThan(CAPTURED_MS + 5 + 5.3 + 1);
  });

  test("X34: how long sound lies in the buffer is not said while it is not known: a path that has become longer takes none of it back", () => {
    const { blocks } = play({ seconds: 10, delayMs: (atMs) => (atMs < 3_000 ? 5 : 180) });
    const known = blocks.flatMap(({ bufferMs }) => bufferMs ?? []);
    expect(Math.min(...known)).toBeGreaterThanOrEqual(0);
    expect(known.length).toBeGreaterThan(blocks.length / 2);
  });

  test.each([-200, -50, 20, 50, 200])(
    "X34: clocks %i ppm apart are followed without a gap and without growth",
    (ppm) => {
      const { concealedBetween, delaysBetween, playout, heard } = play({ seconds: 60, ppm });
      expect(concealedBetween(2, 59.9)).toBe(0);
      const [early, late] = [delaysBetween(20, 25), delaysBetween(54, 59)];
      expect(Math.max(...late) - Math.min(...early)).toBeLessThan(2);
      expect(playout.stats.skewPpm).toBeCloseTo(ppm, 0);
      // The tone comes out at the listener's clock, clean.
      const tail = heard.slice(-20 * RATE_HZ, -10 * RATE_HZ);
      expect(distortionDb(tail, 997 * (1 + ppm / 1e6))).toBeLessThan(-110);
    },
  );

  test("X34: a path that becomes 100 ms longer is heard again at once, and 100 ms shorter gives the delay back within 2 s", () => {
    const { concealedBetween, delaysBetween } = play({
      seconds: 40,
      delayMs: (atMs) => (atMs > 10_000 && atMs < 20_000 ? 105 : 5),
    });
    // The gap itself, and what it takes to settle.
    expect(concealedBetween(9, 12)).toBeLessThan(0.2 * RATE_HZ);
    expect(concealedBetween(12, 20)).toBe(0);
    const longer = delaysBetween(12, 20);
    expect(Math.max(...longer)).toBeLessThan(105 + 12);
    expect(concealedBetween(20, 22)).toBeLessThan(0.05 * RATE_HZ);
    expect(concealedBetween(22, 39)).toBe(0);
    expect(Math.max(...delaysBetween(22, 39))).toBeLessThan(5 + 12);
  });

  test("X34: a sender that pauses, by its own count or not, is heard again", () => {
    for (const counts of [
      // It counts on and sends nothing.
      (packet: number) => (packet > 2_000 && packet < 2_400 ? null : { frame: packet * BLOCK, stream: 1 }),
      // Its count stands still.
      (packet: number) =>
        packet > 2_000 && packet < 2_040 ? null : { frame: (packet > 2_000 ? packet - 40 : packet) * BLOCK, stream: 1 },
      // It begins anew, as another stream.
      (packet: number) =>
        packet > 2_000 ? { frame: (packet - 2_000) * BLOCK, stream: 2 } : { frame: packet * BLOCK, stream: 1 },
      // Its count jumps ahead by a minute, and back.
      (packet: number) => ({ frame: (packet === 2_001 ? packet + 22_500 : packet) * BLOCK, stream: 1 }),
    ]) {
      const { concealedBetween, heard } = play({ seconds: 20, counts });
      expect(concealedBetween(10, 19)).toBe(0);
      expect(Math.max(...heard.slice(-RATE_HZ).map(Math.abs))).toBeGreaterThan(0.2);
    }
  });

  test("X34: a late first packet is not delay for the session", () => {
    const { delaysBetween, concealedBetween } = play({ seconds: 10, delayMs: (_, packet) => (packet < 30 ? 250 : 5) });
    expect(Math.max(...delaysBetween(3, 10))).toBeLessThan(5 + 12);
    expect(concealedBetween(3, 9.9)).toBe(0);
  });

  test("X34: jitter costs the delay that it needs, no sound, and gives it back when it is over", () => {
    const chance = random(7);
    const { concealedBetween, delaysBetween } = play({
      seconds: 60,
      delayMs: (atMs) => 20 + (atMs < 30_000 ? chance() * 10 : chance() * 0.5),
    });
    expect(concealedBetween(3, 30)).toBeLessThan(0.001 * 27 * RATE_HZ);
    expect(Math.max(...delaysBetween(5, 30))).toBeLessThan(20 + 10 + 15);
    expect(Math.max(...delaysBetween(55, 60))).toBeLessThan(20 + 12);
  });

  /** A thread that stands still: what comes meanwhile comes at its end, all at once. */
  const stalled = (everyMs: number, forMs: number) => (atMs: number) => {
    const into = atMs % everyMs;
    return 4 + (into < forMs ? forMs - into : 0.2);
  };

  test("X36: one stall in a while is concealed and not waited for, within the budget of one packet in a thousand", () => {
    const { concealedBetween, delaysBetween } = play({ seconds: 100, delayMs: stalled(40_000, 30) });
    // Two stalls, each as long as it was, and nothing beside them.
    expect(concealedBetween(5, 99)).toBeLessThan(2 * 0.036 * RATE_HZ);
    expect(concealedBetween(5, 99)).toBeLessThan(0.001 * 94 * RATE_HZ);
    for (const from of [10, 46, 86]) expect(Math.max(...delaysBetween(from, from + 10))).toBeLessThan(4 + 12);
  });

  test("X36: stalls that keep coming are waited for, up to what the listener has chosen", () => {
    for (const [everyMs, seconds] of [
      [500, 24],
      [5_000, 80],
    ] as const) {
      const { concealedBetween, delaysBetween } = play({ seconds, delayMs: stalled(everyMs, 20) });
      const [from, to] = [seconds / 2, seconds - 1];
      expect(concealedBetween(from, to)).toBeLessThan(0.001 * (to - from) * RATE_HZ);
      expect(Math.max(...delaysBetween(from, to))).toBeLessThan(4 + 20 + 10);
    }
  });

  test("X34: what was waited for is given back within 10 s of the last of it", () => {
    const { concealedBetween, delaysBetween } = play({
      seconds: 60,
      delayMs: (atMs) => (atMs < 30_000 ? stalled(500, 20)(atMs) : 4.2),
    });
    expect(Math.max(...delaysBetween(20, 29))).toBeGreaterThan(20);
    expect(Math.max(...delaysBetween(40, 59))).toBeLessThan(4 + 12);
    expect(concealedBetween(40, 59)).toBe(0);
  });

  test.each([
    [0.01, 0.001],
    [0.03, 0.005],
  ])(
    "X34: %f of all packets lost and 20 ms of jitter, each with the one before: at most %f concealed",
    (loss, most) => {
      const chance = random(23);
      const { concealedBetween, delaysBetween } = play({
        seconds: 40,
        isProtected: true,
        ceilingMs: 60,
        delayMs: () => (chance() < loss ? null : 7 + chance() * 20),
      });
      expect(concealedBetween(5, 39)).toBeLessThan(most * 34 * RATE_HZ);
      expect(Math.max(...delaysBetween(10, 39))).toBeLessThan(CAPTURED_MS + 7 + 20 + CAPTURED_MS + 6);
    },
  );

  test("X34: 3 % loss conceals what is lost and nothing else", () => {
    const chance = random(11);
    let lost = 0;
    const { concealedBetween, playout } = play({
      seconds: 30,
      delayMs: () => {
        if (chance() >= 0.03) return 15;
        lost++;
        return null;
      },
    });
    expect(concealedBetween(0, 29.9)).toBeLessThan(1.05 * lost * BLOCK + 0.01 * RATE_HZ);
    expect(Math.abs(playout.stats.lostPackets - lost)).toBeLessThan(6);
  });

  test("X34: time never goes back, whatever the path does (seed printed)", () => {
    const seed = Date.now() >>> 0;
    console.log(`seed ${seed}`);
    const chance = random(seed);
    let base = 10;
    const { blocks, heard, concealedBetween } = play({
      seconds: 72,
      ppm: 120,
      delayMs: (atMs) => {
        if (atMs > 50_000) return 10;
        if (chance() < 0.002) base = 5 + chance() * 150;
        return chance() < 0.05 ? null : base + chance() ** 4 * 60;
      },
    });
    let last = Number.NEGATIVE_INFINITY;
    for (const { position } of blocks) {
      if (Number.isNaN(position)) continue;
      expect(position).toBeGreaterThanOrEqual(last - 1);
      last = position;
    }
    expect(heard.every((sample) => Math.abs(sample) < 1)).toBe(true);
    expect(concealedBetween(68, 71.9)).toBe(0);
  });

  test("X15: a hundred times too much, and packets of an old stream, are refused", () => {
    const memory = new SharedArrayBuffer(laneRingBytes(2));
    const writer = new LaneWriter(memory, 2);
    const reader = new LaneReader(memory, 2);
    const head = newPacketHead();
    const samples = new Int32Array(BLOCK * 2);
    for (let packet = 0; packet < 37_500; packet++) {
      head.frame = packet * BLOCK;
      writer.put(head, samples, null, packet / 37.5);
    }
    expect(reader.counts.packets).toBeLessThan(6_000);
    writer.put({ ...head, stream: 5 }, samples, null, 10_000);
    const { refused } = reader.counts;
    writer.put(head, samples, null, 10_001);
    expect(reader.counts.refused).toBe(refused + 1);
  });
});
