import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { playOver } from "../audio/testing/virtual-way.ts";
import { FileDevice } from "../companion/engine/capture/file-source.node.ts";
import { machineNowMs } from "../companion/engine/clock/machine-clock.node.ts";
import { MediaLink } from "../companion/engine/links/media.node.ts";
import { Trace } from "../companion/engine/links/trace.node.ts";
import { measureLossy, readHeard } from "../dev/demo/measure.ts";
import { percentile } from "../dev/percentile.ts";
import { relayCredentials, startRelay } from "../dev/turn.ts";
import type { Row } from "./row.ts";
import { relayRow } from "./sound/by-relay.ts";
import { onJack } from "./sound/on-jack.ts";
import { measurePair, music, SETTLE_MS } from "./sound/pair.ts";
import { playingRows } from "./sound/playing.ts";

const SECONDS = 12;
/** What brings a sample of the media lane to 24 bit. */
const MEDIA_SCALE = 256;

/** A track as WebRTC makes it when nobody's hand is on it, over the same relay. */
async function measureDefaults() {
  const secret = "bench";
  const relay = await startRelay({ secret });
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const heard = new Trace();
  const ends: MediaLink[] = [];
  const make = (self: 0 | 1) =>
    new MediaLink({
      iceServers: () => [relayCredentials(secret, relay)],
      rateHz: () => 48_000,
      offers: self === 0,
      signal: (signal) => ends[1 - self]?.handleSignal(signal),
      tuned: false,
      onMedia: (samples) => {
        if (self === 1) heard.add(samples, machineNowMs(), false, false, MEDIA_SCALE);
      },
    });
  ends.push(make(0), make(1));
  const samples = music(SECONDS + 8);
  const device: FileDevice = new FileDevice(samples, ({ input }) => ends[0]?.send(input));
  try {
    device.open();
    await sleep(SETTLE_MS + SECONDS * 1000);
    device.close();
    for (const end of ends) end.close();
    heard.save(folder, "media");
    const source = { samples, openedAtMs: device.openedAtMs };
    const [fromMs, toMs] = [device.openedAtMs + SETTLE_MS, device.openedAtMs + SETTLE_MS + SECONDS * 1000];
    return measureLossy(source, readHeard(folder, "media"), fromMs, toMs);
  } finally {
    device.close();
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds there and back, and the share that is lost on the way. */
const WAYS = [30, 80, 150].flatMap((roundTripMs) => [0, 0.01, 0.03].map((loss) => ({ roundTripMs, loss })));
const JITTER_MS = 20;
const CONCEALED_MAX: Readonly<Record<number, number>> = { 0: 0.001, 0.01: 0.001, 0.03: 0.005 };
/** Two quartzes as they are. */
const PPM = 20;
/** The one way that is also walked in real time, through the relay. */
const WALKED = { roundTripMs: 80, loss: 0.01 };

interface OverWay {
  under: string;
  loss: number;
  p99Ms: number;
  wayP99Ms: number;
  concealedShare: number;
}

/** What the lane adds to what a way itself takes, counted from the string, and what had to be concealed. */
const rowsOf = ({ under, loss, p99Ms, wayP99Ms, concealedShare }: OverWay): Row[] => [
  {
    bench: "sound",
    name: `studio lane, one way, p99: ${under}`,
    value: p99Ms,
    unit: "ms",
    beside: { "the way itself": wayP99Ms },
    ratio: p99Ms / wayP99Ms,
    goal: "≤ the way's own p99 + 6 ms",
    ok: p99Ms <= wayP99Ms + 6,
  },
  {
    bench: "sound",
    name: `studio lane, concealed: ${under}`,
    value: concealedShare * 100,
    unit: "%",
    beside: {},
    ratio: null,
    goal: `≤ ${(CONCEALED_MAX[loss] ?? 0) * 100} %`,
    ok: concealedShare <= (CONCEALED_MAX[loss] ?? 0),
  },
];

/** The lane over ways that delay, shake and lose: in virtual time, and one of them through the relay. */
async function overWays(): Promise<Row[]> {
  const words = (roundTripMs: number, loss: number) =>
    `${roundTripMs} ms there and back, ${JITTER_MS} ms jitter, ${loss * 100} % lost`;
  const virtual = WAYS.flatMap(({ roundTripMs, loss }, at) => {
    const way = { passageMs: roundTripMs / 2, jitterMs: JITTER_MS, loss, ppm: PPM, seed: 17 + at };
    const { delaysMs, waysMs, concealedShare } = playOver({ ...way, seconds: 300, settleSeconds: 30 });
    return rowsOf({
      p99Ms: percentile(delaysMs, 0.99),
      wayP99Ms: percentile(waysMs, 0.99),
      concealedShare,
      under: `${words(roundTripMs, loss)}, 20 ppm, in virtual time`,
      loss,
    });
  });
  const { roundTripMs, loss } = WALKED;
  const way = { passageMs: roundTripMs / 4, jitterMs: JITTER_MS, loss, seed: 17 };
  const { narrow, wayP99Ms } = await measurePair({ seconds: SECONDS, way });
  const walked = { p99Ms: narrow.oneWayMs.p99, wayP99Ms, concealedShare: narrow.concealedRatio, loss };
  return [...virtual, ...rowsOf({ ...walked, under: `${words(roundTripMs, loss)}, through the relay` })];
}

/** Studio lane beside the media lane and beside WebRTC's defaults, each measured from inside the sound. */
export async function run(): Promise<Row[]> {
  const ours = await measurePair({ seconds: SECONDS });
  const plain = await measureDefaults();
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
    row("studio lane, one way, p50", studio.oneWayMs.p50, media.oneWayMs.p50, plain.oneWayMs.p50),
    row("studio lane, one way, p95", studio.oneWayMs.p95, media.oneWayMs.p95, plain.oneWayMs.p95),
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
      beside: { "WebRTC defaults": plain.correlation },
      ratio: media.correlation / plain.correlation,
      goal: "",
      ok: true,
    },
    ...playingRows(),
    ...(await relayRow()),
    ...(await onJack()),
    ...(await overWays()),
  ];
}
