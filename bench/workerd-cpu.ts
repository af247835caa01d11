import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Reads `/proc/PID/stat`: the parent's id, and the CPU time used so far in milliseconds (proc(5): fields 4, 14 and 15). */
function statOf(pid: string): { name: string; parent: number; cpuMs: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { name, parent: Number(fields[1]), cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}

/** CPU time that this process's own workerd has used, in milliseconds; what else the machine does does not count. Linux only. */
export function workerdCpuMs(): number {
  let cpuMs = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const stat = statOf(pid);
    if (stat?.name === "workerd" && stat.parent === process.pid) cpuMs += stat.cpuMs;
  }
  return cpuMs;
}
