import { frameBytesOf } from "../../../audio/pcm.ts";
import { readWavHeader } from "../../../audio/wav-reader.ts";
import { sizeHeader, wavHeader } from "../../../audio/wav-writer.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import { CLOCK_POINTS_MAX } from "../../../protocol/recordings.ts";
import { readClockPoints } from "./clock-journal.std.ts";
import type { Disk, DiskFile } from "./disk.std.ts";
import { finishStem } from "./finalize.std.ts";
import { readSidecar } from "./sidecar.std.ts";
import type { Stem } from "./stem.std.ts";

/**
 * The stems in a session's folder, oldest first. A torn one, whose program died before it ended, is repaired first: its header is made
 * true of the sound that is there, which by then is all that can be had. Nothing is ever deleted here.
 */
export async function recoverStems(disk: Disk, folder: string): Promise<Stem[]> {
  const stems: Stem[] = [];
  for (const file of disk.names(folder)) {
    if (!file.endsWith(".wav.json")) continue;
    const path = disk.pathOf(folder, file.slice(0, -".json".length));
    const stem = disk.has(path) ? readSidecar(disk, path) : null;
    if (stem === null) continue;
    // One that cannot be mended, by whatever lies in its place, keeps no other from being found. It stays as it is.
    const whole = stem.sha256 === undefined ? await repair(disk, stem).catch(() => null) : stem;
    if (whole !== null) stems.push(whole);
  }
  return stems.sort((one, other) => one.startedAtMs - other.startedAtMs);
}

/** `null` where not even an empty stem can be made of what is there. */
async function repair(disk: Disk, stem: Stem): Promise<Stem | null> {
  const frameBytes = frameBytesOf(stem.format);
  const frames = Math.max(0, Math.floor(((await disk.sizeOf(stem.path)) - stem.headerBytes) / frameBytes));
  const dataBytes = frames * frameBytes;
  const file = await disk.open(stem.path, "mend");
  try {
    const header = await headerOf(file, stem);
    if (header === null) return null;
    file.write(sizeHeader(header, stem.format, dataBytes), 0);
    file.truncate(stem.headerBytes + dataBytes + (dataBytes & 1));
  } finally {
    await file.close();
  }
  stem.frames = frames;
  stem.sizeBytes = stem.headerBytes + dataBytes + (dataBytes & 1);
  // A point past the end belongs to sound that never reached the disk.
  stem.clock = readClockPoints(disk, stem.path).filter((point) => point.frame <= frames);
  while (stem.clock.length > CLOCK_POINTS_MAX) stem.clock = stem.clock.filter((_, at) => at % 2 === 0);
  stem.repaired = true;
  return await finishStem(disk, stem);
}

/**
 * The header on disk, where it is whole. A power cut can leave it as zeros, or the file without a byte: then one that says the same of the
 * sound is made from the sidecar, exactly as long, because the sound lies behind it.
 */
async function headerOf(file: DiskFile, stem: Stem): Promise<Uint8Array<ArrayBuffer> | null> {
  const { format, headerBytes } = stem;
  const header = new Uint8Array(headerBytes);
  await file.read(header, 0);
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
