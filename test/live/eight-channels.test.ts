import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeInterleaved } from "../../audio/pcm.ts";
import { readWavHeader } from "../../audio/wav-reader.ts";
import { wavFile } from "../../audio/wav-writer.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { sha256Of } from "../../companion/engine/stems/file-hash.node.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { type Relay, startRelay } from "../../dev/turn.ts";

const INPUTS = 10;
const CHANNELS = 8;
/** Ada's interface has ten inputs, and her drums are at the last eight. */
const FIRST = INPUTS - CHANNELS;
const LOOP_FRAMES = 4 * 48_000;

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-eight-"));
const input = join(folder, "interface.wav");
/** Noise of 16 bits, of which no two places are alike: a lane that loses packets is sent in so much. */
const noise = new Int32Array(new Uint8Array(randomBytes(LOOP_FRAMES * INPUTS * 4)).buffer).map(
  (value) => (value >> 12) & ~255,
);
const secret = "of eight channels";
let relay: Relay;
let platform: Platform;
beforeAll(async () => {
  writeFileSync(input, wavFile({ sampleRateHz: 48_000, channels: INPUTS, encoding: "pcm24" }, noise));
  relay = await startRelay({ secret });
  const bindings = { TURN_KEY: secret, TURN_URLS: relay.urls };
  platform = await startPlatform({ isCrowd: true, stateDir: join(folder, "state"), bindings });
});
afterAll(async () => {
  await platform.stop();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inputOf = (frame: number, channel: number) => noise[(frame % LOOP_FRAMES) * INPUTS + FIRST + channel] ?? 0;
/** Of which frame of the interface's loop all eight channels these are. */
const placeOf = (samples: Float64Array, frame: number) => {
  for (let place = 0; place < LOOP_FRAMES; place++)
    for (let channel = 0; samples[frame * CHANNELS + channel] === inputOf(place, channel); channel++)
      if (channel === CHANNELS - 1) return place;
  return -1;
};

/** The sound of a stem of eight channels, frame by frame as it lies. */
function soundOf(path: string): Float64Array {
  const bytes = readFileSync(path);
  const header = readWavHeader(bytes);
  expect(header?.channels).toBe(CHANNELS);
  return decodeInterleaved(bytes.subarray(header?.dataAtBytes), "pcm24");
}

test("C7, C9, P88: a take of eight channels is with the other to the bit, and is whole again for its owner from what the other heard", async () => {
  const [ada, ben] = await Promise.all(
    ["Ada", "Ben"].map((displayName) =>
      seedAccount(platform, { displayName, email: `${displayName}@example.org`, tier: "free" }),
    ),
  );
  const api = new ApiClient(platform.origin, ada?.token ?? "");
  const { sessionId } = await api.createSession("Drums");
  await new ApiClient(platform.origin, ben?.token ?? "").acceptInvite((await api.createInvite(sessionId)).code);
  const start = (name: string, token: string | undefined, ...flags: string[]) => {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    return new Companion(name, { origin: platform.origin, token: token ?? "", sessionId, input, folder: place, flags });
  };
  const drums = ["--inputs", "Drums:3-10"];
  const companions = [start("ada", ada?.token, ...drums), start("ben", ben?.token, "--arm", "")];
  const [drummer, keeper] = companions as [Companion, Companion];
  try {
    for (const one of companions) await one.until("link", ({ state }) => state === "connected");
    drummer.execute({ type: "safety-copies", mine: true, others: false });
    keeper.execute({ type: "safety-copies", mine: false, others: true });
    await drummer.until("safety-copies", ({ report }) => report.keptBy.length === 1);
    await keeper.until("safety-copies", ({ report }) => report.keeping.length === 1);
    drummer.press({ command: "record" });
    const begun = await drummer.until("executed", ({ command }) => command === "record");
    await drummer.until("recording", () => true);
    await new Promise((after) => setTimeout(after, Math.max(0, 2_500 - begun.localAtMs + begun.effectiveLocalMs)));
    drummer.press({ command: "stop" });
    const { stem } = await drummer.until("recorded", () => true);
    expect(stem.format).toEqual({ sampleRateHz: 48_000, channels: CHANNELS, encoding: "pcm24" });
    await keeper.until("safety-copies", ({ report }) => report.held === 1);

    // On the drummer's disk lies what the interface captured, on every channel, without a gap.
    const played = soundOf(stem.path);
    const from = placeOf(played, 0);
    expect(from).toBeGreaterThanOrEqual(0);
    const captured = played.map((_, at) => inputOf(from + Math.floor(at / CHANNELS), at % CHANNELS));
    expect(Buffer.from(played.buffer).equals(Buffer.from(captured.buffer))).toBe(true);

    // Her laptop burns; on another one it comes back from what Ben heard.
    drummer.kill();
    rmSync(join(folder, "ada"), { recursive: true });
    const again = start("ada-again", ada?.token, ...drums);
    companions.push(again);
    const missing = await again.until("safety-copies", ({ report }) => report.own.some(({ isHere }) => !isHere));
    again.execute({ type: "bring-back", copyId: missing.report.own[0]?.copyId ?? "" });
    await again.until("notice", ({ message }) => message.includes("has come back from a safety copy"));
    await again.until(
      "safety-copies",
      ({ report }) => report.own.length > 0 && report.own.every(({ isHere }) => isHere),
    );
    again.execute({ type: "share" });
    const { recording } = await again.until("shared", () => true);
    const { path } = await keeper.until("delivered", () => true);
    expect(recording.format.channels).toBe(CHANNELS);
    expect(await sha256Of(path)).toBe(recording.sha256);
    // In his project it is one track, as wide as the stem.
    expect(readFileSync(join(folder, "ben", "session.rpp"), "utf8").match(/NCHAN \d+/g)).toEqual([`NCHAN ${CHANNELS}`]);

    // Frame by frame what was played, on all eight; silence stands for what a busy machine did not bring, and a fold-down for what it had no room for.
    const returned = soundOf(path);
    const isWhole = (frame: number) =>
      returned.subarray(frame * CHANNELS + 2, (frame + 1) * CHANNELS).some((one) => one !== 0);
    const frames = Array.from({ length: returned.length / CHANNELS }, (_, frame) => frame).filter(isWhole);
    const [first = 0] = frames;
    const offset = placeOf(returned, first) - first;
    // Fifty milliseconds of all eight: beside much else a lane is in fewer channels again before long.
    expect(frames.length).toBeGreaterThan(2_400);
    for (const frame of frames)
      for (let channel = 0; channel < CHANNELS; channel++)
        if (returned[frame * CHANNELS + channel] !== inputOf(frame + offset + LOOP_FRAMES, channel))
          expect.fail(`Frame ${frame} is another on channel ${channel + 1}.`);
  } finally {
    for (const one of companions) one.kill();
  }
});
