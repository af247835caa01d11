import {
  close,
  closeSync,
  fsync,
  fsyncSync,
  open,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { Stem } from "./stem.std.ts";

const sidecarOf = (path: string) => `${path}.json`;

/** Written aside, brought to the disk and moved into place: even after a power cut there is the old one or the new one, never half. */
export function writeSidecar(stem: Stem): void {
  const path = sidecarOf(stem.path);
  const file = openSync(`${path}.part`, "w");
  try {
    writeSync(file, JSON.stringify(stem, null, 2));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
  syncFolder(dirname(path));
}

/**
 * The first sidecar of a stem, while sound goes by: there at once for whoever looks after a crash, and on the disk itself a moment later.
 * Waiting for the disk here would hold up the sound.
 */
export function beginSidecar(stem: Stem): void {
  const path = sidecarOf(stem.path);
  writeFileSync(path, JSON.stringify(stem, null, 2), { flag: "wx" });
  for (const each of [path, ...(process.platform === "win32" ? [] : [dirname(path)])]) {
    open(each, "r", (error, file) => {
      if (error === null) fsync(file, () => close(file));
    });
  }
}

/** A new name is on the disk only when its folder is. Windows has no such call, and does it by itself. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The stem beside whose file this sidecar lies, wherever its folder has been moved to; `null` if it is not one of ours. */
export function readSidecar(path: string): Stem | null {
  try {
    return { ...Stem.parse(JSON.parse(readFileSync(sidecarOf(path), "utf8"))), path };
  } catch {
    return null;
  }
}
