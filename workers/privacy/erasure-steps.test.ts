import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import {
  accountErasures,
  accounts,
  conversations,
  erasureReceipts,
  mailOutbox,
  profiles,
  sessionErasures,
  sessions,
  waitlist,
} from "../../migrations/schema.ts";
import { ERASURE_DEADLINE_MS } from "../../protocol/retention.ts";
import { keepSample, sampleKey } from "../hub/sample.ts";
import { editProfile } from "../hub/store.ts";
import { addressOf, queueMail, stranger } from "../mail/outbox.ts";
import { CallBudget, metered } from "../platform/call-budget.ts";
import { systemDeps } from "../platform/deps.ts";
import { forgetKept } from "../platform/personal-keys.ts";
import { named, opened, sealed, wordsOf } from "../testing/addresses.ts";
import { SEALED } from "../testing/rows.ts";
import { plenty } from "../testing/studio.ts";
import { db, fill } from "../testing/tables.ts";
import { continueErasures } from "./account-erasure.ts";
import { STEP_CALLS_MAX, steps, type Work } from "./erasure-steps.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const startMs = Date.parse("2027-05-01T00:00:00Z");
const deps = { ...systemDeps, now: () => startMs, sleep: async () => undefined };
const [ada, ben, noor] = ["acc_ada", "acc_ben", "acc_noor"];
const addressFor = (accountId: string) => `${accountId}@example.org`;
const ROWS = 10_000;

async function account(accountId: string): Promise<void> {
  const who = { ...(await sealed(accountId, addressFor(accountId))), ...(await named(accountId, accountId)) };
  await db.insert(accounts).values({ id: accountId, ...who, createdAtMs: 0 });
}
/** An account's erasure has come to a step. */
async function begun(accountId: string, cause: "person" | "operator" = "person", step = "rows"): Promise<Work> {
  const erasureId = `era_${accountId}`;
  const times = { confirmedAtMs: startMs, dueAtMs: startMs + ERASURE_DEADLINE_MS };
  await db.insert(accountErasures).values({ id: erasureId, accountId, cause, step, ...times });
  await db.insert(erasureReceipts).values({ erasureId });
  return { erasureId, accountId };
}
/** A step by itself, with every call that it makes counted. */
async function take(step: string, work: Work, budget = plenty()) {
  const bound = metered(env, deps, budget);
  return await steps[step]?.(bound.env, bound.deps, work, budget);
}

/** What two write to each other, and the key that it lies under. */
async function talk(id: string, one: string, other: string): Promise<void> {
  const [firstAccountId = "", secondAccountId = ""] = [one, other].sort();
  await db.insert(conversations).values({ id, firstAccountId, secondAccountId, createdAtMs: 0, lastMessageAtMs: 0 });
  await env.RECORDINGS.put(`keys/${id}`, "a key");
}
async function wait(id: string, address: string): Promise<void> {
  const row = { ...(await sealed(id, address)), ipAddress: SEALED, userAgent: SEALED, language: "en" as const };
  await db.insert(waitlist).values({ id, ...row, consentWording: "", consentedAtMs: 0, confirmHash: id });
}
const keys = async () =>
  (await env.RECORDINGS.list({ prefix: "keys/" })).objects
    .map(({ key }) => key.slice("keys/".length))
    .filter((key) => !key.startsWith("mail_"));
const mails = () => db.select().from(mailOutbox).orderBy(mailOutbox.id);

beforeEach(async () => {
  for (const table of [mailOutbox, waitlist, sessionErasures, sessions, accountErasures, accounts])
    await db.delete(table);
  for (const table of ["hub_search", "hub_spellings"]) await env.DB.prepare(`DELETE FROM ${table}`).run();
  await env.RECORDINGS.delete((await env.RECORDINGS.list()).objects.map(({ key }) => key));
  forgetKept();
  for (const one of [ada, ben, noor]) await account(one);
});

