import { describe, expect, test } from "vitest";
import type { MemberId } from "../../protocol/ids.ts";
import type { LoggedEvent, Member, PostBody } from "../../protocol/room.ts";
import { idleStatus } from "../../protocol/room.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { actionOf } from "./keys.std.ts";
import { lanesOf } from "./lanes.std.ts";
import { initialView, reduce, transportAt, type ViewState } from "./model.std.ts";

const ada = "mem_00000000000000000000000000" as MemberId;
const ben = "mem_11111111111111111111111111" as MemberId;
let seq = 0;
const event = (body: PostBody, atMs: number, effectiveAtMs?: number): LoggedEvent => ({
  seq: ++seq,
  eventId: "00000000-0000-4000-8000-000000000000",
  from: ada,
  atMs,
  ...(effectiveAtMs === undefined ? {} : { effectiveAtMs }),
  body,
});
const told = (state: ViewState, ...events: LoggedEvent[]) =>
  events.reduce((now, one) => reduce(now, { type: "event", event: one }), state);
const member = (memberId: MemberId, role: Member["role"]): Member => ({
  memberId,
  displayName: memberId,
  role,
  connected: true,
  status: idleStatus,
});

describe("what the view makes of the session", () => {
  test("P18: a command is shown from the instant at which it takes effect, and what was before it until then", () => {
    const state = told(initialView, event({ kind: "transport", transport: { command: "play" } }, 1_000, 1_200));
    expect(transportAt(state, 1_100).motion).toBe("stopped");
    expect(transportAt(state, 1_200).motion).toBe("playing");
    expect(state.lastCommand?.from).toBe(ada);
  });

  test("P77: what is announced is shown from its instant on, and the log's own line, or its refusal, puts it right", () => {
    seq = 0;
    const play = { command: "play" } as const;
    const foreseen = (effectiveAtMs: number) =>
      reduce(initialView, { type: "foreseen", foreseen: { transport: play, effectiveAtMs } });
    const state = foreseen(1_000);
    expect([999, 1_000].map((atMs) => transportAt(state, atMs).motion)).toEqual(["stopped", "playing"]);
    // As it was announced; or the room had it later, and everybody is put in the place of the log's line.
    for (const effectiveAtMs of [1_000, 1_300]) {
      const logged = told(state, event({ kind: "transport", transport: play }, 1_100, effectiveAtMs));
      expect(transportAt(logged, 1_400)).toMatchObject({ motion: "playing", positionFrames: 0, atMs: effectiveAtMs });
      expect(logged.logged).toBeNull();
    }
    // Somebody else was first: what was announced is no line of the log.
    const other = told(
      state,
      event({ kind: "transport", transport: { command: "locate", positionFrames: 7 } }, 1_100, 1_200),
    );
    expect(transportAt(other, 1_300)).toMatchObject({ motion: "stopped", positionFrames: 7 });
    const refused = reduce(state, { type: "foreseen", foreseen: null });
    expect(transportAt(refused, 2_000)).toEqual(initialView.timeline.transport);
    expect(refused.logged).toBeNull();
  });

  test("X35: what lies before the welcome is history: the transport is what the welcome says", () => {
    seq = 0;
    const past = event({ kind: "transport", transport: { command: "record" } }, 500, 700);
    const welcomed = reduce(initialView, {
      type: "welcome",
      memberId: ben,
      role: "participant",
      transport: { motion: "playing", positionFrames: 48_000, atMs: 900, bpm: 96 },
      timeline: initialMap,
      settings: { recordingPermitted: true },
      admission: "waiting",
      headSeq: 1,
    });
    const state = told(welcomed, past);
    expect(state.timeline.transport).toEqual({ motion: "playing", positionFrames: 48_000, atMs: 900, bpm: 96 });
    expect(state.lastCommand?.transport.command).toBe("record");
  });

  test("C5: chat in order and once, stamped with where the playhead was; notes replaced, and gone when empty", () => {
    const rolled = told(initialView, event({ kind: "transport", transport: { command: "play" } }, 0, 0));
    const line = event({ kind: "chat", text: "hello" }, 2_000);
    const state = told(rolled, line, line);
    expect(state.chat).toHaveLength(1);
    expect(state.chat[0]?.positionFrames).toBe(96_000);
    const noteId = "00000000-0000-4000-8000-000000000001";
    const written = told(
      state,
      event({ kind: "note", noteId, text: "Em" }, 0),
      event({ kind: "note", noteId, text: "G" }, 1),
    );
    expect(written.notes.map(({ text }) => text)).toEqual(["G"]);
    expect(told(written, event({ kind: "note", noteId, text: "" }, 2)).notes).toEqual([]);
  });

  test("P54: the door is as the host has it; who is kept out is known until they are let in again", () => {
    seq = 0;
    const state = told(
      initialView,
      event({ kind: "admission", admission: "locked" }, 0),
      event({ kind: "kick", memberId: ben, keepOut: true }, 1),
    );
    expect(state).toMatchObject({ admission: "locked", keptOut: [ben] });
    expect(told(state, event({ kind: "admit", memberId: ben }, 2)).keptOut).toEqual([]);
    expect(told(state, event({ kind: "kick", memberId: ben, keepOut: false }, 3)).keptOut).toEqual([]);
    const waits = [{ memberId: ben, displayName: "Ben", role: "participant" } as const];
    expect(reduce(state, { type: "waiting-room", members: waits }).waitingRoom).toEqual(waits);
  });

  test("P63: a take has the newest name and star; a comment is a note at a moment of it", () => {
    const takeId = "00000000-0000-4000-8000-00000000000a";
    const noteId = "00000000-0000-4000-8000-00000000000b";
    const about = { takeId, positionFrames: 96_000 };
    const state = told(
      initialView,
      event({ kind: "take-name", takeId, text: "The slow one" }, 0),
      event({ kind: "take-star", takeId, starred: true }, 1),
      event({ kind: "take-name", takeId, text: "The keeper" }, 2),
      event({ kind: "note", noteId, text: "late", about }, 3),
    );
    expect(state.takeMarks[takeId]).toEqual({ starred: true, name: "The keeper" });
    expect(state.notes).toEqual([expect.objectContaining({ noteId, text: "late", about })]);
  });

  test("everybody who plays has a lane before they have a take; whoever listens has none", () => {
    const lanes = lanesOf([member(ada, "host"), member(ben, "observer")], []);
    expect(lanes.map(({ memberId }) => memberId)).toEqual([ada]);
  });
});

describe("keys", () => {
  const key = (key: string, more: Partial<Parameters<typeof actionOf>[0]> = {}) =>
    actionOf({ key, modified: false, repeat: false, focus: "page", ...more });

  test("Space rolls, but not while somebody writes, nor on a button that the keyboard has reached", () => {
    expect(key(" ")).toBe("toggle-play");
    expect(key(" ", { focus: "text" })).toBeNull();
    expect(key(" ", { focus: "button" })).toBeNull();
    expect(key("r", { focus: "button" })).toBe("record");
  });

  test("a key that is held does not flutter, and one with a modifier is the browser's", () => {
    expect(key("r", { repeat: true })).toBeNull();
    expect(key("ArrowRight", { repeat: true })).toBe("bar-on");
    expect(key("r", { modified: true })).toBeNull();
    expect(key("x")).toBe("swap");
    expect(key("f")).toBe("far");
  });

  test("Escape leads out of whatever has the keyboard, a field as well", () => {
    for (const focus of ["page", "button", "choice", "text"] as const) expect(key("Escape", { focus })).toBe("leave");
    expect(key("Escape", { repeat: true })).toBeNull();
  });
});
