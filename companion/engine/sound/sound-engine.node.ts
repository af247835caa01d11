import { randomBytes, randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { BLOCK_MS, blockMsOf, CaptureRing, captureRingBytes } from "../../../audio/capture-ring.ts";
import { type LaneLayout, pickLane, stereoLayout } from "../../../audio/lane-layout.ts";
import { DEVICE_RATE_HZ, type DeviceRateHz, type LaneLevel, type PlayerState } from "../../../audio/lane-players.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { readInput } from "../capture/input-file.node.ts";
import { buildJackAddon } from "../capture/jack-addon.node.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { type SessionLine, sessionOf } from "../clock/session-clock.std.ts";
import { packAnnounced, readAnnounced } from "../links/announcement.std.ts";
import { type KeptFrames, LinkSet } from "../links/link-set.std.ts";
import { MediaLink } from "../links/media.node.ts";
import { openNodePeer } from "../links/peer.node.ts";
import { NONCE_BYTES } from "../links/room-words.std.ts";
import { Trace } from "../links/trace.node.ts";
import type { DeviceReport, DeviceStart, FromDeviceThread, ToDeviceThread } from "./device-messages.std.ts";
import type { Scheduling } from "./real-time.node.ts";
import type { FromSound, SoundSource, ToSound } from "./sound-messages.std.ts";

const TICK_MS = 200;
/** How far the others are away is told every two seconds. */
const TICKS_PER_LATENCY = 10;
/** Links that were not woken look all the same. */
const WAKE_MS = 100;
/** What brings a sample of the media lane to 24 bit. */
const MEDIA_SCALE = 256;

const deviceThread = fileURLToPath(new URL("./device-thread.node.ts", import.meta.url));

export interface SoundEngineOptions {
  say(message: FromSound): void;
  /** How urgent the system takes this process to be. */
  scheduling: Scheduling;
  /** Each block that the device has captured. */
  onBlock(frame: number, samples: Int32Array, rateHz: DeviceRateHz): void;
  /** Nothing goes on as it is: whoever started this starts it anew. */
  end(): void;
}

/**
 * The sound of one studio: the device, in a thread of its own, and the links, in this one. It knows neither room nor disk; it is told who is here,
 * and says what is to be signalled. Whatever else the companion is busy with, it is busy with in another process.
 */
export class SoundEngine {
  readonly #options: SoundEngineOptions;
  readonly #links: LinkSet;
  readonly #media = new Trace();
  readonly #states = new Map<MemberId, PlayerState>();
  readonly #names = new Map<MemberId, string>();
  /** What the device's thread is told once there is one. */
  #waiting: ToDeviceThread[] = [];
  #device: Worker | undefined;
  readonly #levels = new Map<MemberId, LaneLevel>();
  #skips = 0;
  #playoutMs = BLOCK_MS;
  #rateHz: DeviceRateHz = DEVICE_RATE_HZ;
  #traces = false;
  #maySend = false;
  #lane: LaneLayout = stereoLayout;
  #clock: SessionLine | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: SoundEngineOptions) {
    this.#options = options;
    const { say } = options;
    this.#links = new LinkSet(
      {
        openPeer: openNodePeer,
        openMedia: ({ offers, signal, onMedia }) =>
          new MediaLink({
            iceServers: () => this.#links.iceServers,
            rateHz: () => this.#rateHz,
            offers,
            signal,
            onMedia: (samples) => {
              onMedia(samples);
              if (this.#traces) this.#media.add(samples, machineNowMs(), false, false, MEDIA_SCALE);
            },
          }),
        signal: (to, signal) => say({ type: "signal", to, signal }),
        onState: (memberId, state) => say({ type: "link", memberId, state }),
        nowMs: machineNowMs,
        onUplink: (level) => say({ type: "uplink", level }),
        newStream: () => randomInt(2 ** 32),
        newNonce: () => randomBytes(NONCE_BYTES),
        onWords: (state) => say({ type: "words", state }),
        sessionAt: (localMs) => {
          const line = this.#clock;
          return line === null ? null : { atMs: sessionOf(line, localMs), errorMs: line.errorMs };
        },
        onReading: (from, reading) => say({ type: "reading", from, reading }),
        hears: LANE_CHANNELS_MAX,
        onMessage: (from, bytes) => say({ type: "message", from, bytes }),
        onNote: (memberId, bytes, atMs) => say({ type: "note", memberId, bytes, atMs }),
        onAnnounced: (from, body) => {
          const command = readAnnounced(body);
          if (command !== null) say({ type: "announced", from, command });
        },
      },
      {
        add: (memberId, memory) => {
          const displayName = this.#names.get(memberId) ?? "";
          this.#tell({ type: "add", memberId, memory, displayName });
        },
        remove: (memberId) => {
          this.#states.delete(memberId);
          this.#levels.delete(memberId);
          this.#tell({ type: "remove", memberId });
        },
        stateOf: (memberId) => this.#states.get(memberId),
      },
    );
  }

  handleMessage(message: Exclude<ToSound, { type: "close" }>): void {
    switch (message.type) {
      case "open":
        this.#traces = message.traces;
        this.#lane = message.lane;
        this.#links.pans = message.lane.pans;
        void this.#open(message);
        break;
      case "ice-servers":
        this.#links.iceServers = message.iceServers;
        break;
      case "members":
        this.#maySend = message.maySend;
        this.#links.isLate = message.isObserver;
        this.#tell({ type: "late", isLate: message.isObserver });
        for (const { memberId, displayName, isListener } of message.members)
          if (isListener !== true) this.#names.set(memberId, displayName);
        this.#links.enter(message.memberId);
        this.#links.setMembers(message.members);
        break;
      case "signal":
        this.#links.handleSignal(message.from, message.signal);
        break;
      case "again":
        this.#links.again();
        break;
      case "clock":
        this.#clock = message;
        break;
      case "mix":
      case "hold":
      case "buffer":
        this.#tell(message);
        break;
      case "announce":
        this.#links.announce(packAnnounced(message.command));
        break;
      case "message":
        this.#links.sendMessage(message.to, message.bytes);
        break;
      case "note":
        this.#links.playNote(message.bytes, message.atMs);
        break;
      case "keep":
        this.#tellKept(this.#links.keep(message.memberIds));
        break;
      case "report":
        this.#options.say({
          type: "report",
          report: this.#links.report(),
          deviceSkips: this.#skips,
          scheduling: this.#options.scheduling,
          notes: this.#links.notesFlow,
        });
        break;
    }
  }

  /** Ends the device and the links; where it is traced, what was heard is in the folder then. */
  async close(folder: string): Promise<void> {
    clearInterval(this.#timer);
    this.#links.close();
    const device = this.#device;
    if (device !== undefined) {
      const gone = new Promise<void>((resolve) => device.once("exit", () => resolve()));
      this.#tell({ type: "close", folder });
      await gone;
    }
    if (this.#traces) this.#media.save(folder, "heard-media");
  }

  async #open({ source, inputs, openedAtMs }: Extract<ToSound, { type: "open" }>): Promise<void> {
    try {
      const start: DeviceStart = {
        ring: new SharedArrayBuffer(captureRingBytes(inputs)),
        inputs,
        source: await sourceOf(source, inputs),
        openedAtMs,
        traces: this.#traces,
      };
      const device = new Worker(deviceThread, { workerData: start });
      device.on("message", (said: FromDeviceThread) => {
        switch (said.type) {
          case "opened":
            this.#begin(device, new CaptureRing(start.ring, inputs), said);
            return;
          case "refused":
            this.#options.say(said);
            return;
          case "other-rate":
            this.#options.end();
            return;
          case "report":
            this.#followDevice(said);
        }
      });
      // Without its device this process is of no use: whoever started it starts it anew.
      device.on("error", (error) => {
        throw error;
      });
    } catch (error) {
      this.#options.say({ type: "refused", message: error instanceof Error ? error.message : String(error) });
    }
  }

  #begin(device: Worker, ring: CaptureRing, { originMs, rateHz }: Opened): void {
    this.#device = device;
    this.#rateHz = rateHz;
    this.#links.rateHz = rateHz;
    for (const message of this.#waiting.splice(0)) this.#tell(message);
    void this.#readCapture(ring);
    let ticks = 0;
    this.#timer = setInterval(() => {
      this.#links.tick();
      this.#tellKept(this.#links.takeKept());
      if (++ticks % TICKS_PER_LATENCY === 0) {
        const latencies = this.#links.latencies(this.#playoutMs);
        this.#options.say({ type: "latencies", latencies, levels: this.#takeLevels() });
      }
    }, TICK_MS);
    this.#options.say({ type: "opened", openedAtMs: originMs, rateHz });
  }

  #followDevice({ states, levels, skips, originMs, captureMs, playoutMs, awayBecause }: DeviceReport): void {
    this.#noteLevels(levels);
    this.#skips = skips;
    for (const [memberId, state] of states) this.#states.set(memberId, state);
    this.#links.deviceMs = captureMs;
    this.#playoutMs = playoutMs;
    // A block to be captured, and what the device takes at both ends.
    const ownMs = blockMsOf(this.#rateHz) + captureMs + playoutMs;
    this.#options.say({ type: "device", openedAtMs: originMs, ownMs, awayBecause });
  }

  /** The loudest of what the device's thread has told since they were last taken. */
  #noteLevels(levels: readonly LaneLevel[]): void {
    for (const level of levels) {
      const peak = Math.max(level.peak, this.#levels.get(level.memberId)?.peak ?? 0);
      this.#levels.set(level.memberId, { ...level, peak });
    }
  }

  #tellKept(taken: readonly KeptFrames[]): void {
    for (const kept of taken) this.#options.say({ type: "kept", ...kept });
  }

  #takeLevels(): LaneLevel[] {
    const levels = [...this.#levels.values()];
    this.#levels.clear();
    return levels;
  }

  #tell(message: ToDeviceThread): void {
    if (this.#device === undefined) this.#waiting.push(message);
    else this.#device.postMessage(message);
  }

  /** Takes every block of the device, as it comes, to the recorder and to everybody. */
  async #readCapture(ring: CaptureRing): Promise<void> {
    const samples = new Int32Array(LANE_PACKET_FRAMES * ring.channels);
    const lane = new Int32Array(LANE_PACKET_FRAMES * this.#lane.inputs.length);
    const blockMs = blockMsOf(this.#rateHz);
    for (let next = ring.blocks; ; ) {
      const { blocks } = ring;
      // The device begins anywhere, and jumps where the machine slept.
      if (((ring.first - next) | 0) > 0) next = ring.first;
      for (; next !== blocks; next = (next + 1) | 0) {
        if (!ring.take(next, samples)) continue;
        const frame = next * LANE_PACKET_FRAMES;
        const sessionMs = this.#clock === null ? 0 : sessionOf(this.#clock, ring.originMs + next * blockMs);
        if (this.#maySend) {
          pickLane(this.#lane, samples, ring.channels, lane);
          this.#links.send(frame, lane, sessionMs);
        }
        this.#options.onBlock(frame, samples, this.#rateHz);
      }
      this.#links.sendNotes();
      const woken = Atomics.waitAsync(ring.control, 0, blocks, WAKE_MS);
      if (woken.async) await woken.value;
    }
  }
}

type Opened = Extract<FromDeviceThread, { type: "opened" }>;

/** Rejects with a sentence for the person. */
async function sourceOf(source: SoundSource, inputs: number): Promise<DeviceStart["source"]> {
  if (source.kind === "jack") return { kind: "jack", addon: buildJackAddon(), connect: source.connect };
  const samples = await readInput(source.path, inputs);
  const input = new SharedArrayBuffer(samples.byteLength);
  new Int32Array(input).set(samples);
  return { kind: "file", input };
}
