import { z } from "zod";
import { accentOf } from "../../protocol/accents.ts";
import { newId } from "../../protocol/ids.ts";
import type { Conversation, ConversationMessage } from "../../protocol/messages.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import { allRows, firstRow, SqlBoolean, StoredId } from "../platform/rows.ts";

/** Two ids in the order in which the table holds them. */
const ofTwo = (one: string, other: string): [string, string] => (one < other ? [one, other] : [other, one]);

/** What was written and may be seen by ?1: not what never reached them, and nothing of somebody whose data is only stored (G2). */
const seen = `(m.author_account_id = ?1 OR (m.reader_account_id = ?1 AND NOT EXISTS
  (SELECT 1 FROM restrictions r WHERE r.account_id = m.author_account_id)))`;

const ConversationRow = z.object({
  conversationId: StoredId.conversation,
  otherId: z.string(),
  displayName: z.string(),
  profileId: StoredId.profile.nullable(),
  unread: z.int(),
  lastMessageAtMs: z.int(),
  lastText: z.string().nullable(),
  isBlocked: SqlBoolean,
});
type ConversationRow = z.infer<typeof ConversationRow>;

const rows = `SELECT s.conversation_id AS conversationId, o.id AS otherId, o.display_name AS displayName,
    (SELECT p.id FROM profiles p WHERE p.account_id = o.id AND p.hub_position IS NOT NULL) AS profileId,
    s.unread, s.last_message_at_ms AS lastMessageAtMs,
    (SELECT m.text FROM messages m WHERE m.conversation_id = s.conversation_id AND m.created_at_ms >= s.since_ms AND ${seen}
     ORDER BY m.created_at_ms DESC, m.id DESC LIMIT 1) AS lastText,
    EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = ?1 AND b.blocked_account_id = o.id) AS isBlocked
  FROM conversation_sides s JOIN conversations c ON c.id = s.conversation_id
    JOIN accounts o ON o.id = iif(c.first_account_id = ?1, c.second_account_id, c.first_account_id)
  WHERE s.account_id = ?1`;

/** V2: the one way from a row to what the other may know. */
const shown = ({ otherId, ...row }: ConversationRow): Conversation => ({ ...row, accent: accentOf(otherId) });

/** An account's conversations, the one that was last written in first. */
export async function listConversations(db: D1Database, accountId: string, limit: number, [atMs, id]: Cursor) {
  const { results, passedOver } = await allRows(
    ConversationRow,
    db
      .prepare(
        `${rows} AND (s.last_message_at_ms, s.conversation_id) < (?2, ?3)
       ORDER BY s.last_message_at_ms DESC, s.conversation_id DESC LIMIT ?4`,
      )
      .bind(accountId, atMs, id, limit + 1),
  );
  return cutPage(results, limit, shown, (row) => [row.lastMessageAtMs, row.conversationId], passedOver);
}

/** One conversation with who the other is; `null` to everybody who is not in it, and to who has deleted it. */
export async function findConversation(
  db: D1Database,
  accountId: string,
  conversationId: string,
): Promise<{ conversation: Conversation; otherId: string } | null> {
  const row = await firstRow(
    ConversationRow,
    db.prepare(`${rows} AND s.conversation_id = ?2`).bind(accountId, conversationId),
  );
  return row === null ? null : { conversation: shown(row), otherId: row.otherId };
}

const MessageRow = z.object({
  messageId: StoredId.message,
  isOwn: SqlBoolean,
  text: z.string(),
  createdAtMs: z.int(),
});

/** What of a conversation one of its two may see, newest first. */
export async function listMessages(
  db: D1Database,
  accountId: string,
  conversationId: string,
  limit: number,
  [atMs, id]: Cursor,
) {
  const { results, passedOver } = await allRows(
    MessageRow,
    db
      .prepare(
        `SELECT m.id AS messageId, m.author_account_id = ?1 AS isOwn, m.text, m.created_at_ms AS createdAtMs
       FROM messages m JOIN conversation_sides s ON s.conversation_id = m.conversation_id AND s.account_id = ?1
       WHERE m.conversation_id = ?2 AND m.created_at_ms >= s.since_ms AND ${seen} AND (m.created_at_ms, m.id) < (?3, ?4)
       ORDER BY m.created_at_ms DESC, m.id DESC LIMIT ?5`,
      )
      .bind(accountId, conversationId, atMs, id, limit + 1),
  );
  return cutPage(
    results,
    limit,
    (row): ConversationMessage => row,
    (row) => [row.createdAtMs, row.messageId],
    passedOver,
  );
}

