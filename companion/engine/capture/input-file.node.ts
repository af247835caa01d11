import { readFile, stat } from "node:fs/promises";
import { INT24_SCALE, toInt24 } from "../../../audio/pcm.ts";
import { changeRate } from "../../../audio/resample.ts";
import { decodeWav } from "../../../audio/wav-codecs.ts";

/** A file for the demo is held in memory: 200 MB are half an hour of stereo, and so is what it becomes, whatever it was packed in. */
const INPUT_MAX_BYTES = 200e6;
const INPUT_MAX_MINUTES = 40;

const RATE_MIN_HZ = 4_000;
const RATE_MAX_HZ = 192_000;
const DEVICE_RATE_HZ = 48_000;

/**
 * Reads a WAV of any rate, width and known codec, mono or stereo, as a device would give it: stereo interleaved 24-bit at 48 kHz, to its
 * last frame. Throws an error whose message a person can use.
 */
export async function readInput(path: string): Promise<Int32Array> {
  const unreadable = (error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}.`);
  };
  // Asked before anything is read: a device or a pipe has no end, and a film does not fit.
  const found = await stat(path).catch(unreadable);
  if (!found.isFile()) throw new Error(`${path} is not a file.`);
  if (found.size > INPUT_MAX_BYTES) throw new Error(`${path} is too long: at most ${INPUT_MAX_BYTES / 1e6} MB.`);
  const bytes = await readFile(path).catch(unreadable);
  const sound = decodeWav(bytes);
  if (sound === null)
    throw new Error(`${path} is not a WAV file that can be read. Export it as WAV, 16 to 32 bit, mono or stereo.`);
  const { sampleRateHz, channels } = sound;
  if (sampleRateHz < RATE_MIN_HZ || sampleRateHz > RATE_MAX_HZ) {
    throw new Error(`${path} says that its rate is ${sampleRateHz} Hz, which no sound has. Export it again as WAV.`);
  }
  if (channels[0] === undefined || channels[0].length === 0) throw new Error(`${path} holds no sound.`);
  if (channels[0].length / sampleRateHz > INPUT_MAX_MINUTES * 60)
    throw new Error(`${path} is too long: at most ${INPUT_MAX_MINUTES} minutes.`);
  if (channels.length > 2) throw new Error(`${path} has ${channels.length} channels: mono or stereo, please.`);
  const [left, right = left] = channels.map((channel) =>
    sampleRateHz === DEVICE_RATE_HZ ? channel : changeRate(channel, sampleRateHz, DEVICE_RATE_HZ),
  );
  const frames = left?.length ?? 0;
  const stereo = new Int32Array(frames * 2);
  for (let at = 0; at < frames; at++) {
    stereo[at * 2] = toInt24((left?.[at] ?? 0) * INT24_SCALE);
    stereo[at * 2 + 1] = toInt24((right?.[at] ?? 0) * INT24_SCALE);
  }
  return stereo;
}
