import { Unavailable } from "./database.ts";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { describeThrown, log } from "./log.ts";

const TRIES = 4;
const FIRST_WAIT_MS = 60;

const hasCode = (error: unknown, code: number) => error instanceof Error && error.message.includes(`(${code})`);
/** The upload was completed, aborted, or dropped by R2 itself after seven days. */
export const isNoSuchUpload = (error: unknown) => hasCode(error, 10024);
/** A part is not the one whose etag was given: another writer has replaced it since. */
const isInvalidPart = (error: unknown) => hasCode(error, 10025);
/** Parts that R2 will never put together: too small, or not equal. */
const isUnequalParts = (error: unknown) => hasCode(error, 10011) || hasCode(error, 10048);
/** Asking again would have the same answer. */
export const isFinal = (error: unknown) => isNoSuchUpload(error) || isInvalidPart(error) || isUnequalParts(error);

/**
 * R2 with its retries (fault X5), and the only way to it: an error that passes is asked again a few times, later each time and never in
 * step with others; one that does not pass is told apart by the code that R2 puts at the end of its message. Each call is harmless to
 * repeat, for its first try may have been done and only the answer lost. What fails for good throws R2's own error if it is final,
 * otherwise `Unavailable`: the client comes back.
 */
export class ObjectStore {
  readonly #bucket: R2Bucket;
  readonly #deps: Deps;

  constructor(bucket: R2Bucket, deps: Deps) {
    this.#bucket = bucket;
    this.#deps = deps;
  }

  async #persist<Answer>(call: string, ask: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await ask();
      } catch (error) {
        if (isFinal(error)) throw error;
        if (tries === TRIES) {
          log({ event: "store-unavailable", call, ...describeThrown(error) });
          throw new Unavailable();
        }
        const [chance = 0] = this.#deps.random(1);
        await this.#deps.sleep(FIRST_WAIT_MS * 3 ** (tries - 1) * (0.5 + chance / 255));
      }
    }
  }

  head(key: string): Promise<R2Object | null> {
    return this.#persist("head", () => this.#bucket.head(key));
  }

  /** An object to be streamed; a stream that breaks off later is not asked for again. */
  get(key: string, range?: { offset: number; length: number }): Promise<R2ObjectBody | null> {
    return this.#persist("get", () => (range === undefined ? this.#bucket.get(key) : this.#bucket.get(key, { range })));
  }

  /** Bytes of an object and its whole size, read as one: a read that breaks off is made again. */
  read(key: string, range?: { offset: number; length: number }): Promise<{ bytes: ArrayBuffer; size: number } | null> {
    return this.#persist("read", async () => {
      const object = await (range === undefined ? this.#bucket.get(key) : this.#bucket.get(key, { range }));
      return object === null ? null : { bytes: await object.arrayBuffer(), size: object.size };
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#persist("put", () => this.#bucket.put(key, bytes));
  }

  /** Writes an object unless there is one of that key. Whether it did. */
  async putNew(key: string, bytes: Uint8Array): Promise<boolean> {
    const written = await this.#persist("put", () =>
      this.#bucket.put(key, bytes, { onlyIf: { etagDoesNotMatch: "*" } }),
    );
    return written !== null;
  }

  /** At most a thousand keys at once. A key that is not there is as good as deleted. */
  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#persist("delete", () => this.#bucket.delete([...keys]));
  }

  /** Objects under a prefix in the order of their keys, after `startAfter`. */
  list(prefix: string, limit: number, startAfter?: string): Promise<R2Objects> {
    const after = startAfter === undefined ? {} : { startAfter };
    return this.#persist("list", () => this.#bucket.list({ prefix, limit, ...after }));
  }

  /** The first folders under a prefix, as the beginnings of keys up to the next slash. */
  async listFolders(prefix: string): Promise<string[]> {
    return (await this.#persist("list", () => this.#bucket.list({ prefix, delimiter: "/" }))).delimitedPrefixes;
  }

  /** Begins a multipart upload. Returns R2's id of it. */
  async openUpload(key: string): Promise<string> {
    return (await this.#persist("open", () => this.#bucket.createMultipartUpload(key))).uploadId;
  }

  /** Stores one part. Returns its etag. */
  async putPart(key: string, uploadId: string, number: number, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const upload = this.#bucket.resumeMultipartUpload(key, uploadId);
    return (await this.#persist("part", () => upload.uploadPart(number, bytes))).etag;
  }

  async completeUpload(key: string, uploadId: string, parts: R2UploadedPart[]): Promise<void> {
    await this.#persist("complete", () => this.#bucket.resumeMultipartUpload(key, uploadId).complete(parts));
  }

  /** Gives an upload up. One that is gone already is as good. */
  async abortUpload(key: string, uploadId: string): Promise<void> {
    try {
      await this.#persist("abort", () => this.#bucket.resumeMultipartUpload(key, uploadId).abort());
    } catch (error) {
      if (!isNoSuchUpload(error)) throw error;
    }
  }
}

export const objectStore = (env: Env, deps: Deps): ObjectStore => new ObjectStore(env.RECORDINGS, deps);
