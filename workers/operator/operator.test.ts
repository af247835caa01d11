import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { privacyRequests, usageCounts } from "../../migrations/schema.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { operatorText } from "../../site/i18n/operator.ts";
import { newWorld } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { listBreaches } from "../privacy/breaches.ts";
import { readRows, sources } from "../privacy/export-sources.ts";
import { listRequests } from "../privacy/requests.ts";
import { codeOf, operatorToken } from "../testing/operator.ts";
import { db } from "../testing/tables.ts";

const startMs = Date.now();
const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
const site = "https://sessionlinked.test";

const ask = (nowMs: number, method: string, path: string, headers: Record<string, string>, body?: object) =>
  createApp(at(nowMs)).request(
    `${site}${path}`,
    {
      method,
      redirect: "manual",
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    env,
  );
const form = (nowMs: number, path: string, cookie: string, fields: Record<string, string>, from = "same-origin") =>
  createApp(at(nowMs)).request(
    `${site}${path}`,
    {
      method: "POST",
      redirect: "manual",
      headers: { Cookie: cookie, "Sec-Fetch-Site": from, "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    },
    env,
  );
const cookieOf = (response: Response) => response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
const deployKey = { Authorization: `Bearer ${env.OPERATOR_KEY}` };

describe("X18: an operator's own way in", () => {
  test("X27: whoever holds a leaked key guesses no code: six tries, then one a minute, and the right one gives its own back", async () => {
    const made = await ask(startMs, "POST", "/api/v1/operator/operators", deployKey, { name: "Ora" });
    const { key, uri } = await made.json<{ key: string; uri: string }>();
    const statuses: number[] = [];
    for (let tries = 0; tries < 9; tries++)
      statuses.push((await form(startMs, "/operator/sign-in", "", { key, code: "000000" })).status);
    expect(statuses).toEqual([...Array.from({ length: 6 }, () => 401), 429, 429, 429]);
    // Whoever knows no key uses up nobody's tries.
    for (let tries = 0; tries < 9; tries++)
      expect((await form(startMs, "/operator/sign-in", "", { key: `no key ${tries}`, code: "000000" })).status).toBe(
        401,
      );
    const later = startMs + 60_000;
    for (let times = 0; times < 4; times++) {
      const nowMs = later + times * 30_000;
      expect((await form(nowMs, "/operator/sign-in", "", { key, code: codeOf(uri, nowMs) })).status).toBe(303);
    }
  });

  test("X18: a key without its code opens nothing, nor an old code, nor a person's sign-in, nor the deployment's key", async () => {
    const made = await ask(startMs, "POST", "/api/v1/operator/operators", deployKey, { name: "Ona" });
    expect(made.status).toBe(201);
    const { key, uri } = await made.json<{ key: string; uri: string }>();
    const signIn = (code: string, nowMs = startMs, from = "same-origin") =>
      form(nowMs, "/operator/sign-in", "", { key, code }, from);
    expect((await signIn("")).status).toBe(401);
    expect((await signIn("000000")).status).toBe(401);
    const code = codeOf(uri, startMs);
    expect((await signIn(code, startMs, "cross-site")).status).toBe(401);
    expect((await form(startMs, "/operator/sign-in", "", { key: `${key}x`, code })).status).toBe(401);
    const letIn = await signIn(code);
    expect(letIn.status).toBe(303);
    // The same code does not count twice.
    expect((await signIn(code)).status).toBe(401);
    const cookie = cookieOf(letIn);
    expect(letIn.headers.get("Set-Cookie")).toMatch(/^__Host-operator=.*HttpOnly; Secure; SameSite=Strict$/);
    expect((await ask(startMs, "GET", "/operator", { Cookie: cookie })).status).toBe(200);

    // The deployment's key sets up operators and opens nothing; a person's sign-in opens nothing either.
    const world = await newWorld(startMs);
    for (const path of ["/requests", "/reports", "/breaches"])
      for (const headers of [
        deployKey,
        { Authorization: `Bearer ${world.token.ada}` },
        { Cookie: `__Host-session=${world.token.ada}` },
      ])
        expect((await ask(startMs, "GET", `/api/v1/operator${path}`, headers)).status).toBe(404);
    const person = await ask(startMs, "GET", "/operator", { Cookie: `__Host-session=${world.token.ada}` });
    expect([person.status, person.headers.get("Location")]).toEqual([303, "/operator/sign-in"]);
    // And an operator's is nobody's account.
    const token = cookie.split("=")[1] ?? "";
    expect((await ask(startMs, "GET", "/api/v1/account", { Authorization: `Bearer ${token}` })).status).toBe(401);

    // A working day, or until they sign out.
    const evening = startMs + 8 * 3_600_000;
    expect((await ask(evening - 1, "GET", "/operator", { Cookie: cookie })).status).toBe(200);
    expect((await ask(evening, "GET", "/operator", { Cookie: cookie })).status).toBe(303);
    await form(startMs, "/operator/sign-out", cookie, {});
    expect((await ask(startMs, "GET", "/operator", { Cookie: cookie })).status).toBe(303);
  });

  test("G1: who was looked at, and what was done, is in that person's export, and in nobody else's", async () => {
    const world = await newWorld(startMs);
    const cookie = `__Host-operator=${await operatorToken(at(startMs + 60_000))}`;
    const page = await ask(startMs, "GET", "/operator", { Cookie: cookie });
    const html = await page.text();
    expect(html).toContain("Shown ada");
    expect(html).toContain("Writes too much.");
    expect(
      (await form(startMs, `/operator/reports/${world.reportId}`, cookie, { do: "close" }, "cross-site")).headers.get(
        "Location",
      ),
    ).toBe("/operator/sign-in");
    const closed = await form(startMs, `/operator/reports/${world.reportId}`, cookie, { do: "close" });
    expect(closed.headers.get("Location")).toBe("/operator?done=noted");
    const source = sources.find(({ key }) => key === "operatorActions");
    if (source === undefined) throw new Error("Actions are not exported.");
    const { items } = await readRows(env, systemDeps, source, world.accountId.ada, 0);
    expect(items).toEqual([
      { what: "overview.read", accountId: world.accountId.ada, atMs: startMs },
      { what: "reports.close", accountId: world.accountId.ada, atMs: startMs },
    ]);
    expect((await readRows(env, systemDeps, source, world.accountId.ben, 0)).items).toEqual([]);
  });

  test("G3: a request is checked, then answered, by plain forms; unchecked it is refused", async () => {
    const world = await newWorld(startMs);
    const cookie = `__Host-operator=${await operatorToken(at(startMs + 120_000))}`;
    const requestId = `prq_${"7".repeat(26)}`;
    await db.insert(privacyRequests).values({
      id: requestId,
      accountId: world.accountId.ben,
      kind: "other",
      details: "",
      receivedAtMs: startMs,
      dueAtMs: startMs + 1e9,
    });
    const step = async (fields: Record<string, string>) =>
      (await form(startMs, `/operator/requests/${requestId}`, cookie, fields)).headers.get("Location");
    expect(await step({ do: "answer", answer: "Because." })).toBe("/operator?problem=refused");
    expect(await step({ do: "check-identity", how: "By a call to the number on the account." })).toBe(
      "/operator?done=noted",
    );
    expect(await step({ do: "answer", answer: "Because." })).toBe("/operator?done=noted");
    expect(await step({ do: "nonsense" })).toBe("/operator?problem=amiss");
  });
});

test("H4: an operator sees a day on which much failed before reading a number", async () => {
  const dayMs = Math.floor(startMs / DAY_MS) * DAY_MS;
  const add = (days: number, ending: "ok" | "failed", count: number) =>
    db.insert(usageCounts).values({ dayMs: dayMs - days * DAY_MS, feature: "GET /a", ending, count });
  await add(2, "ok", 2_000);
  await add(1, "ok", 3_990);
  await add(1, "failed", 10);
  const cookie = `__Host-operator=${await operatorToken(at(startMs))}`;
  const html = await (await ask(startMs, "GET", "/operator", { Cookie: cookie })).text();
  expect(html).toContain("6,000 requests, 10 of them failed");
  const bars = [...html.matchAll(/<rect x="(\d+)" y="([\d.]+)" [^>]*opacity="([\d.]+)"/g)].map((found) =>
    found.slice(1),
  );
  // Half as much on the day before as yesterday, and of yesterday's a quarter of a hundredth failed.
  expect(bars).toEqual([
    ["260", "30", "0.3"],
    ["270", "0", "0.3"],
    ["270", "45", "1"],
  ]);
});

test("G3: what came by mail is entered on the desk's own form, from the day on which it came, and is unchecked", async () => {
  const world = await newWorld(startMs);
  const cookie = `__Host-operator=${await operatorToken(at(startMs))}`;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const email = `${world.accountId.ben}@example.org`;
  const fields = { kind: "access", email, received: day(startMs - 3 * DAY_MS), details: "A copy of all, please." };
  const enter = async (change: Partial<typeof fields>) =>
    (await form(startMs, "/operator/requests", cookie, { ...fields, ...change })).headers.get("Location");
  const amiss = "/operator?problem=amiss";
  expect(await enter({ email: "nobody@example.org" })).toBe(amiss);
  expect(await enter({ received: day(startMs + DAY_MS) })).toBe(amiss);
  expect(await enter({ details: " " })).toBe(amiss);
  expect(await enter({ kind: "gossip" })).toBe(amiss);
  expect(await enter({})).toBe("/operator?done=noted");
  const [entered, ...more] = await listRequests(env, at(startMs), world.accountId.ben);
  expect(more).toEqual([]);
  expect(entered).toMatchObject({ kind: "access", details: fields.details, identityCheckedAtMs: null });
  expect(entered?.receivedAtMs).toBe(Date.parse(fields.received));
});

test("G4: a breach is registered, mended and closed on the desk; what does not fit stays in the form", async () => {
  const world = await newWorld(startMs);
  const cookie = `__Host-operator=${await operatorToken(at(startMs))}`;
  const minute = (ms: number) => new Date(ms).toISOString().slice(0, 16);
  const fields = {
    kind: "app",
    whatHappened: "A link opened more than it should.",
    consequences: "Strangers may have heard takes.",
    measures: "The link is closed.",
    tables: "recordings",
    sessionId: world.sessionId as string,
    from: "",
    until: "",
    awareAt: minute(startMs - 3_600_000),
  };
  const register = (change: Partial<typeof fields>) =>
    form(startMs, "/operator/breaches", cookie, { ...fields, ...change });
  // Later than now; of a session where no row says whose session it is; no table at all.
  const wrong = [
    { awareAt: minute(startMs + 120_000) },
    { tables: "profiles" },
    { tables: "nowhere" },
    { from: "soon" },
  ];
  for (const change of wrong) {
    const refused = await register(change);
    expect(refused.status, JSON.stringify(change)).toBe(422);
    expect(await refused.text()).toContain(fields.consequences);
  }
  expect((await register({})).headers.get("Location")).toBe("/operator?done=noted");
  const found = async () =>
    (await listBreaches(env.DB)).find(({ whatHappened }) => whatHappened === fields.whatHappened);
  const breach = await found();
  expect(breach).toMatchObject({ kind: "app", affected: 1, awareAtMs: Date.parse(`${fields.awareAt}Z`) });

  const step = async (fields: Record<string, string>) =>
    (await form(startMs, `/operator/breaches/${breach?.breachId}`, cookie, fields)).headers.get("Location");
  const page = async () => (await ask(startMs, "GET", "/operator", { Cookie: cookie })).text();
  const [mend, close] = [operatorText.en.noteFixed, operatorText.en.closeBreach];
  expect(await page()).toContain(mend);
  expect(await page()).not.toContain(close);
  expect(await step({ do: "close" })).toBe("/operator?problem=refused");
  expect(await step({ do: "fixed", measures: "" })).toBe("/operator?problem=amiss");
  expect(await step({ do: "fixed", measures: "An update is out." })).toBe("/operator?done=noted");
  for (const { notice } of breach?.notices ?? []) await step({ do: "note-sent", notice, proof: "By the portal." });
  expect(await page()).not.toContain(mend);
  expect(await page()).toContain(close);
  expect(await step({ do: "close" })).toBe("/operator?done=noted");
  // It stays in the register, and waits for nobody.
  expect(await page()).toContain(fields.whatHappened);
  expect(await page()).not.toContain(close);
  expect((await found())?.closedAtMs).toBe(startMs);
});
