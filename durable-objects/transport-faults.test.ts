import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.ts";
import { MEMBER_MESSAGES_BURST, ROOM_FRAME_MAX_BYTES } from "../protocol/limits.ts";
import type { LoggedEvent, PostBody, TransportCommand } from "../protocol/room.ts";
import { applyTimeline, initialTimeline, transportOf } from "../protocol/transport.ts";
import { type TestMember, TestRoom } from "./testing/test-room.ts";

/** X12 to X15 with the load that matters most: commands of everybody's transport. */
const transport = (command: TransportCommand): PostBody => ({ kind: "transport", transport: command });
/** Commands of every kind, one after the other. */
const commandAt = (at: number): TransportCommand => {
  const positionFrames = (at * 4_801) % 9_600_000;
  const kinds: TransportCommand[] = [
    { command: "play" },
    { command: "locate", positionFrames },
    { command: "tempo", bpm: 60 + (at % 100) },
    { command: "record" },
    { command: "loop", range: { startFrames: positionFrames, endFrames: positionFrames + 96_000 } },
    { command: "stop" },
    { command: "loop", range: null },
  ];
  return kinds[at % kinds.length] ?? { command: "stop" };
};
/** The state that a client has made of the lines that it heard. */
const foldOf = (events: readonly LoggedEvent[]) =>
  events.reduce((timeline, event) => {
    const command = transportOf(event);
    return command === undefined ? timeline : applyTimeline(timeline, command);
  }, initialTimeline);
const stateOf = (room: TestRoom) => {
  const { transport, map } = room.room.snapshot(0);
  return { transport, map };
};
const command = (room: TestRoom, member: TestMember, at: number) => {
  room.nowMs += 50;
  const answer = member.post(transport(commandAt(at)));
  member.ping();
  return answer;
};
const catchUp = (member: TestMember) => {
  for (let turn = 0; member.last("events")?.ack === true && turn < 100; turn++)
    member.say({ type: "ack", seq: member.events.at(-1)?.seq ?? 0 });
};

