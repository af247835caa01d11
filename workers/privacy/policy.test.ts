import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { accounts } from "../../migrations/schema.ts";
import { holdingName } from "../../site/i18n/holdings.ts";
import { privacyText } from "../../site/i18n/privacy.ts";
import { sendDueMail } from "../mail/outbox.ts";
import { countPolicyMail } from "../mail/policy-proof.ts";
import { systemDeps } from "../platform/deps.ts";
import { person } from "../testing/person.ts";
import { accountRow } from "../testing/rows.ts";
import { fill } from "../testing/tables.ts";
import { policyProofs, tellPolicyChange } from "./policy-change.ts";
import { changedNumbers, numbersOfTheCode, type PolicyVersion, policyVersions } from "./policy-versions.ts";
import { register } from "./register.ts";

const [latest] = policyVersions.slice(-1);
if (latest === undefined) throw new Error("There is no policy.");

/** Ids of the mails about a version that have not ended. */
async function mailsOf(version: number): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT id FROM mail_outbox WHERE id LIKE ?1 AND ended_at_ms IS NULL ORDER BY id",
  )
    .bind(`policy-${version}-%`)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
const endOf = (id: string | undefined) =>
  env.DB.prepare("UPDATE mail_outbox SET ended_at_ms = 1, next_try_at_ms = NULL WHERE id = ?").bind(id ?? "");

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
    const fromAtMs = Date.now() + 1;
    const next: PolicyVersion = { ...latest, version: latest.version + 1, fromAtMs, isMaterial: true, change };
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
    const [proof] = await policyProofs(env);
    expect(proof).toMatchObject({ version: next.version, told: total, sent: 0, refused: 0 });
    expect(proof?.finishedAtMs).toBeGreaterThan(0);
    // No id of a mail tells whose it was: it stays for a while after an account has gone.
    const { results } = await env.DB.prepare("SELECT id FROM mail_outbox").all<{ id: string }>();
    for (const { accountId } of people) expect(results.some(({ id }) => id.includes(accountId))).toBe(false);
    expect(await tellPolicyChange(env, systemDeps, versions)).toMatchObject({ done: 0, finished: true });
  });

  test("G5: whoever opened an account when a version counted already has read it there, and is not written to about it", async () => {
    await env.DB.prepare("DELETE FROM accounts").run();
    await env.DB.prepare("DELETE FROM mail_outbox").run();
    const early = await person("Came before");
    const late = await person("Came after");
    for (const [{ accountId }, atMs] of [
      [early, 999],
      [late, 1_000],
    ] as const)
      await env.DB.prepare("UPDATE accounts SET created_at_ms = ?2 WHERE id = ?1").bind(accountId, atMs).run();
    const change = { en: "Less.", de: "Weniger." };
    const next: PolicyVersion = { ...latest, version: 8_000, fromAtMs: 1_000, isMaterial: true, change };
    while (!(await tellPolicyChange(env, systemDeps, [next])).finished);
    expect(await mailsOf(8_000)).toHaveLength(1);
    expect((await policyProofs(env)).find(({ version }) => version === 8_000)).toMatchObject({ told: 1 });
  });

  test("G5: the proof counts what the mail service took and what it refused, each mail once, however often it was tried", async () => {
    // Those of the test before have addresses that no key opens.
    await env.DB.prepare("DELETE FROM accounts WHERE id LIKE 'acc_policy%'").run();
    await env.DB.prepare("DELETE FROM mail_outbox").run();
    for (let at = 0; at < 4; at++) await person(`Reader of less ${at}`);
    const version = 9_000;
    let nowMs = Date.now();
    const change = { en: "Less.", de: "Weniger." };
    const next: PolicyVersion = { ...latest, version, fromAtMs: nowMs + 1, isMaterial: true, change };
    const deps = { ...systemDeps, now: () => nowMs };
    while (!(await tellPolicyChange(env, deps, [next])).finished);
    const proofOf = async () => (await policyProofs(env)).find((one) => one.version === version);
    const told = (await proofOf())?.told ?? 0;
    expect(told).toBeGreaterThan(3);
    const [first, second] = await mailsOf(version);
    let tries = 0;
    const send = async ({ subject }: { subject: string }) => {
      expect(subject).not.toBe("");
      tries++;
      // One is not taken for now, one never will be.
      if (tries === 1) throw new Error("busy");
      if (tries === 2) throw Object.assign(new Error("No."), { code: "E_RECIPIENT_SUPPRESSED" });
      return { messageId: "1" };
    };
    const here = { ...env, EMAIL: { send } as unknown as typeof env.EMAIL };
    // A run that ended a mail and died before it was known counts it once: the row has ended, so nothing more is counted.
    await env.DB.batch(
      [countPolicyMail(env.DB, first ?? "", "sent"), endOf(first), countPolicyMail(env.DB, first ?? "", "sent")].filter(
        (one) => one !== null,
      ),
    );
    expect(await proofOf()).toMatchObject({ sent: 1, refused: 0 });
    // An account that goes takes its mail with it: nobody was told.
    await env.DB.prepare("DELETE FROM mail_outbox WHERE id = ?").bind(second).run();
    for (let run = 0; run < 200; run++) {
      await sendDueMail(here, deps, 50);
      nowMs += 10 * 60_000;
      if ((await mailsOf(version)).length === 0) break;
    }
    expect(await proofOf()).toMatchObject({ told, sent: told - 2, refused: 1 });
    expect(countPolicyMail(env.DB, "news-9000-abc", "sent")).toBeNull();
  });
});
