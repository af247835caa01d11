import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wavFile } from "../../audio/wav-writer.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { type Relay, startRelay } from "../../dev/turn.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-safety-"));
const secret = "a safety copy's own";
let relay: Relay;
let platform: Platform;
beforeAll(async () => {
  relay = await startRelay({ secret });
  const bindings = { TURN_KEY: secret, TURN_URLS: relay.urls };
  platform = await startPlatform({ isCrowd: true, stateDir: join(folder, "state"), bindings });
});
afterAll(async () => {
  await platform.stop();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
});

const FRAME_BYTES = 6;
const soundOf = (stem: Stem) =>
  readFileSync(stem.path).subarray(stem.headerBytes, stem.headerBytes + stem.frames * FRAME_BYTES);

/** Where sound lies in other sound, how many of its frames are the same there, and how many are neither that nor silence. */
function compare(some: Buffer, of: Buffer): { at: number; same: number; other: number } {
  const frameOf = (bytes: Buffer, frame: number, count = 1) =>
    bytes.subarray(frame * FRAME_BYTES, (frame + count) * FRAME_BYTES);
  const frames = some.byteLength / FRAME_BYTES;
  let at: number | undefined;
  for (let frame = 0; at === undefined && frame < frames; frame += 50) {
    const place = of.indexOf(frameOf(some, frame, 50));
    if (place >= 0 && place % FRAME_BYTES === 0) at = place / FRAME_BYTES - frame;
  }
  if (at === undefined) return { at: 0, same: 0, other: frames };
  const silence = Buffer.alloc(FRAME_BYTES);
  let same = 0;
  let other = 0;
  for (let frame = 0; frame < frames; frame++) {
    const [here, there] = [frameOf(some, frame), frameOf(of, at + frame)];
    if (here.equals(there)) same++;
    else if (there.byteLength > 0 && !here.equals(silence)) other++;
  }
  return { at, same, other };
}

test("C9, P86: a laptop that burns in the middle of the night loses nothing that a collaborator has kept", async () => {
  // Noise, so that no two places of it are alike; of 16 bits and with both sides alike, since a lane that loses packets is sent in so much.
  const input = join(folder, "noise.wav");
  const drawn = new Int32Array(new Uint8Array(randomBytes(8 * 48_000 * 4)).buffer);
  const noise = new Int32Array(2 * drawn.length).map((_, place) => ((drawn[place >> 1] ?? 0) >> 12) & ~255);
  writeFileSync(input, wavFile({ sampleRateHz: 48_000, channels: 2, encoding: "pcm24" }, noise));
  const [ada, ben] = await Promise.all(
    ["Ada", "Ben"].map((displayName) =>
      seedAccount(platform, { displayName, email: `${displayName}@example.org`, tier: "free" }),
    ),
  );
  const api = new ApiClient(platform.origin, ada?.token ?? "");
  const { sessionId } = await api.createSession("Midnight");
  await new ApiClient(platform.origin, ben?.token ?? "").acceptInvite((await api.createInvite(sessionId)).code);
  const start = (name: string, token = "") => {
    const place = join(folder, name);
    mkdirSync(place);
    return new Companion(name, { origin: platform.origin, token, sessionId, input, folder: place });
  };
  const companions = [start("ada", ada?.token), start("ben", ben?.token)];
  const [laptop, keeper] = companions as [Companion, Companion];
  try {
    for (const one of companions) await one.until("link", ({ state }) => state === "connected");
    // Neither keeps anything before both have said so.
    laptop.execute({ type: "safety-copies", mine: true, others: false });
    await laptop.until("notice", ({ message }) => message.includes("sealed so that only you can open it"));
    expect(laptop.emitted("safety-copies").some(({ report }) => report.keptBy.length > 0)).toBe(false);
    keeper.execute({ type: "safety-copies", mine: false, others: true });
    await laptop.until("safety-copies", ({ report }) => report.keptBy.length === 1);
    await keeper.until("safety-copies", ({ report }) => report.keeping.length === 1);

    laptop.execute({ type: "transport", transport: { command: "record" } });
    const begun = await laptop.until("executed", ({ command }) => command === "record");
    await laptop.until("recording", () => true);
    await new Promise((after) => setTimeout(after, Math.max(0, 4_000 - begun.localAtMs + begun.effectiveLocalMs)));
    laptop.execute({ type: "transport", transport: { command: "stop" } });
    const { stem } = await laptop.until("recorded", () => true);
    const played = soundOf(stem);
    await keeper.until("safety-copies", ({ report }) => report.held === 1);
    const [sealed] = readdirSync(join(folder, "ben", "safety-copies")).filter((name) => name.endsWith(".copy"));
    const kept = readFileSync(join(folder, "ben", "safety-copies", sealed ?? ""));
    // Whoever keeps it holds as much as was played, and nothing of it in the clear.
    expect(kept.byteLength).toBeGreaterThan(3 * 48_000 * FRAME_BYTES);
    expect(kept.includes(played.subarray(-48_000 * FRAME_BYTES).subarray(0, 12))).toBe(false);

    laptop.kill();
    rmSync(join(folder, "ada"), { recursive: true });
    const another = start("ada-again", ada?.token);
    companions.push(another);
    const { report } = await another.until("safety-copies", ({ report }) => report.returnable.length === 1);
    another.execute({ type: "bring-back", copyId: report.returnable[0]?.copyId ?? "" });
    const { stem: back } = await another.until("recorded", () => true);

    // To the bit what was recorded on the laptop; silence stands for what a busy machine did not bring to the other.
    const returned = soundOf(back);
    const { at, same, other } = compare(returned, played);
    expect(other).toBe(0);
    expect(same).toBeGreaterThan(48_000);
    // As well as session time was known then, there and here.
    const withinMs = 2 * Math.max(...stem.clock.map(({ errorMs }) => errorMs)) + 10;
    const awayMs = (back.timelineFrames - (stem.timelineFrames + at)) / 48;
    expect(Math.abs(awayMs)).toBeLessThan(withinMs);
    await another.until("safety-copies", ({ report }) => report.returnable.length === 0);

    // Once it is with everybody, nobody keeps it any longer.
    another.execute({ type: "share" });
    await another.until("shared", () => true);
    await keeper.until("delivered", () => true);
    await expect.poll(() => readdirSync(join(folder, "ben", "safety-copies"))).toEqual([]);
  } finally {
    for (const one of companions) one.kill();
  }
});
