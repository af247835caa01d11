import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { compiledAddon } from "../native/compiled-addon.node.ts";

const require = createRequire(import.meta.url);
const source = fileURLToPath(new URL("./jack-device.c", import.meta.url));

/** What `jack-device.c` exports; its comments say what each does. */
export interface JackAddon {
  open(
    name: string,
    capture: Float32Array<SharedArrayBuffer>,
    play: Float32Array<SharedArrayBuffer>,
    inputs: number,
    outputs: number,
    control: Int32Array<SharedArrayBuffer>,
  ): void;
  addOutput(channel: number, name: string): boolean;
  removeOutput(channel: number): boolean;
  connectPhysical(outputs: number): boolean;
  latencyFrames(isPlayback: boolean): number;
  wait(milliseconds: number): boolean;
  close(): void;
}

/** The compiled addon's path. Throws `JackRefused`. */
export const buildJackAddon = (): string => compiledAddon(source);

/** A thread has one of its own. */
export function loadJackAddon(path: string): JackAddon {
  const addon: JackAddon = require(path);
  return addon;
}
