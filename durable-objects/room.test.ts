import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.ts";
import { EventId } from "../protocol/ids.ts";
import {
  EVENTS_BATCH_MAX_CHARS,
  HELLO_TIMEOUT_MS,
  LAST_OUT_GRACE_MS,
  MEMBER_MESSAGES_BURST,
  RESUME_WINDOW_CHARS,
  TRANSPORT_LEAD_MIN_MS,
} from "../protocol/limits.ts";
import { idleStatus, type PostBody } from "../protocol/room.ts";
import { newMemberId, TestRoom } from "./testing/test-room.ts";

const chat = (text: string): PostBody => ({ kind: "chat", text });
const note = (noteId: string, text: string): PostBody => ({ kind: "note", noteId, text });
type Row = Record<string, string | number | null | ArrayBuffer>;
/** A row as a search of the disk finds it. */
const readable = (row: Row) =>
  Object.values(row)
    .map((value) => (value instanceof ArrayBuffer ? new TextDecoder("latin1").decode(value) : value))
    .join();

describe("the log", () => {
  test("P11: every readable post has one answer, the event or why not, and a resend after a reconnect has it too", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    const eventId = crypto.randomUUID();
    expect(ada.post(chat("once"), eventId)).toMatchObject({ seq: 3, from: ada.memberId });
    expect(ben.post(note(crypto.randomUUID(), "not mine"))).toBe("forbidden");
    expect(ben.all("refused")).toHaveLength(1);
    ada.leave();
    const again = room.join("host", ada.memberId, 3);
    expect(again.post(chat("once"), eventId)).toMatchObject({ seq: 3 });
    expect(room.log.filter(({ body }) => body.kind === "chat")).toHaveLength(1);
  });

  test("C5, P25: chat is told in the log's order, as it was written", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    const texts = [" <b>4/4</b> ", "é e\u0301", "‮right to left", "🎸\n\n"];
    for (const [at, text] of texts.entries()) (at % 2 === 0 ? ada : ben).post(chat(text));
    const heard = ben.events.flatMap(({ body }) => (body.kind === "chat" ? [body.text] : []));
    expect(heard).toEqual(texts);
  });

  test("E3: words and names lie sealed under their author's key, outlive the process, and end with the key, in older copies as well", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.knock("participant", newMemberId(), { displayName: "Markname" })];
    ben.hello();
    ben.post(chat("Markchat"));
    ben.post(note(crypto.randomUUID(), "Marknote"));
    ben.post({ kind: "take-name", takeId: crypto.randomUUID(), text: "Marktake" });
    ada.post(chat("hers"));
    const stored = () =>
      ["log", "people"].flatMap((table) => room.sql.exec<Row>(`SELECT * FROM ${table}`).toArray().map(readable)).join();
    expect(stored()).not.toMatch(/Mark|hers/);
    room.evict();
    expect(JSON.stringify(room.log)).toMatch(/Markchat.*Marknote.*Marktake.*hers/);
    expect(room.room.snapshot(0).members).toContainEqual(expect.objectContaining({ displayName: "Markname" }));
    const [words] = room.sql.exec<{ words: ArrayBuffer }>("SELECT words FROM log WHERE words IS NOT NULL").toArray();
    expect(words && room.keys.open(ben.memberId, words.words)).toBe("Markchat");
    expect(words && room.keys.open(ada.memberId, words.words)).toBeNull();
    room.room.forget(ben.memberId, 0, room.nowMs);
    expect(words && room.keys.open(ben.memberId, words.words)).toBeNull();
    expect(room.keys.stored).not.toContain(ben.memberId);
    expect(room.sql.exec("SELECT seq FROM log WHERE words IS NOT NULL").toArray()).toHaveLength(1);
    expect(JSON.stringify(room.log)).toContain("hers");
    expect(JSON.stringify(room.log)).not.toContain("Mark");
  });

  test("C5, P26: a note that is written again replaces the older, whose text is nowhere any more", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    const noteId = crypto.randomUUID();
    ada.post(note(noteId, "first words"));
    ada.post(note(noteId, "second words"));
    expect(JSON.stringify(room.log)).not.toContain("first words");
    ada.post(note(noteId, ""));
    expect(JSON.stringify(room.log)).not.toContain("second words");
    const ben = room.join("participant");
    expect(ben.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("P76: a note that somebody else has changed meanwhile is not written over, and neither is one that has gone", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    const noteId = crypto.randomUUID();
    const about = { positionFrames: 96_000 };
    ada.post({ kind: "note", noteId, text: "Em C G", about });
    const first = room.log.at(-1)?.seq ?? 0;
    ben.post({ kind: "note", noteId, text: "Em C G D", about, after: first });
    ada.post({ kind: "note", noteId, text: "Em Am G", about, after: first });
    expect(ada.last("refused")).toMatchObject({ code: "note-changed" });
    expect(JSON.stringify(room.log)).toContain("Em C G D");
    ada.post(note(noteId, ""));
    ben.post({ kind: "note", noteId, text: "Em C G D twice", about, after: first + 1 });
    expect(ben.last("refused")).toMatchObject({ code: "note-changed" });
    expect(JSON.stringify(room.log)).not.toMatch(/Em C G D|Am/);
    // Whoever says nothing of what was before replaces it, as ever (P26).
    ben.post(note(noteId, "anew"));
    expect(JSON.stringify(room.log)).toContain("anew");
  });

  test("P63: a take's name is replaced like a note, a star is told, a comment keeps its moment", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    const takeId = crypto.randomUUID();
    const about = { takeId, positionFrames: 48_000 };
    ada.post({ kind: "take-name", takeId, text: "first name" });
    ada.post({ kind: "take-name", takeId, text: "second name" });
    ada.post({ kind: "take-star", takeId, starred: true });
    ada.post({ kind: "note", noteId: crypto.randomUUID(), text: "late", about });
    expect(JSON.stringify(room.log)).not.toContain("first name");
    const ben = room.join("participant");
    expect(ben.events.map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        { kind: "take-name", takeId, text: "second name" },
        { kind: "take-star", takeId, starred: true },
        expect.objectContaining({ kind: "note", text: "late", about }),
      ]),
    );
  });

  test("P38: times in the log never go back, although the clock does", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    for (const stepMs of [1_000, -60_000, 5, 0, -1]) {
      room.nowMs += stepMs;
      ada.post(chat(`${stepMs}`));
    }
    const times = room.log.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe("who is there", () => {
  test("V1, P28: the list is whole, and holds of a person these fields alone", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    ben.leave();
    const { members = [] } = room.join("participant").last("welcome") ?? {};
    expect(members.map(({ memberId }) => memberId)).toContain(ada.memberId);
    expect(members.find(({ memberId }) => memberId === ben.memberId)).toEqual({
      memberId: ben.memberId,
      displayName: `observer ${ben.memberId.slice(-4)}`,
      role: "observer",
      connected: false,
      status: idleStatus,
    });
    for (const member of members) {
      expect(Object.keys(member)).toEqual(["memberId", "displayName", "role", "connected", "status"]);
    }
  });

  test("V1: a phone bears the name of whose it is, and no other", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    const phone = newMemberId();
    room.room.connectPhone(phone, ada.memberId, room.nowMs);
    room.knock("observer", phone, { phoneOf: ada.memberId, displayName: "A phone" }).hello();
    const names = room
      .join("participant")
      .last("welcome")
      ?.members.filter(({ memberId }) => memberId === phone || memberId === ada.memberId)
      .map(({ displayName, phoneOf }) => [displayName, phoneOf]);
    const name = `host ${ada.memberId.slice(-4)}`;
    expect(names).toEqual([
      [name, undefined],
      [name, ada.memberId],
    ]);
  });

  test("V1, P79: everybody is told who is a guest, also at the door and after the room has slept", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    ada.post({ kind: "admission", admission: "waiting" });
    const cleo = room.knock("participant", newMemberId(), { guest: true, accountId: undefined, displayName: "Cleo" });
    cleo.hello();
    expect(ada.last("waiting-room")?.members).toEqual([
      { memberId: cleo.memberId, displayName: "Cleo", role: "participant", guest: true },
    ]);
    ada.post({ kind: "admit", memberId: cleo.memberId });
    room.evict();
    const seen = () =>
      room
        .join("host")
        .last("welcome")
        ?.members.find(({ memberId }) => memberId === cleo.memberId);
    expect(seen()).toMatchObject({ displayName: "Cleo", guest: true, connected: true });
    room.decide(ada, { kind: "remove", memberId: cleo.memberId });
    expect(seen()).toBeUndefined();
    expect(JSON.stringify(room.sql.exec("SELECT * FROM people").toArray())).not.toContain("Cleo");
    expect(room.sql.exec("SELECT * FROM guests").toArray()).toEqual([]);
  });

  test("C3, P29: a status is of the moment, and shows what role and settings allow", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    const status = { ...idleStatus, cameraOn: true, micLive: true, armed: true, recording: true };
    const lines = room.log.length;
    ben.say({ type: "status", status });
    ada.say({ type: "status", status });
    expect(room.log).toHaveLength(lines);
    const { members = [] } = room.join("participant").last("welcome") ?? {};
    expect(members.find(({ memberId }) => memberId === ben.memberId)?.status).toEqual(idleStatus);
    expect(members.find(({ memberId }) => memberId === ada.memberId)?.status).toEqual(status);
  });

  test("P27: a process that died logs who left with it when it next wakes", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    room.evict();
    expect(ada.post(chat("still in"))).toMatchObject({ seq: 2 });
    room.evict({ socketsToo: true });
    expect(room.log.at(-1)?.body).toEqual({ kind: "left", memberId: ada.memberId });
  });

  test("P40: everybody hears that the recordings are other ones", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    room.room.announceRecordings();
    expect(ada.last("recordings-changed")).toBeDefined();
    expect(ben.last("recordings-changed")).toBeDefined();
  });
});

