import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { MidiPort } from "./port.std.ts";

/** A port that writes each message to a file, one line of JSON: the machine's clock in milliseconds and the bytes in hexadecimal. */
export function openFilePort(path: string): MidiPort {
  const file = createWriteStream(path, { flags: "w" });
  return {
    send(bytes) {
      file.write(`${JSON.stringify({ atMs: machineNowMs(), bytes: Buffer.from(bytes).toString("hex") })}\n`);
    },
    async close() {
      file.end();
      await finished(file);
    },
  };
}
