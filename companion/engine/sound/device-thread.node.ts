/**
 * The device's thread of the sound process: a real-time loop without an event loop. It sleeps until a block has been captured, puts that into the
 * ring for the thread of the links, and plays the lanes' own rings, mixed. Packets, signalling and the collector of the other thread cannot
 * make it late.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { blockMsOf, CaptureRing } from "../../../audio/capture-ring.ts";
import {
  DEVICE_RATE_HZ,
  type DeviceRateHz,
  LANE_CHANNELS,
  LanePlayers,
  type OnHeard,
} from "../../../audio/lane-players.ts";
import { INT24_SCALE, toInt24 } from "../../../audio/pcm.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { FileDevice } from "../capture/file-source.node.ts";
import { loadJackAddon } from "../capture/jack-addon.node.ts";
import { JackDevice, JackRateChanged } from "../capture/jack-source.node.ts";
import type { Block } from "../capture/source.std.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { Trace } from "../links/trace.node.ts";
import { JackRefused } from "../native/compiled-addon.node.ts";
import type { DeviceStart, FromDeviceThread, ToDeviceThread } from "./device-messages.std.ts";
import { goFirst } from "./real-time.node.ts";

const REPORT_MS = 200;

/** What the thread knows of its device, whichever it is. */
interface DeviceInHand {
  readonly rateHz: DeviceRateHz;
  readonly originMs: number;
  readonly skips: number;
  readonly awayBecause: string | null;
  readonly latencyMs: { captureMs: number; playoutMs: number };
  /** Every block since, each given to `play`. */
  turn(): void;
  wait(): void;
  addPerson(memberId: MemberId, displayName: string): void;
  removePerson(memberId: MemberId): void;
  /** Channels of somebody's lane in the block in hand, of which the first `count` are there. */
  hear(memberId: MemberId, channels: readonly Float32Array[], count: number): void;
  /** Ports for what somebody's lane has brought more. Between the device's turns. */
  followLanes(): void;
  close(): void;
}

function portOf(): MessagePort {
  if (parentPort === null) throw new Error("The device's thread is nobody's program.");
  return parentPort;
}
const port = portOf();
const { ring: memory, inputs, source, openedAtMs, traces }: DeviceStart = workerData;
const ring = new CaptureRing(memory, inputs);
const trace = traces ? new Trace() : undefined;
const heardWhole = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);
const members: MemberId[] = [];
const onHeard: OnHeard = (memberId, heard, channels, count, isConcealed, isExact) => {
  device?.hear(memberId, channels, count);
  if (trace === undefined) return;
  for (let channel = 0; channel < LANE_CHANNELS; channel++)
    for (let at = 0; at < LANE_PACKET_FRAMES; at++)
      heardWhole[at * LANE_CHANNELS + channel] = toInt24((heard[channel]?.[at] ?? 0) * INT24_SCALE);
  // Counted when it is in the device's hand, however late the device's turn was.
  trace.add(heardWhole, machineNowMs(), isConcealed, isExact);
};
let players = new LanePlayers(onHeard);
let blockMs = blockMsOf(DEVICE_RATE_HZ);

function play(frame: number, captured: readonly Float32Array[], mixed: readonly Float32Array[]): void {
  const { originMs = 0 } = device ?? {};
  ring.originMs = originMs;
  ring.begin(frame / LANE_PACKET_FRAMES);
  ring.put(captured);
  players.pull(mixed, originMs + (frame / LANE_PACKET_FRAMES + 1) * blockMs, captured);
}

const planar = (channels: number) => Array.from({ length: channels }, () => new Float32Array(LANE_PACKET_FRAMES));

/** A file has no loudspeaker and no ports: what is mixed is measured and goes nowhere. */
function openFile(input: SharedArrayBuffer): DeviceInHand {
  const captured = planar(inputs);
  const mixed = planar(LANE_CHANNELS);
  /** Nobody ever wakes it: it is slept on until the next block. */
  const pillow = new Int32Array(new SharedArrayBuffer(4));
  let restMs = 0;
  const onBlock = ({ frame, input: block }: Block) => {
    for (const [channel, samples] of captured.entries())
      for (let at = 0; at < LANE_PACKET_FRAMES; at++) samples[at] = (block[at * inputs + channel] ?? 0) / INT24_SCALE;
    play(frame, captured, mixed);
  };
  const file = new FileDevice(new Int32Array(input), onBlock, inputs);
  file.begin(openedAtMs ?? machineNowMs());
  return {
    rateHz: file.sampleRateHz,
    get originMs() {
      return file.openedAtMs;
    },
    get skips() {
      return file.skips;
    },
    awayBecause: null,
    latencyMs: { captureMs: 0, playoutMs: blockMs },
    turn: () => {
      restMs = file.turn();
    },
    wait: () => {
      if (restMs > 0) Atomics.wait(pillow, 0, 0, restMs);
    },
    addPerson: () => undefined,
    removePerson: () => undefined,
    hear: () => undefined,
    followLanes: () => undefined,
    close: () => undefined,
  };
}

const open = (): DeviceInHand =>
  source.kind === "file"
    ? openFile(source.input)
    : new JackDevice({
        addon: loadJackAddon(source.addon),
        inputs,
        connect: source.connect,
        openedAtMs,
        onBlock: play,
      });

function handleMessage(message: ToDeviceThread): void {
  switch (message.type) {
    case "add":
      players.add(message.memberId, message.memory);
      members.push(message.memberId);
      device?.addPerson(message.memberId, message.displayName);
      return;
    case "remove":
      players.remove(message.memberId);
      members.splice(members.indexOf(message.memberId), 1);
      device?.removePerson(message.memberId);
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
      device?.close();
      process.exit(0);
  }
}

const say = (message: FromDeviceThread) => port.postMessage(message);

function report({ skips, originMs, latencyMs, awayBecause }: DeviceInHand): void {
  const states = members.flatMap((memberId) => {
    const state = players.stateOf(memberId);
    return state === undefined ? [] : [[memberId, state] as const];
  });
  say({ type: "report", states, levels: players.takeLevels(), skips, originMs, ...latencyMs, awayBecause });
}

let device: DeviceInHand | undefined;

function run(opened: DeviceInHand): never {
  device = opened;
  players = new LanePlayers(onHeard, opened.rateHz, source.kind === "jack" ? LANE_CHANNELS_MAX : 0);
  blockMs = blockMsOf(opened.rateHz);
  goFirst();
  ring.originMs = opened.originMs;
  say({ type: "opened", originMs: opened.originMs, rateHz: opened.rateHz });
  for (let reportAtMs = 0; ; ) {
    opened.turn();
    for (let heard = receiveMessageOnPort(port); heard !== undefined; heard = receiveMessageOnPort(port))
      handleMessage(heard.message);
    const nowMs = machineNowMs();
    if (nowMs - reportAtMs >= REPORT_MS) {
      reportAtMs = nowMs;
      opened.followLanes();
      report(opened);
    }
    opened.wait();
  }
}

try {
  run(open());
} catch (error) {
  if (error instanceof JackRateChanged) say({ type: "other-rate" });
  else if (error instanceof JackRefused) say({ type: "refused", message: error.message });
  else throw error;
}
