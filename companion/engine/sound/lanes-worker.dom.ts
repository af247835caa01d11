/**
 * The lanes worker of a browser: the links to everybody, apart from the page, so that a page that is busy is no gap in the sound. It is woken by
 * each block of the device; packets come and go through the transforms of the page's peer connections.
 */
import { BLOCK_MS, CaptureRing } from "../../../audio/capture-ring.ts";
import { DeviceClock } from "../../../audio/device-clock.ts";
import { LANE_CHANNELS, type PlayerState } from "../../../audio/lane-players.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import { type SessionLine, sessionOf } from "../clock/session-clock.std.ts";
import { packAnnounced, readAnnounced } from "../links/announcement.std.ts";
import { type KeptFrames, LinkSet } from "../links/link-set.std.ts";
import {
  type Carries,
  type Fingerprints,
  MESSAGES_WAITING_MAX_BYTES,
  type Peer,
  type PeerOptions,
  type PeerState,
} from "../links/peer.std.ts";
import { NONCE_BYTES } from "../links/room-words.std.ts";
import type { FromLanes, PeerTold, ToLanes, TransformOptions } from "./browser-messages.std.ts";
import type { FromTap, ToTap } from "./tap-messages.std.ts";

/** The part of a transform's event that we use (W3C WebRTC Encoded Transform). */
interface TransformEvent extends Event {
  transformer: {
    options: TransformOptions;
    readable: ReadableStream<{ data: ArrayBuffer }>;
    writable: WritableStream<{ data: ArrayBuffer }>;
  };
}

const TICK_MS = 200;
/** How far the others are away is told every second. */
const TICKS_PER_LATENCY = 5;
/** What is older than this when it is taken (about 0.7 s) is not sent any more: it would come too late to be heard. */
const BEHIND_MAX_BLOCKS = 256;
/** A lane that was not woken looks all the same. */
const WAKE_MS = 100;

/** The worker's end of a peer whose connection is the page's. */
class WorkerPeer implements Peer {
  readonly #id: number;
  readonly options: PeerOptions;
  readonly isPaced = true;
  isRelayed: boolean | null = null;
  fingerprints: Fingerprints | null = null;
  #channel: RTCDataChannel | undefined;
  #messages: RTCDataChannel | undefined;
  #state: PeerState | undefined;

  constructor(id: number, options: PeerOptions) {
    this.#id = id;
    this.options = options;
    peers.set(id, this);
    this.#follow("connecting");
    const { offers, isDirect, iceServers } = options;
    say({ type: "open-peer", peer: id, offers, isDirect, iceServers });
  }

