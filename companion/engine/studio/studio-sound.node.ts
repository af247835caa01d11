import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { blockMsOf } from "../../../audio/capture-ring.ts";
import type { DelayMode } from "../../../audio/delay-mode.ts";
import type { LaneLayout } from "../../../audio/lane-layout.ts";
import type { LaneMix } from "../../../audio/lane-mixer.ts";
import { DEVICE_RATE_HZ, DEVICE_RATES_HZ, type DeviceRateHz } from "../../../audio/lane-players.ts";
import { adviceOf, legAtFault, totalOf } from "../../../audio/latency.ts";
import { isEnd, readNote } from "../../../audio/notes.ts";
import type { BufferChoice } from "../../../audio/playout.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import type { AnnouncedCommand, Listeners, Member, Signal } from "../../../protocol/room.ts";
import type { Device } from "../capture/source.std.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { ClockEstimate } from "../clock/session-clock.std.ts";
import type { KeptSound } from "../copies/copy-keeper.std.ts";
import { linkedListeners } from "../links/linked-listeners.std.ts";
import type { IceServer } from "../links/peer.std.ts";
import type { WordsState } from "../links/room-words.std.ts";
import { readBlocks } from "../sound/block-pipe.std.ts";
import { DelayControl } from "../sound/delay-control.std.ts";
import { FromSound, type SoundSource, type ToSound } from "../sound/sound-messages.std.ts";
import type { StudioEvent } from "./events.std.ts";

export interface StudioSoundOptions {
  /** What is played on. */
  source: SoundSource;
  /** How many of its inputs are recorded or sent, and which go out to the others. */
  inputs: number;
  lane: LaneLayout;
  /** The machine's clock when the file's first frame was, for files that are to be in step; `null`: when it is opened. */
  inputSinceMs: number | null;
  /** Keeps what is heard in the folder, for whoever measures it. */
  traces: boolean;
  folder: string;
  /** Whether the person hears the others here. Who hears them by other means needs no lanes, and the transports are one all the same. */
  links: boolean;
  role(): Role;
  /** Each block of the device; late where this process was busy, and never missing. */
  onBlock(frame: number, input: Int32Array): void;
  /** The device, which has come back, counts at another rate from the next block on. */
  onOtherRate(): void;
  signal(memberId: MemberId, signal: Signal): void;
  nowMs(): number;
  /** A bar at the playhead. */
  barMs(): number;
  /** The worst one-way latency to anybody here, and how far it may be off. */
  onLatency(status: { latencyMs: number; latencyErrorMs: number }): void;
  /** The link to one of the others is there, for the first time or again; or it is not. */
  onLink(memberId: MemberId, isConnected: boolean): void;
  /** A message that one of the others sends beside the lane. */
  onMessage(from: MemberId, bytes: Uint8Array<ArrayBuffer>): void;
  /** Something that one of the others plays on a MIDI instrument, and when it is to sound. */
  onNote?(from: MemberId, bytes: Uint8Array<ArrayBuffer>, atMs: number): void;
  /** The sound process has died, and the ends of what sounded with it. */
  onSilence?(): void;
  /** What a lane that is kept has brought. */
  onKept(sound: KeptSound): void;
  /** What one of the others announces over its lane (P77). */
  onAnnounced(from: MemberId, command: AnnouncedCommand): void;
  /** What one of the others tells of their clock over its lane. */
  onReading(from: MemberId, reading: PeerReading): void;
  emit(event: StudioEvent): void;
}

const program = fileURLToPath(new URL("../sound/sound-process.node.ts", import.meta.url));

import { RecentWays } from "../sound/recent-ways.std.ts";

/** A sound process that dies at once, again and again, is not started for ever. */
const RESTARTS_MAX = 20;
const REPORT_TIMEOUT_MS = 2_000;
/** A trace of minutes is written on the way out, on a busy disk. */
const CLOSE_TIMEOUT_MS = 20_000;
const TOLD_STEP_MS = 2;

/** Capture of a block and its playout: what a person's own sound takes through a device, before it has said more. */
const OWN_MS = 2 * blockMsOf(DEVICE_RATE_HZ);

type Report = Extract<FromSound, { type: "report" }>;
type Latencies = Extract<FromSound, { type: "latencies" }>["latencies"];

