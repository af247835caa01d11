import { randomInt } from "node:crypto";
import { isIPv6 } from "node:net";
import { Audio, type DataChannel, PeerConnection, type Track } from "node-datachannel";
import { LANE_PACKET_MAX_BYTES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import { type Fingerprints, MESSAGES_WAITING_MAX_BYTES, type Peer, type PeerOptions } from "./peer.std.ts";
import { fingerprintOf } from "./sdp.std.ts";
import { isLoopback, TurnForwarder, turnOverUdp } from "./turn-forwarder.node.ts";

/** RTP (RFC 3550): a fixed header without extensions, and the payload type that both ends negotiate as Opus. */
const RTP_HEADER_BYTES = 12;
const RTP_VERSION = 0x80;
const PAYLOAD_TYPE = 111;
const MARKER = 0x7f;
/** RTCP's packet types, as they look where RTP has its payload type (RFC 5761). */
const RTCP_FROM = 192;
const RTCP_TO = 223;
const MID = "lane";
/** ICE candidates that came before the description they belong to. */
const CANDIDATES_MAX = 64;
const TIMESTAMP_STEP = 128;
/** Both ends know it without a word: number 0, unordered, nothing twice. A browser's is the same. */
const LANE_CHANNEL = { negotiated: true, id: 0, unordered: true, maxRetransmits: 0 };
/** The same of the carrier beside the lane: number 2, ordered, everything repeated until it has come. */
const MESSAGE_CHANNEL = { negotiated: true, id: 2 };
const HAS_CHANNEL = /^m=application [1-9]/m;

const midOf = (sdp: string) => /^a=mid:(\S+)/m.exec(sdp)?.[1] ?? MID;

/**
 * A peer on Node: true SRTP over libdatachannel, its payload our packets. RTP has no congestion window, which at 1 % loss is worth half a second
 * against a data channel. What the library throws in a callback ends the process, so nothing here throws.
 */
export function openNodePeer(options: PeerOptions): Peer {
  return new NodePeer(options);
}

class NodePeer implements Peer {
  readonly #options: PeerOptions;
  readonly #waiting: { candidate: string; mid: string }[] = [];
  readonly #signals: Signal[] = [];
  readonly #rtp = Buffer.alloc(RTP_HEADER_BYTES + LANE_PACKET_MAX_BYTES);
  #forwarder: TurnForwarder | undefined;
  #connection: PeerConnection | undefined;
  #track: Track | undefined;
  /** Held, or it would be collected. */
  #channel: DataChannel | undefined;
  #messages: DataChannel | undefined;
  readonly isPaced = false;
  readonly waitingBytes = null;
  #isDescribed = false;
  #theirs = "";
  #isClosed = false;
  #sequence = randomInt(2 ** 16);
  #timestamp = randomInt(2 ** 32);

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#rtp[0] = RTP_VERSION;
    this.#rtp[1] = PAYLOAD_TYPE;
    options.onState("connecting");
    this.#open().catch(() => this.#fail());
  }

  get isRelayed(): boolean | null {
    const pair = this.#attempt(() => this.#connection?.getSelectedCandidatePair() ?? null) ?? null;
    return pair === null ? null : pair.local.type === "relay";
  }

  get fingerprints(): Fingerprints | null {
    const connection = this.#connection;
    const own = this.#attempt(() => fingerprintOf(connection?.localDescription()?.sdp ?? "")) ?? "";
    const theirs = this.#theirs;
    return own === "" || theirs === "" ? null : { own, theirs };
  }

  handleSignal(signal: Signal): void {
    if (this.#connection === undefined) {
      if (this.#signals.length < CANDIDATES_MAX) this.#signals.push(signal);
      return;
    }
    try {
      this.#take(signal, this.#connection);
    } catch {
      // What the other end sent cannot be used; another attempt is the link's business.
      this.#fail();
    }
  }

  send(bytes: Uint8Array): void {
    const track = this.#track;
    if (track === undefined || bytes.byteLength > LANE_PACKET_MAX_BYTES) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + TIMESTAMP_STEP) >>> 0;
    this.#rtp.writeUInt16BE(this.#sequence, 2);
    this.#rtp.writeUInt32BE(this.#timestamp, 4);
    this.#rtp.set(bytes, RTP_HEADER_BYTES);
    this.#attempt(
      () => track.isOpen() && track.sendMessageBinary(this.#rtp.subarray(0, RTP_HEADER_BYTES + bytes.byteLength)),
    );
  }

  sendMessage(bytes: Uint8Array): boolean {
    const channel = this.#messages;
    if (channel === undefined) return false;
    const isFree = () => channel.isOpen() && channel.bufferedAmount() <= MESSAGES_WAITING_MAX_BYTES;
    return this.#attempt(() => isFree() && channel.sendMessageBinary(bytes)) ?? false;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const [connection, forwarder] = [this.#connection, this.#forwarder];
    const channels = [this.#channel, this.#messages];
    this.#connection = undefined;
    this.#track = undefined;
    this.#channel = undefined;
    this.#messages = undefined;
    for (const channel of channels) this.#attempt(() => channel?.close());
    this.#attempt(() => connection?.close());
    forwarder?.close();
  }

  async #open(): Promise<void> {
    const turn = turnOverUdp(this.#options.iceServers);
    if (turn === null) throw new Error("There is no relay over UDP.");
    const { host, port, username, credential: password } = turn;
    if (!this.#options.isDirect) this.#forwarder = await TurnForwarder.open(turn);
    const forwarder = this.#forwarder;
    if (this.#isClosed) {
      forwarder?.close();
      return;
    }
    const relay = (hostname: string, at: number) => ({
      hostname,
      port: at,
      username,
      password,
      relayType: "TurnUdp" as const,
    });
    const connection = new PeerConnection("lane", {
      disableAutoNegotiation: true,
      // A relay tells where it sees us from (RFC 8489), so it is asked for that too.
      ...(forwarder === undefined
        ? { iceServers: [`stun:${isIPv6(host) ? `[${host}]` : host}:${port}`, relay(host, port)] }
        : {
            iceServers: [relay("127.0.0.1", forwarder.port)],
            iceTransportPolicy: "relay" as const,
            bindAddress: "127.0.0.1",
          }),
    });
    connection.onLocalDescription(
      this.#guarded((sdp, type) => {
        if (type === "offer" || type === "answer") this.#options.signal({ kind: type, sdp });
      }),
    );
    connection.onLocalCandidate(
      this.#guarded((line, sdpMid) => {
        const candidate = line.startsWith("a=") ? line.slice(2) : line;
        this.#options.signal({ kind: "candidate", candidate, sdpMid, sdpMLineIndex: 0 });
      }),
    );
    connection.onStateChange(
      this.#guarded((state) => {
        if (state === "failed" || state === "closed") this.#fail();
      }),
    );
    this.#connection = connection;
    if (this.#options.offers) {
      this.#addTrack(connection, MID);
      this.#addChannels(connection);
      connection.setLocalDescription("offer");
    }
    for (const signal of this.#signals.splice(0)) this.handleSignal(signal);
  }

  /** The lane's track. Whoever answers calls it as the offer does. */
  #addTrack(connection: PeerConnection, mid: string): void {
    const audio = new Audio(mid, "SendRecv");
    audio.addOpusCodec(PAYLOAD_TYPE, "minptime=10;stereo=1;useinbandfec=0");
    // One source a lane, known before it sends: without it two lanes of one connection are not told apart.
    const source = randomInt(1, 2 ** 32);
    audio.addSSRC(source, "lane", "lane", "lane");
    audio.parseSdpLine("a=ptime:10");
    this.#rtp.writeUInt32BE(source, 8);
    const track = connection.addTrack(audio);
    track.onOpen(this.#guarded(() => this.#options.onState("connected")));
    track.onMessage(this.#guarded((message) => this.#receive(message)));
    this.#track = track;
  }

  /** A browser's carrier of single packets, which is heard here and nothing is sent over; and the one of messages, both ways. */
  #addChannels(connection: PeerConnection): void {
    const channel = connection.createDataChannel("lane", LANE_CHANNEL);
    channel.onMessage(
      this.#guarded((message) => {
        if (typeof message !== "string") this.#options.onPacket(new Uint8Array(message));
      }),
    );
    this.#channel = channel;
    const messages = connection.createDataChannel("messages", MESSAGE_CHANNEL);
    messages.onMessage(
      this.#guarded((message) => {
        if (typeof message !== "string") this.#options.onMessage?.(new Uint8Array(message));
      }),
    );
    this.#messages = messages;
  }

  #take(signal: Signal, connection: PeerConnection): void {
    switch (signal.kind) {
      case "offer":
      case "answer":
        if (this.#isDescribed || (signal.kind === "offer") === this.#options.offers) return;
        // Whoever offers names the track: a browser calls it otherwise than we do.
        if (signal.kind === "offer") {
          this.#addTrack(connection, midOf(signal.sdp));
          if (HAS_CHANNEL.test(signal.sdp)) this.#addChannels(connection);
        }
        connection.setRemoteDescription(signal.sdp, signal.kind);
        this.#theirs = fingerprintOf(signal.sdp);
        this.#isDescribed = true;
        if (signal.kind === "offer") connection.setLocalDescription("answer");
        for (const { candidate, mid } of this.#waiting.splice(0)) this.#add(candidate, mid);
        return;
      case "candidate":
        if (this.#isDescribed) this.#add(signal.candidate, signal.sdpMid ?? MID);
        else if (this.#waiting.length < CANDIDATES_MAX)
          this.#waiting.push({ candidate: signal.candidate, mid: signal.sdpMid ?? MID });
        return;
      case "bye":
        return;
    }
  }

  /** A candidate that cannot be read is of no use and no harm; one that names this machine itself is no relay. */
  #add(candidate: string, mid: string): void {
    const address = candidate.split(" ")[4] ?? "";
    if (isLoopback(address) && this.#forwarder?.isLocal !== true) return;
    this.#attempt(() => this.#connection?.addRemoteCandidate(candidate, mid));
  }

  #receive(message: Buffer): void {
    const type = message[1] ?? 0;
    if (message.length < RTP_HEADER_BYTES || (type >= RTCP_FROM && type <= RTCP_TO)) return;
    if ((type & MARKER) !== PAYLOAD_TYPE) return;
    const first = message[0] ?? 0;
    let at = RTP_HEADER_BYTES + 4 * (first & 15);
    if ((first & 0x10) !== 0 && at + 4 <= message.length) at += 4 + 4 * message.readUInt16BE(at + 2);
    const padding = (first & 0x20) === 0 ? 0 : (message.at(-1) ?? 0);
    if (at < message.length - padding) this.#options.onPacket(message.subarray(at, message.length - padding));
  }

  #fail(): void {
    if (!this.#isClosed) this.#options.onState("failed");
  }

  #guarded<Args extends unknown[]>(use: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (!this.#isClosed) this.#attempt(() => use(...args));
    };
  }

  #attempt<Value>(use: () => Value): Value | undefined {
    try {
      return use();
    } catch {
      return undefined;
    }
  }
}
