import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { mailPreferences, recordingConsents, sessions } from "../../migrations/schema.ts";
import { sharingWording } from "../../protocol/consent.ts";
import { newId } from "../../protocol/ids.ts";
import type { Consent } from "../../protocol/privacy.ts";
import { countingWording, newsWording } from "../../site/i18n/consent.ts";
import { askAs, newWorld, type World } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { forgetKept } from "../platform/personal-keys.ts";
import { sealedText } from "../testing/addresses.ts";
import { opening } from "../testing/studio.ts";
import { db } from "../testing/tables.ts";
import { listConsents } from "./consents.ts";
import { sources } from "./export-sources.ts";

let nowMs = Date.now();
const app = createApp({ ...systemDeps, now: () => nowMs });
type Who = "ada" | "ben" | "olu";

const consents = async (world: World, who: Who) =>
  (await (await askAs(app, world.token[who], "GET", "/api/v1/account/consents")).json<{ items: Consent[] }>()).items;
const share = (world: World, who: Who) =>
  askAs(app, world.token[who], "POST", `/api/v1/sessions/${world.sessionId}/recordings`, opening());
const takeBack = async (world: World, who: Who) =>
  (await askAs(app, world.token[who], "DELETE", `/api/v1/account/consents/recording/${world.sessionId}`)).status;

test("X30, B1: of somebody who shared in ever so many sessions the newest are named, and no more than fifty keys are read", async () => {
  const world = await newWorld(nowMs);
  const { ada } = world.accountId;
  const many = 60;
  for (let at = 0; at < many; at++) {
    const id = newId("ses", systemDeps.random);
    const name = await sealedText(id, "session", `Night ${at}`);
    await db.insert(sessions).values({ id, name, recordingPermitted: true, createdAtMs: at });
    await db.insert(recordingConsents).values({ accountId: ada, sessionId: id, wording: "Yes.", givenAtMs: at });
  }
  forgetKept();
  let reads = 0;
  const bucket = new Proxy(env.RECORDINGS, {
    get: (target, name) => {
      if (name === "get") reads++;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const listed = await listConsents({ ...env, RECORDINGS: bucket }, systemDeps, ada);
  // The world has one of hers already.
  expect(listed).toHaveLength(many + 1);
  expect(reads).toBe(50);
  expect(listed[1]?.sessionName).toBe(`Night ${many - 1}`);
  expect(listed.filter(({ sessionName }) => sessionName === null)).toHaveLength(many + 1 - 50);
});

test("B1, C7: who shares is kept with the words they were shown, in their language, once; who may not share leaves no receipt", async () => {
  const world = await newWorld(nowMs);
  await db.insert(mailPreferences).values({ accountId: world.accountId.ben, language: "de" });
  expect((await share(world, "olu")).status).toBe(403);
  expect(await consents(world, "olu")).toEqual([]);
  for (let time = 0; time < 2; time++) {
    expect((await share(world, "ben")).status).toBe(201);
    nowMs += 1_000;
  }
  expect(await consents(world, "ben")).toEqual([
    {
      purpose: "recording",
      sessionId: world.sessionId,
      sessionName: "Night",
      wording: sharingWording.de,
      givenAtMs: nowMs - 2_000,
      withdrawnAtMs: null,
    },
  ]);
  expect(sources.find(({ key }) => key === "recordingConsents")?.columns).toContain("wording");
});

test("B2, V3: taken back, what was shared there is gone at once, its copies are asked for, and sharing anew is a new consent", async () => {
  const world = await newWorld(nowMs);
  const file = `/api/v1/recordings/${world.recordingId}/file`;
  await (await askAs(app, world.token.ben, "GET", file)).arrayBuffer();
  expect(await takeBack(world, "ben")).toBe(404);
  nowMs += 1_000;
  expect(await takeBack(world, "ada")).toBe(204);
  expect((await askAs(app, world.token.ben, "GET", file)).status).toBe(404);
  const left = "SELECT COUNT(*) AS n FROM recordings WHERE session_id = ?";
  expect(await env.DB.prepare(left).bind(world.sessionId).first("n")).toBe(0);
  expect((await env.RECORDINGS.list({ prefix: `recordings/${world.sessionId}/` })).objects).toEqual([]);
  const wishes = await askAs(app, world.token.ben, "GET", "/api/v1/deletion-wishes");
  expect((await wishes.json<{ items: unknown[] }>()).items).toHaveLength(1);
  expect(await consents(world, "ada")).toMatchObject([{ wording: "Shared.", withdrawnAtMs: nowMs }]);
  expect(await takeBack(world, "ada")).toBe(404);
  nowMs += 1_000;
  expect((await share(world, "ada")).status).toBe(201);
  expect(await consents(world, "ada")).toMatchObject([
    { wording: sharingWording.en, givenAtMs: nowMs, withdrawnAtMs: null },
  ]);
});

test("B2, B4, H4: news and the objection to being counted stand beside it, each in the words that were shown", async () => {
  const world = await newWorld(nowMs);
  const ask = (method: string, path: string, body?: unknown) => askAs(app, world.token.olu, method, path, body);
  expect((await ask("PATCH", "/api/v1/account", { wantsNews: true })).status).toBe(200);
  nowMs += 1_000;
  expect((await ask("PUT", "/api/v1/account/counting-objection")).status).toBe(204);
  expect(await consents(world, "olu")).toMatchObject([
    { purpose: "counting-objection", wording: countingWording.en, givenAtMs: nowMs },
    { purpose: "news", wording: newsWording.en },
  ]);
  // The centre's own form takes the news back; nothing of whose they were is left.
  const form = await app.request(
    "https://sessionlinked.test/account/privacy/consents",
    {
      method: "POST",
      headers: {
        Cookie: `__Host-session=${world.token.olu}`,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body: "purpose=news",
    },
    env,
  );
  expect(form.headers.get("Location")).toContain("done=withdrawn");
  expect((await consents(world, "olu")).map(({ purpose }) => purpose)).toEqual(["counting-objection"]);
});
