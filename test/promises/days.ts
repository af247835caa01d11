import { env } from "cloudflare:workers";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { accounts, signInEvents } from "../../migrations/schema.ts";
import type { Tier } from "../../protocol/retention.ts";
import { runJobs } from "../../workers/cron/jobs.ts";
import { type Deps, systemDeps } from "../../workers/platform/deps.ts";
import type { Env } from "../../workers/platform/env.ts";
import { eraseAccount } from "../../workers/privacy/account-erasure.ts";
import { withdrawRecordingConsent } from "../../workers/privacy/consents.ts";
import { requestExport } from "../../workers/privacy/export.ts";
import { restrict } from "../../workers/privacy/restriction.ts";
import { requestErasure } from "../../workers/privacy/session-erasure.ts";
import { named } from "../../workers/testing/addresses.ts";
import { Faults } from "../../workers/testing/faults.ts";
import { TestClient } from "../../workers/testing/room-client.ts";
import { accountRow } from "../../workers/testing/rows.ts";
import { fill } from "../../workers/testing/tables.ts";
import { changeTier } from "../../workers/wallet/plans.ts";
import { chance } from "../simulation/chance.ts";
import { type Erased, newAuditor } from "./auditor.ts";
import { newWorld, type Person, people, type World } from "./world.ts";

/**
 * Days of a small world: people come, play, change plans, ask for things, and go, while runs of cron are missed and Workers die in the middle
 * of what they do. After each day on which cron ran, an auditor looks; and a model that knows when each recording is to end says
 * what was taken too early.
 */
const DAY_MS = 86_400_000;
const KEPT_DAYS: Record<Tier, number | null> = { free: 7, pro: 30, studio: null };
const GRACE_MS = 7 * DAY_MS;

/** Of the crowd at each step. */
const SIGNED_IN = 500;
const GONE = 2;

interface Take {
  recordingId: string;
  completedAtMs: number;
  endsAtMs: number | null;
}
interface Household {
  world: World;
  living: Set<Person>;
  isDeleted: boolean;
  /** Ada's recording, while the model expects it. */
  take: Take | null;
}

/** When a recording ends after a change of plan, by the policy's own sentence: a downgrade leaves a week. */
function moved(take: Take, tier: Tier, nowMs: number): void {
  const keptDays = KEPT_DAYS[tier];
  if (take.endsAtMs !== null && take.endsAtMs <= nowMs + 60_000) return;
  if (keptDays === null) take.endsAtMs = null;
  else {
    const own = take.completedAtMs + keptDays * DAY_MS;
    const graced = Math.max(own, nowMs + GRACE_MS);
    if (take.endsAtMs === null || take.endsAtMs > graced) take.endsAtMs = graced;
    else if (take.endsAtMs < own) take.endsAtMs = own;
  }
}

export interface Life {
  seed: number;
  steps: number;
  /** A step is up to so many days. */
  strideDays: number;
  newcomers: number;
  /** People besides, who sign in now and then, and at last go. */
  crowd?: number;
}

