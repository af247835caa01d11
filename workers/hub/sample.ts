import { problem } from "../http/problem.ts";
import type { AppContext } from "../http/router.ts";
import { serveObject } from "../http/serve-object.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import type { ProfileRow } from "./store.ts";

/** One object for each profile, in the bucket that is in the EU. */
export const sampleKey = (profileId: string) => `samples/${profileId}`;

/** What a file is by its first bytes; `null` for anything that is not sound. Its name and its stated type are not asked. */
export function sniff(bytes: Uint8Array): string | null {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 4) === "RIFF" && text(8, 12) === "WAVE") return "audio/wav";
  if (text(0, 4) === "fLaC") return "audio/flac";
  if (text(0, 4) === "OggS") return "audio/ogg";
  if (text(4, 8) === "ftyp" && /^(M4A |M4B |mp42|mp41|isom|iso2|dash)$/.test(text(8, 12))) return "audio/mp4";
  if (text(0, 3) === "ID3") return "audio/mpeg";
  // MPEG-1 and 2, layer III: eleven bits of sync, a version, layer and bit rate that exist (ISO 11172-3, 2.4.2.3).
  const [first = 0, second = 0, third = 0] = bytes;
  const isFrame = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isFrame && third >> 4 !== 0xf && (third & 0x0c) !== 0x0c ? "audio/mpeg" : null;
}

export async function keepSample(env: Env, profileId: string, bytes: Uint8Array<ArrayBuffer>, type: string) {
  await env.RECORDINGS.put(sampleKey(profileId), bytes);
  return { sampleType: type, sampleBytes: bytes.byteLength, sampleSha256: await sha256Hex(bytes) };
}

export const noSample = { sampleType: null, sampleBytes: null, sampleSha256: null };

export const dropSample = (env: Env, profileId: string) => env.RECORDINGS.delete(sampleKey(profileId));

/** Plays a profile's sound, whole or one range. Nothing on the way may keep it: a private profile is silent at once (A4). */
export async function playSample(c: AppContext, row: ProfileRow | null) {
  if (row === null || row.sampleType === null || row.sampleBytes === null) return problem(c, "not-found");
  return serveObject(c, {
    etag: `"${row.sampleSha256}"`,
    sizeBytes: row.sampleBytes,
    type: row.sampleType,
    headers: { "Content-Disposition": "inline" },
    read: (options) => c.env.RECORDINGS.get(sampleKey(row.id), options),
    missing: "not-found",
  });
}
