import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.ts";
import { MEMBER_MESSAGES_BURST } from "../protocol/limits.ts";
import { idleStatus, type PostBody } from "../protocol/room.ts";
import { newMemberId, TestRoom } from "./testing/test-room.ts";

const chat = (text: string): PostBody => ({ kind: "chat", text });
const note = (noteId: string, text: string): PostBody => ({ kind: "note", noteId, text });

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

describe("limits", () => {
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
