/**
 * The sound process: device and links of one companion, on an event loop of its own. Its parent speaks over Node's channel and gets the device's
 * blocks over the fourth descriptor. When the parent is gone it goes too.
 */
import { Socket } from "node:net";
import { setPriority } from "node:os";
import { BlockWriter } from "./block-pipe.std.ts";
import { SoundEngine } from "./sound-engine.node.ts";
import { ToSound } from "./sound-messages.std.ts";

const BLOCKS_DESCRIPTOR = 3;
/** More urgent than what else a person has open; where the system does not let us, it is as it was. */
const URGENT = -10;

try {
  setPriority(URGENT);
} catch {
  // Only a person with the right to may put programs first.
}
const blocks = new BlockWriter(new Socket({ fd: BLOCKS_DESCRIPTOR, readable: false, writable: true }));
const engine = new SoundEngine({
  say: (message) => process.send?.(message),
  onBlock: (frame, samples) => blocks.write(frame, samples),
});
process.on("message", (message) => {
  const heard = ToSound.safeParse(message);
  if (!heard.success) return;
  engine.hear(heard.data);
  // The peer connections' own threads would keep the process for a while; what was heard is on disk.
  if (heard.data.type === "close") process.exit(0);
});
process.on("disconnect", () => process.exit(0));
