import { beforeEach, expect, test } from "vitest";
import { plainMix } from "../../audio/lane-mixer.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { KEPT_SESSIONS_MAX } from "../../protocol/limits.ts";
import {
  forgetSession,
  keepDaw,
  keepDevice,
  keepSession,
  readDaw,
  readDevice,
  readSession,
  type SessionSettings,
  type Shelf,
} from "./settings.std.ts";

class MemoryShelf implements Shelf {
  readonly #kept = new Map<string, string>();
  get length(): number {
    return this.#kept.size;
  }
  key = (at: number) => [...this.#kept.keys()][at] ?? null;
  getItem = (key: string) => this.#kept.get(key) ?? null;
  setItem(key: string, value: string): void {
    this.#kept.set(key, value);
  }
  removeItem(key: string): void {
    this.#kept.delete(key);
  }
}

const sessionAt = (at: number): SessionId => `ses_${String(at).padStart(26, "0")}`;
const ada: MemberId = `mem_${"a".repeat(26)}`;
const settings = (change: Partial<SessionSettings> = {}): SessionSettings => ({
  mixes: [{ memberId: ada, mix: { ...plainMix, gainDb: -6, isMuted: true } }],
  delay: "equal",
  loopBars: 8,
  takesVolume: 0.5,
  isFar: false,
  sidePx: 420,
  usedAtMs: 1,
  ...change,
});

let shelf: MemoryShelf;
beforeEach(() => {
  shelf = new MemoryShelf();
});

test("C8: settings stick for each session, and are forgotten with it", () => {
  keepSession(shelf, sessionAt(1), settings());
  keepSession(shelf, sessionAt(2), settings({ delay: "bars" }));
  expect(readSession(shelf, sessionAt(1))).toEqual(settings());
  forgetSession(shelf, sessionAt(1));
  expect(readSession(shelf, sessionAt(1))).toBeNull();
  expect(readSession(shelf, sessionAt(2))?.delay).toBe("bars");
});

test("C8: a DAW's port, language and lateness stick; a lateness that no DAW has is none", () => {
  const settings = { port: "IAC Bus 1", language: "mmc", profile: "ardour", lateMs: 12.5 } as const;
  keepDaw(shelf, settings);
  expect(readDaw(shelf)).toEqual(settings);
  keepDaw(shelf, { ...settings, lateMs: 1_000 });
  expect(readDaw(shelf)).toBeNull();
});

test("C8: a device's settings hold in every session and outlive them", () => {
  const device = { inputId: "in", outputId: "", channels: "left", buffer: "safe", inputName: "Gitarre" } as const;
  keepDevice(shelf, { ...device, preRollSeconds: 5 });
  forgetSession(shelf, sessionAt(1));
  expect(readDevice(shelf)).toEqual({ ...device, preRollSeconds: 5 });
});

test("C8: no more sessions are remembered than that, and the one not used for longest goes first", () => {
  shelf.setItem("something else", "stays");
  for (let at = 0; at < KEPT_SESSIONS_MAX + 3; at++) keepSession(shelf, sessionAt(at), settings({ usedAtMs: at }));
  expect(shelf.length).toBe(KEPT_SESSIONS_MAX + 1);
  expect(readSession(shelf, sessionAt(2))).toBeNull();
  expect(readSession(shelf, sessionAt(3))).not.toBeNull();
});

test("what cannot be read is as if it had never been kept, and a shelf that refuses stops nobody", () => {
  for (const broken of ["", "{", "[]", JSON.stringify({ ...settings(), delay: "soon" })]) {
    shelf.setItem(`view ${sessionAt(1)}`, broken);
    expect(readSession(shelf, sessionAt(1))).toBeNull();
  }
  const refuse = () => {
    throw new Error("refused");
  };
  const refusing: Shelf = { length: 0, key: refuse, getItem: refuse, setItem: refuse, removeItem: refuse };
  keepSession(refusing, sessionAt(1), settings());
  forgetSession(refusing, sessionAt(1));
  expect(readSession(refusing, sessionAt(1))).toBeNull();
});
