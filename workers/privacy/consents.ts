import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { recordings } from "../../migrations/schema.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { Consent } from "../../protocol/privacy.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { openNamed } from "../platform/personal-keys.ts";
import { allRows, readAll, StoredId } from "../platform/rows.ts";
import { deleteRecordings } from "../recordings/deletion.ts";
import { Deletable, selectDeletable } from "../recordings/store.ts";

/** Shown of one person at most; there are as many as sessions they ever shared in. */
const CONSENTS_SHOWN_MAX = 500;
/** Of so many of these, the newest, the session's name is read, each with a key of its own; the others stand there with their day. */
const NAMED_MAX = 50;
/** Deleted while the person waits; the sweep takes what is left, which nobody sees any more. */
const AT_ONCE = 500;

const ConsentRow = z.object({
  purpose: z.enum(["news", "recording", "counting-objection"]),
  sessionId: StoredId.session.nullable(),
  sessionName: z.string().nullable(),
  wording: z.string(),
  givenAtMs: z.int(),
  withdrawnAtMs: z.int().nullable(),
});

/** What a person has agreed or objected to, in the words of then, newest first (Article 7 (1)). */
export async function listConsents(env: Env, deps: Deps, accountId: string): Promise<Consent[]> {
  const { results } = await allRows(
    ConsentRow,
    env.DB.prepare(
      `SELECT 'news' AS purpose, NULL AS sessionId, NULL AS sessionName, ifnull(news_consent_wording, '') AS wording,
           news_consent_at_ms AS givenAtMs, NULL AS withdrawnAtMs
         FROM mail_preferences WHERE account_id = ?1 AND news_consent_at_ms IS NOT NULL
         UNION ALL SELECT 'counting-objection', NULL, NULL, wording, since_at_ms, NULL FROM counting_objections WHERE account_id = ?1
         UNION ALL SELECT 'recording', s.id, s.name, c.wording, c.given_at_ms, c.withdrawn_at_ms
         FROM recording_consents c JOIN sessions s ON s.id = c.session_id WHERE c.account_id = ?1
         ORDER BY givenAtMs DESC LIMIT ?2`,
    ).bind(accountId, CONSENTS_SHOWN_MAX),
  );
  const rows = results.map((row, at) => (at < NAMED_MAX ? row : { ...row, sessionName: null }));
  return openNamed(env, deps, rows, async (row, open) => ({
    ...row,
    sessionName: (await open("session", row.sessionName)) || null,
  }));
}

/**
 * Takes a consent to share in a session back: from this instant nobody sees what the person shared there, it goes from our servers, and those who
 * have fetched it are asked to delete their copies. `false`: there is none that is still given.
 */
export async function withdrawRecordingConsent(
  env: Env,
  deps: Deps,
  accountId: string,
  sessionId: SessionId,
): Promise<boolean> {
  const nowMs = deps.now();
  const theirs = (sql: string) => env.DB.prepare(sql).bind(accountId, sessionId, nowMs);
  const [withdrawn] = await env.DB.batch([
    theirs(
      `UPDATE recording_consents SET withdrawn_at_ms = ?3
       WHERE account_id = ?1 AND session_id = ?2 AND withdrawn_at_ms IS NULL`,
    ),
    theirs(
      `UPDATE deliveries SET wished_at_ms = ?3 WHERE owner_account_id = ?1 AND session_id = ?2 AND wished_at_ms IS NULL
         AND EXISTS (SELECT 1 FROM recording_consents WHERE account_id = ?1 AND session_id = ?2 AND withdrawn_at_ms = ?3)`,
    ),
    theirs(
      `UPDATE recordings SET state = 'deleting', expires_at_ms = min(ifnull(expires_at_ms, ?3), ?3)
       WHERE account_id = ?1 AND session_id = ?2
         AND EXISTS (SELECT 1 FROM recording_consents WHERE account_id = ?1 AND session_id = ?2 AND withdrawn_at_ms = ?3)`,
    ),
  ]);
  if (withdrawn?.meta.changes !== 1) return false;
  const { accountId: whose, sessionId: where, state } = recordings;
  const chosen = and(eq(whose, accountId), eq(where, sessionId), eq(state, "deleting"));
  const gone = readAll(Deletable, await selectDeletable(env.DB, chosen).limit(AT_ONCE));
  await deleteRecordings(env, deps, accountId, gone);
  try {
    await (await deps.reachRoom(env, sessionId)).announceRecordings();
  } catch {
    log({ event: "room-unreachable", call: "announce" });
  }
  return true;
}
