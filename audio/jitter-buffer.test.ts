import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JitterBuffer } from "./jitter-buffer.ts";
import { decodePacket, encodePacket, type LanePacket, laneBytesPerSecond } from "./packet.ts";

const BLOCK = 128;
/** A sound in which every sample says where it belongs. */
const packetAt = (frame: number, stream = 1): LanePacket => ({
  channels: 2,
  stream,
  frame: frame >>> 0,
  samples: Int32Array.from({ length: BLOCK * 2 }, (_, at) => ((frame + (at >> 1)) % 8_000_000) - (at % 2)),
});

describe("packets", () => {
  test("every sample from −2²³ to 2²³ − 1 survives, and nothing else is a packet", () => {
    const sample = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 });
    const packet = fc.record({
      channels: fc.constantFrom<1 | 2>(1, 2),
      stream: fc.nat(2 ** 32 - 1),
      frame: fc.nat(2 ** 32 - 1),
      frames: fc.array(fc.tuple(sample, sample), { minLength: 1, maxLength: 512 }),
    });
    fc.assert(
      fc.property(packet, ({ frames, ...rest }) => {
        const samples = Int32Array.from(
          frames.flatMap(([left, right]) => (rest.channels === 1 ? [left] : [left, right])),
        );
        expect(decodePacket(encodePacket({ ...rest, samples }))).toEqual({ ...rest, samples });
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => decodePacket(bytes) === null || bytes[0] === 1),
    );
    const good = encodePacket(packetAt(0));
    for (const cut of [0, 5, 11, 12, good.length - 1]) expect(decodePacket(good.subarray(0, cut))).toBeNull();
    expect(good.byteLength).toBe(780);
    expect(laneBytesPerSecond(2)).toBe(292_500);
  });
});

/** Everything that a buffer plays in `blocks` blocks, while packets come as `arrivals` says for each block. */
function play(buffer: JitterBuffer, blocks: number, arrivals: (block: number) => LanePacket[]) {
  const heard: { frame: number; left: number; right: number }[] = [];
  const out = new Int32Array(BLOCK * 2);
  for (let block = 0; block < blocks; block++) {
    for (const packet of arrivals(block)) buffer.push(packet);
    const first = buffer.pull(out);
    if (first === null) continue;
    for (let at = 0; at < BLOCK; at++)
      heard.push({ frame: first + at, left: out[at * 2] ?? 0, right: out[at * 2 + 1] ?? 0 });
  }
  return heard;
}

describe("the jitter buffer", () => {
  test("an undisturbed lane is played bit for bit, four packets behind", () => {
    const buffer = new JitterBuffer(4);
    const heard = play(buffer, 200, (block) => [packetAt(block * BLOCK)]).filter(({ frame }) => frame >= 0);
    expect(heard.length).toBe(196 * BLOCK);
    expect(heard.every(({ frame, left, right }) => left === frame && right === frame - 1)).toBe(true);
    expect(buffer.stats).toMatchObject({ lostPackets: 0, concealedFrames: 0, depthFrames: 4 * BLOCK });
  });

  test("order, repetition and a start anywhere in the count do not matter", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.infiniteStream(fc.nat(2)), (start, jitter) => {
        const buffer = new JitterBuffer(6);
        const due: LanePacket[][] = Array.from({ length: 60 }, () => []);
        for (let block = 0; block < 50; block++) {
          const late = jitter.next().value ?? 0;
          due[block + (block === 0 ? 0 : late)]?.push(packetAt(start + block * BLOCK), packetAt(start + block * BLOCK));
        }
        const heard = play(buffer, 50, (block) => due[block] ?? []);
        const sounding = heard.filter(({ left }) => left !== 0);
        expect(sounding.length).toBeGreaterThan(30 * BLOCK);
        expect(buffer.stats.concealedFrames).toBe(0);
        const wrong = heard.filter(
          ({ frame, left }) => left !== 0 && left !== (frame >= start ? frame % 8_000_000 : frame),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test("a lost packet is faded out and counted; what follows is exact again", () => {
    const buffer = new JitterBuffer(4);
    const heard = play(buffer, 100, (block) => (block === 50 ? [] : [packetAt(block * BLOCK)]));
    expect(buffer.stats).toMatchObject({ lostPackets: 1, concealedFrames: BLOCK });
    const gap = heard.filter(({ frame }) => frame >= 50 * BLOCK && frame < 51 * BLOCK);
    expect(Math.abs(gap.at(-1)?.left ?? 9e9)).toBeLessThan(Math.abs(gap[0]?.left ?? 0));
    expect(heard.filter(({ frame }) => frame >= 51 * BLOCK).every(({ frame, left }) => left === frame)).toBe(true);
  });

  test("packets that keep coming too late deepen the buffer until they are in time", () => {
    const buffer = new JitterBuffer(2);
    play(buffer, 400, (block) => (block === 0 ? [packetAt(0)] : block < 6 ? [] : [packetAt((block - 5) * BLOCK)]));
    const before = buffer.stats.concealedFrames;
    play(buffer, 200, (block) => [packetAt((block + 395) * BLOCK)]);
    expect(buffer.stats.concealedFrames).toBe(before);
  });

  test("delay that a rough start has cost is given back after a calm second, and what follows is exact", () => {
    const buffer = new JitterBuffer(20);
    const heard = play(buffer, 1_200, (block) => [packetAt(block * BLOCK)]);
    expect(buffer.stats.depthFrames).toBeLessThanOrEqual(6 * BLOCK);
    expect(buffer.stats).toMatchObject({ lostPackets: 0 });
    expect(heard.slice(-300 * BLOCK).every(({ frame, left }) => left === frame)).toBe(true);
  });

  test("a new stream and a jump far ahead start over instead of waiting", () => {
    const buffer = new JitterBuffer(4);
    play(buffer, 20, (block) => [packetAt(block * BLOCK)]);
    const again = play(buffer, 20, (block) => [packetAt(block * BLOCK, 2)]).filter(({ frame }) => frame >= 0);
    expect(again.every(({ frame, left }) => left === frame)).toBe(true);
    const jumped = play(buffer, 20, (block) => [packetAt(10_000_000 + block * BLOCK, 2)]);
    expect(jumped.at(-1)?.left).toBe((jumped.at(-1)?.frame ?? 0) % 8_000_000);
  });
});
