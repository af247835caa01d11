import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { askAs, newWorld, type World } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";

const startMs = Date.now();
const deps = { ...systemDeps, now: () => startMs };
const app = createApp(deps);
const seedOf = (world: World, who: "ada" | "ben") => askAs(app, world.token[who], "GET", "/api/v1/copy-seed");
const read = async (answer: Response) => (await answer.json<{ seed: string }>()).seed;

test("C9, P86: what opens somebody's safety copies is theirs alone, the same each time, and gone with the account", async () => {
  const world = await newWorld(startMs);
  const first = await seedOf(world, "ada");
  expect(first.headers.get("Cache-Control")).toBe("no-store");
  const seed = await read(first);
  expect(seed).toMatch(/^[\w-]{43}$/);
  expect(await read(await seedOf(world, "ada"))).toBe(seed);
  expect(await read(await seedOf(world, "ben"))).not.toBe(seed);
  // Nor is it anything that another secret of ours gives.
  const other = { ...env, STORE_KEY: "another store key, 32 bytes or more" };
  const headers = { Authorization: `Bearer ${world.token.ada}` };
  const elsewhere = await app.request("https://sessionlinked.test/api/v1/copy-seed", { headers }, other);
  expect(await read(elsewhere)).not.toBe(seed);
  await eraseAccount(env, deps, world.accountId.ada, "person");
  expect((await seedOf(world, "ada")).status).toBe(401);
});
