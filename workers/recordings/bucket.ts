import { Unavailable } from "../platform/database.ts";
import type { Deps } from "../platform/deps.ts";
import { describeThrown, log } from "../platform/log.ts";

/**
 * R2 as the recordings use it: an error that passes is asked again a few times, later each time and never in step with others (fault
 * X5); one that does not pass is told apart by the code that R2 puts at the end of its message.
 */
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
 * Asks R2, and asks again while that may help. Each call must be harmless to repeat: its first try may have been done and only the
 * answer lost. Throws R2's own error if it is final, otherwise `Unavailable`: the client comes back.
 */
export async function persist<Answer>(deps: Deps, call: string, ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (isFinal(error)) throw error;
      if (tries === TRIES) {
        log({ event: "store-unavailable", call, ...describeThrown(error) });
        throw new Unavailable();
      }
      const [chance = 0] = deps.random(1);
      await deps.sleep(FIRST_WAIT_MS * 3 ** (tries - 1) * (0.5 + chance / 255));
    }
  }
}

/** Gives an upload up. One that is gone already is as good. */
export async function abortUpload(bucket: R2Bucket, deps: Deps, key: string, uploadId: string): Promise<void> {
  try {
    await persist(deps, "abort", () => bucket.resumeMultipartUpload(key, uploadId).abort());
  } catch (error) {
    if (!isNoSuchUpload(error)) throw error;
  }
}
