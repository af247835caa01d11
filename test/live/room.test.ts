import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { writePart } from "../../dev/demo/song.ts";
import { type Local, startLocal } from "../../dev/local.ts";
import { seedAccount } from "../../dev/seed.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-room-"));
const input = join(folder, "guitar.wav");
const stateDir = join(folder, "state");
let local: Local;

beforeAll(async () => {
  writePart(input, "guitar", 5);
  local = await startLocal({ stateDir });
});
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function session(people: number) {
  const seeded: Awaited<ReturnType<typeof seedAccount>>[] = [];
  for (let at = 0; at < people; at++) {
    const person = { displayName: `Player ${at}`, email: `p${at}-${Math.random()}@example.org`, tier: "free" as const };
    seeded.push(await seedAccount(local.platform, person));
  }
  const [first] = seeded;
  const host = new ApiClient(local.platform.origin, first?.token ?? "");
  const { sessionId } = await host.createSession("Night");
  for (const { token } of seeded.slice(1)) {
    const { code } = await host.createInvite(sessionId);
    await new ApiClient(local.platform.origin, token).acceptInvite(code);
  }
  const start = (at: number, name = `p${at}-${Math.random()}`) =>
    new Companion(name, {
      origin: local.platform.origin,
      token: seeded[at]?.token ?? "",
      sessionId,
      input,
      folder: join(folder, name),
    });
  return { sessionId, host, start };
}

test("P27, C7: a companion that is killed in mid take leaves; the room goes on, and it can come back to the same log", async () => {
  const { start } = await session(2);
  const [ada, ben] = [start(0), start(1)];
  await Promise.all([ada, ben].map((one) => one.until("link", ({ state }) => state === "connected")));
  ada.press({ command: "record" });
  await ben.until("recording", () => true);
  ben.kill();
  await ada.until("logged", ({ event }) => event.body.kind === "left");
  ada.execute({ type: "chat", text: "still here" });
  await ada.until("logged", ({ event }) => event.body.kind === "chat");
  ada.press({ command: "stop" });
  await ada.until("recorded", () => true);

  const again = start(1);
  await again.until("logged", ({ event }) => event.body.kind === "chat");
  // Where the way back is shorter than the silence that is noticed, Ada's end of it was connected all the time.
  await again.until("link", ({ state }) => state === "connected");
  await again.until("logged", ({ event }) => event.seq >= (ada.emitted("logged").at(-1)?.event.seq ?? 0));
  const seen = (one: Companion) => one.emitted("logged").map(({ event }) => JSON.stringify(event));
  expect(seen(again)).toEqual(seen(ada).slice(0, seen(again).length));
  await Promise.all([ada.leave(), again.leave()]);
});

test("C7: without the share nothing of a take leaves the machine; E2: a deleted session tells everybody and is gone", async () => {
  const { sessionId, host, start } = await session(2);
  const [ada, ben] = [start(0), start(1)];
  await Promise.all([ada, ben].map((one) => one.until("joined", () => true)));
  ada.press({ command: "record" });
  await Promise.all([ada, ben].map((one) => one.until("recording", () => true)));
  ben.press({ command: "stop" });
  await Promise.all([ada, ben].map((one) => one.until("recorded", () => true)));
  expect(await host.listRecordings(sessionId)).toEqual([]);
  expect((await local.platform.recordings.list({ prefix: `recordings/${sessionId}/` })).objects).toEqual([]);
  ben.execute({ type: "share" });
  await ada.until("delivered", () => true);
  expect(await host.listRecordings(sessionId)).toHaveLength(1);

  await host.deleteSession(sessionId);
  await ben.until("warning", ({ code, final }) => code === "session-closed" && final);
  expect((await local.platform.recordings.list({ prefix: `recordings/${sessionId}/` })).objects).toEqual([]);
  await Promise.all([ada.leave(), ben.leave()]);
});

test("P6, P9, X12: the platform's process is gone in mid session; the companions come back by themselves and miss nothing", async () => {
  const { start } = await session(2);
  const [ada, ben] = [start(0), start(1)];
  await Promise.all([ada, ben].map((one) => one.until("joined", () => true)));
  ada.execute({ type: "chat", text: "before" });
  await ben.until("logged", ({ event }) => event.body.kind === "chat");
  const port = Number(new URL(local.platform.origin).port);
  await local.stop();
  ben.execute({ type: "chat", text: "said while it was away" });
  local = await startLocal({ stateDir, port });
  const chats = (one: Companion) =>
    one.emitted("logged").flatMap(({ event }) => (event.body.kind === "chat" ? [event.body.text] : []));
  for (const one of [ada, ben]) await expect.poll(() => chats(one)).toEqual(["before", "said while it was away"]);
  const seqs = ada.emitted("logged").map(({ event }) => event.seq);
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, at) => at + 1));
  await Promise.all([ada.leave(), ben.leave()]);
});
