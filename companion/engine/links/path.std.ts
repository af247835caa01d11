import type { Peer } from "./peer.std.ts";

/** One connection, and what is known of it. */
export interface Path {
  peer: Peer | undefined;
  isDirect: boolean;
  isConnected: boolean;
  /** Whether a packet of ours has come over it. */
  hasCarried: boolean;
  /** Which connection of the other end it belongs to, and which it is itself; `""` before that is known. */
  remoteId: string;
  ownId: string;
}
