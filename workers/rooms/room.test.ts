import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.ts";
import { may, type Permission, type Role, roles } from "../../protocol/roles.ts";
import type { PostBody } from "../../protocol/room.ts";
import { roomOf } from "../platform/jurisdiction.ts";
import { newMember, newSession, TestClient, ticketFor } from "../testing/room-client.ts";

const chat = (text: string): PostBody => ({ kind: "chat", text });
const command = (name: "play" | "stop" | "record"): PostBody => ({ kind: "transport", transport: { command: name } });
const note = (noteId: string, text: string): PostBody => ({ kind: "note", noteId, text });

const tablesOf = (sql: SqlStorage) =>
  sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
    .toArray()
    .map(({ name }) => name);

describe("joining", () => {
  test("P6: hello is answered with welcome, then with the whole log", async () => {
    const session = newSession();
    const ada = await TestClient.join(session, "host");
    await ada.reach(1);
    const [welcome, events] = ada.heard;
    expect(welcome).toMatchObject({
      type: "welcome",
      sessionId: session,
      memberId: ada.memberId,
      role: "host",
      headSeq: 1,
      settings: { recordingPermitted: true },
      transport: { motion: "stopped", positionFrames: 0 },
    });
    expect(events).toMatchObject({ type: "events", events: [{ seq: 1, body: { kind: "joined", role: "host" } }] });
  });

  test("P1: a ticket opens one socket", async () => {
    const session = newSession();
    const ticket = await ticketFor(session, newMember(), "participant");
    const first = await TestClient.knock(session, ticket);
    first.hello();
    await first.hear("welcome");
    const second = await TestClient.knock(session, ticket);
    expect(await second.hear("error")).toMatchObject({ code: "ticket-used" });
    expect(await second.closed).toBe(4401);
    expect(first.closeCode).toBeUndefined();
  });

  test("P4: anything before hello is told so and closed", async () => {
    for (const frame of ['{"type":"ping","sentAtMs":1}', '{"type":"status"}', "{}"]) {
      const session = newSession();
      const client = await TestClient.knock(session, await ticketFor(session, newMember(), "host"));
      client.send(frame);
      expect(await client.hear("error")).toMatchObject({ code: "hello-expected" });
      expect(await client.closed).toBe(4408);
    }
  });

  test("P5, X14: another generation's hello gets a clear answer, and unknown fields are ignored", async () => {
    const session = newSession();
    for (const hello of [
      { type: "hello", protocolVersion: 99, client: "new", lastSeq: 0, more: { nested: true } },
      { type: "hello", protocolVersion: 0, client: "old" },
      { type: "hello", protocolVersion: 2, resumeFrom: "a shape that this version never had" },
    ]) {
      const client = await TestClient.knock(session, await ticketFor(session, newMember(), "host"));
      client.send(JSON.stringify(hello));
      const error = await client.hear("error");
      expect(error).toMatchObject({ code: "version-unsupported" });
      expect(error.message).toContain(`you speak ${hello.protocolVersion}`);
      expect(await client.closed).toBe(4406);
    }
    const client = await TestClient.knock(session, await ticketFor(session, newMember(), "host"));
    client.send(JSON.stringify({ type: "hello", protocolVersion: 1, client: "x", lastSeq: 0, colour: "blue" }));
    await client.hear("welcome");
    client.send(JSON.stringify({ type: "a-message-of-tomorrow" }));
    expect(await client.hear("error")).toMatchObject({ code: "message-invalid" });
    expect(await client.ask(chat("still here"))).toMatchObject({ seq: 2 });
  });

  test("P7, X25: the newest socket of a member wins, and nobody seems to have left", async () => {
    const session = newSession();
    const memberId = newMember();
    const ben = await TestClient.join(session, "participant");
    const first = await TestClient.join(session, "participant", { memberId });
    const second = await TestClient.join(session, "participant", { memberId });
    expect(await first.hear("error")).toMatchObject({ code: "replaced" });
    expect(await first.closed).toBe(4409);
    expect(await second.ask(chat("me again"))).toMatchObject({ from: memberId });
    await ben.hear("events", ({ events }) => events.some(({ body }) => body.kind === "chat"));
    expect(ben.events.map(({ body }) => body.kind)).toEqual(["joined", "joined", "chat"]);
  });
});

