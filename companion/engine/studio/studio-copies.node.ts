import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CopyStore } from "../copies/copy-store.std.ts";
import type { KeepingPlace } from "../copies/safety-copies.std.ts";
import { DISK_RESERVE_BYTES } from "../delivery/disk-room.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";

const FOLDER = "safety-copies";
const FOLDERS_MAX = 1_000;

/** Where the others' copies lie on this machine: beside the stems of the session whose folder this is. */
export function openKeepingPlace(folder: string): KeepingPlace {
  const place = join(folder, FOLDER);
  mkdirSync(place, { recursive: true });
  sweepBeside(folder);
  return { disk: nodeDisk, folder: place, reserveBytes: DISK_RESERVE_BYTES, mostBytes: Number.POSITIVE_INFINITY };
}

/** Ends what is over in the folders of other sessions, which lie beside this one: those may not be opened again. */
function sweepBeside(folder: string): void {
  const root = dirname(resolve(folder));
  for (const name of readdirSync(root).slice(0, FOLDERS_MAX)) {
    const place = join(root, name, FOLDER);
    if (existsSync(place)) new CopyStore(nodeDisk, place).sweep(Date.now());
  }
}
