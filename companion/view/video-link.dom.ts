import type { Signal } from "../../protocol/room.ts";
import type { IceServer } from "../engine/links/peer.std.ts";
import { openRelayed, RemoteCandidates } from "../engine/links/relayed-connection.dom.ts";

/** A face at a music stand, and no more: what the line has is the sound's first. */
const PICTURE_MAX_BPS = 400_000;
const PICTURE_MAX_FPS = 24;

export interface VideoLinkOptions {
  iceServers: readonly IceServer[];
  /** Where both ends offer at once, the polite one takes its own offer back. */
  isPolite: boolean;
  signal(signal: Signal): void;
  /** `null`: there is none any more. */
  onPicture(picture: MediaStream | null): void;
  /** This connection leads nowhere; another one may. */
  onFailed(): void;
}

/**
 * Pictures between two members, over a connection of their own, so that nothing of them is in the sound's way. Either end sends or not, as its person
 * wants; negotiated again whenever that changes (W3C WebRTC, section 10.7, perfect negotiation). Relay-only (V2).
 */
export class VideoLink {
  readonly #options: VideoLinkOptions;
  readonly #connection: RTCPeerConnection;
  readonly #candidates: RemoteCandidates;
  #transceiver: RTCRtpTransceiver | null = null;
  #isOffering = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: VideoLinkOptions) {
    this.#options = options;
    const connection = openRelayed(options.iceServers, "video", options.signal);
    this.#connection = connection;
    this.#candidates = new RemoteCandidates(connection);
    connection.onnegotiationneeded = () => this.#queue(() => this.#offer());
    connection.ontrack = ({ track }) => {
      const picture = new MediaStream([track]);
      track.onunmute = () => options.onPicture(picture);
      track.onmute = () => options.onPicture(null);
      if (!track.muted) options.onPicture(picture);
    };
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === "failed") options.onFailed();
    };
  }

  /** What is sent from now on; `null`: nothing. */
  send(track: MediaStreamTrack | null): void {
    this.#queue(async () => {
      if (this.#transceiver === null) {
        if (track === null) return;
        this.#transceiver = this.#connection.addTransceiver(track, {
          direction: "sendrecv",
          sendEncodings: [{ maxBitrate: PICTURE_MAX_BPS, maxFramerate: PICTURE_MAX_FPS, networkPriority: "very-low" }],
        });
        return;
      }
      await this.#transceiver.sender.replaceTrack(track);
      this.#transceiver.direction = track === null ? "recvonly" : "sendrecv";
    });
  }

  handleSignal(signal: Signal): void {
    this.#queue(() => this.#take(signal));
  }

  /** Whether the line has room for less than the camera gives. */
  async isHeldBack(): Promise<boolean> {
    const stats = await this.#connection.getStats();
    return [...stats.values()].some(
      ({ type, qualityLimitationReason }) => type === "outbound-rtp" && qualityLimitationReason === "bandwidth",
    );
  }

  close(): void {
    this.#connection.onconnectionstatechange = null;
    this.#connection.onicecandidate = null;
    this.#connection.onnegotiationneeded = null;
    this.#connection.close();
    this.#options.onPicture(null);
  }

  #queue(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#connection.signalingState !== "closed") await step().catch(() => this.#options.onFailed());
    });
  }

  async #offer(): Promise<void> {
    // A negotiation that went on meanwhile has said it already.
    if (this.#connection.signalingState !== "stable") return;
    this.#isOffering = true;
    await this.#connection.setLocalDescription();
    this.#tell("offer");
  }

  async #take(signal: Signal): Promise<void> {
    const connection = this.#connection;
    switch (signal.kind) {
      case "offer": {
        const isCrossing = this.#isOffering && connection.signalingState !== "stable";
        if (isCrossing && !this.#options.isPolite) return;
        await connection.setRemoteDescription({ type: "offer", sdp: signal.sdp });
        this.#isOffering = false;
        this.#transceiver ??= connection.getTransceivers()[0] ?? null;
        await connection.setLocalDescription();
        this.#tell("answer");
        await this.#candidates.addWaiting();
        return;
      }
      case "answer":
        if (connection.signalingState !== "have-local-offer") return;
        await connection.setRemoteDescription({ type: "answer", sdp: signal.sdp });
        this.#isOffering = false;
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
    this.#options.signal({ kind, connection: "video", sdp: this.#connection.localDescription?.sdp ?? "" });
  }
}
