/**
 * The companion's part of a take's life, as a program that can be killed anywhere: `record` makes one take in its folder (or goes on
 * with the one that an earlier run left) and shares it; `fetch` brings what the others shared. Every step is said as a line of JSON.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { CaptureRing } from "../../companion/engine/capture/capture-ring.std.ts";
import { Deliveries } from "../../companion/engine/delivery/deliveries.node.ts";
import { TakeRecorder } from "../../companion/engine/recording/take-recorder.std.ts";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import { StemLibrary } from "../../companion/engine/upload/stem-library.std.ts";
import { newId, type RecordingId, SessionId } from "../../protocol/ids.ts";

const [mode = "", origin = "", session = "", folder = "", seconds = "1"] = process.argv.slice(2);
const api = new ApiClient(origin, process.env.SESSIONLINKED_TOKEN ?? "");
const sessionId = SessionId.parse(session);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
mkdirSync(folder, { recursive: true });
const onWarning = (code: string, message: string) => say({ say: "trouble", code, message });
const sessionName = "Simulation";

if (mode === "fetch") {
  const deliveries = new Deliveries({
    api,
    sessionId,
    sessionName,
    folder,
    onAsk: () => undefined,
    onDelivered: ({ recordingId, sha256 }, path) => {
      say({ say: "delivered", recordingId, sha256, path });
      deliveries.stop();
      process.exit(0);
    },
    onWarning: (message) => {
      onWarning("delivery", message);
      process.exit(1);
    },
  });
  say({ say: "fetching" });
  await deliveries.fetch();
  // Nothing to fetch any more: what an earlier run finished is in the manifest.
  process.exit(0);
} else {
  const library = new StemLibrary({
    disk: nodeDisk,
    api,
    folder,
    sessionId,
    nowMs: () => Date.now(),
    onRecovered: (stem) => say({ say: "recovered", stem }),
    onProgress: (progress) => say({ say: "progress", ...progress }),
    onShared: (recording) => {
      say({ say: "shared", recording });
      process.exit(0);
    },
    onWarning,
  });
  const takes = new TakeRecorder({
    disk: nodeDisk,
    folder,
    sessionId,
    sessionName,
    library,
    newRecordingId: () => newId("rec", (bytes) => new Uint8Array(randomBytes(bytes))) as RecordingId,
    onRecording: (stem) => say({ say: "recording", stem }),
    onRecorded: (stem) => say({ say: "recorded", stem }),
    onWarning,
  });
  await library.open();
  const [left] = library.stems;
  if (left?.sharing === "shared") {
    say({ say: "shared" });
    process.exit(0);
  }
  if (left !== undefined && left.sharing === "local") library.share(left.recordingId);
  if (left === undefined) {
    const state = { motion: "recording", positionFrames: 0, atMs: 0, bpm: 120 } as const;
    const ring = new CaptureRing();
    library.shareAsIRecord = true;
    const clockAt = (frame: number) => ({ atMs: frame / 48, errorMs: 0.1 });
    const take = {
      takeId: crypto.randomUUID(),
      frame: 0,
      timelineFrames: 0,
      startedAtMs: 0,
      state,
      clockAt,
      suffix: "sim",
    };
    takes.record(take, [{ name: "Input", channels: [0, 1] }]);
    // Forty times faster than a person plays, so that a second makes several parts.
    const block = new Int32Array(128 * 2);
    let frame = 0;
    for (const endMs = performance.now() + Number(seconds) * 1000; performance.now() < endMs; ) {
      for (let blocks = 0; blocks < 300; blocks++, frame += 128) {
        for (let at = 0; at < block.length; at++) block[at] = ((frame + at) * 7_919) % 2 ** 22;
        ring.push(frame, block);
        takes.drain(ring, frame, state);
      }
      await sleep(20);
    }
    takes.end(frame, { ...state, motion: "stopped" });
    takes.drain(ring, frame, state);
  }
}
