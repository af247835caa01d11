import { captureRingBytes } from "../../../audio/capture-ring.ts";
import type { LaneMix } from "../../../audio/lane-mixer.ts";
import { DEVICE_RATE_HZ, LANE_CHANNELS } from "../../../audio/lane-players.ts";
import type { LatencyLegs } from "../../../audio/latency.ts";
import type { BufferChoice } from "../../../audio/playout.ts";
import { TrueRate } from "../../../audio/true-rate.ts";
import type { UplinkLevel } from "../../../audio/uplink-budget.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import type { AnnouncedCommand, Listeners, Member, Signal } from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { ClockEstimate } from "../clock/session-clock.std.ts";
import type { HeardSignal } from "../links/early-signals.std.ts";
import type { SentIn } from "../links/link-set.std.ts";
import { linkedListeners } from "../links/linked-listeners.std.ts";
import { BrowserPeer } from "../links/peer.dom.ts";
import type { IceServer, PeerState } from "../links/peer.std.ts";
import type { WordsState } from "../links/room-words.std.ts";
import type {
  FromDevice,
  FromLanes,
  InputChannels,
  ToDevice,
  ToLanes,
  TransformOptions,
} from "./browser-messages.std.ts";
import { DeviceWatch } from "./device-watch.dom.ts";
import type { InputTrouble, ListedDevice } from "./devices.std.ts";
import { DeviceInput, type InputFacts, type SoundRefusal } from "./input.dom.ts";

/** A context that is not started yet, the device's script on its way into it, and the lanes worker. */
export interface SoundThreads {
  context: AudioContext;
  device: Promise<void>;
  worker: Worker;
}

/** Where the two threads' scripts are. */
export interface SoundScripts {
  lanesUrl: string;
  deviceUrl: string;
}

export interface BrowserSoundOptions {
  signal(to: MemberId, signal: Signal): void;
  onLink(memberId: MemberId, state: PeerState): void;
  onWords(state: WordsState): void;
  /** What one of the others tells of their clock. */
  onReading(from: MemberId, reading: PeerReading): void;
  /** What one of the others has pressed, and announces over the lane (P77). */
  onAnnounced(from: MemberId, command: AnnouncedCommand): void;
  /** What one of the others plays on a MIDI instrument, and when it sounds by the page's clock (P87). */
  onNote(from: MemberId, bytes: Uint8Array<ArrayBuffer>, atMs: number): void;
  onLevels(own: FromDevice["own"], levels: FromDevice["levels"]): void;
  onLatencies(latencies: { memberId: MemberId; legs: LatencyLegs }[], levels: SentIn[]): void;
  /** The up-link holds less than is played, or all of it again. */
  onUplink(level: UplinkLevel): void;
  /** What the device takes, there and back, as the system tells it. */
  onDeviceMs(deviceMs: number): void;
  /** How long what is played takes until it lies in the ring, as far as the device tells. */
  onCapture(captureMs: number): void;
  /** A device is not there any more, or is another one than it was. Nothing is switched by itself. */
  onDevice(trouble: InputTrouble | "output-gone" | "stopped"): void;
  /** What there is to choose from, whenever that is something else. */
  onDevices(devices: readonly ListedDevice[]): void;
  /** The device runs at another rate than it says, or, with `null`, at the one that it says. */
  onTrueRate(otherHz: number | null): void;
}

/** Who is here, and what they have said. */
interface HeardMembers {
  members: readonly Member[];
  listeners: Listeners;
  isDirect: boolean;
  early: readonly HeardSignal[];
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** An output can be chosen, or none, in some engines (W3C Web Audio API 1.1, `setSinkId`). */
type SinkContext = AudioContext & { sinkId?: unknown; setSinkId?(id: string | { type: "none" }): Promise<void> };

/**
 * Chromium keeps an output that nobody plays on open for some seconds, and takes it up again as it is: by then the system may have moved it to another
 * device, and what is chosen there comes out here. Measured: after three seconds it did, after six it did not.
 */
const IDLE_OUTPUT_MS = 6_000;

/** How often the device's own delay is asked for. */
const DEVICE_MS = 1_000;

/**
 * The sound of a session in a browser. Life: opened by a click, with an input or without one; from then on the audio thread and the lanes worker
 * do the work, and the page only passes on what the room and the person say. It ends with `close`, and leaves no microphone open.
 */
export class BrowserSound {
  /** The capture ring (audio/capture-ring.ts), for whoever else takes blocks of it. */
  readonly memory: SharedArrayBuffer;
  captureMs = 0;
  readonly #options: BrowserSoundOptions;
  readonly #context: AudioContext;
  readonly #worker: Worker;
  readonly #device: Promise<void>;
  /** What the input goes into, whether the audio thread is there or not. */
  readonly #in: GainNode;
  #node: AudioWorkletNode | undefined;
  readonly #untold: ToDevice[] = [];
  readonly #beat: MediaStreamTrack;
  readonly #peers = new Map<number, BrowserPeer>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #trueRate = new TrueRate(DEVICE_RATE_HZ);
  #otherHz: number | null = null;
  #sinking: Promise<void> = Promise.resolve();
  #sinks = 0;
  #lostSink: { id: string; untilMs: number } | undefined;
  #isStarted = false;
  readonly #input: DeviceInput;
  readonly #watch: DeviceWatch;

