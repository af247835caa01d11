/**
 * The takes worker of a browser: recorder, files and uploads, apart from the page. It reads the same ring of captured blocks as the lanes worker,
 * so a page that is busy costs no frame of a take, and files are written where a browser lets them be written at once.
 */
import { BLOCK_MS, CaptureRing } from "../../../audio/capture-ring.ts";
import { DEVICE_RATE_HZ, LANE_CHANNELS } from "../../../audio/lane-players.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { ApiClient } from "../api/api-client.std.ts";
import { sendBytes } from "../api/send-bytes.dom.ts";
import type { Device } from "../capture/source.std.ts";
import type { FromTap, ToTap } from "../sound/tap-messages.std.ts";
import { BrowserDisk } from "../stems/disk.dom.ts";
import { openKeepingPlace, sweepBeside } from "./page-copies.dom.ts";
import { PageTakes } from "./page-takes.std.ts";
import { type FromTakes, type ToTakes, takesFolder } from "./takes-messages.std.ts";

/** A ring that was not woken looks all the same. */
const WAKE_MS = 100;

const say = (message: FromTakes) => self.postMessage(message);
let originMs = performance.timeOrigin;
let captureMs = 0;
const nowMs = () => performance.timeOrigin - originMs + performance.now();
const warn = (error: unknown) =>
  say({
    type: "event",
    event: {
      type: "warning",
      code: "recorder",
      message: error instanceof Error ? error.message : String(error),
      final: false,
    },
  });

/** One window at a time works in a session's folder: the next one waits here until the one before has let go (X25). */
function lockFolder(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  void navigator.locks.request(name, () => {
    resolve();
    return new Promise(() => undefined);
  });
  return promise;
}

interface Opened {
  takes: PageTakes;
  disk: BrowserDisk;
}

/** Says whether a take could be kept now. */
const sayDisk = async (disk: BrowserDisk) => say({ type: "disk", disk: await disk.look() });

async function open({ sessionId, sessionName, origin }: Extract<ToTakes, { type: "open" }>): Promise<Opened> {
  const name = takesFolder(sessionId);
  await lockFolder(name);
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(name, { create: true });
  const options = { estimate: () => navigator.storage.estimate(), onTrouble: warn };
  const disk = await BrowserDisk.open(folder, options);
  const place = await openKeepingPlace(folder, options);
  void sweepBeside(root, name, Date.now(), options).catch(warn);
  const takes = new PageTakes({
    disk,
    place,
    folder: name,
    api: new ApiClient(origin, null, sendBytes),
    sessionId,
    sessionName,
    // A browser's own clock stands still while its machine sleeps; the one on the wall does not.
    clocks: { monotonicMs: nowMs, wallMs: () => Date.now(), uptimeMs: () => Date.now() },
    scheduleAt: (localMs, call) => {
      const timer = setTimeout(call, localMs - nowMs());
      return () => clearTimeout(timer);
    },
    emit: (event) => {
      say({ type: "event", event });
      if (event.type === "warning" && event.code === "recorder") void sayDisk(disk);
    },
    onStatus: (status) => say({ type: "status", ...status }),
  });
  await takes.open();
  say({ type: "share-as-i-record", on: takes.sharesAsItRecords });
  await sayDisk(disk);
  return { takes, disk };
}

/** The device as the ring tells of it: the lanes worker writes down when its frame 0 was. */
const deviceOf = (ring: CaptureRing): Device => ({
  sampleRateHz: DEVICE_RATE_HZ,
  channels: LANE_CHANNELS,
  frameAt: (localMs) => Math.round(((localMs + captureMs - ring.originMs) / BLOCK_MS) * LANE_PACKET_FRAMES),
  timeOf: (frame) => ring.originMs - captureMs + (frame / LANE_PACKET_FRAMES) * BLOCK_MS,
});

let draining = 0;

/** Takes every block of the device, as it comes. */
async function drain(ring: CaptureRing, takes: PageTakes): Promise<void> {
  const turn = ++draining;
  const samples = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);
  for (let next = ring.blocks; turn === draining; ) {
    const { blocks } = ring;
    // Before its clock is known a block has no time.
    if (ring.originMs === 0) next = blocks;
    for (; next !== blocks; next = (next + 1) | 0)
      if (ring.take(next, samples)) takes.block((next >>> 0) * LANE_PACKET_FRAMES, samples);
    const woken = Atomics.waitAsync(ring.control, 0, blocks, WAKE_MS);
    if (woken.async) await woken.value;
  }
}

let opened: Promise<Opened | undefined> | undefined;

async function hear(message: ToTakes): Promise<void> {
  if (message.type === "open") {
    originMs = message.originMs;
    // A private window, a browser that keeps no files: then nothing is recorded here, and the person is told before they play.
    opened = open(message).catch(() => {
      say({ type: "disk", disk: "none" });
      return undefined;
    });
  }
  const { takes, disk } = (await opened) ?? {};
  if (takes === undefined || disk === undefined) return;
  switch (message.type) {
    case "open":
      return;
    case "welcome":
      takes.enter(message.memberId, message.role, message.transport, message.timeline, message.headSeq);
      return;
    case "logged":
      takes.follow(message.event);
      return;
    case "pressed":
      takes.pressed(message.eventId, message.transport);
      return;
    case "refused":
      takes.refused(message.eventId);
      return;
    case "clock":
      takes.addSample(message.sample);
      return;
    case "members":
      takes.setMembers(message.memberId, message.members);
      return;
    case "reading":
      takes.hearReading(message.from, message.reading);
      return;
    case "device": {
      const ring = new CaptureRing(message.memory);
      await takes.setDevice(deviceOf(ring), message.input);
      void drain(ring, takes);
      return;
    }
    case "lanes": {
      const { port } = message;
      port.onmessage = ({ data }: MessageEvent<FromTap>) => takes.hearLanes(data);
      takes.setLanes((said: ToTap) => port.postMessage(said));
      return;
    }
    case "recordings":
      takes.settle(message.recordings);
      return;
    case "capture":
      captureMs = message.captureMs;
      return;
    case "input":
      takes.setInput(message.input);
      return;
    case "command":
      takes.execute(message.command);
      if (message.command.type === "share-as-i-record") say({ type: "share-as-i-record", on: takes.sharesAsItRecords });
      return;
    case "forget":
      if (!takes.forget(message.recordingId)) return;
      say({ type: "forgotten", recordingId: message.recordingId });
      await sayDisk(disk);
      return;
    case "look":
      await sayDisk(disk);
      return;
    case "close":
      draining++;
      await takes.close();
      say({ type: "closed" });
      self.close();
      return;
  }
}

/** In the order in which they were said. */
let heard: Promise<void> = Promise.resolve();
self.addEventListener("message", ({ data }: MessageEvent<ToTakes>) => {
  heard = heard.then(() => hear(data)).catch(warn);
});
