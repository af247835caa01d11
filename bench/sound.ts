import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FileDevice } from "../companion/engine/capture/file-source.node.ts";
import { machineNowMs } from "../companion/engine/clock/machine-clock.node.ts";
import { Links } from "../companion/engine/links/links.std.ts";
import { MediaLink } from "../companion/engine/links/media.node.ts";
import { openNodePeer } from "../companion/engine/links/peer.node.ts";
import { Trace } from "../companion/engine/links/trace.node.ts";
import { measureExact, measureLossy, readHeard } from "../dev/demo/measure.ts";
import { relayCredentials, startRelay } from "../dev/turn.ts";
import { MemberId } from "../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../protocol/limits.ts";
import type { Row } from "./row.ts";

const SECONDS = 12;
const SETTLE_MS = 5_000;

/** Noise with its energy where music has it: every moment differs, and a codec keeps most of it. */
function music(seconds: number): Int32Array {
  let state = 1;
  let low = 0;
  return Int32Array.from({ length: seconds * 48_000 * 2 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    low += 0.1 * (state / 2 ** 31 - 1 - low);
    return Math.round(low * 2 ** 22);
  });
}

const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");

/** One way between two ends over a relay on this machine, in one process: what each lane and WebRTC's own settings cost. */
async function measure(tuned: boolean) {
  const secret = "bench";
  const relay = await startRelay({ secret });
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const heard = { studio: new Trace(), media: new Trace() };
  const ends = new Map<MemberId, Links>();
  const make = (self: MemberId, other: MemberId) => {
    const links: Links = new Links({
      openPeer: openNodePeer,
      openMedia: ({ offers, signal }) =>
        new MediaLink({
          iceServers: () => links.iceServers,
          offers,
          signal,
          tuned,
          onMedia: (samples) => {
            if (self === BEN)
              heard.media.add(
                Int32Array.from(samples, (sample) => sample * 256),
                machineNowMs(),
              );
          },
        }),
      signal: (to, signal) => ends.get(to)?.hear(self, signal),
      onState: () => undefined,
      onHeard: (samples, isConcealed, isExact) => {
        if (self === BEN) heard.studio.add(samples.slice(), machineNowMs(), isConcealed, isExact);
      },
      nowMs: machineNowMs,
      newStream: () => randomInt(2 ** 32),
    });
    links.iceServers = [relayCredentials(secret, relay)];
    links.enter(self);
    links.follow([{ memberId: other, connected: true, role: "host" }]);
    ends.set(self, links);
    return links;
  };
  const [near, far] = [make(ADA, BEN), make(BEN, ADA)];
  const samples = music(SECONDS + 8);
  const silence = new Int32Array(LANE_PACKET_FRAMES * 2);
  const device: FileDevice = new FileDevice(samples, ({ frame, input, output }) => {
    const atMs = device.timeOf(frame + LANE_PACKET_FRAMES);
    near.turn(frame, input, silence, true, 0, atMs);
    far.turn(frame, input, output, false, 0, atMs);
  });
  const timer = setInterval(() => {
    for (const links of ends.values()) links.tick();
  }, 200);
  try {
    device.open();
    await sleep(SETTLE_MS + SECONDS * 1000);
    device.close();
    for (const links of ends.values()) links.close();
    heard.studio.save(folder, "studio");
    heard.media.save(folder, "media");
    const source = { samples, openedAtMs: device.openedAtMs };
    const [fromMs, toMs] = [device.openedAtMs + SETTLE_MS, device.openedAtMs + SETTLE_MS + SECONDS * 1000];
    return {
      studio: measureExact(source, readHeard(folder, "studio"), fromMs, toMs),
      media: measureLossy(source, readHeard(folder, "media"), fromMs, toMs),
    };
  } finally {
    clearInterval(timer);
    device.close();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Studio lane beside the media lane and beside WebRTC's defaults, each measured from inside the sound. */
export async function run(): Promise<Row[]> {
  const ours = await measure(true);
  const plain = await measure(false);
  const row = (name: string, value: number, media: number, defaults: number): Row => ({
    bench: "sound",
    name,
    value,
    unit: "ms",
    beside: { "media lane": media, "WebRTC defaults": defaults },
    ratio: value / defaults,
    goal: "≤ 0.5 × WebRTC defaults",
    ok: value <= 0.5 * defaults,
  });
  const { studio, media } = ours;
  const share = studio.concealedChunks / (studio.chunks + studio.concealedChunks);
  return [
    row("studio lane, one way, p50", studio.oneWayMs.p50, media.oneWayMs.p50, plain.media.oneWayMs.p50),
    row("studio lane, one way, p95", studio.oneWayMs.p95, media.oneWayMs.p95, plain.media.oneWayMs.p95),
    {
      bench: "sound",
      name: "studio lane, concealed",
      value: share * 100,
      unit: "%",
      beside: {},
      ratio: null,
      goal: "≤ 0.1 %",
      ok: share <= 0.001,
    },
    {
      bench: "sound",
      name: "studio lane, blocks that are not what was sent",
      value: studio.wrongChunks,
      unit: "blocks",
      beside: {},
      ratio: null,
      goal: "0",
      ok: studio.bitIdentical,
    },
    {
      bench: "sound",
      name: "media lane, likeness to its source",
      value: media.correlation,
      unit: "",
      beside: { "WebRTC defaults": plain.media.correlation },
      ratio: media.correlation / plain.media.correlation,
      goal: "",
      ok: true,
    },
  ];
}
