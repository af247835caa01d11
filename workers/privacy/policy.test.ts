import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { accounts } from "../../migrations/schema.ts";
import { holdingName } from "../../site/i18n/holdings.ts";
import { privacyText } from "../../site/i18n/privacy.ts";
import { systemDeps } from "../platform/deps.ts";
import { person } from "../testing/person.ts";
import { accountRow } from "../testing/rows.ts";
import { fill } from "../testing/tables.ts";
import { tellPolicyChange } from "./policy-change.ts";
import { changedNumbers, numbersOfTheCode, type PolicyVersion, policyVersions } from "./policy-versions.ts";
import { register } from "./register.ts";

const [latest] = policyVersions.slice(-1);
if (latest === undefined) throw new Error("There is no policy.");

describe("G5: the policy's versions", () => {
  test("G5: versions go up in number and time, and each after the first says what changed in both languages", () => {
    for (const [at, one] of policyVersions.entries()) {
      expect(one.version).toBe(at + 1);
      if (at === 0) continue;
      expect(one.fromAtMs).toBeGreaterThan(policyVersions[at - 1]?.fromAtMs ?? 0);
      expect(one.change?.en.length).toBeGreaterThan(20);
      expect(one.change?.de.length).toBeGreaterThan(20);
    }
  });

  test("G5: everything on the page's table has a name that people read, in both languages", () => {
    for (const { name } of register)
      for (const language of ["en", "de"] as const) expect(holdingName(language, name), name).not.toBe(name);
  });

  test("G5: every number that a version changed is named in words, in both languages", () => {
    const numbers = Object.keys(numbersOfTheCode()).sort();
    for (const language of ["en", "de"] as const)
      expect(Object.keys(privacyText[language].numbers).sort()).toEqual(numbers);
  });

  test("G5: side by side: a version shows the numbers that it changed, and no others", () => {
    const changes = policyVersions.flatMap(changedNumbers);
    expect(changes.length).toBeGreaterThan(0);
    for (const { before, after } of changes) expect(before).not.toBe(after);
    expect(numbersOfTheCode()["RECORDING_RETENTION_MS.free"]).toBe(7);
  });

  test("G5: a material change reaches every account once, in paced steps that may be killed, and there is proof", async () => {
    const people = await Promise.all(Array.from({ length: 3 }, (_, at) => person(`Reader ${at}`)));
    await fill(accounts, 450, (at) => accountRow(`acc_policy${String(at).padStart(4, "0")}`));
    const change = { en: "We keep less from now on.", de: "Wir behalten ab jetzt weniger." };
    const next: PolicyVersion = { ...latest, version: latest.version + 1, isMaterial: true, change };
    const versions = [...policyVersions, next];
    const total = (await env.DB.prepare("SELECT COUNT(*) AS n FROM accounts").first<number>("n")) ?? 0;
    // The same step twice at once, as when two runs of cron meet.
    await Promise.all([tellPolicyChange(env, systemDeps, versions), tellPolicyChange(env, systemDeps, versions)]);
    let runs = 1;
    while (!(await tellPolicyChange(env, systemDeps, versions)).finished) runs++;
    expect(runs).toBeGreaterThan(1);
    const mails = await env.DB.prepare(
      "SELECT COUNT(*) AS n, COUNT(DISTINCT address) AS people FROM mail_outbox WHERE template = 'policy-change'",
    ).first<{ n: number; people: number }>();
    expect(mails).toEqual({ n: total, people: total });
    const proof = await env.DB.prepare(
      "SELECT told, finished_at_ms > 0 AS finished, last_account_id AS last FROM policy_notices",
    ).first();
    expect(proof).toEqual({ told: total, finished: 1, last: "" });
    // No id of a mail tells whose it was: it stays for a while after an account has gone.
    const { results } = await env.DB.prepare("SELECT id FROM mail_outbox").all<{ id: string }>();
    for (const { accountId } of people) expect(results.some(({ id }) => id.includes(accountId))).toBe(false);
    expect(await tellPolicyChange(env, systemDeps, versions)).toMatchObject({ done: 0, finished: true });
    expect(await tellPolicyChange(env, systemDeps)).toMatchObject({ done: 0 });
  });
});
