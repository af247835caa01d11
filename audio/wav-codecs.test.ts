import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { changeRate } from "./resample.ts";
import { decodeWav } from "./wav-codecs.ts";
import { wavFile } from "./wav-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-wav-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RATE_HZ = 48_000;
const FRAMES = 24_001;
const tone = Float64Array.from({ length: FRAMES * 2 }, (_, at) => {
  const hz = at % 2 === 0 ? 440 : 660;
  return Math.round(2 ** 21 * Math.sin((2 * Math.PI * hz * (at >> 1)) / RATE_HZ));
});
const source = join(folder, "source.wav");
writeFileSync(source, wavFile({ sampleRateHz: RATE_HZ, channels: 2, encoding: "pcm24" }, tone));

const run = (program: string, args: string[]) => execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
const made = (name: string, program: "ffmpeg" | "sox", args: string[]) => {
  const path = join(folder, name);
  if (program === "ffmpeg") run("ffmpeg", ["-v", "error", "-i", source, ...args, path]);
  else run("sox", [source, ...args, path]);
  return readFileSync(path);
};

/** The largest difference to the source, in its first channel, over the frames that both have. */
function worst(channel: Float32Array): number {
  let most = 0;
  for (let at = 0; at < Math.min(FRAMES, channel.length); at++)
    most = Math.max(most, Math.abs((channel[at] ?? 9) - (tone[at * 2] ?? 0) / 2 ** 23));
  return most;
}