describe("signalling", () => {
  const candidate = (text: string) => ({ kind: "candidate", candidate: text, sdpMid: "0", sdpMLineIndex: 0 }) as const;
  const host = candidate("candidate:1 1 udp 2122260223 192.168.1.23 54321 typ host");

  test("P30: a signal goes to one connected member, from whoever sent it, and is not logged", () => {
    const room = new TestRoom();
    const [ada, ben, eve] = [room.join("host"), room.join("participant"), room.join("participant")];
    const lines = room.log.length;
    ada.say({ type: "signal", to: ben.memberId, signal: { kind: "bye" } });
    expect(ben.all("signal")).toEqual([{ type: "signal", from: ada.memberId, signal: { kind: "bye" } }]);
    expect(eve.all("signal")).toEqual([]);
    expect(room.log).toHaveLength(lines);
    ada.say({ type: "signal", to: newMemberId(), signal: { kind: "offer", sdp: "a".repeat(1_000) } });
    expect(ada.last("error")).toMatchObject({ code: "member-absent" });
  });

  test("C1, P30: an observer may link to whoever is heard; two observers, or one and somebody demoted, have nothing to link for", () => {
    const room = new TestRoom();
    const [ada, ben, eve, bye] = [
      room.join("host"),
      room.join("observer"),
      room.join("participant"),
      { kind: "bye" } as const,
    ];
    ben.say({ type: "signal", to: eve.memberId, signal: bye });
    expect(eve.all("signal")).toHaveLength(1);
    room.decide(ada, { kind: "role", memberId: eve.memberId, role: "observer" });
    for (const [from, to] of [
      [ben, eve],
      [eve, ben],
    ] as const) {
      from.say({ type: "signal", to: to.memberId, signal: bye });
      expect(from.last("error")).toMatchObject({ code: "forbidden" });
    }
    expect(eve.all("signal")).toHaveLength(1);
    expect(ben.all("signal")).toHaveLength(0);
    eve.say({ type: "signal", to: ada.memberId, signal: bye });
    expect(ada.all("signal")).toHaveLength(1);
    room.decide(ada, { kind: "remove", memberId: eve.memberId });
    eve.say({ type: "signal", to: ada.memberId, signal: bye });
    expect(ada.all("signal")).toHaveLength(1);
  });

  test("V2, P31: what has no address left is not delivered; an SDP is, without it", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    ada.say({ type: "signal", to: ben.memberId, signal: host });
    expect(ben.all("signal")).toEqual([]);
    expect(ada.last("error")).toBeUndefined();
    ada.say({ type: "signal", to: ben.memberId, signal: { kind: "offer", sdp: "v=0\r\nc=IN IP4 10.1.2.3\r\n" } });
    expect(ben.last("signal")?.signal).toEqual({ kind: "offer", sdp: "v=0\r\nc=IN IP4 0.0.0.0\r\n" });
    ada.say({ type: "signal", to: ben.memberId, signal: { kind: "offer", sdp: "m=?" } });
    expect(ada.last("error")).toMatchObject({ code: "message-invalid" });
  });

  test("V2, P32: addresses pass only while both say so", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    const direct = { type: "status", status: { ...idleStatus, directPath: true } } as const;
    ada.say(direct);
    ada.say({ type: "signal", to: ben.memberId, signal: host });
    expect(ben.all("signal")).toEqual([]);
    ben.say(direct);
    ada.say({ type: "signal", to: ben.memberId, signal: host });
    expect(ben.last("signal")?.signal).toEqual(host);
    ben.say({ type: "status", status: idleStatus });
    ada.say({ type: "signal", to: ben.memberId, signal: host });
    expect(ben.all("signal")).toHaveLength(1);
  });
});