  /** The threads' scripts, and what the engine's connections need, before anybody asks for sound: no device is opened and nobody is sent anything. */
  static prepare({ lanesUrl, deviceUrl }: SoundScripts): SoundThreads {
    const context = new AudioContext({ sampleRate: DEVICE_RATE_HZ, latencyHint: 0 });
    // Where a page may play by itself, it would begin to.
    void context.suspend();
    const worker = new Worker(lanesUrl, { type: "module" });
    const device = context.audioWorklet.addModule(deviceUrl);
    device.catch(() => {
      worker.terminate();
      void context.close();
    });
    new RTCPeerConnection().close();
    return { context, device, worker };
  }

  /** The sound with its links, whose device is still to be started, and whose script may still be on its way: those are made meanwhile. */
  constructor(options: BrowserSoundOptions, { context, device, worker }: SoundThreads) {
    this.#options = options;
    this.#context = context;
    this.#device = device;
    const memory = new SharedArrayBuffer(captureRingBytes(LANE_CHANNELS));
    this.memory = memory;
    this.#in = new GainNode(context);
    this.#input = new DeviceInput(context, [this.#in], (trouble) => options.onDevice(trouble));
    this.#watch = new DeviceWatch((devices) => this.#follow(devices));
    this.#beat = newBeat(context);
    this.#worker = worker;
    this.#worker.onmessage = ({ data }: MessageEvent<FromLanes>) => this.#take(data);
    this.#worker.onerror = () => options.onDevice("stopped");
    this.#tell({ type: "open", memory, originMs: performance.timeOrigin });
    context.onstatechange = () => {
      if (this.#isStarted && context.state === "suspended")
        void context.resume().catch(() => options.onDevice("stopped"));
    };
    this.#timer = setInterval(() => {
      this.#tellDevice();
      this.#watchRate();
    }, DEVICE_MS);
  }

