import fc from "fast-check";
import { expect, test } from "vitest";
import { initialMap, SignatureMap, TempoMap, type TimelineMap } from "../protocol/timeline.ts";
import { readMidiFile, writeMidiFile } from "./midi-file.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const header = "4d546864 00000006 0000 0001 01e0";

test("C4: the bytes are those of Standard MIDI Files 1.0", () => {
  expect(hex(writeMidiFile({ ...initialMap, tempo: [{ positionFrames: 0, bpm: 96 }] }))).toBe(
    "4d54686400000006000000012580" + "4d54726b00000013" + "00ff5103098968" + "00ff580404021808" + "00ff2f00",
  );
  // The standard's own example: four-four at 120, with notes in running status that are none of a map's.
  const example =
    "00ff58040402180800ff510307a12000c00500c12e00c24600923060003c606091434060904c2081408230400 03c400081434000804c4000ff2f00";
  const track = bytes(example);
  const file = bytes(`${header} 4d54726b ${track.length.toString(16).padStart(8, "0")} ${hex(track)}`);
  expect(readMidiFile(file)).toMatchObject({ ok: true, map: { tempo: [{ bpm: 120 }], signatures: [{ beats: 4 }] } });
});

const bpm = fc.integer({ min: 20_000, max: 400_000 }).map((thousandths) => thousandths / 1_000);
const map: fc.Arbitrary<TimelineMap> = fc
  .record({
    tempo: fc.array(fc.tuple(fc.integer({ min: 24_000, max: 4_800_000 }), bpm), { maxLength: 20 }),
    signatures: fc.array(
      fc.tuple(
        fc.integer({ min: 24_000, max: 4_800_000 }),
        fc.integer({ min: 1, max: 32 }),
        fc.constantFrom(2, 4, 8, 16),
      ),
      { maxLength: 10 },
    ),
    first: bpm,
  })
  .map(({ tempo, signatures, first }) => {
    const steps = (apart: readonly number[]) => apart.map((_, at) => apart.slice(0, at + 1).reduce((a, b) => a + b, 0));
    const places = steps(tempo.map(([apart]) => apart));
    const bars = steps(signatures.map(([apart]) => apart));
    return {
      ...initialMap,
      tempo: [
        { positionFrames: 0, bpm: first },
        ...tempo.map(([, of], at) => ({ positionFrames: places[at] ?? 0, bpm: of })),
      ],
      signatures: [
        { positionFrames: 0, beats: 4, unit: 4 as const },
        ...signatures.map(([, beats, unit], at) => ({
          positionFrames: bars[at] ?? 0,
          beats,
          unit: unit as 2 | 4 | 8 | 16,
        })),
      ],
      markers: [{ markerId: "00000000-0000-4000-8000-000000000000", positionFrames: 48_000, name: "Bridge – ß" }],
    };
  });

test("C4: every map survives the way to a MIDI file and back, each place to a tick and each tempo to its thousandth", () => {
  fc.assert(
    fc.property(map, (drawn) => {
      const read = readMidiFile(writeMidiFile(drawn));
      if (!read.ok) throw new Error(read.reason);
      expect(TempoMap.safeParse(read.map.tempo).success).toBe(true);
      expect(SignatureMap.safeParse(read.map.signatures).success).toBe(true);
      expect(read.map.tempo).toHaveLength(drawn.tempo.length);
      for (const [at, { positionFrames, bpm: of }] of read.map.tempo.entries()) {
        const was = drawn.tempo[at];
        expect(Math.abs(of - (was?.bpm ?? 0))).toBeLessThan(0.002);
        // A tempo that is a microsecond a quarter off moves what comes long after it.
        expect(Math.abs(positionFrames - (was?.positionFrames ?? 0))).toBeLessThan(20 + positionFrames / 30_000);
      }
      expect(read.map.signatures.map(({ beats, unit }) => [beats, unit])).toEqual(
        drawn.signatures.map(({ beats, unit }) => [beats, unit]),
      );
      expect(read.markers.map(({ name }) => name)).toEqual(["Bridge – ß"]);
    }),
  );
});

test("C4: what is no MIDI file, counts in timecode, or holds more than a map may, is refused with its reason", () => {
  const reason = (file: Uint8Array) => {
    const read = readMidiFile(file);
    return read.ok ? "ok" : read.reason;
  };
  expect(reason(new Uint8Array())).toBe("not-a-midi-file");
  expect(reason(bytes("52494646 00000006 0000 0001 01e0"))).toBe("not-a-midi-file");
  expect(reason(bytes("4d546864 00000006 0000 0001 e728"))).toBe("counts-in-timecode");
  expect(reason(bytes(`${header} 4d54726b 00000004 00ff5103`))).toBe("not-a-midi-file");
  expect(reason(bytes(`${header} 4d54726b 0000000b 00ff5103 000000 00ff2f00`))).toBe("tempo-out-of-range");
  const many = "01ff510307a120".repeat(1_001);
  const length = (many.length / 2 + 4).toString(16).padStart(8, "0");
  expect(reason(bytes(`${header} 4d54726b ${length} ${many} 00ff2f00`))).toBe("too-many-anchors");
});

test("C4: no bytes whatever make the reader throw", () => {
  const start = bytes(`${header} 4d54726b 00000020`);
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ maxLength: 60 }).map((tail) => Uint8Array.from([...start, ...tail])),
  );
  fc.assert(
    fc.property(anything, (file) => {
      const read = readMidiFile(file);
      if (read.ok) expect(TempoMap.safeParse(read.map.tempo).success).toBe(true);
    }),
  );
});
