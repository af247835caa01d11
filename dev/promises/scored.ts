/**
 * What the mutation score is taken over: the modules of retention, erasure and projection, each with the tests that cover it, the quickest
 * first. `within`: only what these names declare.
 */
export interface Scored {
  area: "retention" | "erasure" | "projection";
  file: string;
  within?: readonly string[];
  tests: readonly string[];
}

const RECORDINGS = ["workers/recordings/recordings.test.ts", "workers/recordings/faults.test.ts"];
const ERASURE = "test/promises/erasure.test.ts";
const RESTORED = "workers/privacy/restored.test.ts";
const ACCOUNT = "workers/privacy/account-erasure.test.ts";
const SESSION = "workers/privacy/session-erasure.test.ts";
const HOLDS = "workers/privacy/holds.test.ts";
const JOBS = ["workers/cron/jobs.test.ts", "workers/cron/maximum.test.ts"];

export const scored: readonly Scored[] = [
  { area: "retention", file: "workers/privacy/sweep.ts", tests: ["workers/privacy/retention.test.ts", HOLDS] },
  { area: "retention", file: "workers/platform/log-store.ts", tests: ["workers/platform/log-store.test.ts", HOLDS] },
  {
    area: "retention",
    file: "workers/recordings/deletion.ts",
    tests: [
      "workers/recordings/deletion.test.ts",
      SESSION,
      HOLDS,
      "workers/recordings/owner.test.ts",
      ...RECORDINGS,
      ...JOBS,
    ],
  },
  { area: "retention", file: "workers/platform/held.ts", tests: [HOLDS] },
  { area: "retention", file: "workers/privacy/held.ts", tests: ["workers/privacy/rights.test.ts"] },
  { area: "retention", file: "workers/platform/next-try.ts", tests: ["workers/platform/next-try.test.ts"] },
  {
    area: "erasure",
    file: "workers/privacy/account-erasure.ts",
    tests: ["workers/privacy/erasure-runs.test.ts", ACCOUNT, HOLDS, ERASURE, ...JOBS],
  },
  {
    area: "erasure",
    file: "workers/privacy/erasure-steps.ts",
    tests: ["workers/privacy/erasure-steps.test.ts", ACCOUNT, HOLDS, ERASURE, ...JOBS],
  },
  {
    area: "erasure",
    file: "workers/privacy/erasure-log.ts",
    tests: ["workers/privacy/erasure-log.test.ts", RESTORED, ERASURE],
  },
  {
    area: "erasure",
    file: "workers/privacy/session-erasure.ts",
    tests: [SESSION, HOLDS, "workers/sessions/faults.test.ts", ...RECORDINGS, ...JOBS],
  },
  {
    area: "erasure",
    file: "workers/privacy/leave-sessions.ts",
    tests: ["workers/privacy/leave-sessions.test.ts", ERASURE],
  },
  { area: "erasure", file: "workers/privacy/restored.ts", tests: [RESTORED] },
  {
    area: "erasure",
    file: "durable-objects/forget.ts",
    tests: ["durable-objects/forget.test.ts", "durable-objects/room.test.ts", ERASURE],
  },
  {
    area: "projection",
    file: "durable-objects/presence.ts",
    within: ["members", "waitingChanged"],
    tests: ["durable-objects/room.test.ts", "test/promises/marks.test.ts"],
  },
  {
    area: "projection",
    file: "workers/hub/profile-row.ts",
    tests: ["workers/hub/hub.test.ts", "test/promises/marks.test.ts"],
  },
  {
    area: "projection",
    file: "workers/hub/store.ts",
    within: ["findPublished", "editProfile", "statements", "unpublish"],
    tests: ["workers/hub/store.test.ts", "workers/hub/hub.test.ts", "test/promises/marks.test.ts"],
  },
  {
    area: "projection",
    file: "workers/messages/store.ts",
    within: ["seen", "shown", "rows"],
    tests: ["workers/messages/messages.test.ts", "test/promises/marks.test.ts"],
  },
];
