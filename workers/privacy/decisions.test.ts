import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Decision } from "../../protocol/decisions.ts";
import { APPEAL_WITHIN_MS } from "../../protocol/limits.ts";
import { askAs, newWorld, type World } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { flushed } from "../mail/flush.ts";
import { systemDeps } from "../platform/deps.ts";
import { opened, wordsOf } from "../testing/addresses.ts";
import { operatorToken } from "../testing/operator.ts";
import { eraseAccount } from "./account-erasure.ts";
import { answerAppeal, decideReport, tellOfDeletion } from "./decisions.ts";

let nowMs = Date.now();
const deps = { ...systemDeps, now: () => nowMs };
const app = createApp(deps);
type Who = "ada" | "ben" | "olu" | "eve";

const ask = (world: World, who: Who, method: string, path: string, body?: unknown) =>
  askAs(app, world.token[who], method, `/api/v1${path}`, body);
const decisions = async (world: World, who: Who) =>
  (await (await ask(world, who, "GET", "/account/decisions")).json<{ items: Decision[] }>()).items;
const reportTake = (world: World, who: Who) =>
  ask(world, who, "POST", `/recordings/${world.recordingId}/reports`, {
    reason: "not-theirs",
    details: "That is our record.",
  });
const fileOf = async (world: World, who: Who) => {
  const answer = await ask(world, who, "GET", `/recordings/${world.recordingId}/file`);
  await answer.arrayBuffer();
  return answer.status;
};
const mailsTo = async (world: World, who: Who) =>
  (
    await env.DB.prepare(
      "SELECT template, template_values AS said FROM mail_outbox WHERE account_id = ? ORDER BY rowid",
    )
      .bind(world.accountId[who])
      .all<{ template: string; said: string }>()
  ).results;

