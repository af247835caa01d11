import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { errors } from "../../protocol/errors.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { MEMBER_MESSAGES_BURST, MEMBER_MESSAGES_PER_SECOND, ROOM_FRAME_MAX_BYTES } from "../../protocol/limits.ts";
import type { PostBody } from "../../protocol/room.ts";
import { roomOf } from "../platform/jurisdiction.ts";
import { newMember, newSession, TestClient } from "../testing/room-client.ts";

const chat = (text: string): PostBody => ({ kind: "chat", text });
const texts = (client: TestClient) => client.events.flatMap(({ body }) => (body.kind === "chat" ? [body.text] : []));

/** On a busy machine an object may still be at work when its eviction is asked for: then it is asked for again. */
async function evict(
  session: SessionId,
  options: Parameters<typeof evictDurableObject>[1] = { webSockets: "hibernate" },
) {
  await vi.waitFor(async () => await evictDurableObject(await roomOf(env, session), options), { timeout: 120_000 });
}

describe("faults", () => {
  test("X12, P6: whoever was away while others posted 1,000 events has all of them, once, in order", async () => {
    const session = newSession();
    const memberId = newMember();
    const away = await TestClient.join(session, "participant", { memberId });
    await away.ask(chat("before"));
    const lastSeq = away.events.at(-1)?.seq ?? 0;
    away.leave();
    const people = await Promise.all(Array.from({ length: 10 }, () => TestClient.join(session)));
    const said: string[] = [];
    for (let at = 0; at < 100; at++) for (const person of people) person.post(chat(`${person.memberId} ${at}`));
    await Promise.all(
      people.map((person) => person.until(() => (texts(person).length >= 1_001 ? true : undefined), "all of it")),
    );
    said.push(...texts(people[0] as TestClient).filter((text) => text !== "before"));
    const back = await TestClient.join(session, "participant", { memberId, lastSeq });
    await back.until(() => (texts(back).length >= 1_000 ? true : undefined), "all that was missed");
    expect(texts(back)).toEqual(said);
    const seqs = back.events.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, at) => lastSeq + 1 + at));
  });

  test("X13, P8, P27: evicted again and again, with sockets kept and with sockets closed, the log is unbroken", async () => {
    const session = newSession();
    const ada = await TestClient.join(session, "host");
    for (let life = 0; life < 50; life++) {
      await ada.ask(chat(`life ${life}`));
      await evict(session);
    }
    // Its socket hibernated with the room: it is still in, and heard of nobody leaving.
    await ada.ask(chat("still in"));
    expect(ada.closeCode).toBeUndefined();
    expect(ada.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 52 }, (_, at) => at + 1));
    let lastSeq = 52;
    const memberId = newMember();
    for (let life = 0; life < 50; life++) {
      const ben = await TestClient.join(session, "participant", { memberId, lastSeq });
      await ben.ask(chat(`ben ${life}`));
      lastSeq = ben.events.at(-1)?.seq ?? 0;
      await evict(session, { webSockets: "close" });
    }
    const all = (await (await roomOf(env, session)).snapshot()).events;
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => at + 1));
    expect(all.filter(({ body }) => body.kind === "chat")).toHaveLength(101);
    const joins = all.filter(({ body }) => body.kind === "joined" && body.memberId === memberId).length;
    const leaves = all.filter(({ body }) => body.kind === "left" && body.memberId === memberId).length;
    expect(joins).toBe(50);
    expect(leaves).toBeGreaterThanOrEqual(49);
  });

  test("X15, P33, P34: a frame too large, one that is binary and one that is no JSON close that member, and nobody else", async () => {
    const session = newSession();
    const ada = await TestClient.join(session, "host");
    for (const [frame, code, close] of [
      ["x".repeat(ROOM_FRAME_MAX_BYTES + 1), "payload-too-large", errors["payload-too-large"].close],
      [new ArrayBuffer(8), "message-invalid", errors["message-invalid"].close],
      ['{"type":"post","ev', "message-invalid", errors["message-invalid"].close],
    ] as const) {
      const bad = await TestClient.join(session);
      bad.send(frame);
      expect(await bad.hear("error")).toMatchObject({ code });
      expect(await bad.closed).toBe(close);
    }
    expect(await ada.ask(chat("unharmed"))).toMatchObject({ from: ada.memberId });
  });

  test("X15, P35: ten thousand messages at once from one member: limited, then closed; the others do not notice", async () => {
    const session = newSession();
    const [ada, flood] = [await TestClient.join(session, "host"), await TestClient.join(session)];
    let answered = 0;
    const startedAtMs = Date.now();
    for (let at = 0; at < 10_000 && flood.closeCode === undefined; at++) {
      try {
        flood.post(chat(`flood ${at}`));
      } catch {
        break;
      }
      if (at % 500 > 0) continue;
      expect(await ada.ask(chat(`anybody there? ${at}`))).toMatchObject({ from: ada.memberId });
      answered++;
    }
    expect(await flood.closed).toBe(errors["rate-limited"].close);
    expect(answered).toBeGreaterThan(2);
    const logged = (await (await roomOf(env, session)).snapshot()).events;
    const passedMax = MEMBER_MESSAGES_BURST + ((Date.now() - startedAtMs) * MEMBER_MESSAGES_PER_SECOND) / 1_000;
    expect(logged.filter(({ from }) => from === flood.memberId).length).toBeLessThanOrEqual(passedMax);
  });
});
