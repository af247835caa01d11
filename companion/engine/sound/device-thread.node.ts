/**
 * The device's thread of the sound process: a real-time loop without an event loop. It sleeps until a block has been captured, puts that into the
 * ring for the thread of the links, and plays the lanes' own rings, mixed. Packets, signalling and the collector of the other thread cannot
 * make it late.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { CaptureRing } from "../../../audio/capture-ring.ts";
import { LANE_CHANNELS, LanePlayers } from "../../../audio/lane-players.ts";
import { INT24_SCALE, toInt24 } from "../../../audio/pcm.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { FileDevice } from "../capture/file-source.node.ts";
import type { Block } from "../capture/source.std.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { Trace } from "../links/trace.node.ts";
import type { DeviceStart, FromDeviceThread, ToDeviceThread } from "./device-messages.std.ts";
import { goFirst } from "./real-time.node.ts";

const REPORT_MS = 200;

const port = parentPort;
if (port === null) throw new Error("The device's thread is nobody's program.");
const { ring: memory, input, openedAtMs, traces }: DeviceStart = workerData;
const ring = new CaptureRing(memory);
const trace = traces ? new Trace() : undefined;
const heard = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);
const members: MemberId[] = [];
const players = new LanePlayers((sound, isConcealed, isExact) => {
  if (trace === undefined) return;
  for (let channel = 0; channel < LANE_CHANNELS; channel++)
    for (let at = 0; at < LANE_PACKET_FRAMES; at++)
      heard[at * LANE_CHANNELS + channel] = toInt24((sound[channel]?.[at] ?? 0) * INT24_SCALE);
  // Counted when it is in the device's hand, however late the device's turn was.
  trace.add(heard, machineNowMs(), isConcealed, isExact);
});
const stereo = () => [new Float32Array(LANE_PACKET_FRAMES), new Float32Array(LANE_PACKET_FRAMES)] as const;
const captured = stereo();
const mixed = stereo();

function turn({ frame, input: block }: Block): void {
  for (let at = 0; at < LANE_PACKET_FRAMES; at++) {
    captured[0][at] = (block[at * 2] ?? 0) / INT24_SCALE;
    captured[1][at] = (block[at * 2 + 1] ?? 0) / INT24_SCALE;
  }
  ring.begin(frame / LANE_PACKET_FRAMES);
  ring.put(captured[0], captured[1]);
  // A file has no loudspeaker: what is mixed is measured and goes nowhere.
  players.pull(mixed, device.timeOf(frame + LANE_PACKET_FRAMES), captured);
}

const device = new FileDevice(new Int32Array(input), turn);

function handleMessage(message: ToDeviceThread): void {
  switch (message.type) {
    case "add":
      players.add(message.memberId, message.memory);
      members.push(message.memberId);
      return;
    case "remove":
      players.remove(message.memberId);
      members.splice(members.indexOf(message.memberId), 1);
      return;
    case "mix":
      players.mix(message.memberId, message.mix);
      return;
    case "hold":
      for (const { memberId, holdMs } of message.holds) players.hold(memberId, holdMs);
      players.monitorMs = message.monitorMs;
      return;
    case "late":
      players.isLate = message.isLate;
      return;
    case "buffer":
      players.buffer = message.buffer;
      return;
    case "close":
      trace?.save(message.folder, "heard-studio");
      process.exit(0);
  }
}

function report(): void {
  const states = members.flatMap((memberId) => {
    const state = players.stateOf(memberId);
    return state === undefined ? [] : [[memberId, state] as const];
  });
  port?.postMessage({ states, levels: players.takeLevels(), skips: device.skips } satisfies FromDeviceThread);
}

/** Nobody ever wakes it: it is slept on until the next block. */
const pillow = new Int32Array(new SharedArrayBuffer(4));
goFirst();
device.begin(openedAtMs);
ring.originMs = openedAtMs;
for (let reportAtMs = 0; ; ) {
  const restMs = device.turn();
  for (let heard = receiveMessageOnPort(port); heard !== undefined; heard = receiveMessageOnPort(port))
    handleMessage(heard.message);
  const nowMs = machineNowMs();
  if (nowMs - reportAtMs >= REPORT_MS) {
    reportAtMs = nowMs;
    report();
  }
  if (restMs > 0) Atomics.wait(pillow, 0, 0, restMs);
}
