import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "../../workers/app.ts";
import { runJobs } from "../../workers/cron/jobs.ts";
import { systemDeps } from "../../workers/platform/deps.ts";
import type { Env } from "../../workers/platform/env.ts";
import { TestClient } from "../../workers/testing/room-client.ts";
import { markEverything, markOf } from "./marks.ts";
import { askAs, newWorld, type Person, people, type World } from "./world.ts";

const nowMs = Date.now();
const app = createApp({ ...systemDeps, now: () => nowMs });

/** Every path of the description, filled with this world's ids and then with its people's; what names nobody is there once. */
async function everyAddress(world: World): Promise<{ method: string; path: string }[]> {
  const { paths } = await (await askAs(app, null, "GET", "/openapi.json")).json<{
    paths: Record<string, Record<string, unknown>>;
  }>();
  const addresses = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap((method) =>
      people.map((who) => {
        const filled = path
          .replace("{sessionId}", world.sessionId)
          .replace("{profileId}", world.profileId)
          .replace("{conversationId}", world.conversationId)
          .replace("{blockId}", world.blockId)
          .replace("{reportId}", world.reportId)
          .replace("{memberId}", world.memberId[who])
          .replace("{inviteId}", world.inviteId)
          .replace("{recordingId}", world.recordingId)
          .replace("{number}", "1")
          .replace("{signInId}", world.signInId[who])
          .replace("{passkeyId}", world.passkeyId[who])
          // An id of no such thing.
          .replaceAll(/\{\w+\}/g, world.accountId.ada);
        return { method: method.toUpperCase(), path: filled };
      }),
    ),
  );
  return [...new Map(addresses.map((address) => [`${address.method} ${address.path}`, address])).values()];
}

/** All that an answer carries, in the clear: status line, headers, body. */
async function everyByte(response: Response): Promise<string> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return `${response.status}\n${headers}\n${new TextDecoder("latin1").decode(bytes)}`;
}

describe("X17, V1, V2: marked private values", () => {
  test("no mark of a person is in anything that another one, or nobody, receives", async () => {
    const world = await newWorld(nowMs);
    const marks = await markEverything(world);
    // The marks are really there, and their owner does see some of them: a search that finds nothing would prove nothing.
    expect(marks.ada.length).toBeGreaterThan(20);
    expect(await everyByte(await askAs(app, world.token.ada, "GET", "/api/v1/account"))).toContain(
      markOf("ada", "email"),
    );

    const received: Record<string, string[]> = {};
    const mails: Record<string, string[]> = {};
    const EMAIL = {
      send: async (mail: { to: string }) => {
        mails[mail.to] ??= [];
        mails[mail.to]?.push(JSON.stringify(mail));
      },
    };

    // Ben listens in the room while Ada and Olu come, speak, change and go.
    const claims = (who: Person) => ({
      displayName: `Shown ${who}`,
      accountId: world.accountId[who] as `acc_${string}`,
    });
    const join = (who: Person, role: "host" | "participant" | "observer") =>
      TestClient.join(world.sessionId, role, { memberId: world.memberId[who], claims: claims(who) });
    const ben = await join("ben", "participant");
    const ada = await join("ada", "host");
    const olu = await join("olu", "observer");
    await ada.ask({ kind: "chat", text: "Hello" });
    await ada.ask({ kind: "transport", transport: { command: "play" } });
    await olu.ask({ kind: "note", noteId: crypto.randomUUID(), text: "Bridge" });
    ada.say({
      type: "status",
      status: { cameraOn: false, micLive: true, armed: true, recording: false, directPath: false },
    });
    ada.say({ type: "signal", to: ben.memberId, signal: { kind: "bye" } });
    await ben.hear("signal");

    const addresses = await everyAddress(world);
    // Reads first: a deletion would leave less to look at.
    addresses.sort((a, b) => Number(a.method !== "GET") - Number(b.method !== "GET"));
    for (const who of [null, "eve", "fay", "olu", "ben"] as const) {
      const key = who ?? "nobody";
      received[key] = [];
      for (const { method, path } of addresses) {
        // What ends one's own sign-in would end the asking.
        if (/sign-out|sign-ins/.test(path) && method !== "GET") continue;
        for (const body of method === "GET"
          ? [undefined]
          : [undefined, {}, { email: "a@b.example", name: "N", role: "host" }])
          received[key]?.push(
            await everyByte(await askAs(app, who === null ? null : world.token[who], method, path, body)),
          );
      }
    }
    received.ben?.push(...ben.heard.map((message) => JSON.stringify(message)));
    received.olu?.push(...olu.heard.map((message) => JSON.stringify(message)));
    await runJobs({ ...env, EMAIL } as unknown as Env, { ...systemDeps, now: () => nowMs });

    const leaks: string[] = [];
    const search = (reader: string, texts: readonly string[]) => {
      const all = texts.join("\n");
      for (const who of people.filter((who) => who !== reader))
        for (const mark of marks[who]) if (all.includes(mark)) leaks.push(`${reader} received ${mark}`);
    };
    for (const [reader, texts] of Object.entries(received)) {
      expect(texts.length).toBeGreaterThan(100);
      // What broke has shown nothing, and proved nothing.
      expect(texts.filter((text) => text.startsWith("500"))).toEqual([]);
      search(reader, texts);
    }
    for (const [address, texts] of Object.entries(mails)) {
      const reader = people.find((who) => address.startsWith(markOf(who, "email"))) ?? "somebody";
      search(reader, texts);
    }
    expect(leaks).toEqual([]);
  });
});