describe("decisions", () => {
  const settings = (recordingPermitted: boolean) => ({ kind: "settings" as const, settings: { recordingPermitted } });
  const kindsOf = (room: TestRoom) => room.log.map(({ body }) => body.kind);

  test("X29, C6, P55: ON that arrives after the OFF that followed it is ignored, and so is an older role", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    room.decide(ada, settings(false), { number: 2 });
    room.decide(ada, settings(true), { number: 1 });
    expect(ada.post({ kind: "transport", transport: { command: "record" } })).toBe("recording-off");
    room.decide(ada, { kind: "role", memberId: ben.memberId, role: "observer" }, { number: 4 });
    room.decide(ada, { kind: "role", memberId: ben.memberId, role: "host" }, { number: 3 });
    expect(ben.post({ kind: "transport", transport: { command: "play" } })).toBe("forbidden");
    expect(kindsOf(room)).toEqual(["joined", "joined", "settings", "role"]);
    const eventId = crypto.randomUUID();
    const first = room.decide(ada, settings(true), { eventId, number: 5 });
    expect(room.decide(ada, settings(true), { eventId, number: 5 })).toEqual(first);
    expect(room.decide(ada, settings(false), { eventId, number: 5 })).toEqual({ ok: false, reason: "event-conflict" });
  });

  test("X29, P55: a ticket heals what the room has missed, for the settings and for its member, and punches out", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    ada.post({ kind: "transport", transport: { command: "record" } });
    // OFF and a role are in the database, and the room has not heard of them.
    room.decision = 2;
    room.knock("observer", ben.memberId, { recordingPermitted: false });
    expect(kindsOf(room).slice(-3)).toEqual(["role", "settings", "transport"]);
    expect(room.room.snapshot(0).transport.motion).toBe("playing");
    expect(ben.post({ kind: "transport", transport: { command: "stop" } })).toBe("forbidden");
    // What comes late is older than the ticket.
    room.decide(ada, settings(true), { number: 1 });
    expect(ada.post({ kind: "transport", transport: { command: "record" } })).toBe("recording-off");
    // And a ticket from before says nothing new.
    room.decision = 1;
    room.knock("participant", ben.memberId, { recordingPermitted: true });
    expect(room.room.snapshot(0).settings).toEqual({ recordingPermitted: false });
  });

  test("X29, P55: the room can be told the whole state, and logs what it had otherwise", () => {
    const room = new TestRoom();
    const [ada, ben, eve] = [room.join("host"), room.join("participant"), room.join("participant")];
    const state = {
      number: 3,
      settings: { recordingPermitted: false },
      members: [
        { memberId: ada.memberId, role: "host" as const },
        { memberId: ben.memberId, role: "observer" as const },
      ],
    };
    room.room.applyState(state, room.nowMs);
    expect(eve.last("error")).toMatchObject({ code: "removed" });
    expect(kindsOf(room)).toEqual(["joined", "joined", "joined", "role", "remove", "settings"]);
    room.room.applyState(state, room.nowMs);
    expect(room.log).toHaveLength(6);
    room.decide(ada, settings(true), { number: 4 });
    room.room.applyState(state, room.nowMs);
    expect(room.room.snapshot(0).settings).toEqual({ recordingPermitted: true });
  });

  test("X29, P55: whoever came by a ticket while the state was being read stays", () => {
    const room = new TestRoom();
    room.decision = 3;
    const [ada, ben] = [room.join("host"), room.join("participant")];
    const members = [{ memberId: ada.memberId, role: "host" as const }];
    room.room.applyState({ number: 3, settings: { recordingPermitted: true }, members }, room.nowMs);
    expect(ben.closeCode).toBeUndefined();
    room.room.applyState({ number: 4, settings: { recordingPermitted: true }, members }, room.nowMs);
    expect(ben.closeCode).toBe(errors.removed.close);
  });

  test("V1, P28: nobody who comes later is told the name of whoever was removed", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    ben.post(chat("I was here"));
    room.decide(ada, { kind: "remove", memberId: ben.memberId });
    const late = room.join("observer");
    expect(JSON.stringify(late.heard)).toContain("I was here");
    expect(JSON.stringify(late.heard)).not.toContain(`participant ${ben.memberId.slice(-4)}`);
  });
});

