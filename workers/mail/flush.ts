import type { AppContext } from "../http/router.ts";
import { sendDueMail } from "./outbox.ts";

/** Sends what a request has queued once it is answered; what does not go now is tried by cron. */
export function flush(c: AppContext): void {
  const { env } = c;
  const { deps } = c.var;
  const sending = scheduler.wait(1).then(() => sendDueMail(env, deps, 5, true));
  try {
    c.executionCtx.waitUntil(sending);
  } catch {
    // A test that calls the app without a platform round it has no context to wait in.
    sending.catch(() => undefined);
  }
}
