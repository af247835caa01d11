import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { CompleteRecording } from "../../protocol/recordings.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { Faults } from "../testing/faults.ts";
import { accountOf, closing, fileOf, Studio, seedPeople } from "../testing/studio.ts";
import { completeUpload } from "./completion.ts";
import { BLOCK_BYTES, Sha256 } from "./sha256.ts";
import { findRecording } from "./store.ts";

const MIB = 2 ** 20;
const STEP_BYTES = MIB;

describe("SHA-256 that can be taken up again", () => {
  test("X2: is the platform's, for any bytes, kept and taken up at any block", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 700 }),
        fc.array(fc.nat(11), { maxLength: 4 }),
        async (bytes, places) => {
          let hash = new Sha256();
          let done = 0;
          for (const block of places.toSorted((one, other) => one - other)) {
            const until = Math.min(block * BLOCK_BYTES, bytes.length - (bytes.length % BLOCK_BYTES));
            if (until <= done) continue;
            hash.update(bytes.subarray(done, until));
            hash = Sha256.resume(hash.state, until);
            done = until;
          }
          expect(hash.finish(bytes.subarray(done))).toBe(await sha256Hex(bytes.slice()));
        },
      ),
    );
  });
});

describe("a completion longer than one request", () => {
  const file = fileOf(2 * MIB + 5);
  let studio: Studio;
  let id: string;

  beforeEach(async () => {
    for (const table of ["recordings", "session_members", "sessions", "accounts", "rate_limits"])
      await env.DB.prepare(`DELETE FROM ${table}`).run();
    await seedPeople(["ada"]);
    studio = new Studio();
    await studio.meet();
    id = await studio.open();
    await studio.putAll(id, file);
  });

  const rowOf = async () => {
    const row = await findRecording(env, studio.deps, id, accountOf("ada"));
    if (row === null) throw new Error("It is gone.");
    return row;
  };
  const ask = async (more: object = {}, bindings: Env = env, deps = studio.deps) =>
    await completeUpload(bindings, deps, await rowOf(), CompleteRecording.parse(await closing(file, more)), STEP_BYTES);

  test("X39, X1: is done in steps that each keep their place, and a request that dies costs its own step", async () => {
    expect(await ask()).toEqual({ ok: true, value: "verifying" });
    expect(await rowOf()).toMatchObject({ state: "uploading", hashedBytes: STEP_BYTES });
    const dying = new Faults({ at: 4, moment: "before", fault: "kill" });
    await expect(ask({}, dying.bindings, { ...studio.deps, reachRoom: dying.reachRoom })).rejects.toThrow();
    expect((await rowOf()).hashedBytes).toBe(STEP_BYTES);
    // Two at once read the same part, and no place is lost.
    expect(await Promise.all([ask(), ask()])).toEqual([
      { ok: true, value: "verifying" },
      { ok: true, value: "verifying" },
    ]);
    expect((await rowOf()).hashedBytes).toBe(2 * STEP_BYTES);
    expect(await ask()).toEqual({ ok: true, value: "complete" });
    expect(await rowOf()).toMatchObject({ state: "complete", hashedBytes: 0, hashState: null });
    expect(await ask()).toEqual({ ok: true, value: "complete" });
  });

  test("X39: a hash that turns out wrong at the end begins anew, from the first byte", async () => {
    const wrong = { sha256: "0".repeat(64) };
    await ask(wrong);
    await ask(wrong);
    expect(await ask(wrong)).toMatchObject({ ok: false, reason: "hash-mismatch" });
    expect(await rowOf()).toMatchObject({ state: "uploading", hashedBytes: 0, hashState: null });
    await studio.putAll(id, file);
    while ((await rowOf()).state === "uploading") expect(await ask()).toMatchObject({ ok: true });
  });

  test("X2: over HTTP an upload that is small is complete with the first answer", async () => {
    expect((await studio.complete(id, file)).status).toBe(200);
  });
});
