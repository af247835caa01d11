import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readWavHeader } from "../../../audio/wav-reader.ts";
import { plainInfo, wavHeader } from "../../../audio/wav-writer.ts";
import { readInput } from "./input-file.node.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-input-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const format = { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" } as const;
const header = Buffer.from(wavHeader(plainInfo(format), 3_000));
const whole = Buffer.concat([header, Buffer.alloc(3_000, 7)]);
const fmt = whole.indexOf("fmt ");

/** The file with one number of its header changed. */
function lying(at: number, value: number, bytes: 2 | 4): Buffer {
  const copy = Buffer.from(whole);
  copy.writeUIntLE(value, at, bytes);
  return copy;
}

test("a header that tells the truth is believed", async () => {
  const path = join(folder, "true.wav");
  writeFileSync(path, whole);
  expect((await readInput(path)).length).toBe(2_000);
});

test.each([
  ["a rate of nothing", lying(fmt + 12, 0, 4)],
  ["a rate of four billion", lying(fmt + 12, 0xffffffff, 4)],
  ["no channels", lying(fmt + 10, 0, 2)],
  ["65,535 channels", lying(fmt + 10, 0xffff, 2)],
  ["samples of no width", lying(fmt + 22, 0, 2)],
  ["samples of 77 bits", lying(fmt + 22, 77, 2)],
  ["a format that is no sound", lying(fmt + 8, 0x1234, 2)],
  ["a chunk of four gigabytes", lying(fmt + 4, 0xfffffff0, 4)],
  ["no sound at all", whole.subarray(0, header.length)],
  ["half a header", whole.subarray(0, 40)],
  ["nothing", Buffer.alloc(0)],
  ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
])("a WAV whose header lies (%s) is refused in a sentence, or read as what it is", async (name, bytes) => {
  const path = join(folder, `${name}.wav`);
  writeFileSync(path, bytes);
  const outcome = await readInput(path).catch((error: Error) => error.message);
  if (typeof outcome === "string")
    expect(outcome).toMatch(
      /is not a WAV file that can be read|holds no sound|has \d+ channels|says that its rate is|cannot be read/,
    );
  else
    expect([outcome.length > 0, outcome.length < 1e6, outcome.every((sample) => Math.abs(sample) <= 2 ** 23)]).toEqual([
      true,
      true,
      true,
    ]);
});

test("a data chunk that claims more than there is gives what there is", async () => {
  for (const claim of [0xffffffff, 3_003, 0]) {
    const path = join(folder, `claim ${claim}.wav`);
    writeFileSync(path, lying(header.length - 4, claim, 4));
    const outcome = await readInput(path).catch((error: Error) => error.message);
    expect(typeof outcome === "string" ? 0 : outcome.length).toBeLessThanOrEqual(2_002);
  }
});

test("X39: what has no end, what is no file and what would be hours of memory is refused before it is read", async () => {
  const refused = (path: string) =>
    readInput(path).then(
      () => "read",
      (error: Error) => error.message,
    );
  expect(await refused("/dev/zero")).toContain("is not a file");
  expect(await refused(folder)).toContain("is not a file");
  const sparse = join(folder, "a film.wav");
  writeFileSync(sparse, whole);
  truncateSync(sparse, 3e9);
  expect(await refused(sparse)).toContain("at most 200 MB");
  // 10 MB of 8 bits at 4 kHz are 42 minutes, and half a gigabyte at the device's rate.
  const slow = join(folder, "slow.wav");
  const packed = Buffer.from(header);
  packed.writeUInt32LE(4_000, fmt + 12);
  packed.writeUInt16LE(1, fmt + 20);
  packed.writeUInt16LE(8, fmt + 22);
  writeFileSync(slow, Buffer.concat([packed, Buffer.alloc(10e6, 128)]));
  const bytes = readFileSync(slow);
  bytes.writeUInt32LE(10e6, header.length - 4);
  writeFileSync(slow, bytes);
  expect(await refused(slow)).toContain("at most 40 minutes");
});

test("X26: a header of nothing but empty chunks is given up", () => {
  const riff = new Uint8Array(8e6);
  riff.set(Buffer.from("RIFF    WAVE"));
  riff.set(whole.subarray(fmt, header.length), 7e6);
  expect(readWavHeader(riff, riff.byteLength)).toBeNull();
});
