import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { newId } from "../../protocol/ids.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { systemDeps } from "./deps.ts";
import type { Env } from "./env.ts";
import {
  addressIndex,
  eraseKey,
  forgetKept,
  type Open,
  openEach,
  openNamed,
  openSealed,
  sealFor,
  sealForMail,
  sweepMailKeys,
} from "./personal-keys.ts";

const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
const address = "ada@example.org";
const inWords = async (row: { name: string }, open: Open) => ({ name: await open("name", row.name) });
const keyId = () => newId("acc", systemDeps.random);

describe("what is sealed for a person", () => {
  test("E3: the end of the key is the end of every copy, and a new key of the same name opens none of them", async () => {
    const ada = keyId();
    const copies = [
      await sealFor(env, systemDeps, ada, "address", address),
      await sealFor(env, systemDeps, ada, "address", address),
    ];
    expect(new Set(copies).size).toBe(2);
    for (const copy of copies) {
      expect(copy).not.toContain("ada@");
      expect(await openSealed(env, systemDeps, "address", copy)).toBe(address);
    }
    await eraseKey(env, systemDeps, ada);
    await eraseKey(env, systemDeps, ada);
    for (const copy of copies) expect(await openSealed(env, systemDeps, "address", copy)).toBeNull();
    await sealFor(env, systemDeps, ada, "address", address);
    for (const copy of copies) expect(await openSealed(env, systemDeps, "address", copy)).toBeNull();
  });

  test("E3: an isolate that keeps a key which another one has ended opens with it for a minute and no longer", async () => {
    const ada = keyId();
    const copy = await sealFor(env, at(0), ada, "address", address);
    await env.RECORDINGS.delete(`keys/${ada}`);
    expect(await openSealed(env, at(59_999), "address", copy)).toBe(address);
    expect(await openSealed(env, at(60_000), "address", copy)).toBeNull();
  });

  test("X5: where the store of keys does not answer, a list has its names empty and the rest; what is about a text is refused", async () => {
    const [ada, ben] = [keyId(), keyId()];
    const rows = await Promise.all(
      [ada, ben].map(async (id, at) => ({ at, name: await sealFor(env, systemDeps, id, "name", "Ada") })),
    );
    await eraseKey(env, systemDeps, ben);
    const named = (store: Env) =>
      openNamed(store, { ...systemDeps, sleep: async () => undefined }, rows, async (row, open) => ({
        at: row.at,
        name: await open("name", row.name),
      }));
    // Whoever is erased is not in it; and nothing is asked of a store for what is kept.
    expect(await named(env)).toEqual([{ at: 0, name: "Ada" }]);
    forgetKept();
    const get = async () => {
      throw new Error("get: We encountered an internal error. Please try again. (10001)");
    };
    const silent = { ...env, RECORDINGS: new Proxy(env.RECORDINGS, { get: () => get }) };
    expect(await named(silent)).toEqual([
      { at: 0, name: "" },
      { at: 1, name: "" },
    ]);
    await expect(openEach(silent, { ...systemDeps, sleep: async () => undefined }, rows, inWords)).rejects.toThrow();
    expect(await named(env)).toEqual([{ at: 0, name: "Ada" }]);
  });

  test("it opens as what it is, under its own key, and unchanged; never as something else", async () => {
    const [ada, ben] = [keyId(), keyId()];
    const copy = await sealFor(env, systemDeps, ada, "address", address);
    await sealFor(env, systemDeps, ben, "address", address);
    const last = copy.at(-5) === "A" ? "B" : "A";
    for (const other of [
      copy.replace(ada, ben),
      copy.slice(0, -4),
      copy.slice(0, -5),
      copy.slice(0, -7),
      `${copy.slice(0, -5)}${last}${copy.slice(-4)}`,
      `${ada}:`,
      `${ada}:AAAA`,
      address,
      "",
    ])
      expect(await openSealed(env, systemDeps, "address", other), other).toBeNull();
    expect(await openSealed(env, systemDeps, "letter", copy)).toBeNull();
  });

  test("H6: the object that keeps a key opens nothing without the secret, and not under another name", async () => {
    const [ada, ben] = [keyId(), keyId()];
    const copy = await sealFor(env, systemDeps, ada, "address", address);
    const object = await (await env.RECORDINGS.get(`keys/${ada}`))?.arrayBuffer();
    forgetKept();
    expect(await openSealed({ ...env, STORE_KEY: "another".repeat(8) }, systemDeps, "address", copy)).toBeNull();
    await env.RECORDINGS.put(`keys/${ben}`, object ?? "");
    expect(await openSealed(env, systemDeps, "address", copy.replace(ada, ben))).toBeNull();
    expect(await openSealed(env, systemDeps, "address", copy)).toBe(address);
  });

  test("of two isolates that make a key at once both have the one that was written first", async () => {
    const ada = keyId();
    const copies = await Promise.all([1, 2, 3].map(() => sealFor(env, systemDeps, ada, "address", address)));
    forgetKept();
    for (const copy of copies) expect(await openSealed(env, systemDeps, "address", copy)).toBe(address);
  });

  test("an isolate keeps so many keys and no more; the oldest is read anew", async () => {
    const [first, last] = [keyId(), keyId()];
    await sealFor(env, systemDeps, first, "address", address);
    await Promise.all(Array.from({ length: 500 }, () => sealFor(env, systemDeps, keyId(), "address", address)));
    await sealFor(env, systemDeps, last, "address", address);
    let reads = 0;
    const RECORDINGS = new Proxy(env.RECORDINGS, {
      get: (bucket, name) => {
        const value: unknown = Reflect.get(bucket, name, bucket);
        if (name === "get") reads++;
        return typeof value === "function" ? value.bind(bucket) : value;
      },
    });
    await sealFor({ ...env, RECORDINGS }, systemDeps, last, "address", address);
    expect(reads).toBe(0);
    await sealFor({ ...env, RECORDINGS }, systemDeps, first, "address", address);
    expect(reads).toBe(1);
  });
});

test("E3: the key of a day's mails ends once the last of them was given up, to the millisecond", async () => {
  const day = Date.parse("2027-02-28T00:00:00Z");
  const letter = await sealForMail(env, at(day + DAY_MS - 1), "letter", "{}");
  const keptMs = 4 * DAY_MS;
  expect((await sweepMailKeys(env, at(day + DAY_MS + keptMs - 1), keptMs)).done).toBe(0);
  expect((await sweepMailKeys(env, at(day + DAY_MS + keptMs), keptMs)).done).toBe(1);
  expect(await openSealed(env, at(day + 6 * DAY_MS), "letter", letter)).toBeNull();
});

test("V2: the blind index of an address is one number, another secret's is another, and it holds nothing of the address", async () => {
  const index = await addressIndex(env, address);
  expect(index).toMatch(/^[0-9a-f]{64}$/);
  expect(await addressIndex(env, address)).toBe(index);
  expect(await addressIndex(env, "ben@example.org")).not.toBe(index);
  expect(await addressIndex({ ...env, STORE_KEY: "another".repeat(8) }, address)).not.toBe(index);
});