describe("who may come in", () => {
  const admission = (mode: "open" | "waiting" | "locked"): PostBody => ({ kind: "admission", admission: mode });

  test("P54: a locked session takes nobody new; whoever was in comes back, and hosts always come in", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    ada.post(admission("locked"));
    ben.leave();
    expect(room.join("participant", ben.memberId).last("welcome")).toMatchObject({ admission: "locked" });
    expect(room.join("host").last("welcome")).toBeDefined();
    const eve = room.join("participant");
    expect(eve.closeCode).toBe(errors["session-locked"].close);
    expect(eve.last("welcome")).toBeUndefined();
    ada.post(admission("open"));
    expect(room.join("participant", eve.memberId).last("welcome")).toBeDefined();
  });

  test("P54: whoever waits hears nothing of the session until a host lets them in, and then all of it", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    ada.post(admission("waiting"));
    ada.post(chat("before"));
    const ben = room.join("participant");
    expect(ben.heard.map(({ type }) => type)).toEqual(["waiting"]);
    expect(ada.last("waiting-room")?.members).toEqual([
      { memberId: ben.memberId, displayName: `participant ${ben.memberId.slice(-4)}`, role: "participant" },
    ]);
    ada.post(chat("among us"));
    expect(ben.post(chat("let me in"))).toBe("still-waiting");
    ben.say({ type: "ping", sentAtMs: 1 });
    expect(ben.last("pong")).toBeDefined();
    room.evict();
    expect(JSON.stringify(ben.heard)).not.toContain("among us");
    ada.post({ kind: "admit", memberId: ben.memberId });
    expect(ben.last("welcome")).toMatchObject({ memberId: ben.memberId });
    expect(ben.events.filter(({ body }) => body.kind === "chat")).toHaveLength(2);
    expect(ada.last("waiting-room")?.members).toEqual([]);
    ben.leave();
    expect(room.join("participant", ben.memberId).last("welcome")).toBeDefined();
  });

  test("V1, P54: who waits is told to those alone who may let them in", () => {
    const room = new TestRoom();
    const [ada, ben, olu] = [room.join("host"), room.join("participant"), room.join("observer")];
    ada.post(admission("waiting"));
    const cleo = room.join("participant");
    expect(ada.last("waiting-room")?.members).toMatchObject([{ memberId: cleo.memberId }]);
    for (const other of [ben, olu, cleo]) expect(other.all("waiting-room")).toEqual([]);
  });

  test("P54: those who wait come in when the door is opened, and are turned away when it is locked", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    ada.post(admission("waiting"));
    const [ben, eve] = [room.join("participant"), room.join("participant")];
    ada.post({ kind: "kick", memberId: eve.memberId, keepOut: true });
    expect(eve.closeCode).toBe(errors.kicked.close);
    ada.post(admission("open"));
    expect(ben.last("welcome")).toBeDefined();
    ada.post(admission("waiting"));
    const late = room.join("observer");
    ada.post(admission("locked"));
    expect(late.closeCode).toBe(errors["session-locked"].close);
  });

  test("P54: whoever is sent out is closed at once; kept out, no ticket lets them in until a host does", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    expect(ben.post({ kind: "kick", memberId: ada.memberId, keepOut: true })).toBe("forbidden");
    ada.post({ kind: "kick", memberId: ben.memberId, keepOut: false });
    expect(ben.closeCode).toBe(errors.kicked.close);
    const back = room.join("participant", ben.memberId);
    expect(back.last("welcome")).toBeDefined();
    ada.post({ kind: "kick", memberId: ben.memberId, keepOut: true });
    expect(back.closeCode).toBe(errors.kicked.close);
    room.evict();
    expect(room.join("participant", ben.memberId).closeCode).toBe(errors.kicked.close);
    ada.post({ kind: "admit", memberId: ben.memberId });
    expect(room.join("participant", ben.memberId).last("welcome")).toBeDefined();
  });

  test("P56: a host ends the evening: the transport stops, everybody is told and out, and the next one begins at the door", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    ada.post({ kind: "transport", transport: { command: "record" } });
    ada.post({ kind: "end" });
    for (const member of [ada, ben]) {
      expect(member.last("error")).toMatchObject({ code: "session-ended" });
      expect(member.closeCode).toBe(errors["session-ended"].close);
      expect(member.events.map(({ body }) => body)).toContainEqual({
        kind: "transport",
        transport: { command: "stop" },
      });
    }
    const again = room.join("host", ada.memberId);
    expect(again.last("welcome")).toMatchObject({ transport: { motion: "stopped" } });
    again.post(admission("waiting"));
    expect(room.join("participant", ben.memberId).last("waiting")).toBeDefined();
  });

  test("P59: a host asks a member to mute themselves; nobody else may ask, and nothing is logged", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    const lines = room.log.length;
    ada.say({ type: "mute", to: ben.memberId });
    expect(ben.last("mute")).toEqual({ type: "mute", from: ada.memberId });
    ben.say({ type: "mute", to: ada.memberId });
    expect(ben.last("error")).toMatchObject({ code: "forbidden" });
    ada.say({ type: "mute", to: newMemberId() });
    expect(ada.last("error")).toMatchObject({ code: "member-absent" });
    expect(room.log).toHaveLength(lines);
  });
});