const Standing = z.object({
  conversationId: StoredId.conversation,
  messages: z.int(),
  /** The other has written in it: it is a conversation, and not post to a stranger. */
  isAnswered: SqlBoolean,
  /** What the other has not read yet. */
  unread: z.int(),
});
export type Standing = z.infer<typeof Standing>;

/** How a conversation of two stands before one more message; `null`: it would be the first. */
export const standingOf = (db: D1Database, authorId: string, readerId: string): Promise<Standing | null> =>
  firstRow(
    Standing,
    db
      .prepare(
        `SELECT c.id AS conversationId,
         (SELECT COUNT(*) FROM messages m WHERE m.conversation_id = c.id) AS messages,
         EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.author_account_id = ?4) AS isAnswered,
         ifnull((SELECT s.unread FROM conversation_sides s WHERE s.account_id = ?4 AND s.conversation_id = c.id), 0) AS unread
       FROM conversations c WHERE c.first_account_id = ?1 AND c.second_account_id = ?2 AND ?3 <> ?4`,
      )
      .bind(...ofTwo(authorId, readerId), authorId, readerId),
  );

interface Draft {
  authorId: string;
  readerId: string;
  text: string;
  /** The reader has blocked its author: it is kept for the author alone. */
  isHeld: boolean;
}

/** The statements that write a message down, for one batch; the same work whether it reaches anybody or not (X19). */
export function writeStatements(db: D1Database, deps: Deps, { authorId, readerId, text, isHeld }: Draft) {
  const nowMs = deps.now();
  const two = ofTwo(authorId, readerId);
  const conversation = "(SELECT id FROM conversations WHERE first_account_id = ?1 AND second_account_id = ?2)";
  const side = (accountId: string, unread: number, isShown: boolean) =>
    db
      .prepare(
        `INSERT INTO conversation_sides (account_id, conversation_id, unread, since_ms, last_message_at_ms)
         SELECT ?3, ${conversation}, ?4, ?5, ?5 WHERE ?6
         ON CONFLICT (account_id, conversation_id) DO UPDATE SET unread = unread + excluded.unread, last_message_at_ms = ?5`,
      )
      .bind(...two, accountId, unread, nowMs, isShown ? 1 : 0);
  return [
    db
      .prepare(
        `INSERT INTO conversations (id, first_account_id, second_account_id, created_at_ms, last_message_at_ms)
         VALUES (?3, ?1, ?2, ?4, ?4)
         ON CONFLICT (first_account_id, second_account_id) DO UPDATE SET last_message_at_ms = ?4`,
      )
      .bind(...two, newId("cnv", deps.random), nowMs),
    db
      .prepare(
        `INSERT INTO messages (id, conversation_id, author_account_id, reader_account_id, text, created_at_ms)
         VALUES (?3, ${conversation}, ?4, ?5, ?6, ?7)`,
      )
      .bind(...two, newId("msg", deps.random), authorId, isHeld ? null : readerId, text, nowMs),
    side(authorId, 0, true),
    side(readerId, 1, !isHeld),
  ];
}

/** Everything in it has been read. */
export async function markRead(db: D1Database, accountId: string, conversationId: string): Promise<void> {
  await db
    .prepare("UPDATE conversation_sides SET unread = 0 WHERE account_id = ? AND conversation_id = ? AND unread > 0")
    .bind(accountId, conversationId)
    .run();
}

/** Deletes a conversation for one of the two; once neither has it, it is gone. */
export async function dropSide(db: D1Database, accountId: string, conversationId: string): Promise<boolean> {
  const [dropped] = await db.batch([
    db
      .prepare("DELETE FROM conversation_sides WHERE account_id = ? AND conversation_id = ?")
      .bind(accountId, conversationId),
    db
      .prepare(
        `DELETE FROM conversations WHERE id = ?1
         AND NOT EXISTS (SELECT 1 FROM conversation_sides s WHERE s.conversation_id = ?1) AND changes() > 0`,
      )
      .bind(conversationId),
  ]);
  return dropped?.meta.changes === 1;
}
