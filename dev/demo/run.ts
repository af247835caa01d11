import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { preRollOf } from "../../audio/stem-place.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { readInput } from "../../companion/engine/capture/input-file.node.ts";
import type { LoggedEvent } from "../../protocol/room.ts";
import { applyTimeline, initialTimeline, transportOf } from "../../protocol/transport.ts";
import { objectKey } from "../../workers/recordings/keys.ts";
import { percentile } from "../percentile.ts";
import type { Platform } from "../platform.ts";
import type { Progress } from "../progress.ts";
import { seedAccount } from "../seed.ts";
import { Companion } from "./companion.ts";
import {
  type Delays,
  findStem,
  isSameTransport,
  locateOnce,
  measureExact,
  measureLossy,
  readHeard,
  type SentMidi,
  type Source,
} from "./measure.ts";

export interface DemoOptions {
  platform: Platform;
  folder: string;
  hostAudio: string;
  guestAudio: string;
  /** What is in those two files. */
  inputs: { host: Int32Array; guest: Int32Array };
  /** How long is recorded. */
  seconds: number;
  progress: Progress;
}

/** What the demo found; `report.json` is this. */
export interface DemoReport {
  live: {
    studio: { bitIdentical: boolean; oneWayMs: Delays; lostPackets: number; concealedRatio: number; relayed: boolean };
    media: { oneWayMs: Delays; correlation: number };
  };
  transport: { events: number; sameOrder: boolean; onTime: boolean; skewMs: Delays };
  clock: { errorMs: number; roundTripMs: number };
  takes: {
    name: string;
    by: string;
    frames: number;
    timelineErrorMs: number;
    sha256: { local: string; stored: string; delivered: string };
  }[];
  chat: { from: string; text: string }[];
  notes: { from: string; text: string }[];
  durationSeconds: number;
  /** What was lost, out of order or out of place, in words: no machine, however busy, may do that. */
  problems: string[];
  /** What fell short of how it should sound: a busy machine does that, and says so. */
  shortfalls: string[];
  /** Neither of the two. */
  ok: boolean;
}

const random = () => randomBytes(6).toString("hex");

/** Two musicians, each with a companion of their own, make a session together on this platform. */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const { platform, folder, inputs, progress, seconds } = options;
  const startedAtMs = performance.now();
  mkdirSync(folder, { recursive: true });

  progress.step("Host creates the session, guest joins by invite code");
  const seed = (displayName: string) =>
    seedAccount(platform, {
      displayName,
      email: `${displayName.toLowerCase()}-${random()}@example.org`,
      tier: "free",
    });
  const [ada, ben] = [await seed("Ada"), await seed("Ben")];
  const hostApi = new ApiClient(platform.origin, ada.token);
  const guestApi = new ApiClient(platform.origin, ben.token);
  const session = await hostApi.createSession("The first session");
  const { code } = await hostApi.createInvite(session.sessionId);
  await guestApi.acceptInvite(code);

  const { sessionId } = session;
  const start = (name: string, token: string, input: string) =>
    new Companion(name, { origin: platform.origin, token, sessionId, input, folder: join(folder, name.toLowerCase()) });
  const host = start("Ada", ada.token, options.hostAudio);
  const guest = start("Ben", ben.token, options.guestAudio);
  const both = [host, guest] as const;
  try {
    progress.step("Companions meet in the room and link up");
    await Promise.all(both.map((one) => one.until("joined", () => true)));
    await Promise.all(both.map((one) => one.until("link", ({ state }) => state === "connected")));
    // Long enough for the lanes to learn the path, and for session time to be known to a fraction of a millisecond.
    await sleep(4_000);
    host.execute({ type: "chat", text: "Ready when you are." });
    await guest.until("logged", ({ event }) => event.body.kind === "chat", 10);
    guest.execute({ type: "chat", text: "Rolling. Count me in." });
    host.execute({ type: "note", noteId: randomUUID(), text: "Verse in D, 96 bpm." });

    progress.step("Rolling together");
    host.execute({ type: "transport", transport: { command: "locate", positionFrames: 4 * 48_000 } });
    host.execute({ type: "transport", transport: { command: "tempo", bpm: 96 } });
    host.execute({ type: "transport", transport: { command: "play" } });
    await Promise.all(both.map((one) => one.until("executed", ({ command }) => command === "play", 10)));
    const liveFromMs = Number(process.hrtime.bigint()) / 1e6;
    await sleep(1_000);
    host.execute({ type: "transport", transport: { command: "record" } });
    await Promise.all(both.map((one) => one.until("recording", () => true, 10)));
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      progress.update(tenth / (seconds * 10), `${(tenth / 10).toFixed(0)} s of ${seconds} s recorded`);
      await sleep(100);
    }
    host.execute({ type: "transport", transport: { command: "stop" } });
    const liveToMs = Number(process.hrtime.bigint()) / 1e6;
    await Promise.all(both.map((one) => one.until("recorded", () => true, 20)));

    progress.step("Sharing the takes");
    for (const one of both) one.execute({ type: "share" });
    await Promise.all(both.map((one) => one.until("shared", () => true, 120)));
    progress.step("Takes arrive at the other's place");
    await Promise.all(both.map((one) => one.until("delivered", () => true, 120)));
    for (const one of both) one.execute({ type: "report" });
    await Promise.all(both.map((one) => one.until("report", () => true, 10)));
    await Promise.all(both.map((one) => one.leave()));

    progress.step("Measuring");
    const report = await measure({ host, guest, inputs, folder, liveFromMs, liveToMs, sessionId, platform });
    return { ...report, durationSeconds: (performance.now() - startedAtMs) / 1000 };
  } finally {
    for (const one of both) one.kill();
  }
}