describe("the transport", () => {
  const command = (name: "play" | "stop" | "record"): PostBody => ({ kind: "transport", transport: { command: name } });

  test("P77: a command that was announced takes effect as it was; the room tells who comes after which one may be announced", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    const post = (
      member: typeof ada,
      command: "play" | "stop",
      announced?: { effectiveAtMs: number; afterMs: number },
    ) => {
      const eventId = EventId.parse(crypto.randomUUID());
      member.say({ type: "post", eventId, body: { kind: "transport", transport: { command } }, announced });
      return room.log.find((event) => event.eventId === eventId);
    };
    const first = post(ada, "play")?.effectiveAtMs ?? 0;
    room.nowMs += 5_000;
    expect(room.join("participant").last("welcome")).toMatchObject({ effectiveAtMs: first });
    const announced = { effectiveAtMs: room.nowMs - 100, afterMs: first };
    expect(post(ada, "stop", announced)?.effectiveAtMs).toBe(room.nowMs - 100);
    // Somebody who announces after a command that is not the last has gone another way than the log.
    expect(post(ada, "play", announced)?.effectiveAtMs).toBeGreaterThan(room.nowMs);
    expect(post(ben, "stop", { effectiveAtMs: room.nowMs, afterMs: first })).toBeUndefined();
  });

  test("P18: the lead is measured by the room, from those whose DAW may follow; what a client claims moves nothing", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    const ping = (member: typeof ada, roundTripMs: number) =>
      member.say({ type: "ping", sentAtMs: 1, pong: { roomTimeMs: room.nowMs - 500 - roundTripMs, heldMs: 500 } });
    const leadMs = () => {
      const event = ada.post(command("stop"));
      return typeof event === "object" ? (event.effectiveAtMs ?? 0) - event.atMs : event;
    };
    expect(leadMs()).toBe(TRANSPORT_LEAD_MIN_MS);
    ping(ben, 5_000);
    ben.say({ type: "status", status: { ...idleStatus, latencyMs: 60_000, latencyErrorMs: 60_000 } });
    room.nowMs += 1_000;
    expect(leadMs()).toBe(TRANSPORT_LEAD_MIN_MS);
    ping(ada, 90);
    room.nowMs += 1_000;
    expect(leadMs()).toBe(TRANSPORT_LEAD_MIN_MS + 45);
    const { members = [] } = room.join("observer").last("welcome") ?? {};
    expect(members.find(({ memberId }) => memberId === ada.memberId)?.roundTripMs).toBe(90);
  });

  test("X35, P57: the last one out stops the transport, after a while in which a deploy may bring everybody back", () => {
    const room = new TestRoom();
    const [ada, eve] = [room.join("host"), room.join("observer")];
    ada.post(command("record"));
    room.evict({ socketsToo: true });
    const back = room.join("host", ada.memberId);
    room.pass(LAST_OUT_GRACE_MS * 2);
    back.say({ type: "ping", sentAtMs: 1 });
    expect(room.room.snapshot(0).transport.motion).toBe("recording");
    eve.leave();
    back.leave();
    room.join("observer");
    room.pass(LAST_OUT_GRACE_MS - 1);
    expect(room.room.snapshot(0).transport.motion).toBe("recording");
    room.pass(2);
    expect(room.room.snapshot(0).transport.motion).toBe("stopped");
  });

  test("X35, P57: whoever comes two days after a session was left recording meets a transport that stands, alarm or not", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    ada.post(command("record"));
    room.nowMs += 2 * 24 * 60 * 60 * 1000;
    room.evict({ socketsToo: true });
    expect(room.join("participant").last("welcome")?.transport.motion).toBe("stopped");
  });

  test("C6, P58: everybody sees that recording is on, an observer too, and when it is over", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    expect(room.join("observer").last("welcome")?.recordingOn).toBe(false);
    ada.post(command("record"));
    expect(room.join("observer").last("welcome")?.recordingOn).toBe(true);
    ada.post(command("play"));
    expect(room.join("observer").last("welcome")?.recordingOn).toBe(false);
    ada.say({ type: "status", status: { ...idleStatus, recording: true } });
    expect(room.join("observer").last("welcome")?.recordingOn).toBe(true);
    expect(ben.closeCode).toBeUndefined();
  });

  test("C6, P58: a change of it is told to those who are here", async () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    ada.post(command("record"));
    await expect.poll(() => ben.last("members")?.recordingOn).toBe(true);
    ada.post(command("stop"));
    await expect.poll(() => ben.last("members")?.recordingOn).toBe(false);
  });
});