describe("the log", () => {
  test("P8, P9: everybody has the same events in the same order, numbered without gaps", async () => {
    const session = newSession();
    const people = await Promise.all(roles.map((role) => TestClient.join(session, role)));
    for (let round = 0; round < 30; round++) for (const person of people) person.post(chat(`round ${round}`));
    await Promise.all(people.map((person) => person.reach(93)));
    const logs = people.map((person) => person.events.filter(({ body }) => body.kind === "chat"));
    expect(logs[0]?.map(({ seq }) => seq)).toEqual(Array.from({ length: 90 }, (_, at) => at + 4));
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).toEqual(logs[0]);
    const times = logs[0]?.map(({ atMs }) => atMs) ?? [];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("P10: the same id with the same content is harmless, with other content or another author a conflict", async () => {
    const session = newSession();
    const [ada, ben] = [await TestClient.join(session, "host"), await TestClient.join(session)];
    const eventId = crypto.randomUUID();
    const logged = await ada.ask(chat("once"), eventId);
    expect(await ada.ask(chat("once"), eventId)).toEqual(logged);
    expect(await ada.ask(chat("twice"), eventId)).toBe("event-conflict");
    expect(await ben.ask(chat("once"), eventId)).toBe("event-conflict");
    await ada.ask(chat("end"));
    await ben.reach(4);
    expect(ben.events.filter(({ body }) => body.kind === "chat")).toHaveLength(2);
  });

  const kinds: [PostBody, Permission][] = [
    [chat("hello"), "chat.post"],
    [note(crypto.randomUUID(), "verse in D"), "note.write"],
    [command("play"), "transport.command"],
    [command("record"), "record"],
    [command("stop"), "transport.command"],
    [{ kind: "transport", transport: { command: "locate", positionFrames: 480 } }, "transport.command"],
    [{ kind: "transport", transport: { command: "tempo", bpm: 93.5 } }, "transport.command"],
  ];
  test.each(roles)("C1, P12: %s may post exactly what the table of roles says", async (role) => {
    const client = await TestClient.join(newSession(), role);
    for (const [body, permission] of kinds) {
      const answer = await client.ask(body);
      if (may(role, permission)) expect(answer).toMatchObject({ from: client.memberId, body });
      else expect(answer).toBe("forbidden");
    }
  });

  test.each(roles)("C1, P13: %s cannot decide what the API decides", async (role) => {
    const session = newSession();
    const [client, other] = [await TestClient.join(session, role), await TestClient.join(session)];
    for (const body of [
      { kind: "role", memberId: client.memberId, role: "host" },
      { kind: "remove", memberId: other.memberId },
      { kind: "settings", settings: { recordingPermitted: false } },
      { kind: "left", memberId: other.memberId },
    ]) {
      expect(await client.ask(body as unknown as PostBody)).toBe("message-invalid");
    }
    expect(other.closeCode).toBeUndefined();
  });
});

describe("what the API decides", () => {
  test("C1: a role takes effect at once, is logged with its author, and is harmless when it is told twice", async () => {
    const session = newSession();
    const [ada, ben] = [await TestClient.join(session, "host"), await TestClient.join(session, "observer")];
    expect(await ben.ask(command("play"))).toBe("forbidden");
    const room = await roomOf(env, session);
    const eventId = crypto.randomUUID();
    const body = { kind: "role", memberId: ben.memberId, role: "participant" } as const;
    const first = await room.applyDecision(ada.memberId, eventId, 1, body);
    expect(await room.applyDecision(ada.memberId, eventId, 1, body)).toEqual(first);
    expect(await room.applyDecision(ada.memberId, eventId, 1, { ...body, role: "host" })).toEqual({
      ok: false,
      reason: "event-conflict",
    });
    expect(await ben.ask(command("play"))).toMatchObject({ seq: 4 });
    expect(ben.events.find(({ body }) => body.kind === "role")).toMatchObject({ from: ada.memberId, body });
    await ada.hear("members", ({ members }) =>
      members.some((m) => m.memberId === ben.memberId && m.role === "participant"),
    );
  });

  test("C1: a ticket signed before a role was changed does not bring the old role back; a later one does", async () => {
    const session = newSession();
    const memberId = newMember();
    const old = await ticketFor(session, memberId, "host", { decision: 6 });
    const room = await roomOf(env, session);
    await room.applyDecision(newMember(), crypto.randomUUID(), 7, { kind: "role", memberId, role: "observer" });
    const client = await TestClient.knock(session, old);
    client.hello();
    expect(await client.hear("welcome")).toMatchObject({ role: "observer" });
    const later = await TestClient.join(session, "participant", {
      memberId,
      claims: { decision: 8 },
    });
    expect(await later.hear("welcome")).toMatchObject({ role: "participant" });
  });

  test("X18, P14: a removed member is told, is out at once, and no ticket from before lets them in", async () => {
    const session = newSession();
    const [ada, ben] = [await TestClient.join(session, "host"), await TestClient.join(session)];
    const spare = await ticketFor(session, ben.memberId, "participant");
    await (await roomOf(env, session)).applyDecision(ada.memberId, crypto.randomUUID(), 1, {
      kind: "remove",
      memberId: ben.memberId,
    });
    expect(await ben.closed).toBe(4411);
    expect(await ben.hear("error")).toMatchObject({ code: "removed" });
    const again = await TestClient.knock(session, spare);
    expect(await again.closed).toBe(4411);
    const { members } = await ada.hear("members", (list) => list.members.length === 1);
    expect(members[0]?.memberId).toBe(ada.memberId);
    expect(await ada.ask(chat("alone"))).toMatchObject({ seq: 4 });
  });

  test("C6, P24: recording needs the host's permission; when it is withdrawn the room punches out", async () => {
    const session = newSession();
    const ada = await TestClient.join(session, "host");
    const room = await roomOf(env, session);
    let number = 0;
    const permit = (recordingPermitted: boolean) =>
      room.applyDecision(ada.memberId, crypto.randomUUID(), ++number, {
        kind: "settings",
        settings: { recordingPermitted },
      });
    ada.say({
      type: "status",
      status: { cameraOn: true, micLive: true, armed: true, recording: true, directPath: false },
    });
    await ada.hear("members", ({ members }) => members[0]?.status.recording === true);
    await ada.ask(command("record"));
    const from = ada.heard.length;
    await permit(false);
    await ada.reach(4);
    expect(ada.events.at(-1)).toMatchObject({ body: { kind: "transport", transport: { command: "play" } } });
    expect(ada.events.at(-1)?.from).toBeUndefined();
    expect(await ada.ask(command("record"))).toBe("recording-off");
    const { members } = await ada.hear("members", () => true, from);
    expect(members[0]?.status).toMatchObject({ recording: false, armed: false, cameraOn: true });
    await permit(true);
    expect(await ada.ask(command("record"))).toMatchObject({ body: command("record") });
  });

  test("E2, P15: the end outlives the process, so no ticket of the last minute opens a ghost room", async () => {
    const session = newSession();
    await TestClient.join(session, "host");
    const spare = await ticketFor(session, newMember(), "host");
    const stub = await roomOf(env, session);
    await stub.end();
    await evictDurableObject(stub);
    const late = await TestClient.knock(session, spare);
    expect(await late.closed).toBe(errors["session-closed"].close);
    const again = await roomOf(env, session);
    const body = { kind: "settings", settings: { recordingPermitted: true } };
    expect(await again.applyDecision(newMember(), crypto.randomUUID(), 9, body)).toEqual({
      ok: false,
      reason: "session-closed",
    });
    expect(await runInDurableObject(again, (_, { storage }) => tablesOf(storage.sql))).toEqual(["ended"]);
  });

  test("E2, P15: the end closes everybody and leaves nothing in storage", async () => {
    const session = newSession();
    const people = await Promise.all(roles.map((role: Role) => TestClient.join(session, role)));
    await people[0]?.ask(chat("a secret"));
    const room = await roomOf(env, session);
    const spare = await ticketFor(session, newMember(), "host");
    await room.end();
    for (const person of people) {
      expect(await person.closed).toBe(errors["session-closed"].close);
      expect(await person.hear("error")).toMatchObject({ code: "session-closed" });
    }
    const late = await TestClient.knock(session, spare);
    expect(await late.closed).toBe(errors["session-closed"].close);
    await (await roomOf(env, session)).end();
  });

  test("E3: keys of what people write lie in R2 under a seal: the room wakes with them, drops one with its person, and ends them", async () => {
    const session = newSession();
    const keys = `keys/room_${session}`;
    const [ada, ben] = [await TestClient.join(session, "host"), await TestClient.join(session, "participant")];
    await ben.ask(chat("Markchat"));
    await ada.ask(chat("hers"));
    const kept = await (await env.RECORDINGS.get(keys))?.text();
    expect(kept).toMatch(/^[A-Za-z0-9+/=]+$/);
    const words = async () => JSON.stringify((await (await roomOf(env, session)).snapshot()).events);
    await evictDurableObject(await roomOf(env, session));
    expect(await words()).toMatch(/Markchat.*hers/);
    await (await roomOf(env, session)).forgetMember(ben.memberId);
    expect(await (await env.RECORDINGS.get(keys))?.text()).not.toBe(kept);
    await evictDurableObject(await roomOf(env, session));
    expect(await words()).not.toContain("Markchat");
    expect(await words()).toContain("hers");
    await (await roomOf(env, session)).end();
    expect(await env.RECORDINGS.head(keys)).toBeNull();
  });

  test("X5: a room whose keys cannot be read hears nobody, and nothing is lost", async () => {
    const session = newSession();
    const keys = `keys/room_${session}`;
    const ada = await TestClient.join(session, "host");
    await ada.ask(chat("before"));
    const kept = await (await env.RECORDINGS.get(keys))?.arrayBuffer();
    await env.RECORDINGS.put(keys, "not what it was");
    await evictDurableObject(await roomOf(env, session));
    const refused = await TestClient.knock(session, await ticketFor(session, newMember(), "host"));
    expect(await refused.closed).toBe(errors["internal-error"].close);
    await env.RECORDINGS.put(keys, kept ?? "");
    const again = await TestClient.join(session, "host");
    expect(await again.ask(chat("after"))).toMatchObject({ body: { text: "after" } });
    expect(JSON.stringify((await (await roomOf(env, session)).snapshot()).events)).toMatch(/before.*after/);
  });

  test("V1: everybody hears that recordings changed", async () => {
    const session = newSession();
    const ada = await TestClient.join(session, "host");
    await (await roomOf(env, session)).announceRecordings();
    await ada.hear("recordings-changed");
  });

  test("C5, C8: a snapshot holds the log, page by page, and who is there", async () => {
    const session = newSession();
    const ada = await TestClient.join(session, "host");
    await ada.ask(chat("first"));
    await ada.ask({ kind: "transport", transport: { command: "locate", positionFrames: 96_000 } });
    const room = await roomOf(env, session);
    const snapshot = await room.snapshot();
    expect(snapshot.events).toEqual(ada.events);
    expect(snapshot).toMatchObject({
      headSeq: 3,
      transport: { positionFrames: 96_000 },
      settings: { recordingPermitted: true },
    });
    expect(snapshot.members).toMatchObject([{ memberId: ada.memberId, connected: true }]);
    expect((await room.snapshot(2)).events.map(({ seq }) => seq)).toEqual([3]);
    expect((await room.snapshot(3)).events).toEqual([]);
  });
});
