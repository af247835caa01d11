import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sha256Hex } from "../platform/hash.ts";
import { policyVersions } from "../privacy/policy-versions.ts";

const get = (path: string) =>
  exports.default.fetch(`https://sessionlinked.test${path}`, { headers: { Accept: "text/html" } });
const textOf = async (path: string) => (await get(path)).text();

describe("G5: every version of the policy can be read as it was", () => {
  test.each(policyVersions)(
    "G5: version $version, in both languages, and the file is what its hash says",
    async ({ version, sha256 }) => {
      for (const language of ["en", "de"] as const) {
        const html = await textOf(`/privacy/versions/${version}?lang=${language}`);
        expect(html).toContain(sha256[language]);
        const file = await get(`/privacy/versions/${version}/${language}.txt`);
        const text = await file.text();
        expect(await sha256Hex(text)).toBe(sha256[language]);
        const [, lead = ""] = text.split("\n\n");
        expect(html).toContain(lead);
      }
    },
  );

  test("G5: two versions stand side by side, with what changed marked, whichever of them is asked for", async () => {
    for (const path of ["/privacy/versions/10?beside=9", "/privacy/versions/9?beside=10"]) {
      const html = await textOf(path);
      expect(html).toContain(
        "<ins>; coming in as a guest, or connecting a phone to a session, sets one for that session</ins>",
      );
      expect(html.indexOf("Before: Version 9")).toBeLessThan(html.indexOf("Since then: Version 10"));
    }
    expect(await textOf("/privacy/versions/9?beside=9")).not.toContain("<ins>");
  });

  test("G5: the policy names each version and leads to it", async () => {
    const html = await textOf("/privacy");
    for (const { version } of policyVersions) expect(html).toContain(`href="/privacy/versions/${version}"`);
  });

  test.each([
    "/privacy/versions/0",
    "/privacy/versions/99",
    "/privacy/versions/01",
    "/privacy/versions/x",
    "/privacy/versions/9?beside=99",
    "/privacy/versions/9/fr.txt",
    "/privacy/versions/9/en.json",
    "/privacy/versions/9/en",
    "/policies/9.en.txt",
  ])("there is no %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});
