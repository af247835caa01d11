import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Problem } from "../../protocol/errors.ts";
import { createApp } from "../app.ts";
import { person, seedCrowd } from "../testing/person.ts";

const app = createApp();
const origin = "https://sessionlinked.test";
const RUNS = 150;

/** What people and machines send: words, halves of characters, the search engine's own syntax, other people's markup. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 140 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    '"',
    "'",
    "*",
    "a* OR b",
    "NEAR(a, b)",
    "{tags} : x",
    "-x",
    "^a",
    "i·cello",
    "\0",
    "%",
    "٣٤",
    "ﬁn",
    "ẞ",
    "İ",
    "ΑΣ",
    "か゛",
    "👩‍🎤",
  ),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 12 }),
);
const report = { numRuns: RUNS, verbose: 1 };

async function expectSane(response: Response) {
  expect(response.status).toBeLessThan(500);
  if (response.status >= 400 && response.headers.get("Content-Type")?.includes("json"))
    Problem.parse(await response.json());
}

beforeAll(async () => {
  await seedCrowd(0, 300);
});

test("X23: whatever is searched for is answered: found, not found, or refused with a problem", async () => {
  const names = [
    "q",
    "instrument",
    "daw",
    "language",
    "availability",
    "currency",
    "rateMin",
    "rateMax",
    "rate",
    "limit",
    "cursor",
    "said",
  ];
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), text), fc.boolean(), async (query, isPage) => {
      const search = Object.entries(query)
        .map(([name, words]) => `${name}=${encodeURIComponent(words.toWellFormed())}`)
        .join("&");
      await expectSane(await app.request(`${origin}${isPage ? "/hub" : "/api/v1/hub/profiles"}?${search}`, {}, env));
    }),
    report,
  );
});

test("X23: any word alone is a search that the index understands", async () => {
  await fc.assert(
    fc.asyncProperty(text, async (words) => {
      const q = words.toWellFormed().slice(0, 120);
      const response = await app.request(`${origin}/api/v1/hub/profiles?q=${encodeURIComponent(q)}`, {}, env);
      expect(response.status === 200 || q.length > 120 || response.status === 422).toBe(true);
      expect(response.status).not.toBe(500);
    }),
    report,
  );
});

test("X23: a profile of anything is stored as it is or refused by name, and what was stored can be published and found", async () => {
  const ada = await person("Ada");
  const profile = fc.record(
    { daw: value, instruments: value, languages: value, rate: value, bio: value, availability: value },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(profile, async (body) => {
      const response = await ada.call("PUT", "/api/v1/profile", body);
      await expectSane(response);
      if (response.status !== 200) return;
      if ((await ada.call("PUT", "/api/v1/profile/publication")).status === 409) return;
      const { profileId } = await (await ada.call("GET", "/api/v1/profile")).json<{ profileId: string }>();
      for (const path of [`/hub/${profileId}`, `/hub/${profileId}/picture.png`])
        expect((await app.request(`${origin}${path}`, {}, env)).status).toBe(200);
    }),
    { ...report, numRuns: 60 },
  );
});