  /** Rejects with what `refusalOf` understands. */
  async start(): Promise<void> {
    await Promise.all([this.#context.resume(), this.#device.then(() => this.#openThread())]);
    this.#isStarted = true;
  }

  /** The audio thread's own end: what it was told before it was there, it hears now. */
  #openThread(): void {
    const context = this.#context;
    if (context.state === "closed") return;
    const node = new AudioWorkletNode(context, "session-device", {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [LANE_CHANNELS],
      processorOptions: { memory: this.memory },
    });
    this.#in.connect(node).connect(context.destination);
    node.port.onmessage = ({ data }: MessageEvent<FromDevice>) => {
      this.#options.onLevels(data.own, data.levels);
      if (data.states !== null) this.#tell({ type: "players", states: data.states });
    };
    this.#node = node;
    for (const message of this.#untold.splice(0)) this.#tellThread(message);
  }

  /** Which device is played and which heard; `""` is the system's own choice. */
  get inputId(): string | null {
    return this.#input.settings.deviceId ?? null;
  }

  get facts(): InputFacts {
    return this.#input.facts;
  }

  /** Plays another input, or none. Returns why it cannot be had; the one before is closed all the same. */
  async setInput(deviceId: string | null): Promise<SoundRefusal | "superseded" | null> {
    const refusal = await this.#input.choose(deviceId);
    if (refusal === null && deviceId !== null) this.#tellDevice();
    // Whoever has just allowed an input may read what the others are called.
    void this.#watch.look();
    return refusal;
  }

  /** `false`: the device cannot be had, and the one before goes on. */
  async setOutput(deviceId: string): Promise<boolean> {
    try {
      await this.#setSink(deviceId);
      this.#tellDevice();
      return true;
    } catch {
      return false;
    }
  }

  set channels(channels: InputChannels) {
    this.#tellThread({ type: "channels", channels });
  }

  set buffer(buffer: BufferChoice) {
    this.#tellThread({ type: "buffer", buffer });
  }

  /** By how much each of the others, and this person in their own ears, is held back beside what the way takes. */
  hold(holds: readonly { memberId: MemberId; holdMs: number }[], monitorMs: number | null): void {
    this.#tellThread({ type: "hold", holds, monitorMs });
  }

  /** Whether the others hear this person, and whether it is music or talk. */
  set live(live: "programme" | "talkback" | "silent") {
    this.#tell({ type: "live", live });
  }

  mix(memberId: MemberId, mix: LaneMix): void {
    this.#tellThread({ type: "mix", memberId, mix });
  }

  set iceServers(iceServers: readonly IceServer[]) {
    this.#tell({ type: "ice-servers", iceServers });
  }

  /**
   * @param isDirect Whether this person has chosen the direct path.
   * @param early What the others have signalled before there was sound here.
   */
  setMembers(memberId: MemberId, role: Role, { members, listeners, isDirect, early }: HeardMembers): void {
    const known = members.map((member) => ({
      memberId: member.memberId,
      connected: member.connected,
      role: member.role,
      isDirect: isDirect && member.status.directPath,
      phoneOf: member.phoneOf,
    }));
    const maySend = may(role, "audio.send");
    this.#tellThread({ type: "late", isLate: !maySend });
    this.#tell({
      type: "members",
      memberId,
      maySend,
      isObserver: !maySend,
      members: [...known, ...linkedListeners(listeners)],
      early,
    });
  }

  /** The room is there again. */
  again(): void {
    this.#tell({ type: "again" });
  }

  handleSignal(from: MemberId, signal: Signal): void {
    this.#tell({ type: "signal", from, signal });
  }

  /** Tells everybody at once what is pressed here. */
  announce(command: AnnouncedCommand): void {
    this.#tell({ type: "announce", command });
  }

  /** Plays a message of a MIDI channel to everybody, as of an instant of the page's clock. */
  playNote(bytes: Uint8Array<ArrayBuffer>, atMs: number): void {
    this.#tell({ type: "note", bytes, atMs });
  }

  /** What the device captures goes over this port too, and whoever is at its end keeps safety copies. */
  tap(port: MessagePort, isRecorded = true): void {
    this.#worker.postMessage({ type: "tap", port, isRecorded } satisfies ToLanes, [port]);
  }

  /** Gives the takes worker, where there is one, its end of a port (`ToTakes`): it keeps safety copies of these lanes. */
  tapFor(takes: Worker | null): void {
    if (takes === null) return;
    const { port1, port2 } = new MessageChannel();
    this.tap(port1, false);
    takes.postMessage({ type: "lanes", port: port2 }, [port2]);
  }

  setClock({ offsetMs, driftPpm, errorMs }: ClockEstimate): void {
    this.#tell({ type: "clock", localMs: performance.now(), offsetMs, driftPpm, errorMs });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#watch.close();
    this.#input.close();
    this.#worker.terminate();
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#beat.stop();
    await this.#context.close();
  }

