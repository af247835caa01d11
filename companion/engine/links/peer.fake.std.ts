import type { Signal } from "../../../protocol/room.ts";
import type { Fingerprints, OpenPeer, Peer, PeerOptions } from "./peer.std.ts";

/** A path between two fake peers: what a test does to it. */
export interface FakePath {
  /** `false`: nothing passes, in either direction, and neither end is told. */
  isUp: boolean;
  /** Which of the packets is lost, counted over both directions. */
  isLost?(packet: number, lengthBytes: number): boolean;
  /** Connections that were opened so far, by either end. */
  opened: number;
  /** Up to this one they end: what is longer away is forgotten by relays and engines. */
  ended?: number;
}

let packets = 0;

/**
 * The fake beside the adapters: offers, answers and packets in virtual time, over a path that a test may cut. An offer and an answer name their
 * connection; two ends are connected when each has the other's and the path is up.
 */
export function fakePeers(path: FakePath): OpenPeer {
  const peers = new Map<string, FakePeer>();
  return (options) => {
    return new FakePeer(options, path, peers, String(++path.opened));
  };
}

class FakePeer implements Peer {
  readonly #options: PeerOptions;
  readonly #path: FakePath;
  readonly #peers: Map<string, FakePeer>;
  readonly #id: string;
  #other = "";
  #isClosed = false;
  readonly isPaced = false;
  readonly waitingBytes = null;

  constructor(options: PeerOptions, path: FakePath, peers: Map<string, FakePeer>, id: string) {
    this.#options = options;
    this.#path = path;
    this.#peers = peers;
    this.#id = id;
    peers.set(id, this);
    options.onState("connecting");
    if (options.offers) queueMicrotask(() => this.#say("offer"));
  }

  get isRelayed(): boolean | null {
    return this.#other === "" ? null : true;
  }

  get fingerprints(): Fingerprints | null {
    return this.#other === "" ? null : { own: `sha-256 ${this.#id}`, theirs: `sha-256 ${this.#other}` };
  }

  handleSignal(signal: Signal): void {
    if (this.#isClosed || (signal.kind !== "offer" && signal.kind !== "answer") || this.#other !== "") return;
    this.#other = /^o=- (\d+) /m.exec(signal.sdp)?.[1] ?? "";
    if (signal.kind === "offer") this.#say("answer");
    if (!this.#path.isUp) return;
    this.#options.onState("connected");
  }

  send(bytes: Uint8Array): void {
    if (this.#path.isLost?.(packets++, bytes.length)) return;
    const other = this.#peers.get(this.#other);
    if (Number(this.#id) <= (this.#path.ended ?? 0)) return;
    if (this.#path.isUp && other !== undefined && !other.#isClosed && !this.#isClosed)
      other.#options.onPacket(bytes.slice());
  }

  sendMessage(bytes: Uint8Array): boolean {
    const other = this.#peers.get(this.#other);
    if (!this.#path.isUp || other === undefined || other.#isClosed || this.#isClosed) return false;
    other.#options.onMessage?.(new Uint8Array(bytes));
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#peers.delete(this.#id);
  }

  #say(kind: "offer" | "answer"): void {
    if (!this.#isClosed)
      this.#options.signal({ kind, connection: "lane", sdp: `o=- ${this.#id} 1 IN IP4 0.0.0.0\r\n` });
  }
}