describe("WAV files of other programs", () => {
  test.each([
    ["ffmpeg's 32-bit float", "ffmpeg", ["-c:a", "pcm_f32le"], 1e-6],
    ["ffmpeg's 64-bit float", "ffmpeg", ["-c:a", "pcm_f64le"], 1e-6],
    ["ffmpeg's 16 bit", "ffmpeg", ["-c:a", "pcm_s16le"], 4e-5],
    ["ffmpeg's 32 bit", "ffmpeg", ["-c:a", "pcm_s32le"], 1e-6],
    ["ffmpeg's 8 bit", "ffmpeg", ["-c:a", "pcm_u8"], 0.02],
    ["ffmpeg's A-law", "ffmpeg", ["-c:a", "pcm_alaw"], 0.02],
    ["ffmpeg's µ-law", "ffmpeg", ["-c:a", "pcm_mulaw"], 0.02],
    ["ffmpeg's IMA ADPCM", "ffmpeg", ["-c:a", "adpcm_ima_wav"], 0.06],
    ["ffmpeg's Microsoft ADPCM", "ffmpeg", ["-c:a", "adpcm_ms"], 0.05],
    ["ffmpeg's RF64", "ffmpeg", ["-rf64", "always", "-c:a", "pcm_s24le"], 1e-6],
    ["sox's IMA ADPCM", "sox", ["-e", "ima-adpcm"], 0.05],
    ["sox's Microsoft ADPCM", "sox", ["-e", "ms-adpcm"], 0.05],
    ["sox's extensible 24 bit", "sox", ["-b", "24"], 1e-6],
    ["sox's float", "sox", ["-e", "floating-point", "-b", "32"], 1e-6],
  ] as const)("X33: %s is the sound that went in, to the last frame", (name, program, args, within) => {
    const sound = decodeWav(made(`${name.replace(/\W/g, "-")}.wav`, program, [...args]));
    expect(sound?.sampleRateHz).toBe(RATE_HZ);
    expect(sound?.channels.length).toBe(2);
    const [left] = sound?.channels ?? [];
    // A codec of blocks may fill up its last one.
    expect(left?.length).toBeGreaterThanOrEqual(FRAMES);
    expect(left?.length).toBeLessThan(FRAMES + 4_096);
    expect(worst(left ?? new Float32Array())).toBeLessThan(within);
  });

  test.each([
    ["GSM", ["-c:a", "libgsm_ms", "-ar", "8000", "-ac", "1"]],
    ["MP3", ["-c:a", "libmp3lame"]],
    ["G.726", ["-c:a", "g726", "-ar", "8000", "-ac", "1"]],
    ["Yamaha ADPCM", ["-c:a", "adpcm_yamaha"]],
  ] as const)("X33: %s in a WAV is refused rather than played as noise", (name, args) => {
    let bytes: Uint8Array;
    try {
      bytes = made(`${name}.wav`, "ffmpeg", [...args]);
    } catch {
      // This machine's ffmpeg was built without it.
      return;
    }
    expect(decodeWav(bytes)).toBeNull();
  });

  const chunk = (name: string, body: Uint8Array, sizeBytes = body.length) => {
    const bytes = new Uint8Array(8 + body.length + (body.length & 1));
    bytes.set(new TextEncoder().encode(name));
    new DataView(bytes.buffer).setUint32(4, sizeBytes, true);
    bytes.set(body, 8);
    return bytes;
  };
  const fmt = (channels: number, bits: number) => {
    const body = new DataView(new ArrayBuffer(16));
    body.setUint16(0, 1, true);
    body.setUint16(2, channels, true);
    body.setUint32(4, RATE_HZ, true);
    body.setUint32(8, (RATE_HZ * channels * bits) / 8, true);
    body.setUint16(12, (channels * bits) / 8, true);
    body.setUint16(14, bits, true);
    return chunk("fmt ", new Uint8Array(body.buffer));
  };
  const file = (id: string, ...chunks: Uint8Array[]) =>
    new Uint8Array([...chunk(id, new TextEncoder().encode("WAVE")), ...chunks.flatMap((one) => [...one])]);
  const latin = (text: string) => new TextEncoder().encode(text);

  test("X33: lists of names beside lists of cues, before and after the sound, are passed over", () => {
    const info = chunk("LIST", latin("INFOISFT\x05\0\0\0Other\0"));
    const adtl = chunk("LIST", latin("adtllabl\x0a\0\0\0\x01\0\0\0verse\0"));
    const data = chunk("data", new Uint8Array([0, 64, 0, 192]));
    const sound = decodeWav(file("RIFF", info, adtl, fmt(1, 16), adtl, info, data, info, adtl));
    expect([...(sound?.channels[0] ?? [])]).toEqual([0.5, -0.5]);
  });

  test("X33: BW64 has its size in ds64, and its other chunks are nobody's business", () => {
    const ds64 = new DataView(new ArrayBuffer(28));
    ds64.setBigUint64(8, 4n, true);
    const data = chunk("data", new Uint8Array([0, 64, 0, 192, 9, 9]), 0xffffffff);
    const sound = decodeWav(
      file("BW64", chunk("ds64", new Uint8Array(ds64.buffer)), chunk("chna", latin("??")), fmt(1, 16), data),
    );
    expect([...(sound?.channels[0] ?? [])]).toEqual([0.5, -0.5]);
  });

  test("X33: a header that a pipe left at nothing, or at the most, means all that is behind it", () => {
    for (const claim of [0, 0xffffffff, 0x7fffffff]) {
      const sound = decodeWav(file("RIFF", fmt(1, 16), chunk("data", new Uint8Array([0, 64, 0, 192]), claim)));
      expect([...(sound?.channels[0] ?? [])]).toEqual([0.5, -0.5]);
    }
  });

  test("X33: an 8-bit sound of odd length ends with its last sample and not with the pad byte", () => {
    const sound = decodeWav(file("RIFF", fmt(1, 8), chunk("data", new Uint8Array([128, 192, 64]))));
    expect([...(sound?.channels[0] ?? [])]).toEqual([0, 0.5, -0.5]);
  });

  test("X33: another rate keeps the sound to its last frame", () => {
    for (const fromHz of [8_000, 22_050, 44_100, 88_200, 96_000, 192_000]) {
      const ones = new Float32Array(fromHz).map((_, at) => Math.sin((2 * Math.PI * 300 * at) / fromHz));
      const out = changeRate(ones, fromHz, RATE_HZ);
      expect(out.length).toBe(RATE_HZ);
      let most = 0;
      // The last two milliseconds lean on the silence behind the end.
      for (let at = 480; at < RATE_HZ - 480; at++)
        most = Math.max(most, Math.abs((out[at] ?? 0) - Math.sin((2 * Math.PI * 300 * at) / RATE_HZ)));
      expect(most).toBeLessThan(1e-4);
      expect(Math.max(...out.subarray(RATE_HZ - 96).map(Math.abs))).toBeGreaterThan(0.3);
    }
  });

  test("X33: a thousand torn and bitten files neither throw nor grow (seed printed)", () => {
    let state = Date.now() >>> 0;
    console.log(`seed ${state}`);
    const chance = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 8;
    };
    const whole = ["ms-adpcm", "ima-adpcm"].map((codec) => made(`bitten-${codec}.wav`, "sox", ["-e", codec]));
    for (let round = 0; round < 1_000; round++) {
      const from = whole[round % 2] ?? new Uint8Array();
      const bytes = from.slice(0, chance() % 4_000);
      for (let bites = chance() % 8; bites > 0 && bytes.length > 0; bites--)
        bytes[chance() % Math.min(200, bytes.length)] = chance();
      const sound = decodeWav(bytes);
      for (const channel of sound?.channels ?? []) expect(channel.length).toBeLessThan(40_000);
    }
  });
});
