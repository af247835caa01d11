import fc from "fast-check";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { type ReadBytes, readZip } from "./zip-reader.std.ts";

const text = (of: string) => new TextEncoder().encode(of);
const whole = zipSync({ "data.json": text('{"a":1}'), "audio/rec_1 Guitar 🎸.wav": text("RIFF") }, { level: 0 });
const readerOf =
  (bytes: Uint8Array): ReadBytes =>
  async (from, length) =>
    Uint8Array.from(bytes.subarray(from, from + length));
const BROKEN = "This is not a whole archive. Fetch it once more.";

test("G1: each file of an archive is found where its bytes lie", async () => {
  const files = await readZip(readerOf(whole), whole.length);
  const { offset = 0, size = 0 } = files.get("audio/rec_1 Guitar 🎸.wav") ?? {};
  expect(new TextDecoder().decode(whole.subarray(offset, offset + size))).toBe("RIFF");
  expect([...files.keys()]).toHaveLength(2);
});

test("G1: an archive that was cut off or changed anywhere is read, or refused in one sentence; it points nowhere outside itself", async () => {
  const changed = fc.record({
    at: fc.nat(whole.length - 1),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    length: fc.option(fc.nat(whole.length), { nil: whole.length }),
  });
  await fc.assert(
    fc.asyncProperty(changed, async ({ at, bytes, length }) => {
      const hostile = whole.slice();
      hostile.set(bytes.subarray(0, hostile.length - at), at);
      const cut = hostile.subarray(0, length ?? undefined);
      const found = await readZip(readerOf(cut), cut.length).catch((error: Error) => error.message);
      if (typeof found === "string") expect(found).toBe(BROKEN);
      else for (const { offset, size } of found.values()) expect(offset + size).toBeLessThanOrEqual(cut.length);
    }),
    { numRuns: 2_000 },
  );
});
