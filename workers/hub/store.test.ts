import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { systemDeps } from "../platform/deps.ts";
import { person } from "../testing/person.ts";
import { editProfile, findOwn } from "./store.ts";

/** Changes of one profile that are made again before it is given up. */
const ROUNDS = 20;

/** The database, and what happens before each batch; `false`: the batch does not reach it any more. */
const meanwhile = (before: () => Promise<boolean>) => ({
  ...env,
  DB: new Proxy(env.DB, {
    get: (database, name) => {
      const batch = async (statements: D1PreparedStatement[]) => {
        const isThere = await before();
        if (!isThere) throw new Error("The Worker was killed.");
        return await database.batch(statements);
      };
      const value: unknown = name === "batch" ? batch : Reflect.get(database, name);
      return typeof value === "function" ? value.bind(database) : value;
    },
  }),
});
const places = async () => (await env.DB.prepare("SELECT rowid FROM hub_search ORDER BY rowid").all()).results;

beforeEach(async () => {
  for (const table of ["profiles", "hub_search", "hub_spellings", "accounts"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

test("A4, X20: a change that somebody else was before touches nothing of theirs: killed before it is made again, the profile is still found", async () => {
  const [ada, noor] = [await person("Ada"), await person("Noor")];
  for (const who of [noor, ada]) await who.publish({ bio: "theremin" });
  const found = await places();
  expect(found).toHaveLength(2);
  let batches = 0;
  const bindings = meanwhile(async () => {
    if (++batches === 1) await editProfile(env, systemDeps, ada.accountId, { bio: "theremin and saw" });
    return batches === 1;
  });
  await expect(editProfile(bindings, systemDeps, ada.accountId, { bio: "drums" })).rejects.toThrow("killed");
  expect((await findOwn(env, systemDeps, ada.accountId))?.bio).toBe("theremin and saw");
  expect(await places()).toEqual(found);
});

test("X29: a change is made again for every one that came before it, and given up after twenty: so many are no people", async () => {
  const ada = await person("Ada");
  await ada.publish({ bio: "theremin" });
  const crowded = (others: number) => {
    let batches = 0;
    const bindings = meanwhile(async () => {
      if (++batches <= others) await editProfile(env, systemDeps, ada.accountId, { bio: `theremin ${batches}` });
      return true;
    });
    return { bindings, batches: () => batches };
  };
  const busy = crowded(ROUNDS - 1);
  const edited = await editProfile(busy.bindings, systemDeps, ada.accountId, { bio: "drums" });
  expect([edited?.after.bio, busy.batches()]).toEqual(["drums", ROUNDS]);
  const endless = crowded(Number.POSITIVE_INFINITY);
  await expect(editProfile(endless.bindings, systemDeps, ada.accountId, { bio: "saw" })).rejects.toThrow("faster");
  expect(endless.batches()).toBe(ROUNDS);
});
