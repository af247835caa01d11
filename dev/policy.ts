/**
 * Keeps the policy's text of today as its newest version (site/policies), and says the hashes that belong in workers/privacy/policy-versions.ts.
 * A version that counts already is never written over: what people have read stays.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { languages } from "../site/i18n/language.ts";
import { policyText } from "../workers/privacy/policy-text.ts";
import { policyVersions } from "../workers/privacy/policy-versions.ts";

const root = join(import.meta.dirname, "..");
const newest = policyVersions.at(-1);
if (newest === undefined) throw new Error("There is no version of the policy.");

for (const language of languages) {
  const path = join(root, "site", "policies", `${newest.version}.${language}.txt`);
  const text = policyText(language);
  const isKept = existsSync(path) && newest.fromAtMs <= Date.now();
  if (isKept && readFileSync(path, "utf8") !== text) {
    const since = new Date(newest.fromAtMs).toISOString();
    process.stderr.write(`Version ${newest.version} counts since ${since}: add the next one to policy-versions.ts.\n`);
    process.exit(1);
  }
  writeFileSync(path, text);
  process.stdout.write(`${language}: ${createHash("sha256").update(text).digest("hex")}\n`);
}
