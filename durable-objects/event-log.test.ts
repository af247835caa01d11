import { describe, expect, test } from "vitest";
import type { EventId, MemberId } from "../protocol/ids.ts";
import { EVENTS_BATCH_MAX_CHARS, EVENTS_PER_BATCH_MAX } from "../protocol/limits.ts";
import type { PostBody } from "../protocol/room.ts";
import { EventLog } from "./event-log.ts";
import { nodeSql } from "./testing/node-sql.ts";
import { WordKeys } from "./word-keys.ts";

const ada = `mem_${"a".repeat(26)}` as MemberId;
const ben = `mem_${"b".repeat(26)}` as MemberId;
const newId = () => crypto.randomUUID() as EventId;
const chat = (text: string): PostBody => ({ kind: "chat", text });

function newLog() {
  const sql = nodeSql();
  const keys = new WordKeys(null, (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)));
  for (const memberId of [ada, ben]) keys.add(memberId);
  const log = new EventLog(sql, keys);
  const append = (body: PostBody, { from = ada, eventId = newId(), atMs = 5 } = {}) =>
    log.append({ eventId, from, atMs, body });
  return { sql, keys, log, append };
}

describe("the log", () => {
  test("P8: numbers from 1 without gaps, and goes on after the process", () => {
    const { sql, keys, append } = newLog();
    for (let seq = 1; seq <= 3; seq++) expect(append(chat(`${seq}`))).toMatchObject({ event: { seq } });
    const again = new EventLog(sql, keys);
    expect(again.headSeq).toBe(3);
    expect(again.append({ eventId: newId(), atMs: 9, body: chat("4") })).toMatchObject({ event: { seq: 4 } });
  });

  test("P10: the same event is a repeat; other content or another author is a conflict; neither takes a number", () => {
    const { log, append } = newLog();
    const eventId = newId();
    append(chat("once"), { eventId });
    expect(append(chat("once"), { eventId })).toMatchObject({ outcome: "repeat", seq: 1 });
    expect(append(chat("twice"), { eventId })).toEqual({ outcome: "conflict" });
    expect(append(chat("once"), { eventId, from: ben })).toEqual({ outcome: "conflict" });
    expect(log.find({ eventId, from: ada, body: chat("once") })).toMatchObject({ outcome: "repeat" });
    expect(log.find({ eventId: newId(), from: ada, body: chat("once") })).toBeUndefined();
    expect(append(chat("next"))).toMatchObject({ event: { seq: 2 } });
  });

  test("P38: its time never goes back, whatever the clock does, also after the process", () => {
    const { sql, keys, log, append } = newLog();
    append(chat("at ten"), { atMs: 10_000 });
    expect(log.timeOf(4_000)).toBe(10_000);
    expect(log.timeOf(11_000)).toBe(11_000);
    expect(new EventLog(sql, keys).timeOf(4_000)).toBe(10_000);
  });

  test("P6: is read in batches of bounded number and size, an event larger than a batch alone", () => {
    const { log, append } = newLog();
    for (let at = 0; at < EVENTS_PER_BATCH_MAX + 5; at++) append(chat("short"));
    expect(log.readAfter(0)).toMatchObject({ lastSeq: EVENTS_PER_BATCH_MAX });
    expect(log.readAfter(EVENTS_PER_BATCH_MAX).lines).toHaveLength(5);
    expect(log.readAfter(log.headSeq)).toEqual({ lines: [], lastSeq: log.headSeq });
    const from = log.headSeq;
    const large = chat("x".repeat(EVENTS_BATCH_MAX_CHARS * 0.6));
    append(large);
    append(large);
    expect(log.readAfter(from).lines).toHaveLength(1);
  });

  test("P26: a note that was replaced is blank in the log, and its resend is still a repeat", () => {
    const { log, append } = newLog();
    const [eventId, noteId] = [newId(), newId()];
    const note: PostBody = { kind: "note", noteId, text: "a secret" };
    append(note, { eventId });
    log.blankNote(1);
    expect(log.readAfter(0).lines.join()).not.toContain("secret");
    expect(append(note, { eventId })).toMatchObject({ outcome: "repeat", seq: 1 });
    append(chat("stays"));
    log.blankNote(2);
    expect(log.readAfter(1).lines.join()).toContain("stays");
  });
});
