import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  type DeletionWish,
  type Delivery,
  textOfWish,
  WISH_KEY_PATH,
  type WishKey,
} from "../../protocol/deliveries.ts";
import { askAs, newWorld, type World } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";
import { readRows, sources } from "../privacy/export-sources.ts";

const startMs = Date.now();
const deps = { ...systemDeps, now: () => startMs };
const app = createApp(deps);

const fetchFile = async (world: World, who: "ada" | "ben") => {
  const answer = await askAs(app, world.token[who], "GET", `/api/v1/recordings/${world.recordingId}/file`);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
};
const deliveries = async (world: World, who: "ada" | "ben") =>
  (await (await askAs(app, world.token[who], "GET", "/api/v1/account/deliveries")).json<{ items: Delivery[] }>()).items;
const wishes = async (world: World, who: "ada" | "ben" | "olu") =>
  (await (await askAs(app, world.token[who], "GET", "/api/v1/deletion-wishes")).json<{ items: DeletionWish[] }>())
    .items;
const answerWish = (world: World, who: "ada" | "ben" | "eve", answer: string) =>
  askAs(app, world.token[who], "POST", `/api/v1/deletion-wishes/${world.recordingId}`, { answer });

async function isSigned(wish: DeletionWish): Promise<boolean> {
  const jwk = await (await app.request(`https://sessionlinked.test${WISH_KEY_PATH}`, {}, env)).json<WishKey>();
  const key = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["verify"]);
  const signature = Uint8Array.fromBase64(wish.signature);
  return await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(textOfWish(wish)));
}

test("G1, V3: an owner sees who received what and when, from the first byte on, once; nobody else does", async () => {
  const world = await newWorld(startMs);
  await fetchFile(world, "ada");
  expect(await deliveries(world, "ada")).toEqual([]);
  await fetchFile(world, "ben");
  await fetchFile(world, "ben");
  const zip = await askAs(app, world.token.ben, "GET", `/api/v1/sessions/${world.sessionId}/recordings.zip`);
  await zip.arrayBuffer();
  const [one, ...more] = await deliveries(world, "ada");
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    recordingId: world.recordingId,
    receiver: expect.stringContaining("ben"),
    deliveredAtMs: startMs,
    wishedAtMs: null,
  });
  expect(await deliveries(world, "ben")).toEqual([]);
  // Both have it in their copy of everything; the receiver's without the owner's words.
  const source = (key: string) => sources.find((known) => known.key === key);
  const [owned, received] = [source("deliveries"), source("deliveries.receiverAccountId")];
  if (owned === undefined || received === undefined) throw new Error("Deliveries are not exported.");
  expect((await readRows(env, systemDeps, owned, world.accountId.ada, 0)).items).toHaveLength(1);
  const [mine] = (await readRows(env, systemDeps, received, world.accountId.ben, 0)).items;
  expect(mine).toMatchObject({ recordingId: world.recordingId, deliveredAtMs: startMs });
  expect(mine).not.toHaveProperty("name");
});

test("P69, V3: a deleted recording becomes a signed wish for whoever has it, whose answer its owner sees", async () => {
  const world = await newWorld(startMs);
  await fetchFile(world, "ben");
  expect(await wishes(world, "ben")).toEqual([]);
  expect((await answerWish(world, "ben", "deleted")).status).toBe(404);
  expect((await askAs(app, world.token.ada, "DELETE", `/api/v1/recordings/${world.recordingId}`)).status).toBe(204);
  const [wish] = await wishes(world, "ben");
  if (wish === undefined) throw new Error("There is no wish.");
  expect(await isSigned(wish)).toBe(true);
  expect(await isSigned({ ...wish, recordingId: `rec_${"z".repeat(26)}` })).toBe(false);
  expect(await wishes(world, "olu")).toEqual([]);
  expect((await answerWish(world, "eve", "deleted")).status).toBe(404);
  expect((await answerWish(world, "ben", "kept")).status).toBe(204);
  expect(await wishes(world, "ben")).toEqual([]);
  expect(await deliveries(world, "ada")).toMatchObject([{ answer: "kept", answeredAtMs: startMs }]);
});

test("P69, V3: a host who takes somebody's recording out of the session wishes for nothing in their name", async () => {
  const world = await newWorld(startMs);
  await fetchFile(world, "ben");
  await env.DB.prepare("UPDATE session_members SET role = 'host' WHERE account_id = ?").bind(world.accountId.ben).run();
  expect((await askAs(app, world.token.ben, "DELETE", `/api/v1/recordings/${world.recordingId}`)).status).toBe(204);
  expect(await wishes(world, "ben")).toEqual([]);
});

test("E3, V3: an erased account leaves the wish and nothing of its own; with the answer that goes too", async () => {
  const world = await newWorld(startMs);
  await fetchFile(world, "ben");
  expect(await eraseAccount(env, deps, world.accountId.ada, "person")).toBe(true);
  const rows = async () =>
    (await env.DB.prepare("SELECT * FROM deliveries WHERE recording_id = ?").bind(world.recordingId).all()).results;
  expect(await rows()).toMatchObject([{ owner_account_id: null, name: "", wished_at_ms: startMs }]);
  const [wish] = await wishes(world, "ben");
  expect(wish === undefined ? false : await isSigned(wish)).toBe(true);
  expect((await answerWish(world, "ben", "deleted")).status).toBe(204);
  expect(await rows()).toEqual([]);
});
