import { describe, expect, test } from "vitest";
import { MemberId } from "../../../protocol/ids.ts";
import { LoggedEvent, RoomMessage } from "../../../protocol/room.ts";
import type { RoomHandlers, Welcome } from "./room-client.std.ts";
import { bothHear, hearRoom, RoomFeed, RoomTold } from "./room-feed.std.ts";

const memberId = MemberId.parse(`mem_${"a".repeat(26)}`);
const welcome = (headSeq: number): Welcome => {
  const read = RoomMessage.parse({
    type: "welcome",
    protocolVersion: 1,
    sessionId: `ses_${"a".repeat(26)}`,
    memberId,
    role: "host",
    members: [],
    transport: { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 },
    settings: { recordingPermitted: true },
    headSeq,
    roomTimeMs: 1,
  });
  if (read.type !== "welcome") throw new Error("no welcome");
  return read;
};
const line = (seq: number) =>
  LoggedEvent.parse({
    seq,
    eventId: `11111111-1111-4111-8111-${String(seq).padStart(12, "0")}`,
    from: memberId,
    atMs: seq,
    body: { kind: "chat", text: `line ${seq}` },
  });

/** Everything that handlers were called with, as text. */
function listener() {
  const heard: string[] = [];
  const on =
    (name: string) =>
    (...values: unknown[]) =>
      void heard.push([name, ...values.map((value) => JSON.stringify(value))].join(" "));
  const handlers: RoomHandlers = {
    onWelcome: on("welcome"),
    onEvent: on("event"),
    onMembers: on("members"),
    onSignal: on("signal"),
    onRecordingsChanged: on("recordings-changed"),
    onRelays: on("relays"),
    onRefused: on("refused"),
    onWarning: on("warning"),
    onClock: on("clock"),
    onWaiting: on("waiting"),
    onWaitingRoom: on("waiting-room"),
    onMute: on("mute"),
  };
  return { heard, handlers };
}

/** A feed whose window reads what it is told by the schema, as the desktop's does. */
function watched() {
  const window = listener();
  const direct = listener();
  const feed = new RoomFeed({
    nowMs: () => 500,
    tell: (told) => hearRoom(RoomTold.parse(structuredClone(told)), window.handlers, 500),
  });
  return { feed, room: bothHear(direct.handlers, feed), window, direct };
}

describe("the room as a window without a socket sees it", () => {
  test("P6: whoever looks on from the beginning hears what the socket's own client hears, in its order", () => {
    const { feed, room, window, direct } = watched();
    feed.attach();
    room.onRelays([{ urls: ["turn:x"], username: "u", credential: "c" }]);
    room.onWelcome(welcome(2));
    room.onEvent(line(1));
    room.onEvent(line(2));
    room.onMembers([], null);
    room.onSignal(memberId, { kind: "offer", sdp: "v=0" });
    room.onClock({ sentLocalMs: 100, receivedLocalMs: 130, roomTimeMs: 9 });
    room.onRefused(line(1).eventId, "forbidden", "no");
    room.onWaitingRoom([]);
    room.onMute(memberId);
    room.onRecordingsChanged();
    room.onWarning("disconnected", "gone", false);
    expect(window.heard).toEqual(direct.heard);
  });

  test("P6: a window that comes later, or anew, is told everything up to then once, and only what goes on afterwards", () => {
    const { feed, room, window } = watched();
    room.onWelcome(welcome(500));
    for (let seq = 1; seq <= 500; seq++) room.onEvent(line(seq));
    expect(window.heard).toEqual([]);
    feed.attach();
    expect(window.heard.filter((told) => told.startsWith("event"))).toHaveLength(500);
    feed.detach();
    room.onEvent(line(501));
    feed.attach();
    const events = window.heard.filter((told) => told.startsWith("event"));
    expect(events).toHaveLength(500 + 501);
    expect(events.at(-1)).toContain("line 501");
  });

  test("P6: another life of the log empties what was kept; a session that is over is over for the next window too", () => {
    const { feed, room, window } = watched();
    room.onWelcome(welcome(3));
    for (let seq = 1; seq <= 3; seq++) room.onEvent(line(seq));
    room.onWelcome(welcome(1));
    room.onEvent(line(1));
    room.onWarning("session-ended", "over", true);
    feed.attach();
    expect(window.heard.filter((told) => told.startsWith("event"))).toHaveLength(1);
    expect(window.heard.at(-1)).toContain("session-ended");
  });
});
