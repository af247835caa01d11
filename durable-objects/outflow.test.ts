import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.ts";
import { LIVE_UNREAD_MAX_CHARS } from "../protocol/limits.ts";
import { Outflow } from "./outflow.ts";
import { type TestMember, TestRoom } from "./testing/test-room.ts";

const text = "x".repeat(9_900);
const say = (room: TestRoom, member: TestMember) => {
  room.nowMs += 100;
  return member.post({ kind: "note", noteId: crypto.randomUUID(), text });
};
const charsOf = (member: TestMember) => member.heard.reduce((sum, message) => sum + JSON.stringify(message).length, 0);

describe("outflow", () => {
  test("X38, P62: a member who does not read what they are told is closed and holds no more, and resumes by number", () => {
    const room = new TestRoom();
    const [ada, ben, eve] = [room.join("host"), room.join("participant"), room.join("participant")];
    for (let at = 0; ben.closeCode === undefined && at < 400; at++) {
      expect(say(room, ada)).toMatchObject({ from: ada.memberId });
      for (const member of [ada, eve]) member.ping();
      // It is alive, and answers with what it read long ago.
      if (at % 50 === 0) ben.say({ type: "ping", sentAtMs: at });
    }
    expect(ben.closeCode).toBe(errors["too-slow"].close);
    expect(ben.last("error")).toMatchObject({ code: "too-slow" });
    expect(charsOf(ben)).toBeLessThan(LIVE_UNREAD_MAX_CHARS + 20_000);
    expect(ada.closeCode).toBeUndefined();
    expect(eve.closeCode).toBeUndefined();
    say(room, ada);
    const lastSeq = ben.events.at(-1)?.seq ?? 0;
    const back = room.join("participant", ben.memberId, lastSeq);
    for (let turn = 0; back.last("events")?.ack === true && turn < 10; turn++)
      back.say({ type: "ack", seq: back.events.at(-1)?.seq ?? 0 });
    expect(back.events.map(({ seq }) => seq)).toEqual(room.log.map(({ seq }) => seq).filter((seq) => seq > lastSeq));
  });

  test("P62: what was caught up with and read counts no longer, however much it was", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    for (let at = 0; at < 320; at++) {
      say(room, ada);
      ada.ping();
    }
    const ben = room.join("participant");
    for (let turn = 0; ben.last("events")?.ack === true && turn < 10; turn++)
      ben.say({ type: "ack", seq: ben.events.at(-1)?.seq ?? 0 });
    expect(charsOf(ben)).toBeGreaterThan(1.4 * LIVE_UNREAD_MAX_CHARS);
    for (let at = 0; at < 100; at++) {
      say(room, ada);
      ada.ping();
    }
    expect(ben.closeCode).toBeUndefined();
    expect(ben.events).toHaveLength(room.log.length);
  });

  test("P62: of two marks alike the older counts, and one that was never made says nothing", () => {
    const outflow = new Outflow();
    const fill = () => {
      let chars = 0;
      while (outflow.takes(1_000)) chars += 1_000;
      return chars;
    };
    outflow.takes(500_000);
    outflow.mark(1);
    outflow.takes(500_000);
    outflow.mark(1);
    outflow.readTo(7);
    outflow.readTo(1);
    expect(fill()).toBeGreaterThan(LIVE_UNREAD_MAX_CHARS - 502_000);
    outflow.readTo(1);
    expect(fill()).toBeGreaterThan(498_000);
    expect(fill()).toBe(0);
  });
});
