import { expect, test } from "vitest";
import { pictureOf } from "./picture.ts";

const profile = {
  profileId: "pro_00000000000000000000000000",
  displayName: "Ada",
  daw: null,
  instruments: ["Cello"],
  languages: [],
  rate: null,
  bio: null,
  availability: null,
  hasSample: false,
  accent: 0,
} as Parameters<typeof pictureOf>[0];

test("X27: a picture for sharing is drawn once for what it shows, however often it is asked for", async () => {
  const [first, second] = await Promise.all([pictureOf(profile), pictureOf({ ...profile })]);
  expect(second).toBe(first);
  expect(await pictureOf({ ...profile })).toBe(first);
  const other = await pictureOf({ ...profile, displayName: "Ben" });
  expect([other === first, other.etag === first.etag]).toEqual([false, false]);
});
