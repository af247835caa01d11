import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOfNote, isEnd, type NoteEvent, NotesReceiver, NotesSender, readNote, SoundingNotes } from "./notes.ts";
import { bodyPacket, newPacketHead, PACKET_HEADER_BYTES, readPacketHead } from "./packet.ts";

const STREAM = 77;
const on = (note: number, sessionMs: number, channel = 0): NoteEvent => {
  return { sessionMs, status: 0x90 | channel, data1: note, data2: 100 };
};
const off = (note: number, sessionMs: number, channel = 0): NoteEvent => {
  return { sessionMs, status: 0x80 | channel, data1: note, data2: 0 };
};

test("P87: a packet of notes is these bytes, and its head has the session time that they count from", () => {
  const sender = new NotesSender();
  sender.add(on(60, 999.5, 1), 10);
  sender.add({ sessionMs: 1_001.25, status: 0xc1, data1: 5, data2: 0 }, 11);
  const body = sender.due(11, 1_000) ?? new Uint8Array();
  // Two events, one note that sounds; half a millisecond before, and 1.25 ms after the head's time.
  const events = [0xce, 0xff, 0xff, 0xff, 0x91, 60, 100, 125, 0, 0, 0, 0xc1, 5, 0];
  expect([...body]).toEqual([2, 0, 0, 0, 2, 1, ...events, 1, 60]);
  const packet = bodyPacket("notes", STREAM, body, 1_000);
  const head = newPacketHead();
  expect(readPacketHead(packet, head)).toBe(true);
  expect(head).toMatchObject({ kind: "notes", stream: STREAM, sessionMs: 1_000 });
  const heard = new NotesReceiver().hear(packet.subarray(PACKET_HEADER_BYTES), STREAM, head.sessionMs, 0);
  expect(heard).toEqual([on(60, 999.5, 1), { sessionMs: 1_001.25, status: 0xc1, data1: 5, data2: 0 }]);
  expect(heard.map(bytesOfNote)).toEqual([Uint8Array.of(0x91, 60, 100), Uint8Array.of(0xc1, 5)]);
});

test("P87: messages of a channel are notes, and those of the system or in pieces are none", () => {
  expect(readNote(Uint8Array.of(0x90, 60, 1), 5)).toEqual({ sessionMs: 5, status: 0x90, data1: 60, data2: 1 });
  expect(readNote(Uint8Array.of(0xd2, 60), 5)).toEqual({ sessionMs: 5, status: 0xd2, data1: 60, data2: 0 });
  for (const bytes of [[0xf8], [0xf0, 1, 0xf7], [0x90, 60], [0xc0, 1, 2], [0x90, 128, 1], [60, 1, 1], []])
    expect(readNote(Uint8Array.from(bytes), 5), String(bytes)).toBeNull();
});

test("P87: whoever is not to be heard may still end what sounds: a note, a pedal that holds, all of it, and nothing else", () => {
  const of = (status: number, data1: number, data2: number) => ({ sessionMs: 0, status, data1, data2 });
  for (const end of [
    of(0x80, 60, 64),
    of(0x93, 60, 0),
    of(0xb0, 64, 0),
    of(0xb1, 64, 63),
    of(0xb0, 66, 0),
    of(0xb0, 120, 0),
    of(0xb0, 123, 0),
  ])
    expect(isEnd(end), bytesOfNote(end).join(" ")).toBe(true);
  for (const other of [
    of(0x90, 60, 1),
    of(0xb0, 64, 64),
    of(0xb0, 66, 127),
    of(0xb0, 7, 0),
    of(0xa0, 64, 0),
    of(0xc0, 5, 0),
    of(0xe0, 64, 0),
  ])
    expect(isEnd(other), bytesOfNote(other).join(" ")).toBe(false);
  const sounding = new SoundingNotes();
  expect(sounding.isEndedBy(of(0x80, 60, 0))).toBe(false);
  for (const one of [of(0x90, 60, 1), of(0xb0, 64, 80)]) sounding.follow(one);
  for (const end of [of(0x80, 60, 0), of(0xb0, 64, 20)]) {
    expect(sounding.isEndedBy(end)).toBe(true);
    sounding.follow(end);
    expect(sounding.isEndedBy(end)).toBe(false);
  }
  expect(sounding.isEmpty).toBe(true);
});

const played = fc.array(
  fc.record({
    note: fc.integer({ min: 0, max: 12 }),
    channel: fc.integer({ min: 0, max: 2 }),
    isOn: fc.boolean(),
    afterMs: fc.integer({ min: 0, max: 80 }),
  }),
  { maxLength: 120 },
);

