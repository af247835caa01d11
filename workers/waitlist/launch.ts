import { z } from "zod";
import { queueMail, Recipient } from "../mail/outbox.ts";
import { unsubscribeUrl } from "../mail/unsubscribe.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { launchAtMs } from "../platform/launch.ts";
import { allRows } from "../platform/rows.ts";

const Waiting = Recipient.omit({ accountId: true }).extend({ id: z.string() });

/** From the day of the launch: one mail to everybody who has confirmed, so many in a run. The outbox paces what goes out. */
export async function tellLaunch(env: Env, deps: Deps, limit: number) {
  const atMs = launchAtMs(env);
  const nowMs = deps.now();
  if (atMs === null || nowMs < atMs) return { done: 0, rowsRead: 0, finished: true };
  const { results, meta } = await allRows(
    Waiting,
    env.DB.prepare(
      "SELECT id, email AS address, email_index AS addressIndex, language FROM waitlist WHERE told_at_ms IS NULL AND confirmed_at_ms > 0 LIMIT ?",
    ).bind(limit),
  );
  const statements: D1PreparedStatement[] = [];
  for (const { id, ...whom } of results) {
    const unsubscribe = await unsubscribeUrl(env, deps, env.PUBLIC_ORIGIN, { kind: "waitlist", id });
    const to = { accountId: null, ...whom };
    const values = { link: `${env.PUBLIC_ORIGIN}/sign-up`, unsubscribe };
    statements.push(await queueMail(env, deps, { id: `launch-${id}`, to, template: "launch", values }));
  }
  const ids = JSON.stringify(results.map(({ id }) => id));
  if (results.length > 0)
    await env.DB.batch([
      ...statements,
      env.DB.prepare("UPDATE waitlist SET told_at_ms = ?2 WHERE id IN (SELECT value FROM json_each(?1))").bind(
        ids,
        nowMs,
      ),
    ]);
  return { done: results.length, rowsRead: meta.rows_read, finished: results.length < limit };
}
