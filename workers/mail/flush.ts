import type { AppContext } from "../http/router.ts";
import { sendDueMail } from "./outbox.ts";

/** What is being sent for requests that came without a platform round them, as a test's do. */
const unattended = new Set<Promise<void>>();
/** Resolves when nothing of that is under way, so that a test's file leaves nothing behind that still reads and writes. */
export async function flushed(): Promise<void> {
  while (unattended.size > 0) await Promise.all(unattended);
}

/** Sends what a request has queued once it is answered; what does not go now is tried by cron. */
export function flush(c: AppContext): void {
  const { env } = c;
  const { deps } = c.var;
  const sending = scheduler.wait(1).then(() => sendDueMail(env, deps, 5, true));
  try {
    c.executionCtx.waitUntil(sending);
  } catch {
    // A test that calls the app without a platform round it has no context to wait in.
    const ended = sending.catch(() => undefined).then(() => void unattended.delete(ended));
    unattended.add(ended);
  }
}
