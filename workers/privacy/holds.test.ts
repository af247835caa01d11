import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { signInEvents } from "../../migrations/schema.ts";
import { DAY_MS, HOLD_REVIEW_MAX_MS, LOG_RETENTION_MS } from "../../protocol/retention.ts";
import { newWorld } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { runJob } from "../cron/jobs.ts";
import { CallBudget } from "../platform/call-budget.ts";
import { systemDeps } from "../platform/deps.ts";
import { log, takeLog } from "../platform/log.ts";
import { keepLog, sweepLogs } from "../platform/log-store.ts";
import { sweepRecordings } from "../recordings/deletion.ts";
import { addressOfAccount } from "../testing/addresses.ts";
import { operatorToken } from "../testing/operator.ts";
import { SEALED } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db } from "../testing/tables.ts";
import { continueErasures, eraseAccount, findAccountErasure } from "./account-erasure.ts";
import { activeHolds, handleHold, placeHold } from "./holds.ts";
import { requestErasure } from "./session-erasure.ts";
import { sweepTable } from "./sweep.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs, sleep: async () => undefined });
const reason = "Complaint 12 of the authority, about a threat.";
const reviewAt = startMs + 30 * DAY_MS;

async function hold(accountId: string) {
  const email = (await addressOfAccount(accountId)) ?? "";
  const placed = await placeHold(env, at(startMs), "Ona", { what: "account", reason, email, reviewAt });
  expect(placed.ok).toBe(true);
  const { id } = (await env.DB.prepare("SELECT id FROM holds WHERE account_id = ? AND released_at_ms IS NULL")
    .bind(accountId)
    .first<{ id: string }>()) ?? { id: "" };
  return id;
}
const is = async (sql: string, ...values: unknown[]) =>
  (await env.DB.prepare(sql)
    .bind(...values)
    .first()) !== null;
const object = (world: { sessionId: string; recordingId: string }) =>
  env.RECORDINGS.head(`recordings/${world.sessionId}/${world.recordingId}.wav`);

test("E5: a log of held days stays beyond its thirty, from the first instant of them to the last; the days beside it do not; released, it goes", async () => {
  takeLog();
  for (const day of [0, 1, 2]) {
    log({ event: "turn-unavailable" });
    await keepLog(env, at(startMs + day * DAY_MS));
  }
  const [from, to] = [startMs + DAY_MS, startMs + DAY_MS];
  const placed = await placeHold(env, at(startMs), "Ona", { what: "logs", reason, from, to, reviewAt });
  expect(placed.ok).toBe(true);
  const laterMs = startMs + 3 * DAY_MS + LOG_RETENTION_MS;
  const days = async () =>
    (await env.RECORDINGS.list({ prefix: "logs/" })).objects.map(
      ({ key }) => (Number(key.slice(5, 18)) - startMs) / DAY_MS,
    );
  expect(await sweepLogs(env, at(laterMs), new CallBudget(20))).toMatchObject({ done: 2, finished: true });
  expect(await days()).toEqual([1]);
  const [held] = await activeHolds(env, systemDeps);
  expect(held).toMatchObject({ owner: "Ona", reason, displayName: null, logsFromMs: from, logsToMs: to + DAY_MS });
  expect((await handleHold(env, at(laterMs), held?.holdId ?? "", { do: "release" })).ok).toBe(true);
  await sweepLogs(env, at(laterMs), new CallBudget(20));
  expect(await days()).toEqual([]);
});

test("E3, E5: who is held and erases is closed and off the Hub at once, told so, and gone with the release", async () => {
  const world = await newWorld(startMs);
  const { ada, ben } = world.accountId;
  const holdId = await hold(ada);
  expect(await eraseAccount(env, at(startMs), ada, "person")).toBe(false);
  const erasureId =
    (await env.DB.prepare("SELECT id FROM account_erasures WHERE account_id = ?").bind(ada).first<string>("id")) ?? "";
  expect(await findAccountErasure(env.DB, erasureId)).toMatchObject({
    finishedAtMs: null,
    heldUntilReviewAtMs: reviewAt,
  });
  expect(await is("SELECT 1 FROM sign_ins WHERE account_id = ?", ada)).toBe(false);
  expect(await is("SELECT 1 FROM profiles WHERE account_id = ? AND published_at_ms IS NOT NULL", ada)).toBe(false);
  // What it is about stays as it was: readable, and in its place.
  expect(await env.RECORDINGS.head(`keys/${ada}`)).not.toBeNull();
  for (const table of ["session_members", "session_seats"])
    expect(await is(`SELECT 1 FROM ${table} WHERE account_id = ?`, ada), table).toBe(true);
  const page = await createApp(at(startMs)).request(`https://sessionlinked.test/erasure/${erasureId}`, {}, env);
  expect(await page.text()).toContain("17 (3) (e)");
  // Nobody else waits for it.
  await eraseAccount(env, at(startMs), ben, "person");
  expect(await is("SELECT 1 FROM accounts WHERE id = ?", ben)).toBe(false);
  await continueErasures(env, at(startMs), plenty());
  expect(await is("SELECT 1 FROM accounts WHERE id = ?", ada)).toBe(true);
  expect(await object(world)).not.toBeNull();
  await handleHold(env, at(startMs), holdId, { do: "release" });
  expect(await is("SELECT 1 FROM holds WHERE id = ? AND released_at_ms IS NOT NULL", holdId)).toBe(true);
  for (let run = 0; run < 3; run++) await continueErasures(env, at(startMs + run * 3_600_000), plenty());
  expect(await is("SELECT 1 FROM accounts WHERE id = ?", ada)).toBe(false);
  expect(await object(world)).toBeNull();
  expect(await is("SELECT 1 FROM holds WHERE account_id = ?", ada)).toBe(false);
});

