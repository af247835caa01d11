import { describe, expect, test } from "vitest";
import { readWavHeader, stemProblem, WAV_HEADER_MAX_BYTES } from "./wav-reader.ts";
import { plainInfo, wavHeader } from "./wav-writer.ts";

const mono = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
const header = (format: Parameters<typeof wavHeader>[0]["format"], dataBytes: number) =>
  wavHeader({ ...plainInfo(format), description: "Vox", project: "P", take: "1", track: "Vox" }, dataBytes);
/** The place of a chunk's name in a header. */
const find = (bytes: Uint8Array, name: string) => new TextDecoder("latin1").decode(bytes).indexOf(name);

describe("what a stem's header says", () => {
  test.each([44_100, 48_000, 88_200, 96_000] as const)(
    "our own recorder's, at %i Hz, in every format",
    (sampleRateHz) => {
      for (const channels of [1, 2, 3, 8] as const)
        for (const encoding of ["pcm24", "float32"] as const) {
          const format = { sampleRateHz, channels, encoding };
          const frameBytes = channels * (encoding === "pcm24" ? 3 : 4);
          // The last lies past 4 GiB: RF64, its sizes in ds64.
          for (const frames of [0, 1, 12_345, 2 ** 31]) {
            const bytes = header(format, frames * frameBytes);
            const expected = { ...format, frames, dataAtBytes: bytes.length, dataBytes: frames * frameBytes };
            expect(readWavHeader(bytes)).toMatchObject(expected);
            const sizeBytes = bytes.length + frames * frameBytes;
            expect(stemProblem(bytes, { format, frames, sizeBytes })).toBeNull();
            expect(stemProblem(bytes, { format, frames, sizeBytes: sizeBytes - 1 })).toMatch(/more sound than|frames/);
          }
        }
    },
  );

  test("one that lies is told what about", () => {
    const frames = 1_000;
    const bytes = header(mono, frames * 3);
    const sizeBytes = bytes.length + frames * 3;
    const fmt = find(bytes, "fmt ") + 8;
    const lie = (change: (view: DataView) => void) => {
      const copy = bytes.slice();
      change(new DataView(copy.buffer));
      return stemProblem(copy, { format: mono, frames, sizeBytes });
    };
    expect(lie(() => undefined)).toBeNull();
    expect(lie((view) => view.setUint16(fmt + 2, 2, true))).toMatch(/pcm24|channels/);
    expect(lie((view) => view.setUint32(fmt + 4, 96_000, true))).toMatch(/96000 Hz/);
    expect(lie((view) => view.setUint16(fmt, 3, true))).toMatch(/pcm24/);
    expect(lie((view) => view.setUint16(fmt + 14, 16, true))).toMatch(/pcm24/);
    expect(lie((view) => view.setUint16(fmt + 12, 0, true))).not.toBeNull();
    expect(lie((view) => view.setUint32(bytes.length - 4, 3, true))).toMatch(/1 frames/);
    expect(lie((view) => view.setUint32(bytes.length - 4, 0xffffffff, true))).toMatch(/frames/);
    expect(lie((view) => view.setUint8(0, 0x58))).toMatch(/not a WAVE/);
    expect(lie((view) => view.setUint8(8, 0x58))).toMatch(/not a WAVE/);
  });

  test("chunks may be in any order and number, but the sound begins within 64 KiB", () => {
    const bytes = header(mono, 3);
    const chunk = (sizeBytes: number) => {
      const junk = new Uint8Array(8 + sizeBytes + (sizeBytes & 1));
      junk.set(new TextEncoder().encode("junk"));
      new DataView(junk.buffer).setUint32(4, sizeBytes, true);
      return junk;
    };
    const between = (junk: Uint8Array) => new Uint8Array([...bytes.subarray(0, 12), ...junk, ...bytes.subarray(12)]);
    expect(readWavHeader(between(chunk(7)))?.frames).toBe(1);
    expect(readWavHeader(between(chunk(WAV_HEADER_MAX_BYTES)))).toBeNull();
    expect(readWavHeader(between(chunk(0)))?.frames).toBe(1);
  });

  test("no bytes whatever make it throw or run on (seed printed)", () => {
    let state = Date.now() >>> 0;
    console.log(`seed ${state}`);
    const chance = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state;
    };
    const whole = header({ ...mono, channels: 2 }, 2 ** 33);
    for (let round = 0; round < 20_000; round++) {
      const bytes = whole.slice(0, chance() % (whole.length + 1));
      for (let bites = chance() % 8; bites > 0 && bytes.length > 0; bites--) {
        bytes[chance() % bytes.length] = [0, 0xff, 0x7f, 0x80][chance() % 4] ?? 0;
      }
      const read = readWavHeader(bytes);
      if (read !== null) expect(read.dataAtBytes).toBeLessThanOrEqual(bytes.length);
    }
  });
});
