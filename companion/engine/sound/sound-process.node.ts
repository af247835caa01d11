/**
 * The sound process: device and links of one companion, on an event loop of its own. Its parent speaks over Node's channel and gets the device's
 * blocks over the fourth descriptor. When the parent is gone it goes too.
 */
import { Socket } from "node:net";
import { BlockWriter } from "./block-pipe.std.ts";
import { makeUrgent } from "./real-time.node.ts";
import { SoundEngine } from "./sound-engine.node.ts";
import { ToSound } from "./sound-messages.std.ts";

const BLOCKS_DESCRIPTOR = 3;

const scheduling = makeUrgent(process.pid);
const blocks = new BlockWriter(new Socket({ fd: BLOCKS_DESCRIPTOR, readable: false, writable: true }));
const engine = new SoundEngine({
  say: (message) => process.send?.(message),
  scheduling,
  onBlock: (frame, samples, rateHz) => blocks.write(frame, samples, rateHz),
  end: () => process.exit(0),
});
process.on("message", (message) => {
  const heard = ToSound.safeParse(message);
  if (!heard.success) return;
  if (heard.data.type !== "close") engine.handleMessage(heard.data);
  // The peer connections' own threads would keep the process for a while; what was heard is on disk.
  else void engine.close(heard.data.folder).then(() => process.exit(0));
});
process.on("disconnect", () => process.exit(0));