test("A4, E3: first nobody finds the person: their profile is off the Hub with every word of it, and each of their sounds is gone", async () => {
  const profileOf = async (accountId: string) => {
    const edited = await editProfile(env, deps, accountId, { bio: `theremin ${accountId}`, published: true });
    const id = edited?.after.id ?? "";
    const sample = await keepSample(env, deps, id, new Uint8Array([1, 2, 3]), "audio/wav");
    await editProfile(env, deps, accountId, sample);
    // An upload that nothing names.
    await env.RECORDINGS.put(sampleKey(id, "unnamed"), "sound");
    return id;
  };
  const [adas, bens] = [await profileOf(ada), await profileOf(ben)];
  expect(await take("profile", await begun(ada))).toBe("done");
  const places = await db
    .select({ id: profiles.id, at: profiles.hubPosition })
    .from(profiles)
    .orderBy(profiles.accountId);
  expect(places).toEqual([
    { id: adas, at: null },
    { id: bens, at: 2 },
  ]);
  const { results } = await env.DB.prepare("SELECT rowid FROM hub_search").all();
  expect(results).toEqual([{ rowid: 2 }]);
  expect((await env.RECORDINGS.list({ prefix: `samples/${adas}/` })).objects).toEqual([]);
  expect((await env.RECORDINGS.list({ prefix: `samples/${bens}/` })).objects).toHaveLength(2);
  // Who has told nothing of themselves has nothing to take away.
  expect(await take("profile", await begun(noor))).toBe("done");
});

test("E3: with the person's key end those of their conversations and of their place on the waiting list, and nobody else's", async () => {
  await talk("cnv_1", ada, ben);
  await talk("cnv_2", noor, ada);
  await talk("cnv_3", ben, noor);
  await wait("wl_ada", addressFor(ada));
  await wait("wl_ben", addressFor(ben));
  const work = await begun(ada, "person", "key");
  expect(await take("key", work)).toBe("done");
  expect(await keys()).toEqual([ben, noor, "cnv_3", "wl_ben"].sort());
  // Somebody writes to the person, or about them, before their rows go.
  await env.RECORDINGS.put("keys/cnv_1", "made anew");
  await env.RECORDINGS.put("keys/wl_ada", "made anew");
  await env.RECORDINGS.put(`keys/${ada}`, "made anew");
  expect(await take("rows", work)).toBe("done");
  expect(await keys()).toEqual([ben, noor, "cnv_3", "wl_ben"].sort());
  expect(await db.select({ id: waitlist.id }).from(waitlist)).toEqual([{ id: "wl_ben" }]);
});

test("E3, X30: of ever so many conversations each key ends, a thousand at a time", async () => {
  const many = 2_001;
  await fill(accounts, many, (n) => ({
    id: `zz_${n}`,
    email: SEALED,
    emailIndex: `${n}`,
    displayName: SEALED,
    createdAtMs: 0,
  }));
  await fill(conversations, many, (n) => ({
    id: `cnv_${String(n).padStart(4, "0")}`,
    firstAccountId: ada,
    secondAccountId: `zz_${n}`,
    createdAtMs: 0,
    lastMessageAtMs: 0,
  }));
  const ended: string[] = [];
  const RECORDINGS = new Proxy(env.RECORDINGS, {
    get: (bucket, name) => {
      const value: unknown =
        name === "delete" ? async (some: string[]) => void ended.push(...some) : Reflect.get(bucket, name);
      return typeof value === "function" ? value.bind(bucket) : value;
    },
  });
  const budget = new CallBudget(STEP_CALLS_MAX);
  const bound = metered({ ...env, RECORDINGS }, deps, budget);
  expect(await steps.key?.(bound.env, bound.deps, await begun(ada, "person", "key"), budget)).toBe("done");
  expect(ended.filter((key) => key.startsWith("keys/cnv_"))).toHaveLength(many);
  expect(new Set(ended).size).toBe(many + 1);
  expect(budget.spent).toBeLessThan(30);
});

