import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionId } from "../../protocol/ids.ts";
import { EXPIRY_NOTICES_MS } from "../../protocol/retention.ts";
import { CallBudget, metered } from "../platform/call-budget.ts";
import { type Deps, systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { logErasure } from "../privacy/erasure-log.ts";
import { tableRules } from "../privacy/inventory.ts";
import { tellPolicyChange } from "../privacy/policy-change.ts";
import { policyVersions } from "../privacy/policy-versions.ts";
import { requestErasure } from "../privacy/session-erasure.ts";
import { INVOCATION_CALLS_MAX, jobs, runJob } from "./jobs.ts";

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2033, 4, 18, 12);
let nowMs = NOW_MS;

/** A room that does at once what it is asked. */
const room = {
  end: async () => undefined,
  announceRecordings: async () => undefined,
  applyDecision: async () => ({ ok: true, value: undefined }),
  applyState: async () => undefined,
  reachedFrames: async () => 0,
  here: async () => [],
  forgetMember: async () => ({ doneSeq: 0, headSeq: 0, blanked: 0 }),
  snapshot: async () => ({ events: [], headSeq: 0 }),
} as unknown as Awaited<ReturnType<Deps["reachRoom"]>>;
const deps: Deps = { ...systemDeps, now: () => nowMs, sleep: async () => undefined, reachRoom: async () => room };

const page = (prefix: string, name: (at: number) => string, uploadedAtMs: number) => ({
  objects: Array.from({ length: 1_000 }, (_, at) => ({ key: prefix + name(at), uploaded: new Date(uploadedAtMs) })),
  truncated: true,
});
/** A store without end, of logs that are over and of objects that have rows, which answers nothing about an upload. */
const list = async (options: R2ListOptions = {}) => {
  const { prefix = "", startAfter = "" } = options;
  if (prefix === "logs/") {
    const from = Number(startAfter.slice(5, 18) || 1);
    return page(prefix, (at) => `${String(from + at).padStart(13, "0")}-x`, 0);
  }
  if (prefix === "recordings/") {
    const from = Number(startAfter.replace(/\D/g, "") || 1e6) + 1;
    return page(prefix, (at) => `ses/${from + at}.wav`, NOW_MS - DAY_MS / 2);
  }
  return await env.RECORDINGS.list(options);
};
const aborting = async () => {
  throw new Error("abortMultipartUpload: We encountered an internal error. Please try again. (10001)");
};
const own: Record<string, unknown> = { list, resumeMultipartUpload: () => ({ abort: aborting }) };
const RECORDINGS = new Proxy(env.RECORDINGS, {
  get: (bucket, name) => {
    if (typeof name === "string" && Object.hasOwn(own, name)) return own[name];
    const value: unknown = Reflect.get(bucket, name, bucket);
    return typeof value === "function" ? value.bind(bucket) : value;
  },
});
const bindings: Env = {
  ...env,
  RECORDINGS,
  LAUNCH_DATE: "2033-05-18",
  EMAIL: { ...env.EMAIL, send: () => Promise.reject(new Error("The mail service does not answer.")) },
};

