import { readFile } from "node:fs/promises";
import libsamplerate from "@alexanderolsen/libsamplerate-js";
import wavefile from "wavefile";

/** A file for the demo is held in memory: 200 MB are half an hour of stereo. */
const INPUT_MAX_BYTES = 200e6;

const RATE_MIN_HZ = 4_000;
const RATE_MAX_HZ = 192_000;

/**
 * Reads a WAV of any rate, width, mono or stereo, as a device would give it: stereo interleaved 24-bit at 48 kHz, resampled by
 * libsamplerate's best sinc. Throws an error whose message a person can use.
 */
export async function readInput(path: string): Promise<Int32Array> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}.`);
  });
  if (bytes.byteLength > INPUT_MAX_BYTES) throw new Error(`${path} is too long: at most ${INPUT_MAX_BYTES / 1e6} MB.`);
  const wav = new wavefile.WaveFile();
  let channels: Float64Array[];
  let scale: number;
  try {
    wav.fromBuffer(bytes);
    // The library keeps integers as they are; 8-bit is offset binary.
    const samples = wav.getSamples(false, Float64Array) as unknown as Float64Array | Float64Array[];
    channels = Array.isArray(samples) ? samples : [samples];
    const bits = Number.parseInt(wav.bitDepth, 10);
    scale = wav.bitDepth.endsWith("f") || bits === 64 ? 2 ** 23 : 2 ** (24 - bits);
    if (bits === 8) channels = channels.map((channel) => channel.map((sample) => sample - 128));
  } catch {
    throw new Error(`${path} is not a WAV file that can be read. Export it as WAV, 16 to 32 bit, mono or stereo.`);
  }
  const { sampleRate } = wav.fmt as { sampleRate: number };
  if (sampleRate < RATE_MIN_HZ || sampleRate > RATE_MAX_HZ) {
    throw new Error(`${path} says that its rate is ${sampleRate} Hz, which no sound has. Export it again as WAV.`);
  }
  if (channels[0] === undefined || channels[0].length === 0) throw new Error(`${path} holds no sound.`);
  if (channels.length > 2) throw new Error(`${path} has ${channels.length} channels: mono or stereo, please.`);
  const [left = new Float64Array(), right = left] = channels;
  let stereo = new Float64Array(left.length * 2);
  for (let at = 0; at < left.length; at++) {
    stereo[at * 2] = (left[at] ?? 0) * scale;
    stereo[at * 2 + 1] = (right[at] ?? 0) * scale;
  }
  if (sampleRate !== 48_000) {
    const converter = await libsamplerate.create(2, sampleRate, 48_000, {
      converterType: libsamplerate.ConverterType.SRC_SINC_BEST_QUALITY,
    });
    stereo = Float64Array.from(
      converter.full(Float32Array.from(stereo, (sample) => sample / 2 ** 23)),
      (s) => s * 2 ** 23,
    );
    converter.destroy();
  }
  return Int32Array.from(stereo, (sample) => Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, Math.round(sample))));
}
