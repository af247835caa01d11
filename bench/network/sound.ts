/**
 * How soon two companions hear each other again once a network that was gone for one of them is there again: headless companions in network namespaces,
 * with room, relay and everything else beside them, and what they played told from inside the sound. Their cables are captured all the while.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { wavFile } from "../../audio/wav-writer.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { readHeard } from "../../dev/demo/measure.ts";
import { Network } from "../../dev/networks.ts";
import { percentile } from "../../dev/percentile.ts";
import { startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { startRelay } from "../../dev/turn.ts";
import { absoluteRows, type Row } from "../row.ts";
import { music } from "../sound/pair.ts";

/** How long the network is gone, and how often. */
const GAPS = [
  { goneMs: 5_000, times: 3 },
  { goneMs: 25_000, times: 2 },
  { goneMs: 84_000, times: 1 },
] as const;
const GOAL_MS = 700;
const SETTLE_MS = 8_000;
/** So many blocks in a row are sound again, and no spark of it. */
const BLOCKS = 20;

export async function soundRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-return-"));
  const network = new Network();
  const secret = "bench";
  const relay = await startRelay({ secret, host: network.host });
  const platform = await startPlatform({
    stateDir: join(folder, "platform"),
    isCrowd: true,
    bindings: { TURN_KEY: secret, TURN_URLS: relay.urls },
  });
  const platformPort = Number(new URL(platform.origin).port);
  const door = createServer((socket) => {
    const inner = connect(platformPort, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    for (const end of [socket, inner]) end.on("error", () => [socket, inner].map((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => door.listen(platformPort, network.host, resolve));
  const input = join(folder, "music.wav");
  writeFileSync(input, wavFile({ sampleRateHz: 48_000, channels: 2, encoding: "pcm24" }, music(20)));
  const companions: Companion[] = [];
  try {
    const seed = (displayName: string) =>
      seedAccount(platform, { displayName, email: `${displayName.toLowerCase()}@example.org`, tier: "free" });
    const [ada, ben] = [await seed("Ada"), await seed("Ben")];
    const api = new ApiClient(platform.origin, ada.token);
    const { sessionId } = await api.createSession("Return");
    await new ApiClient(platform.origin, ben.token).acceptInvite((await api.createInvite(sessionId)).code);
    const stations = [network.plug(), network.plug()] as const;
    const origin = `http://${network.host}:${platformPort}`;
    for (const [at, [name, { token }]] of [["Ada", ada] as const, ["Ben", ben] as const].entries()) {
      const place = join(folder, name);
      mkdirSync(place);
      const prefix = stations[at]?.prefix ?? [];
      companions.push(new Companion(name, { origin, token, sessionId, input, folder: place, prefix }));
    }
    await Promise.all(companions.map((one) => one.until("link", ({ state }) => state === "connected")));
    const returns: { goneMs: number; atMs: number }[] = [];
    for (const { goneMs, times } of GAPS)
      for (let time = 0; time < times; time++) {
        await sleep(SETTLE_MS);
        stations[0].set(false);
        // The gaps differ by parts of every wait there is.
        await sleep(goneMs + time * 317);
        stations[0].set(true);
        returns.push({ goneMs, atMs: machineNowMs() });
      }
    await sleep(2 * SETTLE_MS);
    for (const one of companions) await one.leave();
    const row = absoluteRows("network");
    return GAPS.map(({ goneMs, times }) => {
      const tookMs = companions.flatMap(({ name }) => {
        const { index } = readHeard(join(folder, name), "heard-studio");
        return returns.flatMap(({ goneMs: of, atMs }) => (of === goneMs ? [backAfterMs(index, atMs)] : []));
      });
      const worst = percentile(tookMs, 1);
      return row(
        `network gone ${goneMs / 1000} s, ${times} times: sound of both heard after it is back, worst`,
        worst,
        "ms",
        `≤ ${GOAL_MS} ms`,
        worst <= GOAL_MS,
        { median: percentile(tookMs, 0.5) },
      );
    });
  } finally {
    for (const one of companions) one.kill();
    door.close();
    await platform.stop();
    await relay.stop();
    network.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From an instant until sound that was sent is played again, and goes on. */
function backAfterMs({ atMs, concealed }: { atMs: number[]; concealed: boolean[] }, sinceMs: number): number {
  let run = 0;
  for (const [at, playedMs] of atMs.entries()) {
    if (playedMs < sinceMs) continue;
    run = concealed[at] === true ? 0 : run + 1;
    if (run === BLOCKS) return (atMs[at - BLOCKS + 1] ?? playedMs) - sinceMs;
  }
  return Number.POSITIVE_INFINITY;
}
