import { readFile, stat } from "node:fs/promises";
import { INT24_SCALE, toInt24 } from "../../../audio/pcm.ts";
import { changeRate } from "../../../audio/resample.ts";
import { decodeWav } from "../../../audio/wav-codecs.ts";

/** A file for the demo is held in memory: 200 MB are half an hour of stereo, and so is what it becomes, whatever it was packed in. */
const INPUT_MAX_BYTES = 200e6;
/** At two inputs; with more it may be the shorter. */
const INPUT_MAX_MINUTES = 40;

const RATE_MIN_HZ = 4_000;
const RATE_MAX_HZ = 192_000;
const DEVICE_RATE_HZ = 48_000;

/**
 * Reads a WAV of any rate, width and known codec as a device of so many inputs would give it: interleaved 24-bit at 48 kHz, to its last frame. What is mono
 * is at the first two of them; an input that the file has no channel for is silent. Throws an error whose message a person can use.
 */
export async function readInput(path: string, inputs = 2): Promise<Int32Array> {
  const unreadable = (error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}.`);
  };
  // Asked before anything is read: a device or a pipe has no end, and a film does not fit.
  const found = await stat(path).catch(unreadable);
  if (!found.isFile()) throw new Error(`${path} is not a file.`);
  if (found.size > INPUT_MAX_BYTES) throw new Error(`${path} is too long: at most ${INPUT_MAX_BYTES / 1e6} MB.`);
  const bytes = await readFile(path).catch(unreadable);
  const sound = decodeWav(bytes);
  if (sound === null) throw new Error(`${path} is not a WAV file that can be read. Export it as WAV, 16 to 32 bit.`);
  const { sampleRateHz, channels } = sound;
  if (sampleRateHz < RATE_MIN_HZ || sampleRateHz > RATE_MAX_HZ) {
    throw new Error(`${path} says that its rate is ${sampleRateHz} Hz, which no sound has. Export it again as WAV.`);
  }
  if (channels[0] === undefined || channels[0].length === 0) throw new Error(`${path} holds no sound.`);
  const minutes = Math.floor((INPUT_MAX_MINUTES * 2) / Math.max(2, inputs));
  if (channels[0].length / sampleRateHz > minutes * 60)
    throw new Error(`${path} is too long: at most ${minutes} minutes.`);
  const [left, right = left, ...others] = channels
    .slice(0, inputs)
    .map((channel) => (sampleRateHz === DEVICE_RATE_HZ ? channel : changeRate(channel, sampleRateHz, DEVICE_RATE_HZ)));
  const frames = left?.length ?? 0;
  const samples = new Int32Array(frames * inputs);
  for (const [input, channel] of [left, right, ...others].slice(0, inputs).entries())
    for (let at = 0; at < frames; at++) samples[at * inputs + input] = toInt24((channel?.[at] ?? 0) * INT24_SCALE);
  return samples;
}
