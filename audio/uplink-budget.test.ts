import { describe, expect, test } from "vitest";
import { LaneSender } from "./lane-sender.ts";
import { newPacketHead, readPacketHead, readPacketSound } from "./packet.ts";
import { stepsOf, UplinkBudget, type UplinkLevel, WayOutMeter } from "./uplink-budget.ts";

/** Bytes of a packet in each level with what SRTP, TURN, UDP and IP add, 375 times a second. */
const MBITS: Record<UplinkLevel, number> = { full: 2.6, narrow: 1.8, stereo: 1.8, mono: 1.05, opus: 0.15 };

/** Lanes to some others through one up-link of so many Mb/s, in virtual time: the levels that were in force, second by second. */
function live(lanes: number, seconds: number, mbits: (second: number) => number, other = (_: number) => 0) {
  const budget = new UplinkBudget();
  const meters = Array.from({ length: lanes }, () => new WayOutMeter());
  const levels: UplinkLevel[] = [];
  let queueMs = 0;
  for (let second = 0; second < seconds; second++) {
    const used = lanes * MBITS[budget.level];
    const rate = mbits(second);
    const lost = queueMs > 290 ? Math.max(0, 1 - rate / used) : 0;
    queueMs = Math.max(0, Math.min(300, queueMs + (used / rate - 1) * 1_000));
    const nowMs = second * 1_000;
    // Clocks differ by an hour, and the way in has trouble of its own.
    for (const meter of meters) meter.hear(lost, 40 + queueMs + other(second), 3_600_000 + other(second), nowMs);
    for (let part = 0; part < 5; part++)
      budget.look(
        meters.map(({ way }) => way),
        nowMs + part * 200,
      );
    levels.push(budget.level);
  }
  return levels;
}

const changes = (levels: readonly string[]) => levels.filter((level, at) => at > 0 && level !== levels[at - 1]).length;

describe("an up-link that is shared out", () => {
  test("X34: five lanes through 20 Mb/s go out as they are", () => {
    expect(new Set(live(5, 300, () => 20))).toEqual(new Set(["full"]));
  });

  test("X34: through 10 Mb/s they go out in 16 bit, through 6 in mono too, within ten seconds", () => {
    expect(live(5, 12, () => 10).at(-1)).toBe("narrow");
    expect(live(5, 15, () => 6).at(-1)).toBe("mono");
  });

  test("P80, X34: through 2 Mb/s the lane is left to Opus within twenty seconds, and comes back step by step", () => {
    expect(live(5, 22, () => 2).at(-1)).toBe("opus");
    const levels = live(5, 600, (second) => (second < 120 ? 2 : 20));
    expect(new Set(levels.slice(500))).toEqual(new Set(["full"]));
    const back = levels.slice(levels.lastIndexOf("opus") + 1);
    expect(back.filter((level, at) => level !== back[at - 1])).toEqual(["mono", "narrow", "full"]);
  });

  test("X34: what does not fit is tried again ever more seldom, and stays when it fits", () => {
    const levels = live(5, 600, (second) => (second < 300 ? 10 : 20));
    expect(changes(levels.slice(0, 300))).toBeLessThan(10);
    expect(levels.at(-1)).toBe("full");
    expect(new Set(levels.slice(500))).toEqual(new Set(["full"]));
  });

  test("X34: a way in that is full, or one bad path of three, is no full up-link", () => {
    expect(
      changes(
        live(
          2,
          120,
          () => 20,
          (second) => (second > 20 ? 200 : 0),
        ),
      ),
    ).toBe(0);
    const budget = new UplinkBudget();
    const good = { lossShare: 0, growthMs: 0 };
    for (let second = 0; second < 60; second++)
      budget.look([good, { lossShare: 0.3, growthMs: 500 }, good], second * 1_000);
    expect(budget.level).toBe("full");
  });
});

test("X34: in every level a lane's packets are read as what was sent, as far as the level holds it", () => {
  const sender = new LaneSender(7);
  const samples = Int32Array.from({ length: 256 }, (_, at) => (at % 2 === 0 ? 1_000_192 : -500_224));
  const head = newPacketHead();
  const read = new Int32Array(256);
  const sizes = stepsOf(2)
    .filter((level) => level !== "opus")
    .map((level, at) => {
      sender.level = level;
      const [bytes = new Uint8Array()] = sender.pack(at * 128, samples, 1);
      expect(readPacketHead(bytes, head)).toBe(true);
      readPacketSound(bytes, head, read);
      // Both sides of a mono lane are the middle of the two, to 16 bit.
      expect([read[0], read[1]]).toEqual(
        (level === "mono" ? [249_984, 249_984] : [1_000_192, -500_224]).map(to(level)),
      );
      return bytes.length;
    });
  expect(sizes).toEqual([792, 536, 280]);
});

const to = (level: UplinkLevel) => (sample: number) => (level === "full" ? sample : Math.round(sample / 256) * 256);
