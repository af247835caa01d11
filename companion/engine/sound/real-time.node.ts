import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { basename } from "node:path";

/** Below the audio server's own threads, above everything else that a person has open (sched(7), SCHED_RR). */
const REAL_TIME_DEVICE = "30";
const URGENT = -10;

export type Scheduling = "urgent" | "as others";

/**
 * Asks the system to put a process before others, as far as it lets this person. Not in real time: with all threads of two sound processes and a
 * relay so on two cores, room and transport waited for them (commands up to 28 ms apart), and the lane was no better off.
 */
export function makeUrgent(pid: number): Scheduling {
  try {
    setPriority(pid, URGENT);
    return "urgent";
  } catch {
    // Only a person with the right to may put programs first.
    return "as others";
  }
}

/** The calling thread is the device's, which sleeps for most of each block: it runs in real time, where the system allows it (Linux knows threads by number). */
export function goFirst(): void {
  try {
    const thread = basename(readlinkSync("/proc/thread-self"));
    spawnSync("chrt", ["--rr", "-p", REAL_TIME_DEVICE, thread], { stdio: "ignore" });
  } catch {
    // Elsewhere it stays what its process is.
  }
}
