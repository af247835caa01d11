import { describe, expect, test } from "vitest";
import { LEARNED_CONTROLS_MAX } from "../../protocol/limits.ts";
import {
  keepLearned,
  type Learned,
  numberAt,
  Presses,
  readLearned,
  readMidi,
  type Told,
  withLearned,
} from "./midi-learn.std.ts";

const bytes = (...data: number[]) => readMidi(Uint8Array.from(data));

function newShelf() {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (at: number) => [...kept.keys()][at] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe("controls by MIDI", () => {
  test("notes and control changes are a controller's; clock, exclusives and channel mode are not", () => {
    expect(bytes(0x90, 36, 127)).toEqual({ message: "note 1.36", value: 1 });
    expect(bytes(0x80, 36, 64)).toEqual({ message: "note 1.36", value: 0 });
    expect(bytes(0xbf, 64, 0)).toEqual({ message: "cc 16.64", value: 0 });
    for (const other of [[0xf8], [0xf0, 0x7f, 0xf7], [0xb0, 123, 0], [0xc0, 5], []]) expect(bytes(...other)).toBeNull();
  });

  test("a knob turns a number from one of its bounds to the other, on its own steps", () => {
    const tempo = { min: 20, max: 999, step: 0.1 };
    expect([0, 0.5, 1].map((value) => numberAt(value, tempo))).toEqual(["20", "509.5", "999"]);
    expect(numberAt(1 / 127, tempo)).toBe("27.7");
    expect(Array.from({ length: 5 }, (_, at) => numberAt(at / 4, { min: -3, max: 4, step: 2 }))).toEqual([
      "-3",
      "-1",
      "1",
      "3",
      "4",
    ]);
  });

  test("a pad presses once however softly, a pedal where it passes the middle, a knob that is moved on not again", () => {
    const presses = new Presses();
    const take = (message: string, ...values: number[]) => values.map((value) => presses.take({ message, value }));
    expect(take("note 1.36", 0.01, 0, 1, 0)).toEqual([true, false, true, false]);
    expect(take("cc 1.64", 0.2, 0.5, 0.7, 0.4, 1)).toEqual([false, true, false, false, true]);
  });

  test("a message stands for the control that it was shown last, and there are as many as may be kept", () => {
    const told = (number: number): Told => ({ message: `cc 1.${number}`, value: 1 });
    let learned: Learned = withLearned([], told(1), "Space", "Play");
    learned = withLearned(learned, told(1), "R", "Record");
    expect(learned).toEqual([{ message: "cc 1.1", control: "R", name: "Record" }]);
    for (let at = 0; at < 2 * LEARNED_CONTROLS_MAX; at++)
      learned = withLearned(learned, { message: `note ${1 + (at >> 7)}.${at & 127}`, value: 1 }, "L", "Loop");
    expect(learned.length).toBe(LEARNED_CONTROLS_MAX);
    const shelf = newShelf();
    keepLearned(shelf, learned);
    expect(readLearned(shelf)).toEqual(learned);
  });

  test("what a shelf has that is not ours is as if it had never been", () => {
    const shelf = newShelf();
    expect(readLearned(shelf)).toEqual([]);
    shelf.setItem("view midi", '[{"message":"sysex","control":"R","name":"R"}]');
    expect(readLearned(shelf)).toEqual([]);
  });
});
