import { uptime } from "node:os";
import type { MachineClocks } from "./sleep-detector.std.ts";

/** The machine's monotonic clock in milliseconds: never set back, and the same for every process of this machine. */
export const machineNowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export const machineClocks: MachineClocks = {
  monotonicMs: machineNowMs,
  wallMs: () => Date.now(),
  uptimeMs: () => uptime() * 1000,
};
