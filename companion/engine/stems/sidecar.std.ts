import type { Disk } from "./disk.std.ts";
import { Stem } from "./stem.std.ts";

const sidecarOf = (path: string) => `${path}.json`;
const textOf = (stem: Stem) => JSON.stringify(stem, null, 2);

/** Written aside, brought to the disk and moved into place: even after a power cut there is the old one or the new one, never half. */
export function writeSidecar(disk: Disk, stem: Stem): void {
  disk.replace(sidecarOf(stem.path), textOf(stem));
}

/**
 * The first sidecar of a stem, while sound goes by: there at once for whoever looks after a crash, and on the disk itself a moment later.
 * Waiting for the disk here would hold up the sound.
 */
export function beginSidecar(disk: Disk, stem: Stem): void {
  disk.begin(sidecarOf(stem.path), textOf(stem));
}

/** Takes a stem and all that lies beside it off the disk: what says that it is one goes first, so that no half of it is offered again. */
export function removeStem(disk: Disk, stem: Stem): void {
  disk.remove(sidecarOf(stem.path));
  for (const path of [`${stem.path}.peaks`, stem.path]) disk.remove(path);
}

/** The stem beside whose file this sidecar lies, wherever its folder has been moved to; `null` if it is not one of ours. */
export function readSidecar(disk: Disk, path: string): Stem | null {
  try {
    return { ...Stem.parse(JSON.parse(disk.text(sidecarOf(path)) ?? "")), path };
  } catch {
    return null;
  }
}
