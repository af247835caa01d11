import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import type { CopiesReport } from "../../companion/engine/copies/safety-copies.std.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { type Relay, startRelay } from "../../dev/turn.ts";
import { compare, FRAME_BYTES, NOISE_SECONDS, soundOf, writeNoise } from "./same-sound.ts";

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

/** The sealed copy on somebody's disk, as far as it has come. */
function heldBy(name: string): Buffer {
  const place = join(folder, name, "safety-copies");
  const [sealed] = existsSync(place) ? readdirSync(place).filter((file) => file.endsWith(".copy")) : [];
  return sealed === undefined ? Buffer.alloc(0) : readFileSync(join(place, sealed));
}
const missing = ({ own }: CopiesReport) => own.filter(({ isHere }) => !isHere);

/** The companion as a program: how it ends, and what it says. */
function program(token = "", ...args: string[]): Promise<{ exit: number | null; said: string }> {
  const { promise, resolve } = Promise.withResolvers<{ exit: number | null; said: string }>();
  const child = spawn(process.execPath, ["companion/headless/sessionlinked.node.ts", ...args], {
    env: { ...process.env, SESSIONLINKED_TOKEN: token, XDG_CONFIG_HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      said += data;
    });
  child.once("close", (exit) => resolve({ exit, said }));
  return promise;
}

test("C9, P86: a laptop that burns in the middle of the night loses nothing that a collaborator has kept", async () => {
  const input = writeNoise(join(folder, "noise.wav"));
  const [ada, ben, cleo] = await Promise.all(
    ["Ada", "Ben", "Cleo"].map((displayName) =>
      seedAccount(platform, { displayName, email: `${displayName}@example.org`, tier: "free" }),
    ),
  );
  const api = new ApiClient(platform.origin, ada?.token ?? "");
  const { sessionId } = await api.createSession("Midnight");
  for (const one of [ben, cleo])
    await new ApiClient(platform.origin, one?.token ?? "").acceptInvite((await api.createInvite(sessionId)).code);
  const start = (name: string, token = "") => {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    return new Companion(name, { origin: platform.origin, token, sessionId, input, folder: place });
  };
  const companions = [start("ada", ada?.token), start("ben", ben?.token), start("cleo", cleo?.token)];
  const [laptop, keeper, second] = companions as [Companion, Companion, Companion];
  try {
    for (const one of companions) await one.until("link", ({ state }) => state === "connected");
    // Neither keeps anything before both have said so.
    laptop.execute({ type: "safety-copies", mine: true, others: false });
    await laptop.until("notice", ({ message }) => message.includes("sealed so that only you can open it"));
    expect(laptop.emitted("safety-copies").some(({ report }) => report.keptBy.length > 0)).toBe(false);
    keeper.execute({ type: "safety-copies", mine: false, others: true });
    second.execute({ type: "safety-copies", mine: false, others: true });
    await laptop.until("safety-copies", ({ report }) => report.keptBy.length === 2);
    for (const one of [keeper, second]) await one.until("safety-copies", ({ report }) => report.keeping.length === 1);

    laptop.press({ command: "record" });
    await laptop.until("recording", () => true);
    // Whoever keeps it holds as it comes what is played; a busy machine brings a part of it.
    for (const name of ["ben", "cleo"])
      await expect.poll(() => heldBy(name).byteLength).toBeGreaterThan(3 * 48_000 * FRAME_BYTES);
    laptop.press({ command: "stop" });
    const { stem } = await laptop.until("recorded", () => true);
    const played = soundOf(stem);
    for (const one of [keeper, second]) await one.until("safety-copies", ({ report }) => report.held === 1);
    // Nothing of it is in the clear.
    expect(heldBy("ben").includes(played.subarray(-48_000 * FRAME_BYTES).subarray(0, 12))).toBe(false);

    laptop.kill();
    rmSync(join(folder, "ada"), { recursive: true });
    const place = ["--folder", join(folder, "ada-again"), "--input", input];
    const restored = await program(ada?.token, "restore", sessionId, "--origin", platform.origin, ...place);
    expect(restored, restored.said).toMatchObject({ exit: 0 });
    expect(restored.said).toMatch(/(Ben, Cleo|Cleo, Ben) have \d+ s of yours that are not here/);
    expect(restored.said).toContain("has come back from a safety copy");
    const another = start("ada-again", ada?.token);
    companions.push(another);
    const { stem: back } = await another.until("recovered", () => true);

    // To the bit what was recorded on the laptop; silence stands for what a busy machine did not bring to the other.
    const returned = soundOf(back);
    const { at, same, other } = compare(returned, played);
    expect(other).toBe(0);
    expect(same).toBeGreaterThan(48_000);
    // As well as session time was known then, there and here.
    const withinMs = 2 * Math.max(...stem.clock.map(({ errorMs }) => errorMs)) + 10;
    const turns = (back.timelineFrames - (stem.timelineFrames + at)) / (NOISE_SECONDS * 48_000);
    const awayMs = (turns - Math.round(turns)) * NOISE_SECONDS * 1000;
    expect(Math.abs(awayMs)).toBeLessThan(withinMs);
    await another.until("safety-copies", ({ report }) => report.own.length > 0 && missing(report).length === 0);

    // Once it is with everybody, nobody keeps it any longer.
    another.execute({ type: "share" });
    await another.until("shared", () => true);
    await keeper.until("delivered", () => true);
    for (const name of ["ben", "cleo"])
      await expect.poll(() => readdirSync(join(folder, name, "safety-copies"))).toEqual([]);
  } finally {
    for (const one of companions) one.kill();
  }
});
