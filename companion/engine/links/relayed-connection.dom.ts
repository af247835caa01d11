import type { Signal } from "../../../protocol/room.ts";
import type { IceServer } from "./peer.std.ts";

const CANDIDATES_MAX = 64;

/** A connection of the browser that goes by the relay and by nothing else (V2) unless both have said otherwise, and signals its candidates as those of `connection`. */
export function openRelayed(
  iceServers: readonly IceServer[],
  connection: Signal["connection"],
  signal: (signal: Signal) => void,
  isDirect = false,
): RTCPeerConnection {
  const opened = new RTCPeerConnection({
    iceServers: iceServers.map((server) => ({ ...server })),
    iceTransportPolicy: isDirect ? "all" : "relay",
    bundlePolicy: "max-bundle",
    // The relay is asked while the tracks are made ready, and not once they are.
    iceCandidatePoolSize: 1,
  });
  opened.onicecandidate = ({ candidate }) => {
    if (candidate === null || candidate.candidate === "") return;
    const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
    signal({ kind: "candidate", connection, candidate: line, sdpMid, sdpMLineIndex });
  };
  return opened;
}

/** The other end's candidates: those that come before its description wait for it, so many of them. One that cannot be used is of no use and no harm. */
export class RemoteCandidates {
  readonly #connection: RTCPeerConnection;
  readonly #waiting: RTCIceCandidateInit[] = [];

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  async take({ candidate, sdpMid, sdpMLineIndex }: Extract<Signal, { kind: "candidate" }>): Promise<void> {
    if (this.#waiting.length < CANDIDATES_MAX) this.#waiting.push({ candidate, sdpMid, sdpMLineIndex });
    if (this.#connection.remoteDescription !== null) await this.addWaiting();
  }

  /** Once the description is there. */
  async addWaiting(): Promise<void> {
    for (const candidate of this.#waiting.splice(0))
      await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }
}
