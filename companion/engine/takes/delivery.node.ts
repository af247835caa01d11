import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Recording } from "../../../protocol/recordings.ts";
import { type ApiClient, ApiError } from "../api/api-client.std.ts";
import { again } from "./retry.node.ts";

/**
 * Brings a shared stem into the session's folder: resumes where an earlier try broke off, and gives the file its name only when its
 * SHA-256 is that of the object. Returns the file's path. Delivering what is there already does nothing.
 */
export async function deliver(
  api: ApiClient,
  recording: Recording,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  // Two stems may share a name; the id's tail tells them apart.
  const path = join(folder, `${recording.name} ${recording.recordingId.slice(-6)}.wav`);
  if (existsSync(path) && (await sha256Of(path)) === recording.sha256) return path;
  const partial = `${path}.part`;
  await again(async () => {
    const have = existsSync(partial) ? statSync(partial).size : 0;
    if (have >= (recording.sizeBytes ?? 0)) return;
    const response = await api.download(recording.recordingId, have, signal);
    if (response.body === null) throw new ApiError("network", "The download was empty.", true);
    try {
      await pipeline(
        Readable.fromWeb(response.body as never),
        createWriteStream(partial, { flags: have > 0 ? "a" : "w" }),
      );
    } catch (error) {
      if (signal?.aborted || (error as NodeJS.ErrnoException).code === "ENOSPC") throw error;
      throw new ApiError("network", "The download broke off.", true);
    }
  });
  if ((await sha256Of(partial)) !== recording.sha256) {
    await rm(partial);
    throw new Error(`"${recording.name}" did not arrive whole and was thrown away. Fetch it again.`);
  }
  await rename(partial, path);
  return path;
}

/** Lower-case hexadecimal SHA-256 of a file, streamed. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