describe("catching up", () => {
  test("P6: goes on only when what was sent has been read, and ends with all of it, in order", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    const lines = 700;
    for (let at = 0; at < lines; at++) {
      room.nowMs += 50;
      ada.post(note(crypto.randomUUID(), `${at} ${"x".repeat(9_000)}`.slice(0, 9_000)));
      ada.ping();
    }
    const ben = room.join("participant");
    const sent = () => ben.heard.reduce((chars, message) => chars + JSON.stringify(message).length, 0);
    expect(sent()).toBeLessThan(RESUME_WINDOW_CHARS + EVENTS_BATCH_MAX_CHARS + 20_000);
    ben.say({ type: "ping", sentAtMs: 1 });
    ben.say({ type: "ack", seq: 5 });
    expect(sent()).toBeLessThan(RESUME_WINDOW_CHARS + EVENTS_BATCH_MAX_CHARS + 20_000);
    for (let turn = 0; turn < 20 && ben.last("events")?.ack; turn++) {
      ben.say({ type: "ack", seq: ben.events.at(-1)?.seq ?? 0 });
    }
    ada.post(chat("live again"));
    expect(ben.events.map(({ seq }) => seq)).toEqual(room.log.map(({ seq }) => seq));
    expect(ben.events.at(-1)?.body).toEqual(chat("live again"));
  });
});

