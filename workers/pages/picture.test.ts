import { exports } from "cloudflare:workers";
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

test("the site's own picture is named by every public page, in its language, and is what it says", async () => {
  const html = await (await exports.default.fetch("https://sessionlinked.test/prices?lang=de")).text();
  const [, address = ""] = /<meta property="og:image" content="([^"]+)"/.exec(html) ?? [];
  expect(address).toBe("https://sessionlinked.test/picture.png?lang=de");
  const answer = await exports.default.fetch(address);
  const png = new DataView(await answer.arrayBuffer());
  expect([answer.headers.get("Content-Type"), png.getUint32(16), png.getUint32(20)]).toEqual(["image/png", 1200, 630]);
  const etag = answer.headers.get("ETag") ?? "";
  const again = await exports.default.fetch(address, { headers: { "If-None-Match": etag } });
  expect(again.status).toBe(304);
  const english = await exports.default.fetch("https://sessionlinked.test/picture.png?lang=en");
  expect(english.headers.get("ETag")).not.toBe(etag);
});
