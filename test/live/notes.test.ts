import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { loadJackMidi, openJackMidiPort } from "../../companion/engine/midi/jack-midi-port.node.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { JACK_RATE_HZ, Jack } from "../../dev/demo/jack.ts";
import { JackEar } from "../../dev/demo/jack-ear.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { type Relay, startRelay } from "../../dev/turn.ts";
import { writeNoise } from "./same-sound.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-notes-"));
const secret = "a keyboard's own";
const NOTES = 60;
const APART_MS = 40;
let relay: Relay;
let platform: Platform;
let jack: Jack;
beforeAll(async () => {
  const startSession = async () => {
    relay = await startRelay({ secret });
    const bindings = { TURN_KEY: secret, TURN_URLS: relay.urls };
    platform = await startPlatform({ isCrowd: true, stateDir: join(folder, "state"), bindings });
  };
  const startJack = async () => {
    jack = await Jack.start();
  };
  await Promise.all([startJack(), startSession()]);
});
afterAll(async () => {
  await jack?.stop();
  await platform?.stop();
  await relay?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((one, other) => one - other)[Math.floor(share * (values.length - 1))] ?? Number.NaN;

test("P87: notes from one JACK port to another's, through the relay: each once, in order, as long after it was played; and none hangs when a companion leaves in the middle", async () => {
  const input = writeNoise(join(folder, "noise.wav"));
  const [ada, ben] = await Promise.all(
    ["Ada", "Ben"].map((displayName) =>
      seedAccount(platform, { displayName, email: `${displayName}@example.org`, tier: "free" }),
    ),
  );
  const api = new ApiClient(platform.origin, ada?.token ?? "");
  const { sessionId } = await api.createSession("Keys");
  await new ApiClient(platform.origin, ben?.token ?? "").acceptInvite((await api.createInvite(sessionId)).code);
  const companions = (["Ada", "Ben"] as const).map((name) => {
    const place = join(folder, name);
    mkdirSync(place);
    const token = (name === "Ada" ? ada : ben)?.token ?? "";
    const flags = ["--notes", `jack:${name} notes`];
    return new Companion(name, { origin: platform.origin, token, sessionId, input, folder: place, flags });
  });
  const [player, listener] = companions as [Companion, Companion];
  const jackMidi = loadJackMidi();
  const keys = openJackMidiPort(jackMidi, "Keys");
  const ears: JackEar[] = [];
  try {
    for (const one of companions) await one.until("link", ({ state }) => state === "connected");
    jack.connect(await jack.until("Keys:out"), await jack.until("Ada notes:in"));
    ears.push(await JackEar.open(jackMidi, jack, "Beside", [await jack.until("Keys:out")]));
    ears.push(await JackEar.open(jackMidi, jack, "There", [await jack.until("Ben notes:out")]));
    const [beside, there] = ears as [JackEar, JackEar];
    // Session time is known well after some answers of the room.
    await player.until("latency", () => true);
    const startMs = machineNowMs() + 500;
    for (let at = 0; at < NOTES; at++) {
      const atMs = startMs + at * APART_MS;
      await expect.poll(() => machineNowMs(), { interval: 5 }).toBeGreaterThan(atMs - 60);
      keys.sendAt(Uint8Array.of(0x90, 36 + at, 100), atMs);
      keys.sendAt(Uint8Array.of(0x80, 36 + at, 0), atMs + APART_MS / 2);
    }
    await expect.poll(() => there.heard.length).toBe(2 * NOTES);
    expect(there.heard.map(({ bytes }) => [...bytes])).toEqual(beside.heard.map(({ bytes }) => [...bytes]));
    const awayMs = there.heard.map(
      ({ frame }, at) => ((frame - (beside.heard[at]?.frame ?? 0)) * 1_000) / JACK_RATE_HZ,
    );
    const middleMs = quantile(awayMs, 0.5);
    const apartMs = awayMs.map((one) => Math.abs(one - middleMs));
    listener.execute({ type: "report" });
    const { report } = await listener.until("report", () => true);
    const [load = 0] = loadavg();
    console.log(
      `notes after a direct connection: p50 ${middleMs.toFixed(1)}, p95 ${quantile(awayMs, 0.95).toFixed(1)} ms; off the middle p50 ${quantile(apartMs, 0.5).toFixed(2)}, p95 ${quantile(apartMs, 0.95).toFixed(2)} ms; ${JSON.stringify(report.notes)}; load ${load.toFixed(1)}`,
    );
    expect(report.notes).toMatchObject({ heard: 2 * NOTES });
    keys.sendAt(Uint8Array.of(0x92, 60, 100), machineNowMs());
    await expect.poll(() => there.heard.some(({ bytes }) => bytes[0] === 0x92)).toBe(true);
    await player.leave();
    await expect.poll(() => there.heard.some(({ bytes }) => bytes[0] === 0x82 && bytes[1] === 60)).toBe(true);
    // JACK waits for a client that was killed as long as for a slow one.
    await listener.leave();
  } finally {
    for (const ear of ears) ear.close();
    await keys.close();
    for (const one of companions) one.kill();
  }
});
