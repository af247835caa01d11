import { z } from "zod";
import { Role } from "../../protocol/roles.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { allRows, StoredId } from "../platform/rows.ts";
import { withNames } from "./name.ts";

/** A session as one line among a person's sessions. */
const SessionLine = z.object({
  sessionId: StoredId.session,
  name: z.string(),
  role: Role,
  createdAtMs: z.int(),
  people: z.int(),
  firstTakeAtMs: z.int().nullable(),
  lastTakeAtMs: z.int().nullable(),
});
export type SessionLine = z.infer<typeof SessionLine>;
const SessionLineRow = SessionLine.extend({ joinedAtMs: z.int(), activeAtMs: z.int() });

/**
 * One page of the sessions that an account is in, the one last played in first. For each that the account is in (a bounded number): two
 * rows and two looks into the index of its recordings; for each that is shown also its members.
 */
export async function listSessionLines(env: Env, deps: Deps, accountId: string, limit: number, [atMs, id]: Cursor) {
  // What others are still uploading, and what has ended, is nobody's to see.
  const shared = "r.state = 'complete' AND (r.expires_at_ms IS NULL OR r.expires_at_ms > ?5)";
  const { results, passedOver } = await allRows(
    SessionLineRow,
    env.DB.prepare(
      `SELECT m.session_id AS sessionId, s.name, m.role, s.created_at_ms AS createdAtMs, m.joined_at_ms AS joinedAtMs,
              (SELECT COUNT(*) FROM session_members o WHERE o.session_id = s.id) AS people,
              (SELECT r.created_at_ms FROM recordings r WHERE r.session_id = s.id AND ${shared}
               ORDER BY r.created_at_ms LIMIT 1) AS firstTakeAtMs,
              (SELECT r.created_at_ms FROM recordings r WHERE r.session_id = s.id AND ${shared}
               ORDER BY r.created_at_ms DESC LIMIT 1) AS lastTakeAtMs,
              max(m.joined_at_ms, ifnull((SELECT r.created_at_ms FROM recordings r WHERE r.session_id = s.id AND ${shared}
                ORDER BY r.created_at_ms DESC LIMIT 1), 0)) AS activeAtMs
       FROM session_members m JOIN sessions s ON s.id = m.session_id
       WHERE m.account_id = ?1 AND (activeAtMs, m.session_id) < (?2, ?3)
       ORDER BY activeAtMs DESC, m.session_id DESC LIMIT ?4`,
    ).bind(accountId, atMs, id, limit + 1, deps.now()),
  );
  const { items, nextCursor } = cutPage(
    results,
    limit,
    ({ joinedAtMs: _joined, activeAtMs: _active, ...line }): SessionLine => line,
    (row) => [row.activeAtMs, row.sessionId],
    passedOver,
  );
  return { items: await withNames(env, deps, items), nextCursor };
}