interface Evidence {
  host: Companion;
  guest: Companion;
  inputs: { host: Int32Array; guest: Int32Array };
  folder: string;
  liveFromMs: number;
  liveToMs: number;
  sessionId: string;
  platform: Platform;
}

async function measure(evidence: Evidence): Promise<DemoReport> {
  const { host, guest, inputs, folder, liveFromMs, liveToMs } = evidence;
  const problems: string[] = [];
  const shortfalls: string[] = [];
  const should = (holds: boolean, otherwise: string) => {
    if (!holds) shortfalls.push(otherwise);
  };
  const must = (holds: boolean, otherwise: string) => {
    if (!holds) problems.push(otherwise);
  };
  const ends = [
    { one: host, other: guest, source: sourceOf(host, inputs.host), folder: join(folder, "ada") },
    { one: guest, other: host, source: sourceOf(guest, inputs.guest), folder: join(folder, "ben") },
  ] as const;

  // Sound: what each end heard of the other.
  const studio = ends.map(({ folder: place, other }) => {
    const source = ends.find(({ one }) => one === other)?.source;
    if (source === undefined) throw new Error("no source");
    return {
      exact: measureExact(source, readHeard(place, "heard-studio"), liveFromMs, liveToMs),
      lossy: measureLossy(source, readHeard(place, "heard-media"), liveFromMs, liveToMs),
    };
  });
  const reports = ends.map(({ one }) => one.emitted("report").at(-1)?.report);
  const bitIdentical = studio.every(({ exact }) => exact.bitIdentical);
  should(bitIdentical, `The studio lane changed ${studio.map(({ exact }) => exact.wrongChunks).join(" and ")} blocks.`);
  const total = studio.reduce((sum, { exact }) => sum + exact.chunks + exact.concealedChunks, 0);
  const concealedRatio = studio.reduce((sum, { exact }) => sum + exact.concealedChunks, 0) / Math.max(1, total);
  should(concealedRatio < 0.01, `${(concealedRatio * 100).toFixed(1)} % of the studio lane had to be concealed.`);
  const worst = (pick: (delays: Delays) => number, lane: "exact" | "lossy") =>
    Math.max(...studio.map((end) => pick(end[lane].oneWayMs)));
  const delays = (lane: "exact" | "lossy"): Delays => ({
    p50: worst(({ p50 }) => p50, lane),
    p95: worst(({ p95 }) => p95, lane),
    max: worst(({ max }) => max, lane),
  });
  const correlation = Math.min(...studio.map(({ lossy }) => lossy.correlation));
  should(correlation > 0.6, `The media lane's likeness to its source is ${correlation}.`);
  const relayed = reports.every((report) => report?.relayed === true);
  must(relayed, "The link does not go over the relay.");

  // Transport: the MIDI that left each end.
  const midi = ends.map(({ folder: place }) =>
    readFileSync(join(place, "midi.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SentMidi),
  );
  const [hostMidi = [], guestMidi = []] = midi.map(locateOnce);
  const sameOrder = isSameTransport(hostMidi, guestMidi);
  must(sameOrder && hostMidi.length >= 4, "The two ends did not send the same MIDI.");
  const skews = hostMidi.map(({ atMs }, at) => Math.abs(atMs - (guestMidi[at]?.atMs ?? Number.POSITIVE_INFINITY)));
  const executed = ends.flatMap(({ one }) => one.emitted("executed"));
  const onTime = executed.every((line) => line.onTime);
  should(onTime, "A command came too late.");
  const logs = ends.map(({ one }) => one.emitted("logged").map(({ event }) => event));
  const common = (log: LoggedEvent[] = []) =>
    JSON.stringify(log.filter(({ body }) => body.kind !== "joined" && body.kind !== "left"));
  must(common(logs[0]) === common(logs[1]), "The two ends have different logs.");

  // Takes: from the musician's disk to R2 and to the other's disk.
  const log = logs[0] ?? [];
  const offsetMs =
    (host.emitted("report").at(-1)?.report.clock?.offsetMs ?? 0) / 2 +
    (guest.emitted("report").at(-1)?.report.clock?.offsetMs ?? 0) / 2;
  const clockErrorMs = reports.reduce((sum, report) => sum + (report?.clock?.errorMs ?? 0), 0);
  const takes: DemoReport["takes"] = [];
  for (const { one, other, source } of ends) {
    for (const { stem } of one.emitted("recorded")) {
      const delivered = other.emitted("delivered").find(({ recordingId }) => recordingId === stem.recordingId);
      const object = await evidence.platform.recordings.get(objectKey(evidence.sessionId, stem.recordingId));
      const stored =
        object === null
          ? ""
          : createHash("sha256")
              .update(new Uint8Array(await object.arrayBuffer()))
              .digest("hex");
      const sha256 = { local: stem.sha256 ?? "?", stored, delivered: delivered?.sha256 ?? "" };
      must(sha256.local === stored && stored === sha256.delivered, `"${stem.name}" is not the same everywhere.`);
      const sound = await readInput(stem.path);
      const nearFrame = Math.round((stem.startedAtMs - offsetMs - source.openedAtMs) * 48);
      const frame = findStem(source, sound, nearFrame);
      // The place on the timeline that the transport's log gives to the instant at which this sound was captured. What was played before
      // the record button, while the transport stood still, has no place of its own.
      const preRollFrames = preRollOf(stem);
      const capturedAtMs = frame === null ? Number.NaN : source.openedAtMs + (frame + preRollFrames) / 48 + offsetMs;
      const timelineErrorMs = Math.abs(placeAt(log, capturedAtMs) - stem.timelineFrames - preRollFrames) / 48;
      const said = `"${stem.name}" lies ${timelineErrorMs} ms from its place.`;
      should(timelineErrorMs <= 1, said);
      // Session time is known within a bound, now (the report's) and when the take was made (its own journal's): nothing lies further off
      // than these explain.
      const thenErrorMs = Math.max(0, ...stem.clock.map(({ errorMs }) => errorMs));
      must(timelineErrorMs <= 1 + clockErrorMs + thenErrorMs, said);
      takes.push({ name: stem.name, by: one.name, frames: stem.frames, timelineErrorMs, sha256 });
    }
  }
  must(new Set(takes.map(({ by }) => by)).size === 2, "Somebody's take is missing.");
  // A machine that stands still for longer than a dropout may last ends a take, and the next one begins.
  should(takes.length === 2, `There are ${takes.length} takes instead of two.`);

  const names = new Map<string, string>();
  for (const { one } of ends) names.set(one.emitted("joined")[0]?.memberId ?? "", one.name);
  const texts = (kind: "chat" | "note") =>
    log.flatMap(({ body, from }) =>
      body.kind === kind && from !== undefined ? [{ from: names.get(from) ?? from, text: body.text }] : [],
    );
  must(texts("chat").length === 2 && texts("note").length === 1, "A chat message or the note is missing.");

  return {
    live: {
      studio: {
        bitIdentical,
        oneWayMs: delays("exact"),
        lostPackets: studio.reduce((sum, { exact }) => sum + exact.concealedChunks, 0),
        concealedRatio,
        relayed,
      },
      media: { oneWayMs: delays("lossy"), correlation },
    },
    transport: {
      events: log.filter(({ body }) => body.kind === "transport").length,
      sameOrder,
      onTime,
      skewMs: { p50: percentile(skews, 0.5), p95: percentile(skews, 0.95), max: percentile(skews, 1) },
    },
    clock: {
      errorMs: Math.max(...reports.map((report) => report?.clock?.errorMs ?? Number.POSITIVE_INFINITY)),
      roundTripMs: Math.max(...reports.map((report) => report?.clock?.roundTripMs ?? Number.POSITIVE_INFINITY)),
    },
    takes,
    chat: texts("chat"),
    notes: texts("note"),
    durationSeconds: 0,
    problems,
    shortfalls,
    ok: problems.length + shortfalls.length === 0,
  };
}

function sourceOf(companion: Companion, samples: Int32Array): Source {
  return { samples, openedAtMs: companion.emitted("joined")[0]?.openedAtMs ?? 0 };
}

/** The playhead at an instant of session time, from the log alone. */
function placeAt(log: readonly LoggedEvent[], atMs: number): number {
  let timeline = initialTimeline;
  for (const line of log) {
    const event = transportOf(line);
    // A take begins at the very instant of its command, give or take what is being measured here.
    if (event !== undefined && event.effectiveAtMs <= atMs + 1) timeline = applyTimeline(timeline, event);
  }
  const { transport } = timeline;
  return transport.positionFrames + (atMs - transport.atMs) * 48;
}
