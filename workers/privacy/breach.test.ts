import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { accounts, waitlist } from "../../migrations/schema.ts";
import { Breach, type RegisterBreach } from "../../protocol/breaches.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { newWorld } from "../../test/promises/world.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sealed } from "../testing/addresses.ts";
import { accountRow } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db, fill } from "../testing/tables.ts";
import { clocks } from "./breach-clocks.ts";
import { continueBreaches, handleBreach, listBreaches, registerBreach } from "./breaches.ts";

const HOUR_MS = 3_600_000;
const startMs = Date.now();
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
const breach = (scope: RegisterBreach["scope"], kind: RegisterBreach["kind"] = "data"): RegisterBreach => ({
  kind,
  whatHappened: "A copy of a table lay open for an hour.",
  consequences: "Somebody may know what you recorded, and when.",
  measures: "It is closed, and its key is worthless.",
  scope,
  awareAtMs: startMs,
});
const register = async (scope: RegisterBreach["scope"], kind?: RegisterBreach["kind"]) => {
  const id = await registerBreach(env, at(startMs), breach(scope, kind));
  if (id === null) throw new Error("It was not registered.");
  return id;
};
const found = async (breachId: string) =>
  Breach.parse((await listBreaches(env.DB)).find((one) => one.breachId === breachId));
const peopleOf = async (breachId: string) =>
  (
    await env.DB.prepare("SELECT account_id AS id FROM breach_people WHERE breach_id = ? ORDER BY 1")
      .bind(breachId)
      .all<{ id: string }>()
  ).results.map(({ id }) => id);
const mails = async (like: string) =>
  (await env.DB.prepare("SELECT COUNT(*) AS n FROM mail_outbox WHERE id LIKE ?").bind(like).first<number>("n")) ?? 0;

test("G4: who is affected comes from what the tables hold: owners, members by way of another table, addresses without an account", async () => {
  const world = await newWorld(startMs);
  const other = await newWorld(startMs);
  const { ada, ben, olu, pat } = world.accountId;
  const { sessionId } = world;
  expect(await peopleOf(await register({ tables: ["recordings"], sessionId }))).toEqual([ada]);
  expect(await peopleOf(await register({ tables: ["sessionMembers"], sessionId }))).toEqual(
    [ada, ben, olu, pat].sort(),
  );
  // A session's invites lead to its members; another session's people are not among them.
  const members = await peopleOf(await register({ tables: ["invites"], sessionId }));
  expect(members).toEqual([ada, ben, olu, pat].sort());
  expect(members).not.toContain(other.accountId.ada);
  // Nothing was written before the world began.
  expect(await peopleOf(await register({ tables: ["recordings"], untilMs: startMs - 1 }))).toEqual([]);

  const addresses = await Promise.all(
    ["nobody@example.org", `${ada}@example.org`].map((address) => sealed("wai_1", address)),
  );
  await db.insert(waitlist).values(
    addresses.map(({ email, emailIndex }) => ({
      id: emailIndex,
      email,
      emailIndex,
      ipAddress: "" as const,
      userAgent: "" as const,
      language: "de" as const,
      consentWording: "",
      consentedAtMs: startMs,
      confirmHash: emailIndex,
    })),
  );
  const listed = await register({ tables: ["waitlist"] });
  const { results } = await env.DB.prepare("SELECT account_id, email FROM breach_people WHERE breach_id = ?")
    .bind(listed)
    .all();
  expect(results).toHaveLength(2);
  expect(results).toEqual(
    expect.arrayContaining([
      { account_id: null, email: addresses[0]?.email },
      { account_id: ada, email: null },
    ]),
  );
  // What is no table, or does not say whose session it is, is refused.
  expect(await registerBreach(env, at(startMs), breach({ tables: ["nowhere"] }))).toBeNull();
  expect(await registerBreach(env, at(startMs), breach({ tables: ["profiles"], sessionId }))).toBeNull();
});

