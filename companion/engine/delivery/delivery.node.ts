import { createWriteStream, existsSync, mkdirSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileNameOf } from "../../../protocol/file-name.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { type ApiClient, ApiError } from "../api/api-client.std.ts";
import { backoffMs, isRetryable } from "../api/retry.std.ts";
import { sha256Of } from "../stems/file-hash.node.ts";

/** Failures in a row without a byte more; after that the caller decides when to try again. */
const TRIES_MAX = 8;
/** A download of which nothing came for this long is asked for again. */
const IDLE_MS = 60_000;

/**
 * Brings a shared stem into the session's folder: resumes where an earlier try broke off, and gives the file its name only when its
 * SHA-256 is that of the object. Returns the file's path. Delivering what is there already does nothing. Throws an error whose message
 * a person can use; what has arrived by then stays for the next try, unless it can never be completed.
 */
export async function deliver(
  api: Pick<ApiClient, "download">,
  recording: Recording,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  // Two stems may share a name; the id's tail tells them apart.
  const path = join(folder, `${fileNameOf(recording.name)} ${recording.recordingId.slice(-6)}.wav`);
  if (existsSync(path) && (await sha256Of(path)) === recording.sha256) return path;
  const partial = `${path}.part`;
  const have = () => (existsSync(partial) ? statSync(partial).size : 0);
  for (let failures = 0; have() < (recording.sizeBytes ?? 0); ) {
    const before = have();
    try {
      await fetchFrom(api, recording, partial, before, signal);
    } catch (error) {
      if (error instanceof ApiError && (error.code === "not-found" || error.code === "gone")) {
        await rm(partial, { force: true });
        throw new Error(`"${recording.name}" was withdrawn, or reached its end, before it was here.`);
      }
      if (signal?.aborted) throw error;
      if (isFull(error)) {
        throw new Error(`The disk is full: "${recording.name}" goes on arriving when there is room again.`);
      }
      failures = have() > before ? 0 : failures + 1;
      if (!isRetryable(error) || failures > TRIES_MAX) throw error;
      await sleep(backoffMs(failures), undefined, signal ? { signal } : {});
    }
  }
  if ((await sha256Of(partial)) !== recording.sha256) {
    await rm(partial);
    throw new Error(`"${recording.name}" did not arrive whole and was thrown away. It is fetched again.`);
  }
  await rename(partial, path);
  return path;
}

const isFull = (error: unknown) => ["ENOSPC", "EDQUOT", "EFBIG"].includes((error as NodeJS.ErrnoException).code ?? "");

async function fetchFrom(
  api: Pick<ApiClient, "download">,
  { recordingId }: Recording,
  partial: string,
  from: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const idle = new AbortController();
  const response = await api.download(recordingId, from, signal);
  if (response.body === null) throw new ApiError("network", "The download was empty.", true);
  // Whoever does not answer a range begins at the beginning, and so does the file.
  const flags = from > 0 && response.status === 206 ? "a" : "w";
  const watch = setTimeout(() => idle.abort(), IDLE_MS);
  const pulse = new Transform({
    transform(chunk, _encoding, done) {
      watch.refresh();
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body as never), pulse, createWriteStream(partial, { flags }), {
      signal: signal === undefined ? idle.signal : AbortSignal.any([signal, idle.signal]),
    });
  } catch (error) {
    if (signal?.aborted || isFull(error)) throw error;
    throw new ApiError("network", "The download broke off.", true);
  } finally {
    clearTimeout(watch);
  }
}
