import type { Signal } from "../../../protocol/room.ts";
import type { Carries, Fingerprints, IceServer, PeerState } from "./peer.std.ts";
import { openRelayed, RemoteCandidates } from "./relayed-connection.dom.ts";
import { fingerprintOf } from "./sdp.std.ts";

export interface BrowserPeerOptions {
  iceServers: readonly IceServer[];
  /** Whether both ends have chosen the direct path. */
  isDirect: boolean;
  offers: boolean;
  /** Never sound: what the encoder is given to encode, so that it has a beat. Its payload is replaced. */
  track: MediaStreamTrack;
  /** The worker's end of each direction. */
  transform(side: "send" | "receive"): RTCRtpScriptTransform;
  /** Gives a carrier of single packets, or of messages, to the worker; throws where the engine cannot. */
  carry(channel: RTCDataChannel, carries: Carries): void;
  signal(signal: Signal): void;
  onState(state: PeerState): void;
  onFingerprints(fingerprints: Fingerprints): void;
  onRelayed(isRelayed: boolean | null): void;
}

/** The encoder's beat: 10 ms. It is told by the other end's description. */
const withBeat = (sdp: string) => sdp.replace(/^(a=rtpmap:111 [^\r\n]*\r\n)(?!a=ptime:)/m, "$1a=ptime:10\r\n");

/** Number 0 of both ends, unordered, nothing twice; and number 2, ordered, everything repeated until it has come. */
const CHANNELS = {
  lane: { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 },
  messages: { negotiated: true, id: 2 },
} satisfies Record<Carries, RTCDataChannelInit>;

/**
 * The page's end of a peer in a browser: one Opus track each way, negotiated as plain Opus, and two transforms in the lanes worker that put our
 * packets in the place of its payload and take them out before a decoder sees them. Relay-only (V2) unless both have chosen otherwise. An order of calls that matters: both
 * transforms are set in the turn in which the transceiver comes to be, and the track is attached last. Beside the track stands a data channel for packets
 * of 128 frames, which goes into the worker in the turn in which it is made; the link uses it while the path is clean. A second one carries messages.
 */
export class BrowserPeer {
  readonly #options: BrowserPeerOptions;
  readonly #connection: RTCPeerConnection;
  readonly #candidates: RemoteCandidates;
  #work: Promise<void> = Promise.resolve();

  constructor(options: BrowserPeerOptions) {
    this.#options = options;
    const connection = openRelayed(options.iceServers, "lane", options.signal, options.isDirect);
    this.#connection = connection;
    this.#candidates = new RemoteCandidates(connection);
    connection.onconnectionstatechange = () => {
      const { connectionState } = connection;
      if (connectionState === "connected") {
        const own = fingerprintOf(connection.currentLocalDescription?.sdp ?? "");
        options.onFingerprints({ own, theirs: fingerprintOf(connection.currentRemoteDescription?.sdp ?? "") });
        options.onState("connected");
        void this.#tellPath();
      }
      if (connectionState === "failed" || connectionState === "closed") options.onState("failed");
    };
    for (const carries of ["lane", "messages"] as const) {
      const channel = connection.createDataChannel(carries, CHANNELS[carries]);
      try {
        options.carry(channel, carries);
      } catch {
        // The beat does without, and there are no messages.
        channel.close();
      }
    }
    if (options.offers) this.#queue(() => this.#offer());
  }

  handleSignal(signal: Signal): void {
    this.#queue(() => this.#take(signal));
  }

  close(): void {
    this.#connection.onconnectionstatechange = null;
    this.#connection.onicecandidate = null;
    this.#connection.close();
  }

  /** One after the other; what the other end sent and cannot be used ends this attempt and no more. */
  #queue(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#connection.signalingState !== "closed") await step().catch(() => this.#options.onState("failed"));
    });
  }

  #carry(transceiver: RTCRtpTransceiver): Promise<void> {
    transceiver.receiver.transform = this.#options.transform("receive");
    transceiver.sender.transform = this.#options.transform("send");
    transceiver.direction = "sendrecv";
    return transceiver.sender.replaceTrack(this.#options.track);
  }

  async #offer(): Promise<void> {
    await this.#carry(this.#connection.addTransceiver("audio", { direction: "sendrecv" }));
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    this.#tell("offer");
  }

  async #take(signal: Signal): Promise<void> {
    const connection = this.#connection;
    switch (signal.kind) {
      case "offer": {
        if (this.#options.offers || connection.remoteDescription !== null) return;
        await connection.setRemoteDescription({ type: "offer", sdp: withBeat(signal.sdp) });
        const [transceiver] = connection.getTransceivers();
        if (transceiver === undefined) throw new Error("An offer without a track.");
        await this.#carry(transceiver);
        await connection.setLocalDescription(await connection.createAnswer());
        this.#tell("answer");
        await this.#candidates.addWaiting();
        return;
      }
      case "answer":
        if (connection.signalingState !== "have-local-offer") return;
        await connection.setRemoteDescription({ type: "answer", sdp: withBeat(signal.sdp) });
        await this.#candidates.addWaiting();
        return;
      case "candidate":
        await this.#candidates.take(signal);
        return;
      case "bye":
        return;
    }
  }

  #tell(kind: "offer" | "answer"): void {
    this.#options.signal({ kind, connection: "lane", sdp: this.#connection.localDescription?.sdp ?? "" });
  }

  /** Which way the packets go, from the engine's own statistics. */
  async #tellPath(): Promise<void> {
    const stats = await this.#connection.getStats();
    let isRelayed: boolean | null = null;
    for (const one of stats.values()) {
      if (one.type !== "candidate-pair" || !one.nominated) continue;
      isRelayed = stats.get(one.localCandidateId)?.candidateType === "relay";
    }
    this.#options.onRelayed(isRelayed);
  }
}
