/**
 * Machines of one network on this one: namespaces (Linux, as root) whose cables end in one bridge, so that each could reach each, and what a cable
 * carries can be captured. Addresses are those for measurements (RFC 2544, section C.2.2); nothing of them leaves the machine.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
const PREFIX = "198.18.77";
/** Names of interfaces have at most fifteen characters (IFNAMSIZ). */
const ID_LIMIT = 10_000;

/** Whether this system lets us make them. */
export const canMakeNetworks = () => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const name = `try${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name], { stdio: "ignore" }).status !== 0) return false;
  ip("netns", "del", name);
  return spawnSync("tcpdump", ["--version"], { stdio: "ignore" }).error === undefined;
};

/** One machine of it. */
export interface Station {
  address: string;
  /** What stands before a command that is to run there. */
  prefix: readonly string[];
  /** Pulls its cable, or puts it back; nobody is told. */
  set(isIn: boolean): void;
  /** Writes down what its cable carries, from now on; ends with the packets' frames. */
  capture(path: string): Promise<() => Promise<Packet[]>>;
}

/** A packet of IPv4 over UDP as a cable carried it. */
export interface Packet {
  from: string;
  to: string;
  payload: Buffer;
}

export class Network {
  /** Where this machine itself is found on it. */
  readonly host = `${PREFIX}.1`;
  readonly #id = process.pid % ID_LIMIT;
  readonly #bridge = `br${this.#id}`;
  readonly #namespaces: string[] = [];

  constructor() {
    ip("link", "add", this.#bridge, "type", "bridge");
    ip("addr", "add", `${this.host}/24`, "dev", this.#bridge);
    ip("link", "set", this.#bridge, "up");
  }

  /** Another machine with a cable to it. */
  plug(): Station {
    const number = this.#namespaces.length;
    const namespace = `net${this.#id}-${number}`;
    const [near, far] = [`c${this.#id}-${number}`, `d${this.#id}-${number}`];
    const address = `${PREFIX}.${number + 2}`;
    ip("netns", "add", namespace);
    this.#namespaces.push(namespace);
    ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace);
    ip("link", "set", near, "master", this.#bridge, "up");
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", far);
    ip("-n", namespace, "link", "set", far, "up");
    ip("-n", namespace, "link", "set", "lo", "up");
    const prefix = ["ip", "netns", "exec", namespace];
    return {
      address,
      prefix,
      set: (isIn) => ip("link", "set", near, isIn ? "up" : "down"),
      capture: (path) =>
        capture(
          [...prefix, "tcpdump", "-i", far, "-n", "-U", "--immediate-mode", "-B", "8192", "-w", path, "ip"],
          path,
        ),
    };
  }

  remove(): void {
    // A namespace's end takes its cables away later, when the next network may want their names.
    for (const number of this.#namespaces.keys()) ip("link", "del", `c${this.#id}-${number}`);
    for (const namespace of this.#namespaces) ip("netns", "del", namespace);
    ip("link", "del", this.#bridge);
  }
}

async function capture([command = "", ...args]: string[], path: string) {
  const child: ChildProcess = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  // It says so once it listens.
  if (child.stderr !== null) await once(child.stderr, "data");
  return async () => {
    const ended = once(child, "exit");
    child.kill("SIGINT");
    await ended;
    return packetsOf(readFileSync(path));
  };
}

/** The file's own header, and one before each packet (libpcap, pcap-savefile(5)); Ethernet's, and what of IPv4 and UDP is fixed (RFC 791, RFC 768). */
const [FILE_BYTES, RECORD_BYTES, ETHERNET_BYTES, UDP_BYTES, UDP] = [24, 16, 14, 8, 17];

/** Everything that is UDP over IPv4; of all else the addresses, with nothing in it. */
function packetsOf(file: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = FILE_BYTES; at + RECORD_BYTES <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const packet = file.subarray(at + RECORD_BYTES + ETHERNET_BYTES, at + RECORD_BYTES + length);
    at += RECORD_BYTES + length;
    if (packet.length < 20) continue;
    const headBytes = ((packet[0] ?? 0) & 15) * 4;
    const address = (from: number) => packet.subarray(from, from + 4).join(".");
    const payload = packet[9] === UDP ? packet.subarray(headBytes + UDP_BYTES) : Buffer.alloc(0);
    packets.push({ from: address(12), to: address(16), payload });
  }
  return packets;
}