/** An operator's form, as their own page sends it; each sign-in needs a code of its own time. */
async function operatorForm(path: string, fields: Record<string, string>): Promise<string | null> {
  nowMs += 60_000;
  const answer = await app.request(
    `https://sessionlinked.test/operator${path}`,
    {
      method: "POST",
      redirect: "manual",
      headers: {
        Cookie: `__Host-operator=${await operatorToken(deps)}`,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(fields).toString(),
    },
    env,
  );
  return answer.headers.get("Location");
}
const openReport = async (world: World, reporter: Who) =>
  (await env.DB.prepare(
    "SELECT id FROM reports WHERE account_id = ? AND reporter_account_id = ? AND recording_id IS NOT NULL",
  )
    .bind(world.accountId.ada, world.accountId[reporter])
    .first<string>("id")) ?? "";
const decide = async (world: World, reporter: Who, measure: string) =>
  operatorForm(`/reports/${await openReport(world, reporter)}`, {
    do: "decide",
    measure,
    ground: "terms",
    facts: "The take holds a voice whose owner never agreed to it.",
    throughMs: String(nowMs),
  });
const appealOf = (world: World, who: Who, decisionId: string, text = "It is my own voice.") =>
  ask(world, who, "POST", `/account/decisions/${decisionId}/appeal`, { text });
const appealId = async (decisionId: string) =>
  (await env.DB.prepare("SELECT id FROM appeals WHERE decision_id = ?").bind(decisionId).first<string>("id")) ?? "";

test("X18: a take is reported by who sees it; it is withheld with reasons to both sides, and neither learns who the other is", async () => {
  const world = await newWorld(nowMs);
  expect((await reportTake(world, "eve")).status).toBe(404);
  expect((await reportTake(world, "ada")).status).toBe(409);
  expect((await reportTake(world, "olu")).status).toBe(202);
  expect(await decide(world, "olu", "take-withheld")).toBe("/operator?done=noted");
  // Out of everybody's sight but its owner's, at once.
  expect([await fileOf(world, "ben"), await fileOf(world, "ada")]).toEqual([404, 200]);
  const listed = await ask(world, "ben", "GET", `/sessions/${world.sessionId}/recordings`);
  expect(await listed.text()).not.toContain(world.recordingId);
  const [about, reported] = [await decisions(world, "ada"), await decisions(world, "olu")];
  expect(about).toMatchObject([{ side: "about", measure: "take-withheld", ground: "terms", takeName: "Guitar" }]);
  expect(reported).toMatchObject([{ side: "reporter", decisionId: about[0]?.decisionId, facts: about[0]?.facts }]);
  expect(await decisions(world, "eve")).toEqual([]);
  for (const who of ["ada", "olu"] as const) {
    const mails = (await mailsTo(world, who)).filter(({ template }) => template === "decision");
    expect(mails).toHaveLength(1);
    expect(JSON.stringify([mails, await decisions(world, who)])).not.toContain(
      world.accountId[who === "ada" ? "olu" : "ada"],
    );
  }
  // Decided: it is closed, and all that was open about her with it.
  expect(
    await env.DB.prepare("SELECT COUNT(*) AS n FROM reports WHERE closed_at_ms IS NULL AND account_id = ?")
      .bind(world.accountId.ada)
      .first("n"),
  ).toBe(0);
});

test("X18: an operator hears a reported take before deciding; it is noted once for whose take it is, and nobody else hears it so", async () => {
  const world = await newWorld(nowMs);
  expect((await reportTake(world, "olu")).status).toBe(202);
  const path = `/operator/reports/${await openReport(world, "olu")}/take.wav`;
  const hear = async (to: string, headers: Record<string, string> = {}) => {
    nowMs += 60_000;
    const Cookie = `__Host-operator=${await operatorToken(deps)}`;
    return app.request(`https://sessionlinked.test${to}`, { redirect: "manual", headers: { Cookie, ...headers } }, env);
  };
  const whole = await ask(world, "ada", "GET", `/recordings/${world.recordingId}/file`);
  const sound = await (await hear(path)).arrayBuffer();
  expect(sound).toEqual(await whole.arrayBuffer());
  const piece = await hear(path, { Range: "bytes=0-43" });
  expect([piece.status, (await piece.arrayBuffer()).byteLength]).toEqual([206, 44]);
  const { results } = await env.DB.prepare(
    "SELECT operator_id AS by FROM operator_actions WHERE account_id = ? AND what = ?",
  )
    .bind(world.accountId.ada, "reports.hear-take")
    .all<{ by: string }>();
  // Each `hear` signs in another operator: one deed of each, not one of each piece.
  expect(new Set(results.map(({ by }) => by)).size).toBe(results.length);
  expect(results).toHaveLength(2);
  // Its page shows where to hear it.
  expect(await (await hear("/operator")).text()).toContain(`src="${path}"`);
  // Not a person with an account, be it whoever reported it; not by another report's name; not once it is decided.
  const bearer = { Authorization: `Bearer ${world.token.olu}` };
  const person = await app.request(`https://sessionlinked.test${path}`, { redirect: "manual", headers: bearer }, env);
  expect(person.status).toBe(303);
  expect((await hear("/operator/reports/rep_00000000000000000000000000/take.wav")).status).toBe(404);
  expect((await hear("/operator/reports/x/take.wav")).status).toBe(404);
  expect(await decide(world, "olu", "take-withheld")).toBe("/operator?done=noted");
  expect((await hear(path)).status).toBe(404);
});

test("X18: what one operator hears in ten minutes is noted once, and again after them; a look is noted each time, be it by a clock that is behind", async () => {
  const world = await newWorld(nowMs);
  await reportTake(world, "olu");
  const Cookie = `__Host-operator=${await operatorToken(deps)}`;
  const get = async (path: string, Range = "bytes=0-43") => {
    const headers = { Cookie, Range };
    const answer = await app.request(`https://sessionlinked.test${path}`, { redirect: "manual", headers }, env);
    await answer.arrayBuffer();
    return answer.status;
  };
  const noted = async (what: string) =>
    env.DB.prepare("SELECT COUNT(*) AS n FROM operator_actions WHERE account_id = ? AND what = ?")
      .bind(world.accountId.ada, what)
      .first<number>("n");
  const take = `/operator/reports/${await openReport(world, "olu")}/take.wav`;
  for (const range of ["bytes=0-43", "bytes=44-87", "bytes=88-"]) expect(await get(take, range)).toBe(206);
  expect(await noted("reports.hear-take")).toBe(1);
  nowMs += 10 * 60_000;
  expect(await get(take)).toBe(206);
  expect(await noted("reports.hear-take")).toBe(2);
  expect(await get("/operator")).toBe(200);
  nowMs -= 5;
  expect(await get("/operator")).toBe(200);
  expect(await noted("overview.read")).toBe(2);
});

test("X18: an appeal is taken once, in its time, from the two sides alone; taken back, the measure ends and both are told", async () => {
  const world = await newWorld(nowMs);
  await reportTake(world, "olu");
  await decide(world, "olu", "take-withheld");
  const decisionId = (await decisions(world, "ada"))[0]?.decisionId ?? "";
  expect((await appealOf(world, "eve", decisionId)).status).toBe(404);
  expect((await appealOf(world, "ada", decisionId, "")).status).toBe(422);
  expect((await appealOf(world, "ada", decisionId)).status).toBe(204);
  expect((await appealOf(world, "ada", decisionId)).status).toBe(409);
  const Cookie = `__Host-operator=${await operatorToken(deps)}`;
  const read = async (path: string) => app.request(`https://sessionlinked.test${path}`, { headers: { Cookie } }, env);
  const take = `/operator/appeals/${await appealId(decisionId)}/take.wav`;
  // What is to be decided anew is heard anew, withheld or not.
  expect(await (await read("/operator")).text()).toContain(`src="${take}"`);
  expect((await read(take)).headers.get("content-type")).toBe("audio/wav");
  expect(
    await env.DB.prepare("SELECT COUNT(*) AS n FROM operator_actions WHERE account_id = ? AND what = ?")
      .bind(world.accountId.ada, "reports.hear-take")
      .first("n"),
  ).toBe(1);
  const step = { do: "reverse", answer: "She showed us that the voice is hers." };
  expect(await operatorForm(`/appeals/${await appealId(decisionId)}`, step)).toBe("/operator?done=noted");
  expect(await operatorForm(`/appeals/${await appealId(decisionId)}`, step)).toBe("/operator?problem=refused");
  expect((await read(take)).status).toBe(404);
  expect(await fileOf(world, "ben")).toBe(200);
  expect(await decisions(world, "ada")).toMatchObject([
    { reversedAtMs: nowMs - 60_000, appeal: { answer: step.answer } },
  ]);
  for (const who of ["ada", "olu"] as const)
    expect((await mailsTo(world, who)).map(({ template }) => template)).toContain("appeal-decided");
});

test("A4: a profile that a decision took off the Hub stays off it; without a measure nobody is told that they were reported", async () => {
  const world = await newWorld(nowMs);
  const publish = async () => (await ask(world, "ada", "PUT", "/profile/publication")).status;
  expect(await publish()).toBe(200);
  await reportTake(world, "olu");
  await decide(world, "olu", "profile-unpublished");
  expect((await ask(world, "eve", "GET", `/hub/profiles/${world.profileId}`)).status).toBe(404);
  expect(await publish()).toBe(403);
  const decisionId = (await decisions(world, "ada"))[0]?.decisionId ?? "";
  nowMs += APPEAL_WITHIN_MS;
  await env.DB.prepare("UPDATE sign_ins SET expires_at_ms = ?1, last_used_at_ms = ?2")
    .bind(nowMs + 1e9, nowMs)
    .run();
  expect((await appealOf(world, "ada", decisionId)).status).toBe(410);
  nowMs -= APPEAL_WITHIN_MS;

  const other = await newWorld(nowMs);
  await reportTake(other, "olu");
  await decide(other, "olu", "none");
  expect(await decisions(other, "ada")).toEqual([]);
  expect(await mailsTo(other, "ada")).toEqual([]);
  const [none] = await decisions(other, "olu");
  expect(none).toMatchObject({ side: "reporter", measure: "none" });
  // Who reported may say that this is wrong: their report is open again.
  expect((await appealOf(other, "olu", none?.decisionId ?? "")).status).toBe(204);
  await operatorForm(`/appeals/${await appealId(none?.decisionId ?? "")}`, {
    do: "reverse",
    answer: "We looked too quickly at it.",
  });
  expect(await openReport(other, "olu")).not.toBe("");
  expect(await decide(other, "olu", "take-withheld")).toBe("/operator?done=noted");
});

test("X18: two of us who decide one report, or answer one appeal, at once: the first one counts, and each side hears of it once", async () => {
  const world = await newWorld(nowMs);
  await reportTake(world, "olu");
  const reportId = await openReport(world, "olu");
  const facts = "The take holds a voice whose owner never agreed to it.";
  const decision = { do: "decide", measure: "take-withheld", ground: "terms", facts } as const;
  const decided = await Promise.all([1, 2].map(() => decideReport(env, deps, reportId, nowMs, decision)));
  expect(decided.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
  expect(await decisions(world, "ada")).toHaveLength(1);
  expect((await decideReport(env, deps, reportId, nowMs, decision)).ok).toBe(false);
  expect((await mailsTo(world, "ada")).filter(({ template }) => template === "decision")).toHaveLength(1);

  const decisionId = (await decisions(world, "ada"))[0]?.decisionId ?? "";
  await appealOf(world, "ada", decisionId);
  const id = await appealId(decisionId);
  const stands = await answerAppeal(env, deps, id, { do: "uphold", answer: "It stands." });
  nowMs += 1;
  const late = await answerAppeal(env, deps, id, { do: "reverse", answer: "It does not." });
  expect([stands.ok, late.ok]).toEqual([true, false]);
  expect(await fileOf(world, "ben")).toBe(404);
});

test("E3, X18: why an account is deleted reaches whom it was about after their key has ended, and who reported", async () => {
  const world = await newWorld(nowMs);
  await reportTake(world, "ben");
  const { reportId, accountId } = world;
  const facts = "The account was opened in the name of another drummer.";
  // What earlier requests send in the background takes no mail of this one along.
  await flushed();
  await tellOfDeletion(env, deps, reportId, accountId.ada, { ground: "terms", facts });
  expect(await eraseAccount(env, deps, accountId.ada, "operator")).toBe(true);
  const { results } = await env.DB.prepare(
    "SELECT account_id AS accountId, address, template_values AS letter FROM mail_outbox WHERE template = 'account-deleted' ORDER BY account_id",
  ).all<{ accountId: string | null; address: string; letter: string }>();
  const [about, reporter, ...more] = await Promise.all(
    results.map(async (row) => [row.accountId, await opened(row.address), await wordsOf(row.letter)]),
  );
  expect(more).toEqual([]);
  expect(about).toEqual([null, `${accountId.ada}@example.org`, { side: "about", ground: "terms", facts }]);
  expect(reporter).toEqual([
    accountId.ben,
    `${accountId.ben}@example.org`,
    { side: "reporter", ground: "terms", facts },
  ]);
});
