import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { basename } from "node:path";

/** Below the audio server's own threads, above everything else that a person has open (sched(7), SCHED_RR); and a device's thread above the rest. */
const REAL_TIME = "20";
const REAL_TIME_DEVICE = "30";
const URGENT = -10;

export type Scheduling = "real-time" | "urgent" | "as others";

/**
 * Asks the system for real-time scheduling of a process, as every audio program does, or for what it gives instead. Threads that are made later
 * have what their maker has. Returns what was got.
 */
export function makeUrgent(pid: number): Scheduling {
  const asked = spawnSync("chrt", ["-a", "--rr", "-p", REAL_TIME, String(pid)], { stdio: "ignore" });
  if (asked.status === 0) return "real-time";
  try {
    setPriority(pid, URGENT);
    return "urgent";
  } catch {
    // Only a person with the right to may put programs first.
    return "as others";
  }
}

/** The calling thread is the device's: it goes before all others of its process, where the system allows it (Linux knows threads by number). */
export function goFirst(): void {
  try {
    const thread = basename(readlinkSync("/proc/thread-self"));
    spawnSync("chrt", ["--rr", "-p", REAL_TIME_DEVICE, thread], { stdio: "ignore" });
  } catch {
    // Elsewhere it stays what its process is.
  }
}
