/**
 * One end of a lane in a process of its own, for whoever looks at its packets: signals come and go as lines of JSON, and once it is connected it
 * sends the same packet again and again. Nothing else.
 */
import { createInterface } from "node:readline";
import * as z from "zod";
import { openNodePeer } from "../../companion/engine/links/peer.node.ts";
import { Signal } from "../../protocol/room.ts";

const Start = z.object({
  url: z.string(),
  username: z.string(),
  credential: z.string(),
  offers: z.boolean(),
  isDirect: z.boolean(),
});
const { url, username, credential, offers, isDirect } = Start.parse(JSON.parse(process.argv[2] ?? ""));
const packet = Buffer.from(process.argv[3] ?? "", "hex");
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
let heard = 0;
const peer = openNodePeer({
  iceServers: [{ urls: [url], username, credential }],
  offers,
  isDirect,
  signal: (signal) => say({ signal }),
  next: () => null,
  onPacket: () => heard++,
  onState: (state) => say({ state }),
});
setInterval(() => peer.send(packet), 3);
setInterval(() => say({ heard }), 100);
createInterface({ input: process.stdin })
  .on("line", (line) => peer.handleSignal(Signal.parse(JSON.parse(line))))
  .on("close", () => process.exit(0));