  #tell(message: ToLanes): void {
    this.#worker.postMessage(message);
  }

  #tellThread(message: ToDevice): void {
    if (this.#node === undefined) this.#untold.push(message);
    else this.#node.port.postMessage(message);
  }

  #tellDevice(): void {
    const { outputLatency, baseLatency } = this.#context;
    // What an engine does not tell is what it has to be at least: a block.
    const playoutMs = (outputLatency || baseLatency) * 1000;
    const captureMs = (this.#input.settings.latency ?? 0) * 1000;
    this.#tell({ type: "device", captureMs, playoutMs });
    this.#options.onDeviceMs(captureMs + playoutMs);
    if (captureMs === this.captureMs) return;
    this.captureMs = captureMs;
    this.#options.onCapture(captureMs);
  }

  /** The context counts frames as if the device were at its word. */
  #watchRate(): void {
    this.#trueRate.note(this.#context.currentTime * DEVICE_RATE_HZ, performance.now());
    const { otherHz } = this.#trueRate;
    if (otherHz === this.#otherHz) return;
    this.#otherHz = otherHz;
    this.#options.onTrueRate(otherHz);
  }

  /** Where an engine lets nobody choose, the system's own choice is there. A context whose output was pulled out stands still until it is told to go on. */
  #setSink(sink: string | { type: "none" }): Promise<void> {
    const context: SinkContext = this.#context;
    const turn = ++this.#sinks;
    const set = async () => {
      if (sink === this.#lostSink?.id) await sleep(this.#lostSink.untilMs - performance.now());
      if (turn !== this.#sinks) return;
      await context.setSinkId?.(sink);
      if (this.#isStarted && context.state === "suspended") await context.resume();
    };
    // One after the other: an output that is pulled out and plugged in again at once is both.
    // Meanwhile a person may have chosen another one, and the last choice is what counts.
    this.#sinking = this.#sinking.then(set, set);
    return this.#sinking;
  }

  #follow(devices: readonly ListedDevice[]): void {
    this.#options.onDevices(devices);
    this.#input.follow(devices);
    const context: SinkContext = this.#context;
    const { sinkId } = context;
    if (typeof sinkId !== "string" || sinkId === "") return;
    if (devices.some(({ kind, deviceId }) => kind === "audiooutput" && deviceId === sinkId)) return;
    // Loudspeakers that the system would put in its place are heard by the microphone: until the person chooses it plays to nobody. It must go on all
    // the same, since what is played here is sent, and recorded, at its pace.
    this.#lostSink = { id: sinkId, untilMs: performance.now() + IDLE_OUTPUT_MS };
    void this.#setSink({ type: "none" }).catch(() => undefined);
    this.#options.onDevice("output-gone");
  }

  #take(message: FromLanes): void {
    switch (message.type) {
      case "signal":
        this.#options.signal(message.to, message.signal);
        return;
      case "link":
        this.#options.onLink(message.memberId, message.state);
        return;
      case "words":
        this.#options.onWords(message.state);
        return;
      case "uplink":
        this.#options.onUplink(message.level);
        return;
      case "announced":
        this.#options.onAnnounced(message.from, message.command);
        return;
      case "note":
        this.#options.onNote(message.from, message.bytes, message.atMs);
        return;
      case "reading":
        this.#options.onReading(message.from, message.reading);
        return;
      case "latencies":
        this.#options.onLatencies(message.latencies, message.levels);
        return;
      case "add":
      case "remove":
        this.#tellThread(message);
        return;
      case "open-peer":
        this.#openPeer(message);
        return;
      case "signal-peer":
        this.#peers.get(message.peer)?.handleSignal(message.signal);
        return;
      case "close-peer":
        this.#peers.get(message.peer)?.close();
        this.#peers.delete(message.peer);
        return;
    }
  }

  #openPeer({ peer, offers, isDirect, iceServers }: Extract<FromLanes, { type: "open-peer" }>): void {
    const worker = this.#worker;
    this.#peers.set(
      peer,
      new BrowserPeer({
        iceServers,
        isDirect,
        offers,
        track: this.#beat,
        transform: (side) => new RTCRtpScriptTransform(worker, { peer, side } satisfies TransformOptions),
        carry: (channel, carries) =>
          worker.postMessage({ type: "channel", peer, channel, carries } satisfies ToLanes, [channel]),
        signal: (signal) => this.#tell({ type: "peer", peer, told: { type: "signal", signal } }),
        onState: (state) => this.#tell({ type: "peer", peer, told: { type: "state", state } }),
        onFingerprints: (fingerprints) =>
          this.#tell({ type: "peer", peer, told: { type: "fingerprints", fingerprints } }),
        onRelayed: (isRelayed) => this.#tell({ type: "peer", peer, told: { type: "relayed", isRelayed } }),
      }),
    );
  }
}

/** A quiet tone for the encoders, so that they have a beat. It is heard by nobody: its payload is replaced before it leaves. */
function newBeat(context: AudioContext): MediaStreamTrack {
  const tone = new OscillatorNode(context, { frequency: 300 });
  const gain = new GainNode(context, { gain: 0.1 });
  const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1, channelCountMode: "explicit" });
  tone.connect(gain).connect(out);
  tone.start();
  const [track] = out.stream.getAudioTracks();
  if (track === undefined) throw new Error("The audio engine made no track.");
  return track;
}