test("E5, E1, E2, E6: what is held outlives its end, a deleted session too; others' goes in time; released, it goes", async () => {
  const [world, other] = [await newWorld(startMs), await newWorld(startMs)];
  const holdId = await hold(world.accountId.ada);
  for (const { recordingId } of [world, other])
    await env.DB.prepare("UPDATE recordings SET expires_at_ms = ? WHERE id = ?").bind(startMs, recordingId).run();
  for (const { accountId } of [world, other])
    await db
      .insert(signInEvents)
      .values({ id: `evt_${accountId.ada}`, accountId: accountId.ada, method: "password", label: SEALED, atMs: 1 });
  expect(await requestErasure(env.DB, world.sessionId, world.accountId.ada, startMs)).toBe("requested");
  const sweep = async (nowMs: number) => {
    await sweepRecordings(env, at(nowMs), 5, new CallBudget(100));
    await sweepTable(env, at(nowMs), "signInEvents", 100);
    await runJob(env, at(nowMs), "session-erasures");
  };
  const left = async ({ recordingId, accountId }: typeof world) => [
    await is("SELECT 1 FROM recordings WHERE id = ?", recordingId),
    await is("SELECT 1 FROM sign_in_events WHERE id = ?", `evt_${accountId.ada}`),
  ];
  await sweep(startMs + 3_600_000);
  expect(await left(world)).toEqual([true, true]);
  expect(await object(world)).not.toBeNull();
  expect(await left(other)).toEqual([false, false]);
  await handleHold(env, at(startMs), holdId, { do: "release" });
  for (let hour = 2; hour < 5; hour++) await sweep(startMs + hour * 3_600_000);
  expect(await left(world)).toEqual([false, false]);
  expect(await object(world)).toBeNull();
});

test("E5: of two who were held, who is released is swept while the other stays, and a hold on logs is a hold on nobody", async () => {
  const [held, released] = [await newWorld(startMs), await newWorld(startMs)];
  await hold(held.accountId.ada);
  const holdId = await hold(released.accountId.ada);
  const days = { from: startMs, to: startMs };
  expect((await placeHold(env, at(startMs), "Ona", { what: "logs", reason, ...days, reviewAt })).ok).toBe(true);
  for (const { accountId } of [held, released])
    await db
      .insert(signInEvents)
      .values({ id: `evt_${accountId.ada}`, accountId: accountId.ada, method: "password", label: SEALED, atMs: 1 });
  const sweep = () => sweepTable(env, at(startMs), "signInEvents", 100);
  const left = ({ accountId }: typeof held) => is("SELECT 1 FROM sign_in_events WHERE id = ?", `evt_${accountId.ada}`);
  await sweep();
  expect([await left(held), await left(released)]).toEqual([true, true]);
  await handleHold(env, at(startMs), holdId, { do: "release" });
  await sweep();
  expect([await left(held), await left(released)]).toEqual([true, false]);
});

test("E5: a hold has a reason, an owner and a review in ninety days at most, by an operator's form, noted for its person", async () => {
  const world = await newWorld(startMs);
  const email = (await addressOfAccount(world.accountId.ben)) ?? "";
  const cookie = `__Host-operator=${await operatorToken(at(startMs))}`;
  const post = async (path: string, fields: Record<string, string>, nowMs = startMs) =>
    (
      await createApp(at(nowMs)).request(
        `https://sessionlinked.test${path}`,
        {
          method: "POST",
          headers: {
            Cookie: cookie,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
          },
          body: new URLSearchParams(fields).toString(),
        },
        env,
      )
    ).headers.get("Location");
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const fields = { what: "account", email, reason, reviewAt: day(startMs + 30 * DAY_MS) };
  const [amiss, refused, done] = ["/operator?problem=amiss", "/operator?problem=refused", "/operator?done=noted"];
  expect(await post("/operator/holds", { ...fields, reason: "Because" })).toBe(amiss);
  expect(await post("/operator/holds", { ...fields, reviewAt: day(startMs + HOLD_REVIEW_MAX_MS + DAY_MS) })).toBe(
    amiss,
  );
  expect(await post("/operator/holds", { ...fields, email: "nobody@example.org" })).toBe(amiss);
  expect(await post("/operator/holds", fields)).toBe(done);
  const held = (await activeHolds(env, systemDeps)).find(
    ({ reason: why, displayName }) => why === reason && displayName !== null,
  );
  const page = await createApp(at(startMs)).request(
    "https://sessionlinked.test/operator",
    { headers: { Cookie: cookie } },
    env,
  );
  expect(await page.text()).toContain(reason);
  expect(
    await is("SELECT 1 FROM operator_actions WHERE account_id = ? AND what = 'holds.place'", world.accountId.ben),
  ).toBe(true);
  // Its review is told once, and moved on by who still needs it.
  const mails = async () =>
    (await env.DB.prepare("SELECT COUNT(*) AS n FROM mail_outbox WHERE template = 'hold-due'").first<number>("n")) ?? 0;
  const before = await mails();
  for (let run = 0; run < 2; run++) await runJob(env, at(startMs + 31 * DAY_MS), "holds");
  const told = (await mails()) - before;
  expect(told).toBeGreaterThan(0);
  await runJob(env, at(startMs + 32 * DAY_MS), "holds");
  expect((await mails()) - before).toBe(told);
  const path = `/operator/holds/${held?.holdId}`;
  expect(await post(path, { do: "go-on", reviewAt: day(startMs + 91 * DAY_MS) })).toBe(amiss);
  expect(await post(path, { do: "go-on", reviewAt: day(startMs + 60 * DAY_MS) })).toBe(done);
  expect(await post(path, { do: "release" })).toBe(done);
  expect(await post(path, { do: "release" })).toBe(refused);
});