describe("commands as the load", () => {
  test("X12, P6: away 30 s while others give 1,000 commands: each once, in order, and the state that they make is the room's", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    const away = room.join("participant");
    away.leave();
    for (let at = 0; at < 1_000; at++) {
      room.nowMs -= 20;
      expect(command(room, at % 2 === 0 ? ada : ben, at)).toMatchObject({ body: { kind: "transport" } });
    }
    const lastSeq = away.events.at(-1)?.seq ?? 0;
    const back = room.join("participant", away.memberId, lastSeq);
    catchUp(back);
    const heard = [...away.events, ...back.events];
    expect(heard.map(({ seq }) => seq)).toEqual(Array.from({ length: heard.length }, (_, at) => at + 1));
    const whole = room.join("observer");
    catchUp(whole);
    expect(foldOf(whole.events)).toEqual(stateOf(room));
    expect(whole.last("welcome")).toMatchObject({ transport: stateOf(room).transport, timeline: stateOf(room).map });
    const effective = whole.events.flatMap(({ effectiveAtMs }) => effectiveAtMs ?? []);
    expect(effective).toEqual(effective.toSorted((one, other) => one - other));
  });

  test("X13, P8: the room's process dies a hundred times among commands, sockets kept or not: no gap, and the state is the log's", () => {
    const room = new TestRoom();
    let ada = room.join("host");
    for (let life = 0; life < 100; life++) {
      for (let at = 0; at < 5; at++) command(room, ada, life * 5 + at);
      const state = stateOf(room);
      const socketsToo = life % 2 === 1;
      room.evict({ socketsToo });
      expect(stateOf(room)).toEqual(state);
      if (socketsToo) ada = room.join("host", ada.memberId, ada.events.at(-1)?.seq ?? 0);
    }
    const log = room.log;
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1));
    expect(log.filter(({ body }) => body.kind === "transport")).toHaveLength(500);
    expect(foldOf(log)).toEqual(stateOf(room));
  });

  test("X14, P5: a command of a later version is refused and changes nothing; one with fields of a later version is the command", () => {
    const room = new TestRoom();
    const [ada, ben] = [room.join("host"), room.join("participant")];
    ada.post(transport({ command: "locate", positionFrames: 480 }));
    const state = stateOf(room);
    const eventId = crypto.randomUUID();
    for (const later of [{ command: "shuttle", speed: 2 }, { command: "locate", bars: 7 }, { command: 3 }, null]) {
      ada.sendFrame(JSON.stringify({ type: "post", eventId, body: { kind: "transport", transport: later } }));
      expect(ada.last("refused")).toMatchObject({ eventId, code: "message-invalid" });
    }
    expect(stateOf(room)).toEqual(state);
    const known = { command: "locate", positionFrames: 960, colour: "blue" };
    ben.sendFrame(
      JSON.stringify({ type: "post", eventId, body: { kind: "transport", transport: known, more: 1 }, reason: "new" }),
    );
    expect(stateOf(room).transport.positionFrames).toBe(960);
    expect(ada.events.at(-1)?.body).toEqual(transport({ command: "locate", positionFrames: 960 }));
    expect(ada.closeCode).toBeUndefined();
  });

  test("X15, P35: ten thousand commands at once from one member, a frame of 33 MiB, and broken JSON: the others' commands count as ever", () => {
    const room = new TestRoom();
    const [ada, flood] = [room.join("host"), room.join("participant")];
    let answered = 0;
    for (let at = 0; at < 10_000; at++) {
      flood.say({ type: "post", eventId: crypto.randomUUID(), body: transport(commandAt(at)) });
      if (at % 500 > 0) continue;
      expect(command(room, ada, at)).toMatchObject({ from: ada.memberId });
      answered++;
    }
    expect(answered).toBe(20);
    expect(flood.closeCode).toBe(errors["rate-limited"].close);
    const passed = room.log.filter(({ from, body }) => from === flood.memberId && body.kind === "transport");
    expect(passed.length).toBeLessThanOrEqual(MEMBER_MESSAGES_BURST + 10);
    const [large, torn] = [room.join("participant"), room.join("participant")];
    large.sendFrame(`{"type":"post","body":{"kind":"transport","transport":{"command":"${"x".repeat(33 * 2 ** 20)}`);
    expect(33 * 2 ** 20).toBeGreaterThan(ROOM_FRAME_MAX_BYTES);
    torn.sendFrame('{"type":"post","body":{"kind":"transport","transport":{"command":"st');
    expect([large.closeCode, torn.closeCode]).toEqual([
      errors["payload-too-large"].close,
      errors["message-invalid"].close,
    ]);
    expect(command(room, ada, 5)).toMatchObject({ body: transport({ command: "stop" }) });
    expect(stateOf(room).transport.motion).toBe("stopped");
    expect(foldOf(room.log)).toEqual(stateOf(room));
  });

  test("X35: how far the transport has been is kept, by rolling, locating and looping, and outlives the process", () => {
    const room = new TestRoom();
    const ada = room.join("host");
    const reached = () => room.room.reachedFrames(room.nowMs);
    expect(reached()).toBe(0);
    ada.post(transport({ command: "play" }));
    room.nowMs += 10_120;
    expect(reached()).toBe(480_000);
    ada.post(transport({ command: "locate", positionFrames: 96_000 }));
    room.nowMs += 1_000;
    expect(reached()).toBeGreaterThanOrEqual(480_000);
    ada.post(transport({ command: "locate", positionFrames: 4_800_000 }));
    ada.post(transport({ command: "loop", range: { startFrames: 4_800_000, endFrames: 4_896_000 } }));
    room.nowMs += 3_600_000;
    expect(reached()).toBe(4_896_000);
    ada.post(transport({ command: "stop" }));
    room.evict();
    expect(reached()).toBe(4_896_000);
  });
});
