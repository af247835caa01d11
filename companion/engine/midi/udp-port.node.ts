import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { DawPort } from "./port.std.ts";

/** How often a DAW is asked for its reports, and how long it may say nothing once it has begun to. */
const GREET_MS = 2_000;
const SILENT_MS = 6_000;

export interface UdpPortOptions {
  name: string;
  /** Where the DAW listens: an address, never a name, because a port must not wait for a name to be looked up. */
  address: string;
  port: number;
  /** Where it answers, for a DAW that is told a fixed one; any free port otherwise. */
  listenPort?: number;
  /** Asks the DAW for its reports; it then speaks at least every second, so silence means that it has gone. */
  greeting?: Uint8Array;
}

/** A port to a DAW that speaks OSC over UDP. One datagram is one message; only the DAW's own are heard. */
export async function openUdpPort({ name, address, port, listenPort = 0, greeting }: UdpPortOptions): Promise<DawPort> {
  if (isIP(address) === 0) throw new Error(`"${address}" is no network address. Write it as 127.0.0.1.`);
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
  let onBytes: (bytes: Uint8Array, localMs: number) => void = () => undefined;
  let onPresence: (isThere: boolean) => void = () => undefined;
  let heardAtMs: number | undefined;
  let isThere = true;
  const said = (there: boolean) => {
    if (there !== isThere) onPresence(there);
    isThere = there;
  };
  const send = (bytes: Uint8Array) => socket.send(bytes, port, address, () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "another program uses it" : error.message;
      reject(new Error(`Port ${listenPort} for ${name} cannot be opened: ${why}.`));
    });
    socket.bind(listenPort, isIP(address) === 6 ? "::" : "0.0.0.0", resolve);
  });
  socket.removeAllListeners("error");
  // A datagram that found nobody is told later, as an error of the socket: the DAW is not there yet.
  socket.on("error", () => said(false));
  socket.on("message", (bytes, from) => {
    if (from.address !== address) return;
    heardAtMs = machineNowMs();
    said(true);
    onBytes(bytes, heardAtMs);
  });
  const greet = () => {
    if (greeting === undefined) return;
    send(greeting);
    if (heardAtMs !== undefined && machineNowMs() - heardAtMs > SILENT_MS) said(false);
  };
  greet();
  const timer = setInterval(greet, GREET_MS);
  return {
    name,
    sendAt: send,
    onBytes(listener) {
      onBytes = listener;
    },
    onPresence(listener) {
      onPresence = listener;
    },
    async close() {
      clearInterval(timer);
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}
