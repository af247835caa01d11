import fc from "fast-check";
import { expect, test } from "vitest";
import { MidiParser } from "./midi-parser.std.ts";

const parse = (...pieces: (readonly number[] | Uint8Array)[]) => {
  const parser = new MidiParser();
  return pieces.flatMap((piece) => parser.push(Uint8Array.from(piece))).map((message) => [...message]);
};

/** Every legal message, as its own whole bytes. */
const data = fc.integer({ min: 0, max: 127 });
const message = fc.oneof(
  fc.tuple(fc.integer({ min: 0x80, max: 0xbf }), data, data),
  fc.tuple(fc.integer({ min: 0xc0, max: 0xdf }), data),
  fc.tuple(fc.integer({ min: 0xe0, max: 0xef }), data, data),
  fc.tuple(fc.constant(0xf1), data),
  fc.tuple(fc.constant(0xf2), data, data),
  fc.tuple(fc.constant(0xf3), data),
  fc.constant([0xf6]),
  fc.array(data, { maxLength: 200 }).map((body) => [0xf0, ...body, 0xf7]),
  fc.integer({ min: 0xf8, max: 0xff }).map((byte) => [byte]),
);

test("C4: MIDI 1.0: every legal message comes out as it went in, whatever pieces it comes in", () => {
  fc.assert(
    fc.property(fc.array(message), fc.integer({ min: 1, max: 9 }), (messages, size) => {
      const bytes = messages.flat();
      const pieces: number[][] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
      expect(parse(...pieces)).toEqual(messages);
    }),
  );
});

test("C4: running status is written out, and ended by system common but not by real time", () => {
  expect(parse([0x90, 60, 100, 61, 0xf8, 101, 62, 102])).toEqual([
    [0x90, 60, 100],
    [0xf8],
    [0x90, 61, 101],
    [0x90, 62, 102],
  ]);
  expect(parse([0x90, 60, 100, 0xf6, 61, 101])).toEqual([[0x90, 60, 100], [0xf6]]);
});

test("C4: no bytes whatever make it throw, and none swallow a real-time byte", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      const realTime = pieces.flatMap((piece) => [...piece]).filter((byte) => byte >= 0xf8);
      const out = parse(...pieces);
      expect(out.filter(([status = 0]) => status >= 0xf8).flat()).toEqual(realTime);
      for (const [status = 0, ...rest] of out) {
        expect(status).toBeGreaterThanOrEqual(0x80);
        expect((status === 0xf0 ? rest.slice(0, -1) : rest).every((byte) => byte < 0x80)).toBe(true);
      }
    }),
  );
});

test("X15: a system exclusive without end costs nothing but itself", () => {
  const parser = new MidiParser();
  parser.push(Uint8Array.of(0xf0));
  for (let piece = 0; piece < 1_000; piece++) expect(parser.push(new Uint8Array(10_000).fill(1))).toEqual([]);
  expect(parser.push(Uint8Array.of(0xf7, 0xfa, 0x90, 1, 2)).map((message) => [...message])).toEqual([
    [0xfa],
    [0x90, 1, 2],
  ]);
});