/**
 * The studio's end of its sound process. That process is told who is here and what was signalled, and starts anew when it dies: the device's
 * count of frames goes on, the links mend, and whoever records finds a gap as long as it was away. The device and its places in time are
 * known here without asking.
 */
export class StudioSound {
  readonly #options: StudioSoundOptions;
  #child: ChildProcess | undefined;
  #openedAtMs: number | null = null;
  #ownMs = OWN_MS;
  #rateHz: DeviceRateHz = DEVICE_RATE_HZ;
  #awayBecause: string | null = null;
  #hasOpened = false;
  #restarts = 0;
  #buffer: BufferChoice = "balanced";
  readonly #delays: DelayControl;
  #words: WordsState = { state: "alone" };
  readonly #mixes = new Map<MemberId, LaneMix>();
  /** How far each of the others is by the network, one way, and when that was told. */
  readonly #ways = new RecentWays();
  #toldMs = 0;
  #isMuted = false;
  #isDirect = false;
  #kept: readonly MemberId[] = [];
  #isClosed = false;
  #memberId: MemberId | undefined;
  #members: readonly Member[] = [];
  #listeners: Listeners = null;
  #iceServers: readonly IceServer[] = [];
  #reports: ((report: Report) => void)[] = [];
  #exited: Promise<void> = Promise.resolve();
  readonly device: Device & { readonly openedAtMs: number };

