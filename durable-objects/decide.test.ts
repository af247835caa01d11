import { describe, expect, test } from "vitest";
import { MARKERS_MAX, NOTES_PER_SESSION_MAX, TIMELINE_ANCHORS_MAX } from "../protocol/limits.ts";
import { may, roles } from "../protocol/roles.ts";
import { idleStatus, type PostBody } from "../protocol/room.ts";
import { initialMap } from "../protocol/timeline.ts";
import { initialTimeline } from "../protocol/transport.ts";
import { type Circumstances, refusalOf, shownStatus } from "./decide.ts";

const noteId = "00000000-0000-4000-8000-000000000000";
const given: Circumstances = {
  role: "host",
  isPhone: false,
  settings: { recordingPermitted: true },
  timeline: initialTimeline,
  hasRoom: true,
  noteCount: 0,
  noteSeq: () => undefined,
  expired: false,
};
const memberId = `mem_${"a".repeat(26)}` as const;
const chat: PostBody = { kind: "chat", text: "hello" };
const note = (text: string): PostBody => ({ kind: "note", noteId, text });
const record: PostBody = { kind: "transport", transport: { command: "record" } };

describe("decisions on posts", () => {
  test.each(roles)("C1, P12: %s may what the table says", (role) => {
    const refusal = (body: PostBody) => refusalOf(body, { ...given, role });
    expect(refusal(chat) === null).toBe(may(role, "chat.post"));
    expect(refusal(note("verse")) === null).toBe(may(role, "note.write"));
    expect(refusal({ kind: "take-name", takeId: noteId, text: "keep" }) === null).toBe(may(role, "note.write"));
    expect(refusal({ kind: "take-star", takeId: noteId, starred: true }) === null).toBe(may(role, "note.write"));
    expect(refusal({ kind: "transport", transport: { command: "play" } }) === null).toBe(
      may(role, "transport.command"),
    );
    expect(refusal(record) === null).toBe(may(role, "record"));
    expect(refusal({ kind: "admission", admission: "locked" }) === null).toBe(may(role, "admission.set"));
    expect(refusal({ kind: "admit", memberId }) === null).toBe(may(role, "member.admit"));
    expect(refusal({ kind: "kick", memberId, keepOut: true }) === null).toBe(may(role, "member.kick"));
    expect(refusal({ kind: "end" }) === null).toBe(may(role, "session.end"));
  });

  test("P41, X35: what was pressed longer ago than it is good for is refused, whoever pressed it", () => {
    const late = { ...given, expired: true };
    expect(refusalOf({ kind: "transport", transport: { command: "play" } }, late)).toBe("post-expired");
  });

  test("C6, P24: recording also needs the host's permission", () => {
    const off = { ...given, settings: { recordingPermitted: false } };
    expect(refusalOf(record, off)).toBe("recording-off");
    expect(refusalOf(record, { ...off, role: "observer" })).toBe("forbidden");
  });

  test("P50: the timeline is bounded, and who may edit it is in the table", () => {
    const marker = (at: number) => ({ markerId: crypto.randomUUID(), positionFrames: at, name: "" });
    const map = { ...initialMap, markers: Array.from({ length: MARKERS_MAX }, (_, at) => marker(at)) };
    const full = { ...given, timeline: { ...initialTimeline, map } };
    const set = (markerId: string): PostBody => ({
      kind: "transport",
      transport: { command: "marker", markerId, marker: { positionFrames: 5, name: "chorus" } },
    });
    expect(refusalOf(set(crypto.randomUUID()), full)).toBe("timeline-full");
    expect(refusalOf(set(map.markers[7]?.markerId ?? ""), full)).toBeNull();
    expect(refusalOf(set(crypto.randomUUID()), { ...given, role: "observer" })).toBe("forbidden");
    const anchors = Array.from({ length: TIMELINE_ANCHORS_MAX - 1 }, (_, at) => ({
      positionFrames: at * 100,
      bpm: 90,
    }));
    const tempo: PostBody = { kind: "transport", transport: { command: "tempo", bpm: 95, positionFrames: 99 } };
    const many = { ...given, timeline: { ...initialTimeline, map: { ...initialMap, tempo: anchors } } };
    expect(refusalOf(tempo, many)).toBe("timeline-full");
    expect(refusalOf(tempo, given)).toBeNull();
  });

  test("P26: notes are bounded; one that is there may be changed, and any may go", () => {
    const full = { ...given, noteCount: NOTES_PER_SESSION_MAX };
    expect(refusalOf(note("one more"), full)).toBe("notes-full");
    expect(refusalOf(note("changed"), { ...full, noteSeq: (id) => (id === noteId ? 4 : undefined) })).toBeNull();
    expect(refusalOf(note(""), full)).toBeNull();
  });

  test("P16: where there is no room a post is refused, but a stop that stops something is not", () => {
    const full = { ...given, hasRoom: false };
    const stop: PostBody = { kind: "transport", transport: { command: "stop" } };
    expect(refusalOf(chat, given)).toBeNull();
    expect(refusalOf(chat, full)).toBe("log-full");
    expect(refusalOf(stop, full)).toBe("log-full");
    const rolling = { ...initialTimeline, transport: { ...initialTimeline.transport, motion: "playing" as const } };
    expect(refusalOf(stop, { ...full, timeline: rolling })).toBeNull();
    expect(refusalOf(stop, { ...full, timeline: rolling, role: "observer" })).toBe("forbidden");
    expect(refusalOf(record, { ...full, timeline: rolling })).toBe("log-full");
  });

  test("P29: a status shows what role and settings allow", () => {
    const all = { ...idleStatus, cameraOn: true, micLive: true, armed: true, recording: true };
    const permitted = { recordingPermitted: true };
    expect(shownStatus(all, "participant", permitted)).toEqual(all);
    expect(shownStatus(all, "observer", permitted)).toEqual(idleStatus);
    expect(shownStatus(all, "host", { recordingPermitted: false })).toMatchObject({ armed: false, recording: false });
  });
});
