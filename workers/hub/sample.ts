import { problem } from "../http/problem.ts";
import type { AppContext } from "../http/router.ts";
import { serveObject } from "../http/serve-object.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { objectStore } from "../platform/object-store.ts";
import type { ProfileRow } from "./profile-row.ts";

export const SAMPLES_PREFIX = "samples/";
const samplePrefix = (profileId: string) => `samples/${profileId}/`;
export const sampleKey = (profileId: string, sha256: string) => `${samplePrefix(profileId)}${sha256}`;

/** Stores the bytes under their own hash, so two uploads at once cannot mix: what a row names is what it was written with. */
export async function keepSample(
  env: Env,
  deps: Deps,
  profileId: string,
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<Pick<ProfileRow, "sampleType" | "sampleBytes" | "sampleSha256">> {
  const sha256 = await sha256Hex(bytes);
  await objectStore(env, deps).put(sampleKey(profileId, sha256), bytes);
  return { sampleType: type, sampleBytes: bytes.byteLength, sampleSha256: sha256 };
}

export const noSample = { sampleType: null, sampleBytes: null, sampleSha256: null };

/** Deletes the sound that an edit has replaced, if it has. */
export async function dropReplaced(env: Env, deps: Deps, before: ProfileRow, after: ProfileRow): Promise<void> {
  if (before.sampleSha256 === null || before.sampleSha256 === after.sampleSha256) return;
  await objectStore(env, deps).delete([sampleKey(before.id, before.sampleSha256)]);
}

/** Deletes every sound of a profile, those of uploads that never came to be named as well. */
export async function dropSamples(env: Env, deps: Deps, profileId: string): Promise<void> {
  const store = objectStore(env, deps);
  for (;;) {
    const { objects } = await store.list(samplePrefix(profileId), 1_000);
    if (objects.length === 0) return;
    await store.delete(objects.map(({ key }) => key));
  }
}

/** Plays a profile's sound, whole or one range. Nothing on the way may keep it: a private profile is silent at once (A4). */
export async function playSample(c: AppContext, row: ProfileRow | null) {
  if (row === null || row.sampleType === null || row.sampleBytes === null || row.sampleSha256 === null)
    return problem(c, "not-found");
  const key = sampleKey(row.id, row.sampleSha256);
  return serveObject(c, {
    etag: `"${row.sampleSha256}"`,
    sizeBytes: row.sampleBytes,
    type: row.sampleType,
    headers: { "Content-Disposition": "inline" },
    read: (range) => objectStore(c.env, c.var.deps).get(key, range),
    missing: "not-found",
  });
}
