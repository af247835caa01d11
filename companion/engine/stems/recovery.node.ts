import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { frameBytesOf } from "../../../audio/pcm.ts";
import { readWavHeader } from "../../../audio/wav-reader.ts";
import { sizeHeader, wavHeader } from "../../../audio/wav-writer.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import { CLOCK_POINTS_MAX } from "../../../protocol/recordings.ts";
import { readClockPoints } from "./clock-journal.node.ts";
import { finishStem } from "./finalize.node.ts";
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
    const whole = stem.sha256 === undefined ? await repair(stem) : stem;
    if (whole !== null) stems.push(whole);
  }
  return stems.sort((one, other) => one.startedAtMs - other.startedAtMs);
}

/** `null` where not even an empty stem can be made of what is there. */
async function repair(stem: Stem): Promise<Stem | null> {
  const frameBytes = frameBytesOf(stem.format);
  const frames = Math.max(0, Math.floor((statSync(stem.path).size - stem.headerBytes) / frameBytes));
  const dataBytes = frames * frameBytes;
  const file = openSync(stem.path, "r+");
  try {
    const header = headerOf(file, stem);
    if (header === null) return null;
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

/**
 * The header on disk, where it is whole. A power cut can leave it as zeros, or the file without a byte: then one that says the same of the
 * sound is made from the sidecar, exactly as long, because the sound lies behind it.
 */
function headerOf(file: number, stem: Stem): Uint8Array<ArrayBuffer> | null {
  const { format, headerBytes } = stem;
  const header = new Uint8Array(headerBytes);
  readSync(file, header, 0, headerBytes, 0);
  const read = readWavHeader(header);
  const isWhole =
    read?.dataAtBytes === headerBytes &&
    read.encoding === format.encoding &&
    read.channels === format.channels &&
    read.sampleRateHz === format.sampleRateHz;
  if (isWhole) return header;
  const info = {
    format,
    description: stem.name,
    reference: stem.recordingId,
    umid: new Uint8Array(64),
    timeReference: Math.max(0, Math.round((stem.timelineFrames * format.sampleRateHz) / TIMELINE_RATE_HZ)),
    startedAtMs: stem.startedAtMs,
    project: "",
    take: "",
    takeId: stem.takeId,
    track: stem.name,
    bpm: stem.bpm,
  };
  const made = wavHeader(info, 0, headerBytes);
  return made.byteLength === headerBytes ? made : null;
}
