import { ApiError } from "./api-client.std.ts";
import { sleep } from "./sleep.std.ts";

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Exponential backoff with full jitter: how long to wait after the `tries`-th failure in a row, counted from 0. */
export const backoffMs = (tries: number) => Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);

/** Whether asking again later may help. */
export const isRetryable = (error: unknown) => error instanceof ApiError && error.retryable;

/** Tries again what may work later, `tries` times after the first. */
export async function again<Result>(attempt: () => Promise<Result>, tries = 8, signal?: AbortSignal): Promise<Result> {
  for (let failed = 0; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error) || failed >= tries) throw error;
      await sleep(backoffMs(failed), signal);
    }
  }
}
