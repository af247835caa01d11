import { CopyStore } from "../copies/copy-store.std.ts";
import type { KeepingPlace } from "../copies/safety-copies.std.ts";
import { BrowserDisk, type BrowserDiskOptions } from "../stems/disk.dom.ts";
import { TAKES_FOLDER } from "./takes-messages.std.ts";

const FOLDER = "safety-copies";
/** What the others' copies leave of what a browser keeps for us: half an hour of this person's own, at 24 bit and 48 kHz in stereo. */
const RESERVE_BYTES = 520e6;
/** What they take of a browser's disk in one session: two hours of one collaborator. */
const MOST_BYTES = 2e9;

/** Where the others' copies lie in a browser: in a folder of the one in which the session's takes do. */
export async function openKeepingPlace(
  folder: FileSystemDirectoryHandle,
  options: BrowserDiskOptions,
): Promise<KeepingPlace> {
  const place = await folder.getDirectoryHandle(FOLDER, { create: true });
  const disk = await BrowserDisk.open(place, options);
  return { disk, folder: FOLDER, reserveBytes: RESERVE_BYTES, mostBytes: MOST_BYTES };
}

/** Ends what is over in the folders of all other sessions: those may not be opened again. */
export async function sweepBeside(
  root: FileSystemDirectoryHandle,
  own: string,
  nowMs: number,
  options: BrowserDiskOptions,
): Promise<void> {
  for await (const folder of root.values()) {
    if (folder.kind !== "directory" || folder.name === own || !folder.name.startsWith(TAKES_FOLDER)) continue;
    const place = await folder.getDirectoryHandle(FOLDER).catch(() => null);
    if (place === null) continue;
    const disk = await BrowserDisk.open(place, options);
    new CopyStore(disk, FOLDER).sweep(nowMs);
    await disk.settled();
  }
}