  handleSignal(signal: Signal): void {
    say({ type: "signal-peer", peer: this.#id, signal });
  }

  get waitingBytes(): number | null {
    return this.#channel?.readyState === "open" ? this.#channel.bufferedAmount : null;
  }

  /** Beside the beat, which asks for what there is. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#channel?.readyState === "open") this.#channel.send(bytes);
  }

  sendMessage(bytes: Uint8Array<ArrayBuffer>): boolean {
    const channel = this.#messages;
    if (channel?.readyState !== "open" || channel.bufferedAmount > MESSAGES_WAITING_MAX_BYTES) return false;
    channel.send(bytes);
    return true;
  }

  carry(channel: RTCDataChannel, carries: Carries): void {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      if (carries === "lane") this.options.onPacket(new Uint8Array(data));
      else this.options.onMessage?.(new Uint8Array(data));
    };
    if (carries === "lane") this.#channel = channel;
    else this.#messages = channel;
    // A page that is busy says it later: the sound need not wait for it.
    const connect = () => this.#follow("connected");
    if (channel.readyState === "open") connect();
    else channel.onopen = connect;
  }

  #follow(state: PeerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.options.onState(state);
  }

  close(): void {
    this.#channel?.close();
    this.#messages?.close();
    if (peers.delete(this.#id)) say({ type: "close-peer", peer: this.#id });
  }

  told(told: PeerTold): void {
    switch (told.type) {
      case "signal":
        this.options.signal(told.signal);
        return;
      case "state":
        this.#follow(told.state);
        return;
      case "relayed":
        this.isRelayed = told.isRelayed;
        return;
      case "fingerprints":
        this.fingerprints = told.fingerprints;
        return;
    }
  }
}

const say = (message: FromLanes) => self.postMessage(message);
const peers = new Map<number, WorkerPeer>();
const players = new Map<MemberId, PlayerState>();
let peerCount = 0;
let originMs = performance.timeOrigin;
let maySend = false;
let isSilent = false;
let device = { captureMs: 0, playoutMs: 0 };
let tap: MessagePort | null = null;
/** Whether what the device captures goes over it too. */
let isRecorded = false;
const connected = new Set<MemberId>();
let clock: SessionLine | null = null;

const nowMs = () => performance.timeOrigin - originMs + performance.now();
const links = new LinkSet(
  {
    openPeer: (options) => new WorkerPeer(++peerCount, options),
    signal: (to, signal) => say({ type: "signal", to, signal }),
    onState: (memberId, state) => {
      say({ type: "link", memberId, state });
      const isConnected = state === "connected";
      if (isConnected) connected.add(memberId);
      else connected.delete(memberId);
      tellTap({ type: "link", memberId, isConnected });
    },
    onMessage: (from, bytes) => tellTap({ type: "message", from, bytes }),
    nowMs,
    // An Opus carrier is as large as it is.
    onUplink: (level) => say({ type: "uplink", level }),
    newStream: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    newNonce: () => crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
    onAnnounced: (from, body) => {
      const command = readAnnounced(body);
      if (command !== null) say({ type: "announced", from, command });
    },
    onNote: (from, bytes, atMs) => say({ type: "note", from, bytes, atMs }),
    onWords: (state) => say({ type: "words", state }),
    sessionAt: (localMs) => (clock === null ? null : { atMs: sessionOf(clock, localMs), errorMs: clock.errorMs }),
    onReading: (from, reading) => say({ type: "reading", from, reading }),
  },
  {
    add: (memberId, memory) => say({ type: "add", memberId, memory }),
    remove: (memberId) => {
      players.delete(memberId);
      say({ type: "remove", memberId });
    },
    stateOf: (memberId) => players.get(memberId),
  },
);

const tellTap = (message: FromTap, transfer: Transferable[] = []) => tap?.postMessage(message, transfer);
const tellKept = (taken: readonly KeptFrames[]) => {
  for (const kept of taken) tellTap({ type: "kept", ...kept }, [kept.samples.buffer]);
};

/** Whoever keeps safety copies, or another one in their place. */
function setTap(port: MessagePort): void {
  tap = port;
  port.onmessage = ({ data }: MessageEvent<ToTap>) => {
    if (data.type === "keep") tellKept(links.keep(data.memberIds));
    else links.sendMessage(data.to, data.bytes);
  };
  for (const memberId of connected) tellTap({ type: "link", memberId, isConnected: true });
}

/** Blocks on their way to whoever records them: those that are there at once go at once, and together. */
const tapped = {
  firstBlock: 0,
  blocks: [] as Int32Array[],
  add(block: number, samples: Int32Array): void {
    if (!isRecorded) return;
    if (this.blocks.length > 0 && block !== this.firstBlock + this.blocks.length) this.flush();
    if (this.blocks.length === 0) this.firstBlock = block;
    this.blocks.push(samples.slice());
  },
  flush(): void {
    if (tap === null || this.blocks.length === 0) return;
    const together = new Int32Array(this.blocks.length * LANE_PACKET_FRAMES * LANE_CHANNELS);
    for (const [at, block] of this.blocks.entries()) together.set(block, at * block.length);
    tap.postMessage({ firstBlock: this.firstBlock, captureMs: device.captureMs, samples: together });
    this.blocks = [];
  },
};

/** Takes every block of the device, as it comes. */
async function readCapture(ring: CaptureRing): Promise<void> {
  const time = new DeviceClock();
  const samples = new Int32Array(LANE_PACKET_FRAMES * LANE_CHANNELS);
  for (let next = ring.blocks; ; ) {
    const { blocks } = ring;
    if (blocks !== next) {
      time.note(blocks, nowMs());
      ring.originMs = time.originMs ?? 0;
    }
    if (((blocks - next) | 0) > BEHIND_MAX_BLOCKS) next = (blocks - BEHIND_MAX_BLOCKS) | 0;
    for (; next !== blocks; next = (next + 1) | 0) {
      if (!ring.take(next, samples)) continue;
      tapped.add(next, samples);
      if (!maySend) continue;
      if (isSilent) samples.fill(0);
      const capturedAtMs = ring.originMs + next * BLOCK_MS - device.captureMs;
      links.send(next * LANE_PACKET_FRAMES, samples, clock === null ? 0 : sessionOf(clock, capturedAtMs));
    }
    tapped.flush();
    links.sendNotes();
    const woken = Atomics.waitAsync(ring.control, 0, blocks, WAKE_MS);
    if (woken.async) await woken.value;
  }
}

/** Puts our packets in the place of an encoder's, or takes them out before a decoder sees them. */
async function carry({ options, readable, writable }: TransformEvent["transformer"]): Promise<void> {
  const writer = writable.getWriter();
  const reader = readable.getReader();
  for (;;) {
    const { value: frame, done } = await reader.read();
    const peer = peers.get(options.peer)?.options;
    if (done || frame === undefined) return;
    if (options.side === "receive") peer?.onPacket(new Uint8Array(frame.data));
    else {
      const bytes = peer?.next() ?? null;
      if (bytes === null) continue;
      frame.data = bytes.slice().buffer;
      await writer.write(frame);
    }
  }
}

self.addEventListener("rtctransform", (event) => {
  // A connection that was closed ends its streams, and that is all there is to it.
  carry((event as TransformEvent).transformer).catch(() => undefined);
});

function handleMessage(message: ToLanes): void {
  switch (message.type) {
    case "open": {
      originMs = message.originMs;
      void readCapture(new CaptureRing(message.memory));
      let ticks = 0;
      setInterval(() => {
        links.tick();
        tellKept(links.takeKept());
        if (++ticks % TICKS_PER_LATENCY === 0)
          say({ type: "latencies", latencies: links.latencies(device.playoutMs), levels: links.levels() });
      }, TICK_MS);
      return;
    }
    case "ice-servers":
      links.iceServers = message.iceServers;
      return;
    case "members":
      maySend = message.maySend;
      links.isLate = message.isObserver;
      links.enter(message.memberId);
      // Whose offer is answered is not asked for one.
      for (const { from, signal } of message.early) links.handleSignal(from, signal);
      links.setMembers(message.members);
      return;
    case "signal":
      links.handleSignal(message.from, message.signal);
      return;
    case "again":
      links.again();
      return;
    case "announce":
      links.announce(packAnnounced(message.command));
      return;
    case "note":
      links.playNote(message.bytes, message.atMs);
      return;
    case "clock":
      clock = message;
      return;
    case "device":
      device = message;
      links.deviceMs = message.captureMs;
      return;
    case "live":
      isSilent = message.live === "silent";
      links.isTalkback = message.live === "talkback";
      return;
    case "tap":
      isRecorded = message.isRecorded;
      setTap(message.port);
      return;
    case "players":
      for (const [memberId, state] of message.states) players.set(memberId, state);
      return;
    case "peer":
      peers.get(message.peer)?.told(message.told);
      return;
    case "channel":
      peers.get(message.peer)?.carry(message.channel, message.carries);
      return;
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToLanes>) => handleMessage(data));
