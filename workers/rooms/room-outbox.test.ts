import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { runJob } from "../cron/jobs.ts";
import { roomOf } from "../platform/jurisdiction.ts";
import { TestClient } from "../testing/room-client.ts";
import { Studio, seedPeople } from "../testing/studio.ts";

let studio: Studio;

beforeEach(async () => {
  for (const table of ["sessions", "accounts", "rate_limits", "room_calls"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  await seedPeople(["ada", "ben"]);
  studio = new Studio();
  await studio.meet({ ben: "participant" });
});

const idOf = async (role: string) => {
  const session = await studio.ask("ada", "GET", `/sessions/${studio.sessionId}`);
  const { members } = await session.json<{ members: { memberId: `mem_${string}`; role: string }[] }>();
  return members.find((member) => member.role === role)?.memberId ?? "mem_";
};
const waiting = async () => (await env.DB.prepare("SELECT COUNT(*) AS n FROM room_calls").first<number>("n")) ?? -1;

describe("decisions that did not get to the room", () => {
  test("X29, C1, C6: rows that no longer parse, or whose id the room knows for something else, are healed by the whole state", async () => {
    const [host, guest] = [await idOf("host"), await idOf("participant")];
    const ada = await TestClient.join(studio.sessionId, "host", { memberId: host });
    const ben = await TestClient.join(studio.sessionId, "participant", { memberId: guest });
    const spoken = await ada.ask({ kind: "chat", text: "hello" });
    const reachable = studio;
    studio = new Studio({ reachRoom: () => Promise.reject(new Error("away")) });
    studio.sessionId = reachable.sessionId;
    const path = `/sessions/${studio.sessionId}`;
    await studio.ask("ada", "PATCH", path, { body: { settings: { recordingPermitted: false } } });
    await studio.ask("ada", "PATCH", `${path}/members/${guest}`, { body: { role: "observer" } });
    expect(await waiting()).toBe(2);
    await env.DB.prepare(
      `UPDATE room_calls SET body = '{"kind":"from a later version"}' WHERE body LIKE '%settings%'`,
    ).run();
    await env.DB.prepare("UPDATE room_calls SET event_id = ?1 WHERE body LIKE '%observer%'")
      .bind(typeof spoken === "object" ? spoken.eventId : "")
      .run();
    expect(await ben.ask({ kind: "transport", transport: { command: "record" } })).toMatchObject({ from: guest });
    reachable.nowMs += 60_000;
    await runJob(env, reachable.deps, "room-calls");
    expect(await waiting()).toBe(0);
    const { settings, members, transport } = await (await roomOf(env, studio.sessionId)).snapshot();
    expect(settings).toEqual({ recordingPermitted: false });
    expect(members.find(({ memberId }) => memberId === guest)?.role).toBe("observer");
    expect(transport.motion).toBe("playing");
    expect(await ben.ask({ kind: "transport", transport: { command: "stop" } })).toBe("forbidden");
  });

  test("X29: while the room is away every row stays; a session that is gone has none to heal", async () => {
    const away = new Studio({ reachRoom: () => Promise.reject(new Error("away")) });
    away.sessionId = studio.sessionId;
    await away.ask("ada", "PATCH", `/sessions/${studio.sessionId}`, {
      body: { settings: { recordingPermitted: false } },
    });
    await env.DB.prepare("UPDATE room_calls SET body = 'torn'").run();
    away.nowMs += 60_000;
    await runJob(env, away.deps, "room-calls");
    expect(await waiting()).toBe(1);
    studio.nowMs += 60_000;
    await runJob(env, studio.deps, "room-calls");
    expect(await waiting()).toBe(0);
  });
});
