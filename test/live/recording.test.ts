import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { sha256Of } from "../../companion/engine/stems/file-hash.node.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { writePart } from "../../dev/demo/song.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import type { SessionId } from "../../protocol/ids.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-recording-"));
const input = join(folder, "guitar.wav");
let platform: Platform;
const running = new Set<Companion>();

beforeAll(async () => {
  writePart(input, "guitar", 5);
  platform = await startPlatform({ stateDir: join(folder, "state") });
});
afterEach(async () => {
  for (const companion of running) await companion.leave();
  running.clear();
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function person(displayName: string) {
  const account = { displayName, email: `${randomUUID()}@example.org`, tier: "pro" as const };
  const { token } = await seedAccount(platform, account);
  return { token, api: new ApiClient(platform.origin, token) };
}

/** A companion in the session, with everything armed. */
async function enter(name: string, token: string, sessionId: string, place = mkdtempSync(join(folder, `${name}-`))) {
  const companion = new Companion(name, { origin: platform.origin, token, sessionId, input, folder: place });
  running.add(companion);
  await companion.until("joined", () => true);
  return { companion, place };
}

async function permit(token: string, sessionId: SessionId, recordingPermitted: boolean): Promise<void> {
  const answer = await fetch(`${platform.origin}/api/v1/sessions/${sessionId}`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ settings: { recordingPermitted } }),
  });
  expect(answer.status).toBe(200);
}

const stemsIn = (place: string) => readdirSync(place).filter((name) => name.endsWith(".wav"));

/** Waits until so many seconds of a mono stem that was not there before, 24 bits wide, are on the disk. */
const soundIn = (place: string, seconds: number, known: readonly string[] = []) =>
  expect
    .poll(() => {
      const stems = stemsIn(place).filter((name) => !known.includes(name));
      return Math.max(0, ...stems.map((name) => statSync(join(place, name)).size));
    })
    .toBeGreaterThan(seconds * 48_000 * 3);

/** Waits until both have heard the same word, and so all that came before it. */
async function agree(one: Companion, other: Companion): Promise<void> {
  const text = randomUUID();
  one.execute({ type: "chat", text });
  for (const each of [one, other])
    await each.until("logged", ({ event }) => event.body.kind === "chat" && event.body.text === text);
}

test("C6: where the host does not permit recording nobody gets a file; withdrawn in mid take, the take ends for everybody and is safe", async () => {
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  const { sessionId } = await ada.api.createSession("Permission");
  await ben.api.acceptInvite((await ada.api.createInvite(sessionId)).code);
  await permit(ada.token, sessionId, false);
  const one = await enter("ada", ada.token, sessionId);
  const other = await enter("ben", ben.token, sessionId);
  other.companion.press({ command: "record" });
  await other.companion.until("warning", ({ code }) => code === "recording-off");
  await agree(other.companion, one.companion);
  expect([...stemsIn(one.place), ...stemsIn(other.place)]).toEqual([]);

  await permit(ada.token, sessionId, true);
  other.companion.press({ command: "record" });
  for (const { companion } of [one, other]) await companion.until("recording", () => true);
  for (const { place } of [one, other]) await soundIn(place, 1);
  await permit(ada.token, sessionId, false);
  for (const { companion } of [one, other]) {
    const { stem } = await companion.until("recorded", () => true);
    expect(stem).toMatchObject({ repaired: false, sharing: "local" });
    expect(await sha256Of(stem.path)).toBe(stem.sha256);
  }
});

test("X24, C7: a companion that is killed in mid take offers it at its next start, shares it when told to, and the other has it whole", async () => {
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  const { sessionId } = await ada.api.createSession("Torn");
  await ben.api.acceptInvite((await ada.api.createInvite(sessionId)).code);
  const first = await enter("ada", ada.token, sessionId);
  first.companion.press({ command: "record" });
  await first.companion.until("recording", () => true);
  await soundIn(first.place, 2.5);
  first.companion.kill();
  await first.companion.leave();
  running.delete(first.companion);

  const again = await enter("ada", ada.token, sessionId, first.place);
  const { stem } = await again.companion.until("recovered", () => true);
  expect(stem).toMatchObject({ repaired: true, sharing: "local" });
  expect(stem.frames / 48_000).toBeGreaterThan(1.5);
  // Offered, and in the person's own project; with nobody else until they share it.
  await expect.poll(() => existsSync(join(first.place, "session.rpp"))).toBe(true);
  expect(await ben.api.listRecordings(sessionId)).toEqual([]);
  again.companion.execute({ type: "share", recordingId: stem.recordingId });
  await again.companion.until("shared", () => true);
  const other = await enter("ben", ben.token, sessionId);
  const delivered = await other.companion.until("delivered", () => true);
  expect(await sha256Of(delivered.path)).toBe(stem.sha256);
});

test("C7: whoever leaves in mid take leaves it whole; 'share as I record' is remembered for the session and said again", async () => {
  const ada = await person("Ada");
  const { sessionId } = await ada.api.createSession("Leaving");
  const first = await enter("ada", ada.token, sessionId);
  first.companion.execute({ type: "share-as-i-record", on: true });
  await first.companion.until("notice", ({ message }) => message.includes("copies of their own"));
  first.companion.press({ command: "record" });
  await first.companion.until("recording", () => true);
  await soundIn(first.place, 1);
  first.companion.execute({ type: "leave" });
  const { stem } = await first.companion.until("recorded", () => true);
  await first.companion.leave();
  running.delete(first.companion);
  expect(stem).toMatchObject({ repaired: false, sharing: "wanted" });
  expect(await sha256Of(stem.path)).toBe(stem.sha256);
  // What was to be shared is shared by the next run, without another word; and so is what it records.
  const again = await enter("ada", ada.token, sessionId, first.place);
  await again.companion.until("shared", ({ recording }) => recording.sha256 === stem.sha256);
  await again.companion.until("notice", ({ message }) => message.startsWith("You share what you record"));
  again.companion.press({ command: "stop" });
  const known = stemsIn(first.place);
  again.companion.press({ command: "record" });
  await soundIn(first.place, 0.5, known);
  again.companion.press({ command: "stop" });
  await again.companion.until("shared", ({ recording }) => recording.sha256 !== stem.sha256);
});