test("E3: what is still to reach the person reaches them after their key has ended, and the last mail of all; others' mail is as it was", async () => {
  const queue = async (id: string, to: Awaited<ReturnType<typeof stranger>>) =>
    env.DB.batch([await queueMail(env, deps, { id, to, template: "erased", values: { link: "https://a.example/1" } })]);
  for (const one of [ada, ben]) {
    const to = await addressOf(env.DB, one);
    if (to !== null) await queue(`mail of ${one}`, to);
  }
  await queue("mail of noor's day", await stranger(env, deps, addressFor(noor), "en"));
  const before = await mails();
  const work = await begun(ada, "person", "key");
  expect(await take("key", work)).toBe("done");
  const [first, ...others] = await mails();
  expect(await env.RECORDINGS.head(`keys/${ada}`)).toBeNull();
  expect(await opened(first?.address ?? "")).toBe(addressFor(ada));
  expect(others).toEqual(before.slice(1));
  const emails = await db.select({ email: accounts.email }).from(accounts).orderBy(accounts.id);
  expect(await Promise.all(emails.map(({ email }) => opened(email)))).toEqual([ada, ben, noor].map(addressFor));
  // What lies under the key of a day is not sealed again by a run that comes a second time.
  expect(await take("key", work)).toBe("done");
  expect((await mails())[0]).toEqual(first);

  expect(await take("rows", work)).toBe("done");
  const [farewell, ...rest] = await mails();
  expect(rest).toEqual(before.slice(1));
  expect(farewell).toMatchObject({ id: `erased-${work.erasureId}`, accountId: null, template: "erased" });
  expect(await opened(farewell?.address ?? "")).toBe(addressFor(ada));
  expect(await wordsOf(farewell?.templateValues ?? "")).toMatchObject({
    link: `${env.PUBLIC_ORIGIN}/erasure/${work.erasureId}`,
  });
  expect(await db.$count(accounts)).toBe(2);
});

test("E3: whose address cannot be opened any more is erased all the same, and so is whom operators delete, who has had a mail of theirs", async () => {
  const work = await begun(ada, "operator", "key");
  await env.RECORDINGS.delete(`keys/${ada}`);
  await db
    .update(accounts)
    .set({ email: `${ada}:AAAA` as typeof SEALED })
    .where(eq(accounts.id, ada));
  expect(await take("key", work)).toBe("done");
  expect(await take("rows", work)).toBe("done");
  expect(await take("rows", await begun(ben, "operator"))).toBe("done");
  expect(await db.select({ id: accounts.id }).from(accounts)).toEqual([{ id: noor }]);
  expect(await mails()).toEqual([]);
});

test("X30: the rows are begun with calls enough for all of them and the end, and with no fewer", async () => {
  const measured = plenty();
  expect(await take("rows", await begun(ada), measured)).toBe("done");
  expect(measured.spent).toBeLessThanOrEqual(STEP_CALLS_MAX);
  const work = await begun(ben);
  expect(await steps.rows?.(env, deps, work, new CallBudget(measured.spent - 1))).toBe("more");
  expect(await db.$count(accounts, eq(accounts.id, ben))).toBe(1);
  expect(await take("rows", work, new CallBudget(STEP_CALLS_MAX + 10))).toBe("done");
  expect(await db.$count(accounts, eq(accounts.id, ben))).toBe(0);
  // Nor does a run of cron begin one that it could not end.
  await begun(noor, "person", "profile");
  expect(await continueErasures(env, deps, new CallBudget(30))).toMatchObject({ done: 0, finished: false });
  expect(
    await db.select({ step: accountErasures.step }).from(accountErasures).where(eq(accountErasures.accountId, noor)),
  ).toEqual([{ step: "profile" }]);
});

test("E3: more names than go at once are taken out of rows that stay, each counted, and no others'", async () => {
  await fill(sessionErasures, ROWS + 2, (n) => ({
    sessionId: `ses_${n}`,
    requestedBy: n < ROWS + 1 ? ada : ben,
    requestedAtMs: 0,
    dueAtMs: 0,
    finishedAtMs: 0,
  }));
  const work = await begun(ada);
  expect(await take("rows", work)).toBe("done");
  expect(await db.$count(sessionErasures, eq(sessionErasures.requestedBy, ben))).toBe(1);
  const [receipt] = await db.select().from(erasureReceipts).where(eq(erasureReceipts.erasureId, work.erasureId));
  expect(JSON.parse(receipt?.counts ?? "{}")).toEqual({ sessionErasures_requestedBy: ROWS + 1, accounts: 1 });
});