describe("limits", () => {
  test("P60: a silent socket is closed, one that pings is not, and the alarm outlives the process", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    for (let second = 0; second < 40; second += 5) {
      ada.say({ type: "ping", sentAtMs: second });
      room.pass(5_000);
      if (second === 10) room.evict();
    }
    expect(ben.last("error")).toMatchObject({ code: "silent" });
    expect(ben.closeCode).toBe(errors.silent.close);
    expect(ada.closeCode).toBeUndefined();
    expect(room.log.at(-1)?.body).toEqual({ kind: "left", memberId: ben.memberId });
    const mute = room.knock("participant");
    room.pass(HELLO_TIMEOUT_MS);
    ada.say({ type: "ping", sentAtMs: 1 });
    expect(mute.last("error")).toMatchObject({ code: "hello-expected" });
  });

  test("P61: credentials of the relays are renewed over the socket", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    ada.say({ type: "relays" });
    expect(ada.last("relays")).toMatchObject({ iceServers: [], expiresAtMs: room.nowMs + 60_000 });
  });

  test("P36: whoever is closed is told why first, by the same code", () => {
    const room = new TestRoom();
    const host = room.join("host");
    const cases: [string, (member: ReturnType<typeof room.join>) => void][] = [
      ["message-invalid", (member) => member.sendFrame("{")],
      ["payload-too-large", (member) => member.sendFrame(new ArrayBuffer(100_000))],
      ["removed", (member) => room.decide(host, { kind: "remove", memberId: member.memberId })],
      ["replaced", (member) => room.join("participant", member.memberId)],
      [
        "rate-limited",
        (member) => {
          for (let sent = 0; sent < MEMBER_MESSAGES_BURST + 200; sent++) member.say({ type: "ping", sentAtMs: sent });
        },
      ],
    ];
    for (const [code, provoke] of cases) {
      const member = room.join("participant");
      provoke(member);
      expect(member.last("error")).toMatchObject({ code });
      expect(member.closeCode).toBe({ close: 0, ...errors[code as keyof typeof errors] }.close);
    }
    expect(host.closeCode).toBeUndefined();
  });
});