test("G4: each law's clock is data: 72 h, and for the app 24 h, 72 h and 14 days after the remedy", async () => {
  const id = await register({ tables: ["recordings"] }, "both");
  const due = async () =>
    Object.fromEntries(
      (await found(id)).notices.map(({ notice, dueAtMs }) => [notice, dueAtMs === null ? null : dueAtMs - startMs]),
    );
  expect(clocks.map(({ notice }) => notice).sort()).toEqual(Object.keys(await due()).sort());
  expect(await due()).toEqual({
    "cra-early-warning": 24 * HOUR_MS,
    "gdpr-authority": 72 * HOUR_MS,
    "gdpr-people": 72 * HOUR_MS,
    "cra-notification": 72 * HOUR_MS,
    "cra-final-report": null,
  });
  await handleBreach(env, at(startMs + DAY_MS), id, { do: "fixed", measures: "An update is out." });
  expect((await due())["cra-final-report"]).toBe(15 * DAY_MS);
});

test("G4: the drill: registered, drafted, reminded, the people told once each in paced steps, recorded, closed", async () => {
  const world = await newWorld(startMs);
  const here: Env = { ...env, EMAIL: { send: async () => undefined } as unknown as Env["EMAIL"] };
  // A year's worth of strangers besides: more than one run may write to.
  await fill(accounts, 230, (at) => ({ ...accountRow(`acc_drill${at}`), createdAtMs: startMs + 5 }));
  await env.DB.prepare("DELETE FROM breaches").run();
  const id = await register({ tables: ["accounts"], fromMs: startMs + 1, untilMs: startMs + 10 });
  expect((await found(id)).affected).toBe(230);
  expect(await peopleOf(id)).not.toContain(world.accountId.ada);
  const authority = (await found(id)).notices.find(({ notice }) => notice === "gdpr-authority");
  expect(authority?.draft).toContain("People affected: 230");
  expect(authority?.draft).toContain("Article 33");

  // Nobody is written to before an operator says so, and an operator is reminded a day before the clock ends.
  await continueBreaches(here, at(startMs + 48 * HOUR_MS - 1), plenty());
  expect(await mails("breach-%")).toBe(0);
  expect(await mails("notices-%")).toBe(0);
  await continueBreaches(here, at(startMs + 48 * HOUR_MS), plenty());
  await continueBreaches(here, at(startMs + 49 * HOUR_MS), plenty());
  expect(await mails("notices-%")).toBe(1);

  expect(await handleBreach(here, at(startMs), id, { do: "close" })).toMatchObject({ reason: "untold" });
  await handleBreach(here, at(startMs), id, { do: "tell-people" });
  const told: number[] = [];
  for (let run = 0; run < 4; run++) {
    await continueBreaches(here, at(startMs + 50 * HOUR_MS + run), plenty());
    told.push((await found(id)).told);
  }
  expect(told).toEqual([100, 200, 230, 230]);
  expect(await mails("breach-%")).toBe(230);
  const people = (await found(id)).notices.find(({ notice }) => notice === "gdpr-people");
  expect(people?.proof).toBe("230 people");
  const deadline = people?.dueAtMs ?? 0;
  expect(people?.sentAtMs).toBeLessThanOrEqual(deadline);
  await handleBreach(here, at(startMs + 60 * HOUR_MS), id, {
    do: "note-sent",
    notice: "gdpr-authority",
    proof: "ICO 4711",
  });
  expect(await handleBreach(here, at(startMs + 61 * HOUR_MS), id, { do: "close" })).toMatchObject({ ok: true });
  expect(await handleBreach(here, at(startMs + 61 * HOUR_MS), id, { do: "close" })).toMatchObject({
    reason: "not-found",
  });
  // Somebody who is erased is no longer named in it; how many there were stays.
  await env.DB.prepare("DELETE FROM accounts WHERE id = 'acc_drill1'").run();
  expect(await peopleOf(id)).toHaveLength(229);
  expect((await found(id)).affected).toBe(230);
});
