import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Whose lock it is. A process number lives again after a while; together with the moment at which its process began it does not. */
const Owner = z.union([
  z.object({ pid: z.int().min(1), started: z.string() }),
  // What earlier versions wrote: the number alone.
  z
    .int()
    .min(1)
    .transform((pid) => ({ pid, started: "" })),
]);
type Owner = z.infer<typeof Owner>;

/**
 * The lock file of a session's folder. One companion at a time works in it: two would repair each other's takes while they are being
 * recorded. Throws a sentence for the person when another one is at work; a lock that a dead program left is taken over. Returns what
 * gives it back.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "companion.lock");
  const own: Owner = { pid: process.pid, started: startOf(process.pid) ?? "" };
  for (let tries = 0; ; tries++) {
    try {
      putWhole(path, own);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || tries > 1) throw error;
      if (isAnothers(readOwner(path), own)) throw anotherHasIt();
      takeAway(path, own);
    }
  }
}

const anotherHasIt = () =>
  new Error("Another companion has this session's folder open. Close it there, or choose another folder.");

const isAnothers = (owner: Owner | null, own: Owner) => owner !== null && owner.pid !== own.pid && isAlive(owner);

/** The lock with its owner in it, or none: whoever finds it never finds it empty. */
function putWhole(path: string, own: Owner): void {
  const aside = `${path}.${own.pid}`;
  writeFileSync(aside, JSON.stringify(own));
  try {
    linkSync(aside, path);
  } catch (error) {
    // A disk without second names for a file.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    writeFileSync(path, JSON.stringify(own), { flag: "wx" });
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Takes a lock away that was found stale. Two who found it so at once both come here, the second when the first has put its own in the place:
 * so it is moved aside, which one alone can do, and looked at once more. One that lives after all is put back.
 */
export function takeAway(path: string, own: Owner): void {
  const aside = `${path}.${own.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (isAnothers(readOwner(aside), own)) {
    renameSync(aside, path);
    throw anotherHasIt();
  }
  rmSync(aside, { force: true });
}

function readOwner(path: string): Owner | null {
  try {
    return Owner.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startOf(pid);
  // Where the system does not say when it began, its number is all there is to know it by.
  return now === null || started === "" || now === started;
}

/** When a process began, in the system's own words; `null` where it does not say. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === "linux") {
      // proc(5): the name may hold spaces and brackets; field 22 is the start, in ticks since the machine's own.
      const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
      return fields[19] ?? null;
    }
    const [program, args]: [string, string[]] =
      process.platform === "win32"
        ? ["powershell", ["-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.Ticks`]]
        : ["ps", ["-o", "lstart=", "-p", String(pid)]];
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim() || null;
  } catch {
    return null;
  }
}
