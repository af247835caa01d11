import { createSocket, type Socket, type SocketType } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import type { IceServer } from "./peer.std.ts";

/** A TURN server's address, from a `turn:` URL over UDP (RFC 7065). */
interface TurnAddress {
  host: string;
  port: number;
}

const TURN_PORT = 3_478;

/** The first server of the list that is reached over UDP, with its credentials. */
export function turnOverUdp(
  servers: readonly IceServer[],
): (TurnAddress & { username: string; credential: string }) | null {
  for (const { urls, username = "", credential = "" } of servers) {
    for (const url of typeof urls === "string" ? [urls] : urls) {
      if (!url.startsWith("turn:") || url.includes("transport=tcp")) continue;
      const [place = ""] = url.slice("turn:".length).split("?");
      const colon = place.lastIndexOf(":");
      const isPort = colon > place.lastIndexOf("]") && colon >= 0;
      const host = (isPort ? place.slice(0, colon) : place).replace("[", "").replace("]", "");
      const port = isPort ? Number(place.slice(colon + 1)) : TURN_PORT;
      if (host !== "" && Number.isInteger(port) && port > 0 && port < 65_536)
        return { host, port, username, credential };
    }
  }
  return null;
}

/**
 * A UDP forwarder on loopback that speaks to the TURN server and to nobody else. The ICE stack in front of it is bound to 127.0.0.1 and believes
 * that the relay is there, so whatever candidate a hostile peer has signalled, not one packet of ours leaves for it (V2): the stack's own
 * relay-only setting does not hold that (libdatachannel 1587, libjuice 345). The way out is connected: the system itself drops every other
 * address, in both directions.
 */
export class TurnForwarder {
  readonly #near: Socket;
  readonly #far: Socket;
  #nearPort = 0;

  /** Whether the relay is on this machine: then its relayed addresses are too, and nobody else's may be. */
  readonly isLocal: boolean;

  private constructor(near: Socket, far: Socket, isLocal: boolean) {
    this.#near = near;
    this.#far = far;
    this.isLocal = isLocal;
    near.on("message", (bytes, from) => {
      // One stack is behind it; another program of this machine is not let in.
      if (this.#nearPort === 0) this.#nearPort = from.port;
      if (from.port === this.#nearPort) far.send(bytes, ignore);
    });
    far.on("message", (bytes) => {
      if (this.#nearPort !== 0) near.send(bytes, this.#nearPort, "127.0.0.1", ignore);
    });
    // A relay that is not there answers with ICMP, which ICE finds out by itself.
    for (const socket of [near, far]) socket.on("error", () => undefined);
  }

  static async open({ host, port }: TurnAddress): Promise<TurnForwarder> {
    const { address } = await lookup(host);
    const type: SocketType = isIPv6(address) ? "udp6" : "udp4";
    const [near, far] = [createSocket("udp4"), createSocket(type)];
    try {
      await Promise.all([
        new Promise<void>((resolve, reject) => {
          near.once("error", reject);
          near.bind(0, "127.0.0.1", resolve);
        }),
        new Promise<void>((resolve, reject) => {
          far.once("error", reject);
          far.connect(port, address, () => resolve());
        }),
      ]);
    } catch (error) {
      near.close();
      far.close();
      throw error;
    }
    return new TurnForwarder(near, far, isLoopback(address));
  }

  /** Where the ICE stack finds the relay: this port of 127.0.0.1. */
  get port(): number {
    return this.#near.address().port;
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }
}

const ignore = () => undefined;

/** An address of this machine itself (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export const isLoopback = (address: string) => address.startsWith("127.") || address === "::1" || address === "0.0.0.0";
