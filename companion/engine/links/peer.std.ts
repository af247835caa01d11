import type { Signal } from "../../../protocol/room.ts";

/** A TURN server with credentials for a while, as the API gives them out. */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** The two certificates' fingerprints of a connection, as the engine has checked them: `sha-256 AB:CD:…`. */
export interface Fingerprints {
  own: string;
  theirs: string;
}

/** What waits in the carrier of messages for a slow path is bounded: who sends more is told that it cannot be sent. */
export const MESSAGES_WAITING_MAX_BYTES = 4 * 1024 * 1024;

export type PeerState = "connecting" | "connected" | "failed";

/** What a data channel beside the lane's own carrier brings: single packets, or messages. */
export type Carries = "lane" | "messages";

export interface PeerOptions {
  iceServers: readonly IceServer[];
  /** Whether both ends have said that they may know each other's addresses: then any path will do, and else the relay's alone (V2). */
  isDirect: boolean;
  /** Exactly one end of a connection makes the offer. */
  offers: boolean;
  signal(signal: Signal): void;
  /** A datagram from the other end, whatever is in it; valid during the call only. */
  onPacket(bytes: Uint8Array): void;
  /** A message of the carrier beside the lane, whole and in order, whatever is in it. */
  onMessage?(bytes: Uint8Array<ArrayBuffer>): void;
  /** What a carrier with a beat of its own is to bring now: packets, one behind the other, valid until the next call; `null` where there is nothing. */
  next(): Uint8Array | null;
  onState(state: PeerState): void;
}

/**
 * One encrypted connection to another musician, as a carrier of a lane's packets: datagrams, unordered, never sent twice. One adapter for each
 * engine (Node, a browser), and a fake beside them. It lives for one attempt: whoever wants another path opens another one. Nothing that it is
 * told throws, because it is told in the device's turn.
 */
export interface Peer {
  handleSignal(signal: Signal): void;
  send(bytes: Uint8Array): void;
  /** Sends a message of at most 64 KiB that arrives whole and in order, beside the lane; `false`: there is no way for it, now or in this engine. */
  sendMessage?(bytes: Uint8Array): boolean;
  /** Whether it has a beat of its own and asks, instead of being told. */
  readonly isPaced: boolean;
  /** Beside a beat: what waits in the carrier of single packets, which a congestion window governs; `null` where there is none, or it is not open yet. */
  readonly waitingBytes: number | null;
  /** Whether the path goes over a relay, so that neither end knows the other's address (V2); `null` before there is one. */
  readonly isRelayed: boolean | null;
  /** By which keys it is encrypted; `null` before they are known. */
  readonly fingerprints: Fingerprints | null;
  close(): void;
}

export type OpenPeer = (options: PeerOptions) => Peer;
