import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BROADCAST_LIFETIME_MS, LAST_OUT_GRACE_MS, LISTENERS_MAX } from "../protocol/limits.ts";
import { idleStatus } from "../protocol/room.ts";
import { TestRoom } from "./testing/test-room.ts";

const ID = "a-broadcast";

/** A room whose host broadcasts it, with a player, an observer, a phone and somebody who listens. */
function onAir() {
  const room = new TestRoom();
  const [host, ben, observer] = [room.join("host"), room.join(), room.join("observer")];
  room.room.startBroadcast(ID, room.nowMs + BROADCAST_LIFETIME_MS);
  return { room, host, ben, observer, listener: room.listen(ID) };
}

/** Members are told a moment after they change, together. */
const told = () => vi.runAllTimers();
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("who listens by a broadcast's link", () => {
  test("P85: everybody in the session sees that it is broadcast, from the host's act on, and how many listen", () => {
    const room = new TestRoom();
    const host = room.join("host");
    expect(host.last("welcome")?.listeners).toBeNull();
    expect(room.listen(ID).closeCode).toBe(4417);
    room.room.startBroadcast(ID, room.nowMs + BROADCAST_LIFETIME_MS);
    const listener = room.listen(ID);
    const ben = room.join();
    told();
    expect(ben.last("welcome")?.listeners).toEqual([listener.memberId]);
    expect(host.last("members")?.listeners).toEqual([listener.memberId]);
    listener.leave();
    expect(room.room.startBroadcast("another", 0)).toMatchObject({ id: ID });
    expect(room.join().last("welcome")?.listeners).toEqual([]);
  });

  test("P85, V1: they are told ids of those who play, and no name, no role, no chat, no place and no status", () => {
    const { room, host, ben, observer, listener } = onAir();
    host.post({ kind: "chat", text: "hush" });
    host.post({ kind: "transport", transport: { command: "play" } });
    ben.say({ type: "status", status: { ...idleStatus, micLive: true } });
    told();
    const late = room.listen(ID);
    for (const heard of [listener.last("members"), late.last("welcome")]) {
      const ids = heard?.members.map(({ memberId }) => memberId) ?? [];
      expect(ids).toEqual(expect.arrayContaining([host.memberId, ben.memberId]));
      expect(ids).not.toContain(observer.memberId);
      expect(ids).not.toContain(listener.memberId);
      for (const { displayName, role, status } of heard?.members ?? [])
        expect({ displayName, role, status }).toEqual({ displayName: "", role: "participant", status: idleStatus });
      expect(heard?.listeners).toBeNull();
    }
    expect(late.last("welcome")).toMatchObject({ headSeq: 0, transport: { motion: "stopped" } });
    expect([...listener.heard, ...late.heard].map(({ type }) => type)).not.toContain("events");
  });

  test("P85: they link to those who play and do nothing else: not to each other, not to a phone or an observer", () => {
    const { room, host, ben, observer, listener } = onAir();
    const other = room.listen(ID);
    const answer = { kind: "bye" } as const;
    const refusals = () => listener.all("error").map(({ code }) => code);
    listener.say({ type: "signal", to: ben.memberId, signal: answer });
    expect(ben.last("signal")).toEqual({ type: "signal", from: listener.memberId, signal: answer });
    ben.say({ type: "signal", to: listener.memberId, signal: answer });
    expect(listener.last("signal")).toMatchObject({ from: ben.memberId });
    expect(refusals()).toEqual([]);
    for (const to of [other.memberId, observer.memberId]) listener.say({ type: "signal", to, signal: answer });
    listener.say({ type: "signal", to: ben.memberId, signal: { ...answer, connection: "video" } });
    listener.say({ type: "mute", to: ben.memberId });
    expect(refusals()).toEqual(["forbidden", "forbidden", "forbidden", "forbidden"]);
    observer.say({ type: "signal", to: listener.memberId, signal: answer });
    expect(observer.last("error")?.code).toBe("forbidden");
    for (const body of [
      { kind: "chat", text: "hello" },
      { kind: "transport", transport: { command: "play" } },
      { kind: "end" },
    ] as const)
      expect(listener.post(body)).toBe("forbidden");
    listener.say({ type: "status", status: { ...idleStatus, recording: true, directPath: true } });
    told();
    expect(host.last("members")?.recordingOn).toBe(false);
    expect(ben.all("mute")).toEqual([]);
  });

  test("P85, V2: no address of theirs and none of those who play passes, whatever either has chosen", () => {
    const { ben, listener } = onAir();
    for (const one of [ben, listener]) one.say({ type: "status", status: { ...idleStatus, directPath: true } });
    const candidate = "candidate:1 1 UDP 2122252543 192.0.2.7 49152 typ host";
    const signal = { kind: "candidate", candidate, sdpMid: "0", sdpMLineIndex: 0 } as const;
    listener.say({ type: "signal", to: ben.memberId, signal });
    ben.say({ type: "signal", to: listener.memberId, signal });
    expect(ben.last("signal")).toBeUndefined();
    expect(listener.last("signal")).toBeUndefined();
  });

  test("P85, E2: nothing of a listener is written down: no person, no word of the log, no key", () => {
    const { room, listener } = onAir();
    const before = room.log.length;
    listener.ping();
    room.evict();
    room.pass(1_000);
    listener.leave();
    expect(room.log).toHaveLength(before);
    const tables = room.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    for (const { name } of tables)
      expect(JSON.stringify(room.sql.exec(`SELECT * FROM "${String(name)}"`).toArray())).not.toContain(
        listener.memberId,
      );
  });

  test("P85: a room that has slept knows its listeners again", () => {
    const { room, ben, listener } = onAir();
    room.evict();
    const cy = room.join();
    expect(cy.last("welcome")?.listeners).toEqual([listener.memberId]);
    ben.say({ type: "signal", to: listener.memberId, signal: { kind: "bye" } });
    expect(listener.last("signal")).toMatchObject({ from: ben.memberId });
  });

  test("P85: as many listen as there is room for; a page that comes back has its own place again", () => {
    const { room, listener } = onAir();
    const more = Array.from({ length: LISTENERS_MAX - 1 }, () => room.listen(ID));
    expect(more.map(({ closeCode }) => closeCode)).toEqual(more.map(() => undefined));
    expect(room.listen(ID).closeCode).toBe(4418);
    const again = room.listen(ID, listener.memberId);
    expect(again.closeCode).toBeUndefined();
    expect(listener.closeCode).toBe(4409);
    more[0]?.leave();
    expect(room.listen(ID).closeCode).toBeUndefined();
  });

  test("P85: a host ends it, and so does the end of the evening; the link from before opens nothing", () => {
    const { room, host, listener } = onAir();
    room.room.endBroadcast();
    expect(listener.closeCode).toBe(4417);
    expect(room.join().last("welcome")?.listeners).toBeNull();
    room.room.startBroadcast("another", room.nowMs + BROADCAST_LIFETIME_MS);
    expect(room.listen(ID).closeCode).toBe(4417);
    const next = room.listen("another");
    host.post({ kind: "end" });
    expect(next.closeCode).toBe(4417);
    expect(room.join("host").last("welcome")?.listeners).toBeNull();
  });

  test("P85: it ends a while after the last who plays has gone, and after as long as one lasts", () => {
    const { room, host, ben, listener } = onAir();
    host.leave();
    ben.leave();
    for (let passedMs = 0; passedMs < LAST_OUT_GRACE_MS; passedMs += 5_000) {
      expect(listener.closeCode).toBeUndefined();
      room.pass(5_000);
      listener.ping();
    }
    expect(listener.closeCode).toBe(4417);

    room.join("host");
    room.room.startBroadcast("long", room.nowMs + 60_000);
    room.pass(60_000);
    expect(room.listen("long").closeCode).toBe(4417);
    expect(room.join("host").last("welcome")?.listeners).toBeNull();
  });
});
