import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { DawPort } from "./port.std.ts";

/** A port that writes each message to a file, one line of JSON: the machine's clock in milliseconds and the bytes in hexadecimal. */
export function openFilePort(path: string): DawPort {
  const file = createWriteStream(path, { flags: "w" });
  return {
    name: path,
    sendAt(bytes) {
      file.write(`${JSON.stringify({ atMs: machineNowMs(), bytes: Buffer.from(bytes).toString("hex") })}\n`);
    },
    // A file says nothing, and does not go away.
    onBytes: () => undefined,
    onPresence: () => undefined,
    async close() {
      file.end();
      await finished(file);
    },
  };
}
