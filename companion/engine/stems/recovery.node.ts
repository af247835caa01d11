import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { frameBytesOf, sizeHeader } from "../../../audio/wav-writer.ts";
import { CLOCK_POINTS_MAX } from "../../../protocol/recordings.ts";
import { finishStem } from "../recording/recorder.node.ts";
import { readClockPoints } from "./clock-journal.node.ts";
import { readSidecar } from "./sidecar.node.ts";
import type { Stem } from "./stem.std.ts";

/**
 * The stems in a session's folder, oldest first. A torn one, whose program died before it ended, is repaired first: its header is made
 * true of the sound that is there, which by then is all that can be had. Nothing is ever deleted here.
 */
export async function recoverStems(folder: string): Promise<Stem[]> {
  const stems: Stem[] = [];
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".wav.json")) continue;
    const path = join(folder, file.slice(0, -".json".length));
    const stem = existsSync(path) ? readSidecar(path) : null;
    if (stem === null) continue;
    stems.push(stem.sha256 === undefined ? await repair(stem) : stem);
  }
  return stems.sort((one, other) => one.startedAtMs - other.startedAtMs);
}

async function repair(stem: Stem): Promise<Stem> {
  const frameBytes = frameBytesOf(stem.format);
  const frames = Math.max(0, Math.floor((statSync(stem.path).size - stem.headerBytes) / frameBytes));
  const dataBytes = frames * frameBytes;
  const file = openSync(stem.path, "r+");
  try {
    const header = new Uint8Array(stem.headerBytes);
    readSync(file, header, 0, header.byteLength, 0);
    writeSync(file, sizeHeader(header, stem.format, dataBytes), 0, header.byteLength, 0);
    ftruncateSync(file, stem.headerBytes + dataBytes + (dataBytes & 1));
  } finally {
    closeSync(file);
  }
  stem.frames = frames;
  stem.sizeBytes = stem.headerBytes + dataBytes + (dataBytes & 1);
  // A point past the end belongs to sound that never reached the disk.
  stem.clock = readClockPoints(stem.path).filter((point) => point.frame <= frames);
  while (stem.clock.length > CLOCK_POINTS_MAX) stem.clock = stem.clock.filter((_, at) => at % 2 === 0);
  stem.repaired = true;
  return await finishStem(stem);
}
