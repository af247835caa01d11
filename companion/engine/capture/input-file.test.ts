import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
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