/** Lives through the days. Returns what the auditor and the model found, and what happened, for the test to see that something did. */
export async function live({ seed, steps, strideDays, newcomers, crowd = 0 }: Life) {
  const random = chance(seed);
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
  // The winter before a leap day, so that year's lengths are tried across it.
  let nowMs = Date.parse("2027-12-20T11:00:00Z");
  const startMs = nowMs;
  const EMAIL = { send: async () => undefined } as unknown as Env["EMAIL"];
  const here: Env = { ...env, EMAIL };
  const depsAt = (more: Partial<Deps> = {}): Deps => ({
    ...systemDeps,
    now: () => nowMs,
    sleep: async () => undefined,
    ...more,
  });
  const households: Household[] = [];
  const erased: Erased[] = [];
  const wrong: string[] = [];
  const audit = newAuditor();
  const happened = { erasures: 0, crashes: 0, missed: 0, audits: 0, ended: 0 };

  async function arrive(): Promise<void> {
    const world = await newWorld(nowMs);
    for (const who of people)
      await env.DB.prepare("UPDATE accounts SET display_name = ?2 WHERE id = ?1")
        .bind(world.accountId[who], (await named(world.accountId[who], nameOf(world, who))).displayName)
        .run();
    const ada = await TestClient.join(world.sessionId, "host", {
      memberId: world.memberId.ada,
      claims: { displayName: nameOf(world, "ada"), accountId: world.accountId.ada as `acc_${string}` },
    });
    await ada.ask({ kind: "chat", text: wordsOf(world) });
    ada.leave();
    const take = { recordingId: world.recordingId, completedAtMs: nowMs, endsAtMs: nowMs + 1e9 };
    households.push({ world, living: new Set(people), isDeleted: false, take });
  }

  async function erase(home: Household): Promise<void> {
    const who = pick([...home.living]);
    if (who === undefined) return;
    const accountId = home.world.accountId[who];
    if (random() < 0.5) {
      const faults = new Faults({
        at: 1 + Math.floor(random() * 60),
        moment: random() < 0.5 ? "before" : "after",
        fault: "kill",
      });
      await eraseAccount(
        { ...faults.bindings, EMAIL },
        depsAt({ reachRoom: faults.reachRoom }),
        accountId,
        "person",
      ).catch(() => false);
      if (faults.isDead) happened.crashes++;
    }
    // Killed before anything was written down, nothing was confirmed: the person asks again.
    await eraseAccount(here, depsAt(), accountId, "person");
    happened.erasures++;
    home.living.delete(who);
    if (who === "ada") home.take = null;
    const marks = [`${accountId}@`, nameOf(home.world, who), ...(who === "ada" ? [wordsOf(home.world)] : [])];
    erased.push({ accountId, marks, sessionIds: home.isDeleted ? [] : [home.world.sessionId] });
  }

  async function something(home: Household): Promise<void> {
    const { world, living } = home;
    const ada = living.has("ada") ? world.accountId.ada : null;
    const dice = random();
    if (dice < 0.25) return erase(home);
    if (ada === null) return;
    if (dice < 0.5) {
      const tier = pick(["free", "pro", "studio"] as const) ?? "free";
      await changeTier(here, depsAt(), ada, tier);
      if (home.take !== null) moved(home.take, tier, nowMs);
    } else if (dice < 0.6) await requestExport(here, depsAt(), ada);
    else if (dice < 0.65) await restrict(here, depsAt(), ada);
    else if (dice < 0.7) {
      if (await withdrawRecordingConsent(here, depsAt(), ada, world.sessionId)) home.take = null;
    } else if (dice < 0.8 && !home.isDeleted) {
      if ((await requestErasure(env.DB, world.sessionId, ada, nowMs)) !== "requested") return;
      home.isDeleted = true;
      home.take = null;
    } else
      await env.DB.prepare("UPDATE reports SET closed_at_ms = ifnull(closed_at_ms, ?2) WHERE id = ?1")
        .bind(world.reportId, nowMs)
        .run();
  }

  /** One run may die in the middle; then as many as it takes. */
  async function catchUp(): Promise<void> {
    if (random() < 0.3) {
      const faults = new Faults({ at: 1 + Math.floor(random() * 60), moment: "after", fault: "kill" });
      await runJobs({ ...faults.bindings, EMAIL }, depsAt({ reachRoom: faults.reachRoom })).catch(() => undefined);
      if (faults.isDead) happened.crashes++;
    }
    await runJobs(here, depsAt());
    nowMs += 2 * 3_600_000;
    await runJobs(here, depsAt());
  }

  async function early(): Promise<void> {
    for (const home of households) {
      const { take, world } = home;
      for (const who of home.living)
        if ((await env.DB.prepare("SELECT 1 FROM accounts WHERE id = ?").bind(world.accountId[who]).first()) === null)
          wrong.push(`${day()}: too early: the account of ${who}`);
      if (take === null) continue;
      const row = await env.DB.prepare("SELECT 1 FROM recordings WHERE id = ?").bind(take.recordingId).first();
      const object = await env.RECORDINGS.head(`recordings/${world.sessionId}/${take.recordingId}.wav`);
      if (take.endsAtMs !== null && take.endsAtMs <= nowMs) {
        if (row !== null || object !== null) wrong.push(`${day()}: too late: ${take.recordingId}`);
        home.take = null;
        happened.ended++;
      } else if (row === null || object === null) wrong.push(`${day()}: too early: ${take.recordingId}`);
    }
  }

  let gone = 0;
  /** Some of the crowd sign in; what the sweep takes of that at once is many rows. The first who are still there go. */
  async function pass(): Promise<void> {
    for (const until = Math.min(crowd, gone + GONE); gone < until; gone++) {
      const accountId = crowdId(gone);
      await eraseAccount(here, depsAt(), accountId, "person");
      erased.push({ accountId, marks: [], sessionIds: [] });
    }
    const left = crowd - gone;
    const first = gone + Math.floor(random() * Math.max(1, left - SIGNED_IN));
    await fill(signInEvents, Math.min(left, SIGNED_IN), (at) => ({
      id: `evt_${nowMs}_${at}`,
      accountId: crowdId(first + at),
      method: "password" as const,
      label: `${crowdId(first + at)}:AAAA` as Sealed,
      atMs: nowMs,
    }));
    const { n } = (await env.DB.prepare(
      "SELECT COUNT(*) AS n FROM accounts WHERE id LIKE 'acc\\_crowd%' ESCAPE '\\'",
    ).first<{ n: number }>()) ?? { n: 0 };
    if (n !== left) wrong.push(`${day()}: of the crowd there are ${n} and not ${left}`);
  }

  const day = () => `seed ${seed}, day ${Math.floor((nowMs - startMs) / DAY_MS)}`;
  if (crowd > 0) await fill(accounts, crowd, (at) => ({ ...accountRow(crowdId(at)), createdAtMs: nowMs }));
  for (let step = 0; step < steps; step++) {
    if (crowd > 0) await pass();
    if (step < newcomers || random() < 0.1) await arrive();
    const home = pick(households);
    if (home !== undefined) await something(home);
    if (random() < 0.2) happened.missed++;
    else {
      await catchUp();
      wrong.push(...(await audit(nowMs, erased)).map((line) => `${day()}: ${line}`));
      await early();
      happened.audits++;
    }
    nowMs += (1 + Math.floor(random() * strideDays)) * DAY_MS;
  }
  return { wrong, happened, livedDays: (nowMs - startMs) / DAY_MS };
}

/** None is the beginning of another. */
const crowdId = (at: number) => `acc_crowd${String(at).padStart(7, "0")}`;
const nameOf = (world: World, who: Person) => `Zq${who} ${world.accountId[who].slice(-8)}`;
const wordsOf = (world: World) => `Words ${world.memberId.ada.slice(-10)}`;