  constructor(options: StudioSoundOptions) {
    this.#options = options;
    this.#openedAtMs = options.inputSinceMs;
    this.#delays = new DelayControl({
      ownMs: () => this.#ownMs,
      barMs: options.barMs,
      hold: (holds, monitorMs) => this.#tell({ type: "hold", holds, monitorMs }),
      onChange: (inForce) => options.emit({ type: "delay", ...inForce }),
    });
    const opened = () => this.#openedAtMs ?? 0;
    const rate = () => this.#rateHz;
    this.device = {
      get sampleRateHz() {
        return rate();
      },
      channels: options.inputs,
      frameAt: (localMs) => Math.round(((localMs - opened()) / 1000) * rate()),
      timeOf: (frame) => opened() + (frame / rate()) * 1000,
      get openedAtMs() {
        return opened();
      },
    };
  }

  /** Resolves when the device runs; rejects with a sentence for the person. */
  async open(): Promise<void> {
    await this.#start();
  }

  enter(memberId: MemberId): void {
    this.#memberId = memberId;
    this.#tellMembers();
    this.#tell({ type: "again" });
  }

  set iceServers(iceServers: readonly IceServer[]) {
    this.#iceServers = iceServers;
    this.#tell({ type: "ice-servers", iceServers: [...iceServers] });
  }

  setMembers(members: readonly Member[], listeners: Listeners): void {
    if (!this.#options.links) return;
    this.#members = members;
    this.#listeners = listeners;
    this.#delays.followMembers(members);
    this.#tellMembers();
  }

  handleSignal(from: MemberId, signal: Signal): void {
    if (this.#options.links) this.#tell({ type: "signal", from, signal });
  }

  /** The words by which the people of the room tell that nobody is between them. */
  get words(): WordsState {
    return this.#words;
  }

  /** How loud somebody is in this person's own mix. */
  mix(memberId: MemberId, mix: LaneMix): void {
    this.#mixes.set(memberId, mix);
    this.#tell({ type: "mix", memberId, mix });
  }

  /** Nothing of this person goes to the others while they are muted; what they record is theirs all the same. */
  set muted(isMuted: boolean) {
    this.#isMuted = isMuted;
    this.#tellMembers();
  }

  /** Whether whoever has chosen it as well may know this machine's address, and be reached without a relay. */
  set direct(isDirect: boolean) {
    this.#isDirect = isDirect;
    this.#tellMembers();
  }

  /** How much delay the person trades for fewer gaps. */
  set buffer(buffer: BufferChoice) {
    this.#buffer = buffer;
    this.#tell({ type: "buffer", buffer });
  }

  /** Whether the others are heard as soon as they can be, all after one delay, or bars later. */
  set delay(mode: DelayMode) {
    this.#delays.mode = mode;
  }

  /** Whether what the others announce is heard here, and can be answered. */
  get hearsAnnounced(): boolean {
    return this.#options.links;
  }

  /** How long before an instant the last of those who are here has to be told of it; `null` where somebody cannot be told. */
  farthestMs(): number | null {
    if (!this.hearsAnnounced) return null;
    return this.#ways.farthestMs(this.#memberId ?? null, this.#members, this.#options.nowMs());
  }

  announce(command: AnnouncedCommand): void {
    this.#tell({ type: "announce", command });
  }

  /** Sends one of the others a message of at most 64 KiB beside the lane; what cannot be sent now is not sent. */
  sendMessage(to: MemberId, bytes: Uint8Array<ArrayBuffer>): void {
    this.#tell({ type: "message", to, bytes });
  }

  /** A message of a channel that was played here, and when by the machine's clock. Whoever is muted or only listens plays to nobody, but what sounds ends. */
  playNote(bytes: Uint8Array<ArrayBuffer>, atMs: number): void {
    const note = readNote(bytes, 0);
    const mayPlay = !this.#isMuted && may(this.#options.role(), "audio.send");
    if (note !== null && (mayPlay || isEnd(note))) this.#tell({ type: "note", bytes, atMs });
  }

  /** Whose lanes are kept from now on. */
  keep(memberIds: readonly MemberId[]): void {
    this.#kept = memberIds;
    this.#tell({ type: "keep", memberIds: [...memberIds] });
  }

  /** Session time, as it is known now from the room. */
  followClock({ offsetMs, driftPpm, errorMs }: ClockEstimate): void {
    this.#tell({ type: "clock", localMs: this.#options.nowMs(), offsetMs, driftPpm, errorMs });
  }

  /** `null` where the sound process does not answer. */
  async report(): Promise<Report | null> {
    const { promise, resolve } = Promise.withResolvers<Report | null>();
    const timer = setTimeout(() => resolve(null), REPORT_TIMEOUT_MS);
    this.#reports.push(resolve);
    this.#tell({ type: "report" });
    const report = await promise;
    clearTimeout(timer);
    this.#reports = this.#reports.filter((one) => one !== resolve);
    return report;
  }

  /** The sound process's number on this machine, for whoever looks after it. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tell({ type: "close", folder: this.#options.folder });
    // An audio server that hangs may hold the device for ever; the process goes all the same.
    const late = setTimeout(() => this.#child?.kill("SIGKILL"), CLOSE_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(late);
  }

  #tell(message: ToSound): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  #tellMembers(): void {
    const memberId = this.#memberId;
    if (memberId === undefined) return;
    const members = this.#members.map(({ memberId, connected, role, displayName, phoneOf, status }) => {
      return { memberId, connected, role, displayName, phoneOf, isDirect: this.#isDirect && status.directPath };
    });
    const listeners = linkedListeners(this.#listeners).map((who) => {
      return { ...who, displayName: "", isDirect: false, isListener: true as const };
    });
    // Its own role is asked anew each time: the host may have changed it.
    this.#tell({
      type: "members",
      memberId,
      maySend: !this.#isMuted && may(this.#options.role(), "audio.send"),
      isObserver: !may(this.#options.role(), "audio.send"),
      members: [...members, ...listeners],
    });
  }

  #start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "ignore", "inherit", "pipe", "ipc"],
      serialization: "advanced",
    });
    this.#child = child;
    readBlocks(child.stdio[3] as Readable, this.#options.inputs, (frame, samples, rateHz) => {
      this.#followRate(rateHz);
      this.#options.onBlock(frame, samples);
    });
    child.on("message", (message) => {
      const said = FromSound.safeParse(message);
      if (!said.success) return;
      switch (said.data.type) {
        case "opened":
          this.#openedAtMs = said.data.openedAtMs;
          this.#followRate(said.data.rateHz);
          this.#hasOpened = true;
          resolve();
          return;
        case "device":
          this.#followDevice(said.data);
          return;
        case "refused":
          reject(new Error(said.data.message));
          return;
        case "signal":
          this.#options.signal(said.data.to, said.data.signal);
          return;
        case "link":
          this.#options.onLink(said.data.memberId, said.data.state === "connected");
          this.#options.emit({ type: "link", memberId: said.data.memberId, state: said.data.state });
          return;
        case "uplink":
          this.#options.emit(said.data);
          return;
        case "words":
          this.#words = said.data.state;
          this.#options.emit({ type: "words", state: this.#words });
          return;
        case "latencies":
          this.#followLatencies(said.data.latencies);
          for (const level of said.data.levels) this.#options.emit({ type: "level", ...level });
          return;
        case "message":
          this.#options.onMessage(said.data.from, said.data.bytes);
          return;
        case "note":
          this.#options.onNote?.(said.data.memberId, said.data.bytes, said.data.atMs);
          return;
        case "kept":
          this.#options.onKept(said.data);
          return;
        case "announced":
          this.#options.onAnnounced(said.data.from, said.data.command);
          return;
        case "reading":
          this.#options.onReading(said.data.from, said.data.reading);
          return;
        case "report":
          this.#reports.shift()?.(said.data);
      }
    });
    child.on("error", reject);
    this.#exited = new Promise((gone) => {
      child.once("exit", () => {
        gone();
        reject(new Error("The sound process ended before it had begun."));
        this.#again();
      });
    });
    const { source, inputs, lane, traces } = this.#options;
    this.#tell({ type: "open", source, inputs, lane, openedAtMs: this.#openedAtMs, traces });
    this.iceServers = this.#iceServers;
    this.buffer = this.#buffer;
    this.#delays.again();
    this.#tellMembers();
    for (const [memberId, mix] of this.#mixes) this.mix(memberId, mix);
    this.keep(this.#kept);
    return promise;
  }

  /** Told with each block too, since a message about it comes by another way. */
  #followRate(rate: number): void {
    const rateHz = DEVICE_RATES_HZ.find((one) => one === rate);
    if (rateHz === undefined || rateHz === this.#rateHz) return;
    if (this.#hasOpened) this.#options.onOtherRate();
    this.#rateHz = rateHz;
  }

  /** A device's clock is its own, and drifts from the machine's; and a device may be pulled out. */
  #followDevice({ openedAtMs, ownMs, awayBecause }: Extract<FromSound, { type: "device" }>): void {
    this.#openedAtMs = openedAtMs;
    this.#ownMs = ownMs;
    const before = this.#awayBecause;
    if (awayBecause === before) return;
    this.#awayBecause = awayBecause;
    if (awayBecause === null) {
      this.#options.emit({ type: "notice", message: "The sound device is there again." });
      return;
    }
    const gone =
      "The sound device is gone. What was recorded is safe, and it is taken up again as soon as it is there.";
    const message = before === null ? `${gone} ${awayBecause}`.trim() : awayBecause;
    this.#options.emit({ type: "warning", code: "sound", message, final: false });
  }

  #followLatencies(latencies: Latencies): void {
    this.#delays.followLatencies(latencies);
    let worst: { latencyMs: number; latencyErrorMs: number } | undefined;
    const atMs = this.#options.nowMs();
    for (const { memberId, legs } of latencies) {
      this.#ways.note(memberId, legs.networkMs, atMs);
      const totalMs = totalOf(legs);
      // There and back may be split as unevenly as can be.
      if (totalMs > (worst?.latencyMs ?? -1)) worst = { latencyMs: totalMs, latencyErrorMs: legs.networkMs };
      const event = {
        type: "latency",
        memberId,
        legs,
        totalMs,
        advice: adviceOf(totalMs),
        fault: legAtFault(legs),
      } as const;
      this.#options.emit(event);
    }
    // The room holds everybody's transport back as far as the farthest needs: it is told of changes that matter.
    if (worst === undefined || Math.abs(worst.latencyMs - this.#toldMs) < TOLD_STEP_MS) return;
    this.#toldMs = worst.latencyMs;
    this.#options.onLatency(worst);
  }

  #again(): void {
    if (this.#isClosed || !this.#hasOpened || ++this.#restarts > RESTARTS_MAX) return;
    const message = "The sound has stopped for a moment and begins again; what was recorded until then is safe.";
    this.#options.emit({ type: "warning", code: "sound", message, final: false });
    this.#options.onSilence?.();
    this.#start().catch(() => undefined);
  }
}