test("P87: whatever is lost, repeated or comes in another order: each event once, in order, and nothing that sounds without an end", () => {
  fc.assert(
    fc.property(played, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (events, dice) => {
      const [sender, receiver] = [new NotesSender(), new NotesReceiver()];
      const roll = () => dice.next().value ?? 0;
      const heard: NoteEvent[] = [];
      const waiting: { body: Uint8Array; sessionMs: number }[] = [];
      let nowMs = 1_000;
      const arrive = () => {
        for (const { body, sessionMs } of waiting.splice(0))
          heard.push(...receiver.hear(body, STREAM, sessionMs, nowMs));
      };
      const send = (isSure: boolean) => {
        const body = sender.due(nowMs, nowMs);
        if (body === null) return;
        const luck = isSure ? 9 : roll();
        // Four of ten are lost, two come twice, two wait for the next, and come after it.
        if (luck < 4) return;
        const packet = { body, sessionMs: nowMs };
        if (luck < 6) waiting.push(packet, packet);
        else if (luck < 8) waiting.unshift(packet);
        else waiting.push(packet);
        if (luck >= 8 || luck < 6) arrive();
      };
      for (const { note, channel, isOn, afterMs } of events) {
        for (const until = nowMs + afterMs; nowMs < until; nowMs += 3) send(false);
        sender.add(isOn ? on(note, nowMs, channel) : off(note, nowMs, channel), nowMs);
        send(false);
      }
      for (let note = 0; note <= 12; note++)
        for (let channel = 0; channel < 3; channel++) sender.add(off(note, nowMs, channel), nowMs);
      // One packet that comes is enough.
      nowMs += 400;
      send(true);
      arrive();
      const sounding = new Set<number>();
      let lastMs = 0;
      for (const { status, data1, data2, sessionMs } of heard) {
        expect(sessionMs).toBeGreaterThanOrEqual(lastMs);
        lastMs = sessionMs;
        const key = (status & 15) * 128 + data1;
        if ((status & 0xf0) === 0x90 && data2 > 0) sounding.add(key);
        else expect(sounding.delete(key)).toBe(true);
      }
      expect([...sounding]).toEqual([]);
    }),
  );
});

test("P87: with a packet in ten lost nothing is missing; a link's end ends what sounds, and lets go of the pedal", () => {
  const [sender, receiver] = [new NotesSender(), new NotesReceiver()];
  const heard: NoteEvent[] = [];
  let packets = 0;
  for (let nowMs = 1_000; nowMs < 11_000; nowMs += 3) {
    if ((nowMs - 1_000) % 150 === 0) sender.add(on(60, nowMs), nowMs);
    if ((nowMs - 1_000) % 150 === 75) sender.add(off(60, nowMs), nowMs);
    const body = sender.due(nowMs, nowMs);
    if (body !== null && packets++ % 10 !== 0) heard.push(...receiver.hear(body, STREAM, nowMs, nowMs));
  }
  expect(heard.filter(({ status }) => status === 0x90)).toHaveLength(67);
  sender.add(on(64, 11_000), 11_000);
  receiver.hear(sender.due(11_000, 11_000) ?? new Uint8Array(), STREAM, 11_000, 11_000);
  expect(receiver.end(12_000)).toEqual([
    off(64, 12_000),
    { sessionMs: 12_000, status: 0xb0, data1: 64, data2: 0 },
    { sessionMs: 12_000, status: 0xb0, data1: 123, data2: 0 },
  ]);
  expect(receiver.end(13_000)).toEqual([]);
});

test("X12: who floods is bounded on both ends, and no note of theirs hangs; whatever bytes come, they are notes or nothing", () => {
  const [sender, receiver] = [new NotesSender(), new NotesReceiver()];
  let sent = 0;
  for (let at = 0; at < 100_000; at++) if (sender.add(on(at % 128, 1_000, at % 16), 1_000 + at / 1_000)) sent++;
  expect(sent).toBeLessThan(400);
  for (let note = 0; note < 128; note++)
    for (let channel = 0; channel < 16; channel++) sender.add(off(note, 1_100, channel), 1_100);
  expect(sender.due(1_500, 1_500)?.[5]).toBe(0);
  let heard = 0;
  for (let next = 0; next < 100_000; next++) {
    const body = Uint8Array.of(0, 0, 0, 0, 1, 255, 0, 0, 0, 0, 0x90, next % 128, 100);
    new DataView(body.buffer).setUint32(0, next, true);
    heard += receiver.hear(body, STREAM, 1_000, 1_000 + next / 1_000).length;
  }
  expect(heard).toBeLessThan(400);
  expect(receiver.end(2_000).length).toBeLessThan(200);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.double({ noNaN: true }), (bytes, sessionMs) => {
      for (const { status, data1 } of new NotesReceiver().hear(bytes, 1, sessionMs, 0)) {
        expect(status).toBeGreaterThanOrEqual(0x80);
        expect(data1).toBeLessThan(128);
      }
    }),
  );
});