const numbers = (count: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})`;
const run = (sql: string) => env.DB.prepare(sql).run();
const count = (sql: string) => env.DB.prepare(sql).first<number>("n");
const people = (many: number) =>
  run(
    `${numbers(many)} INSERT INTO accounts (id, email, email_index, display_name, tier, created_at_ms) SELECT 'acc_' || i, 'acc_' || i || ':AAAA', i, 'acc_' || i || ':AAAA', 'free', 0 FROM n`,
  );
const sessions = (many: number) =>
  run(
    `${numbers(many)} INSERT INTO sessions (id, name, recording_permitted, created_at_ms) SELECT 'ses_' || i, '', 1, 0 FROM n`,
  );
const recordings = (many: number, each: number, state: string, expiresAtMs: number) =>
  run(
    `${numbers(many)} INSERT INTO recordings (id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding,
       timeline_frames, started_at_ms, bpm, part_bytes, upload_id, created_at_ms, expires_at_ms)
     SELECT '${state}' || i, 'ses_' || (i / ${each}), 'mem_' || i, 'acc_' || (i / ${each}), 't', 'zq:AAAA', '${state}', 48000, 1, 'pcm24', 0, 0, 120, 5242880,
       ${state === "uploading" ? "'gone' || i" : "NULL"}, ${NOW_MS - 9 * DAY_MS}, ${expiresAtMs} FROM n`,
  );

/** What a job can have to do at most, and more: `false` is said of each that has left something for its next run. */
const most: Record<string, () => Promise<unknown>> = {
  async "room-calls"() {
    await sessions(130);
    await run(
      `${numbers(130)} INSERT INTO room_calls (event_id, session_id, from_member_id, body, created_at_ms) SELECT 'not a call ' || i, 'ses_' || i, 'mem_' || i, '{}', 0 FROM n`,
    );
  },
  "policy-change": () => people(130),
  async "request-reminders"() {
    await people(1);
    await run(
      `${numbers(130)} INSERT INTO privacy_requests (id, account_id, kind, details, received_at_ms, due_at_ms) SELECT 'prq_' || i, 'acc_0', 'access', '', 0, i FROM n`,
    );
  },
  holds: () =>
    run(
      `${numbers(100)} INSERT INTO holds (id, reason, owner, logs_from_ms, logs_to_ms, created_at_ms, review_at_ms)
         SELECT lower('hld_' || printf('%026d', i)), 'r', 'o', 0, 1, 0, i FROM n`,
    ),
  async breaches() {
    await people(130);
    const scope = JSON.stringify({ tables: tableRules.map(([table]) => table) });
    await env.DB.prepare(
      `${numbers(8)} INSERT INTO breaches (id, kind, what_happened, consequences, measures, scope, aware_at_ms, words)
       SELECT 'bre_' || i, 'data', 'w', 'c', 'm', ?1, i, '{"en":"e","de":"d"}' FROM n`,
    )
      .bind(scope)
      .run();
    for (const notice of ["gdpr-authority", "cra-early-warning"])
      await run(
        `${numbers(8)} INSERT INTO breach_notices (breach_id, notice, due_at_ms) SELECT 'bre_' || i, '${notice}', i FROM n`,
      );
  },
  async exports() {
    await people(20);
    await sessions(20);
    await run(
      `${numbers(20)} INSERT INTO session_seats (member_id, session_id, account_id) SELECT 'mem_' || i, 'ses_' || i, 'acc_0' FROM n`,
    );
    const place = '{"at":"rows","source":0,"after":0}';
    await run(
      `${numbers(20)} INSERT INTO exports (id, account_id, requested_at_ms, place, expires_at_ms) SELECT 'exp_' || i, 'acc_' || i, i, '${place}', 9e15 FROM n`,
    );
    await run(
      `${numbers(20)} INSERT INTO exports (id, account_id, requested_at_ms, place, ready_at_ms, expires_at_ms) SELECT 'old_' || i, 'acc_' || i, i, '${place}', 1, i FROM n`,
    );
    for (let at = 0; at < 20; at++) await env.RECORDINGS.put(`exports/nobody_${at}/000000`, "left");
  },
  async "account-erasures"() {
    await people(30);
    await sessions(360);
    await run(
      `${numbers(360)} INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) SELECT 'ses_' || i, 'acc_' || (i / 12), 'mem_' || i, 'host', 0 FROM n`,
    );
    await recordings(360, 12, "uploading", NOW_MS + DAY_MS);
    await run(
      `${numbers(30)} INSERT INTO account_erasures (id, account_id, cause, confirmed_at_ms, due_at_ms, step) SELECT 'era_' || i, 'acc_' || i, 'person', i, 9e15, 'profile' FROM n`,
    );
    // A database that was put back from before forty erasures.
    for (let at = 0; at < 40; at++)
      await logErasure(env, deps, {
        erasureId: `era_back${at}`,
        accountId: `acc_back${at}`,
        confirmedAtMs: NOW_MS - at,
      });
  },
  async "session-erasures"() {
    await people(1);
    await sessions(70);
    await run(
      `${numbers(70)} INSERT INTO session_erasures (session_id, requested_at_ms, due_at_ms) SELECT 'ses_' || i, ${NOW_MS - DAY_MS}, 9e15 FROM n`,
    );
  },
  async notices() {
    await people(130);
    await sessions(130);
    await recordings(130, 1, "complete", NOW_MS + EXPIRY_NOTICES_MS[1] - 1);
  },
  async recordings() {
    await people(130);
    await sessions(130);
    await recordings(130, 1, "uploading", NOW_MS - 1);
  },
  logs: async () => undefined,
  orphans: async () => undefined,
  "small-counts": () =>
    run(
      `${numbers(5_001)} INSERT INTO usage_counts (day_ms, feature, ending, count) SELECT 0, 'GET /' || i, 'ok', 1 FROM n`,
    ),
  "waitlist-launch": () =>
    run(
      `${numbers(130)} INSERT INTO waitlist (id, email, email_index, ip_address, user_agent, language, consent_wording, consented_at_ms, confirmed_at_ms, confirm_hash)
         SELECT 'w' || i, 'w' || i || ':AAAA', i, '', '', 'en', '', 1, 1, 'h' || i FROM n`,
    ),
  async "mail-keys"() {
    for (let day = 0; day < 130; day++)
      await env.RECORDINGS.put(`keys/mail_${new Date(day * DAY_MS).toISOString().slice(0, 10)}`, "");
  },
  mail: () =>
    run(
      `${numbers(130)} INSERT INTO mail_outbox (id, address, language, template, template_values, created_at_ms, next_try_at_ms, priority)
         SELECT 'm' || i, 'w' || i || ':AAAA', 'en', 'address-changed', 'w:AAAA', ${NOW_MS}, 0, i >= 40 FROM n`,
    ),
};

const broke: string[] = [];
const late: string[] = [];
beforeAll(() => {
  vi.spyOn(console, "log").mockImplementation((line: unknown) => {
    if (/cron-broke/.test(String(line))) broke.push(String(line));
    if (/work-overdue/.test(String(line))) late.push(JSON.parse(String(line)).sweep);
  });
});
afterAll(() => vi.restoreAllMocks());
beforeEach(async () => {
  nowMs = NOW_MS;
  broke.length = 0;
  late.length = 0;
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%' AND name NOT LIKE 'hub_search%' AND name NOT LIKE 'd1_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite_%'",
  ).all<{ name: string }>();
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = on"),
    ...results.map(({ name }) => env.DB.prepare(`DELETE FROM ${name}`)),
  ]);
});

/** One run of a job, as cron makes it. Of the policy there is no version yet that everybody is written to about. */
async function once(name: string): Promise<{ spent: number; finished: boolean | undefined }> {
  const budget = new CallBudget(INVOCATION_CALLS_MAX);
  if (name !== "policy-change") {
    const outcome = await runJob(bindings, deps, name, budget);
    return { spent: budget.spent, finished: outcome?.finished };
  }
  const [latest] = policyVersions.slice(-1);
  if (latest === undefined) throw new Error("There is no policy.");
  const next = {
    ...latest,
    version: latest.version + 1,
    fromAtMs: 9e15,
    isMaterial: true,
    change: { en: "Less.", de: "Weniger." },
  };
  const share = budget.share(jobs[name]?.calls ?? 0);
  const bound = metered(bindings, deps, share);
  return { finished: (await tellPolicyChange(bound.env, bound.deps, [next])).finished, spent: budget.spent };
}

describe("X30: every job with more to do than one run can", () => {
  test("there is one of each that does not do the same however much there is", () => {
    const same = Object.keys(jobs).filter((name) => name.startsWith("retention:"));
    expect([...Object.keys(most), ...same].sort()).toEqual(Object.keys(jobs).sort());
  });

  test.each(Object.keys(most))(
    "%s makes no more calls than its own, breaks off nowhere, and leaves the rest",
    async (name) => {
      await most[name]?.();
      const { spent, finished } = await once(name);
      expect(broke).toEqual([]);
      // The walk through the store has no end: it goes on from where it has come to, run after run.
      expect(finished).toBe(name === "orphans");
      expect(spent).toBeLessThanOrEqual(jobs[name]?.calls ?? 0);
    },
  );
});

describe("X30: work that does not get through", () => {
  /** Rooms of which no answer comes, but for the last one's. */
  const onlyLast: Deps["reachRoom"] = async (_, sessionId) =>
    String(sessionId) === "ses_40" ? room : Promise.reject(new Error("The room does not answer."));
  const seats = () =>
    run(
      `${numbers(41)} INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) SELECT 'ses_' || i, 'acc_' || i, 'mem_' || i, 'host', 0 FROM n`,
    );
  const stuck: Record<string, { seed: string; finished: string }> = {
    "session-erasures": {
      seed: `INSERT INTO session_erasures (session_id, requested_at_ms, due_at_ms, next_try_at_ms) SELECT 'ses_' || i, ${NOW_MS - DAY_MS}, 9e15, i FROM n`,
      finished: "SELECT COUNT(*) AS n FROM session_erasures WHERE session_id = 'ses_40' AND finished_at_ms > 0",
    },
    "account-erasures": {
      seed: `INSERT INTO account_erasures (id, account_id, cause, confirmed_at_ms, due_at_ms, step, next_try_at_ms) SELECT 'era_' || i, 'acc_' || i, 'person', ${NOW_MS - 2 * DAY_MS}, 9e15, 'rooms', i FROM n`,
      finished: "SELECT COUNT(*) AS n FROM account_erasures WHERE id = 'era_40' AND finished_at_ms > 0",
    },
    exports: {
      seed: `INSERT INTO exports (id, account_id, requested_at_ms, place, expires_at_ms, next_try_at_ms)
        SELECT 'exp_' || i, 'acc_' || i, ${NOW_MS - 2 * DAY_MS}, '{"at":"rooms","memberId":"","after":0,"first":true}', 9e15, i FROM n`,
      finished: "SELECT COUNT(*) AS n FROM exports WHERE id = 'exp_40' AND ready_at_ms > 0",
    },
  };

  test.each(Object.entries(stuck))(
    "%s: forty that are stuck keep the one behind them waiting for some runs, and a person is told of them",
    async (name, { seed, finished }) => {
      await people(41);
      await sessions(41);
      await seats();
      await run(`${numbers(41)} ${seed}`);
      let runs = 0;
      for (; runs < 12 && (await count(finished)) === 0; runs++) {
        await runJob(bindings, { ...deps, reachRoom: onlyLast }, name);
        nowMs += 5 * 60_000;
      }
      expect(await count(finished)).toBe(1);
      expect(late).toContain(name);
    },
  );

  test("X30: a person's one deletion is done in the run in which it is due, whoever else has asked for a hundred", async () => {
    await people(2);
    await sessions(101);
    await run(
      `${numbers(101)} INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) SELECT 'ses_' || i, 'acc_' || (i = 100), 'mem_' || i, 'host', 0 FROM n`,
    );
    for (let at = 0; at <= 100; at++)
      expect(await requestErasure(env.DB, `ses_${at}` as SessionId, at === 100 ? "acc_1" : "acc_0", nowMs)).toBe(
        "requested",
      );
    nowMs += 5 * 60_000;
    await runJob(bindings, deps, "session-erasures");
    const done = "SELECT COUNT(*) AS n FROM session_erasures WHERE finished_at_ms > 0";
    expect(await count(`${done} AND session_id = 'ses_100'`)).toBe(1);
    expect(await count(done)).toBeLessThan(101);
  });
});
