import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";
import { canMakeNetworks, Network, type Packet, type Station } from "../../dev/networks.ts";
import { relayCredentials, startRelay } from "../../dev/turn.ts";
import { Signal } from "../../protocol/room.ts";

const program = fileURLToPath(new URL("./lane-end.ts", import.meta.url));
const Line = z.object({ signal: Signal.optional(), state: z.string().optional(), heard: z.number().optional() });
const SECRET = "a capture's own";
const KNOCK = "somebody is there";

/** Two machines whose cables end in one bridge, a relay beside them, and what each cable carried. */
test.skipIf(!canMakeNetworks()).each([
  ["shows not one packet to the other's address, though it could be reached and is signalled", false],
  ["shows the lane going straight to the other's address, once both have chosen that", true],
])("V2, C2, X16, P82: a capture at both ends %s, and nothing of the sound", async (_, isDirect) => {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-capture-"));
  const network = new Network();
  const children: ChildProcess[] = [];
  const relay = await startRelay({ secret: SECRET, host: network.host });
  try {
    const stations = [network.plug(), network.plug()] as const;
    const captures = await Promise.all(stations.map((one, at) => one.capture(join(folder, `${at}.pcap`))));
    // Each could reach the other, and a capture would show it: this one packet is ours.
    const knock = `echo ${KNOCK} > /dev/udp/${stations[1].address}/9`;
    execFileSync(...commandAt(stations[0], "bash", "-c", knock));
    const sound = randomBytes(792);
    const heard = [0, 0];
    const ends: ChildProcess[] = [];
    for (const [at, station] of stations.entries()) {
      const { urls, username, credential } = relayCredentials(SECRET, relay);
      const start = JSON.stringify({ url: urls[0], username, credential, offers: at === 0, isDirect });
      const [command, args] = commandAt(station, process.execPath, program, start, sound.toString("hex"));
      const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
      children.push(child);
      ends.push(child);
      createInterface({ input: child.stdout }).on("line", (text) => {
        const line = Line.parse(JSON.parse(text));
        if (line.heard !== undefined) heard[at] = line.heard;
        if (line.signal === undefined) return;
        const other = ends[1 - at];
        other?.stdin?.write(`${JSON.stringify(line.signal)}\n`);
        // A client that has been changed says where it is, plainly and as if a relay were there.
        if (line.signal.kind === "offer" || line.signal.kind === "answer")
          for (const type of ["host", "srflx raddr 0.0.0.0 rport 0", "relay raddr 0.0.0.0 rport 0"]) {
            const candidate = `candidate:9 1 UDP 2122317823 ${station.address} 50000 typ ${type}`;
            other?.stdin?.write(
              `${JSON.stringify({ kind: "candidate", candidate, sdpMid: "lane", sdpMLineIndex: 0 })}\n`,
            );
          }
      });
    }
    await expect.poll(() => Math.min(...heard)).toBeGreaterThan(200);
    for (const child of children) child.stdin?.end();
    for (const end of captures) {
      const packets = await end();
      const lanes = packets.filter(({ payload }) => payload.length > 800);
      // What tcpdump has not read yet when it is ended is in no file.
      expect(lanes.length).toBeGreaterThan(100);
      const isRelays = ({ from, to }: Packet) => from === network.host || to === network.host;
      const others = packets.filter((packet) => !isRelays(packet) && packet.payload.length > 0);
      if (isDirect) expect(others.filter(({ payload }) => payload.length > 800).length).toBeGreaterThan(100);
      else expect(others.map(({ payload }) => payload.toString().trim())).toEqual([KNOCK]);
      for (const { payload } of lanes) expect(payload.includes(sound.subarray(24, 56))).toBe(false);
    }
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await relay.stop();
    network.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});

function commandAt({ prefix }: Station, ...command: string[]): [string, string[]] {
  const [first = "", ...rest] = [...prefix, ...command];
  return [first, rest];
}
