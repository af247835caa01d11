import { z } from "zod";
import { accentOf } from "../../protocol/accents.ts";
import { type ConversationId, newId } from "../../protocol/ids.ts";
import type { Conversation, ConversationMessage } from "../../protocol/messages.ts";
import { type Cursor, cutPage } from "../http/paging.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { eraseKey, type Open, openEach, openName, openSealed, readKeys, sealFor } from "../platform/personal-keys.ts";
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
const shown = async (env: Env, deps: Deps, { otherId, lastText, ...row }: ConversationRow): Promise<Conversation> => ({
  ...row,
  displayName: await openName(env, deps, row.displayName),
  lastText: lastText === null ? null : await openSealed(env, deps, "message", lastText),
  accent: accentOf(otherId),
});

/** An account's conversations, the one that was last written in first. */
export async function listConversations(
  env: Env,
  deps: Deps,
  accountId: string,
  limit: number,
  [atMs, id]: Cursor,
): Promise<{ items: Conversation[]; nextCursor: string | null }> {
  const { results, passedOver } = await allRows(
    ConversationRow,
    env.DB.prepare(
      `${rows} AND (s.last_message_at_ms, s.conversation_id) < (?2, ?3)
       ORDER BY s.last_message_at_ms DESC, s.conversation_id DESC LIMIT ?4`,
    ).bind(accountId, atMs, id, limit + 1),
  );
  const { items, nextCursor } = cutPage(
    results,
    limit,
    (row) => row,
    (row) => [row.lastMessageAtMs, row.conversationId],
    passedOver,
  );
  await readKeys(
    env,
    deps,
    items.flatMap(({ lastText, displayName }) => [lastText, displayName]),
  );
  return { items: await Promise.all(items.map((row) => shown(env, deps, row))), nextCursor };
}

/** One conversation with who the other is; `null` to everybody who is not in it, and to who has deleted it. */
export async function findConversation(
  env: Env,
  deps: Deps,
  accountId: string,
  conversationId: string,
): Promise<{ conversation: Conversation; otherId: string } | null> {
  const row = await firstRow(
    ConversationRow,
    env.DB.prepare(`${rows} AND s.conversation_id = ?2`).bind(accountId, conversationId),
  );
  return row === null ? null : { conversation: await shown(env, deps, row), otherId: row.otherId };
}

const MessageRow = z.object({
  messageId: StoredId.message,
  isOwn: SqlBoolean,
  text: z.string(),
  createdAtMs: z.int(),
});

/** What of a conversation one of its two may see, newest first. */
export async function listMessages(
  env: Env,
  deps: Deps,
  accountId: string,
  conversationId: string,
  limit: number,
  [atMs, id]: Cursor,
): Promise<{ items: ConversationMessage[]; nextCursor: string | null }> {
  const { results, passedOver } = await allRows(
    MessageRow,
    env.DB.prepare(
      `SELECT m.id AS messageId, m.author_account_id = ?1 AS isOwn, m.text, m.created_at_ms AS createdAtMs
       FROM messages m JOIN conversation_sides s ON s.conversation_id = m.conversation_id AND s.account_id = ?1
       WHERE m.conversation_id = ?2 AND m.created_at_ms >= s.since_ms AND ${seen} AND (m.created_at_ms, m.id) < (?3, ?4)
       ORDER BY m.created_at_ms DESC, m.id DESC LIMIT ?5`,
    ).bind(accountId, conversationId, atMs, id, limit + 1),
  );
  const { items, nextCursor } = cutPage(
    results,
    limit,
    (row) => row,
    (row) => [row.createdAtMs, row.messageId],
    passedOver,
  );
  // Of a conversation that goes just now nothing can be opened, and nothing is shown.
  return { items: await openEach(env, deps, items, inWords), nextCursor };
}

const inWords = async (row: ConversationMessage, open: Open): Promise<ConversationMessage> => ({
  ...row,
  text: await open("message", row.text),
});

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
function writeStatements(db: D1Database, deps: Deps, conversationId: ConversationId, isNew: boolean, draft: Draft) {
  const { authorId, readerId, text, isHeld } = draft;
  const nowMs = deps.now();
  const [first, second] = ofTwo(authorId, readerId);
  const isThere = "EXISTS (SELECT 1 FROM conversations WHERE id = ?1)";
  const side = (accountId: string, unread: number, isShown: boolean) =>
    db
      .prepare(
        `INSERT INTO conversation_sides (account_id, conversation_id, unread, since_ms, last_message_at_ms)
         SELECT ?2, ?1, ?3, ?4, ?4 WHERE ?5 AND ${isThere}
         ON CONFLICT (account_id, conversation_id) DO UPDATE SET unread = unread + excluded.unread, last_message_at_ms = ?4`,
      )
      .bind(conversationId, accountId, unread, nowMs, isShown ? 1 : 0);
  return [
    isNew
      ? db
          .prepare(
            `INSERT INTO conversations (id, first_account_id, second_account_id, created_at_ms, last_message_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (first_account_id, second_account_id) DO NOTHING`,
          )
          .bind(conversationId, first, second, nowMs)
      : db.prepare("UPDATE conversations SET last_message_at_ms = ?2 WHERE id = ?1").bind(conversationId, nowMs),
    db
      .prepare(
        `INSERT INTO messages (id, conversation_id, author_account_id, reader_account_id, text, created_at_ms)
         SELECT ?2, ?1, ?3, ?4, ?5, ?6 WHERE ${isThere}`,
      )
      .bind(conversationId, newId("msg", deps.random), authorId, isHeld ? null : readerId, text, nowMs),
    side(authorId, 0, true),
    side(readerId, 1, !isHeld),
  ];
}

/** Two write to each other for the first time at once, or one deletes while the other writes: more than that does not happen. */
const TRIES = 3;

/** Writes a message down under the key of its conversation, which is made with the first. `null`: it was not to be done. */
export async function writeMessage(
  env: Env,
  deps: Deps,
  draft: Draft,
  before: ConversationId | null,
): Promise<ConversationId | null> {
  let known = before;
  for (let tried = 0; tried < TRIES; tried++) {
    const id = known ?? newId("cnv", deps.random);
    const text = await sealFor(env, deps, id, "message", draft.text);
    const [, written] = await env.DB.batch(writeStatements(env.DB, deps, id, known === null, { ...draft, text }));
    if (written?.meta.changes === 1) return id;
    known = (await standingOf(env.DB, draft.authorId, draft.readerId))?.conversationId ?? null;
    if (known !== id) await eraseKey(env, deps, id);
  }
  return null;
}

/** Everything in it has been read. */
export async function markRead(db: D1Database, accountId: string, conversationId: string): Promise<void> {
  await db
    .prepare("UPDATE conversation_sides SET unread = 0 WHERE account_id = ? AND conversation_id = ? AND unread > 0")
    .bind(accountId, conversationId)
    .run();
}

/** Deletes a conversation for one of the two; once neither has it, it is gone, and its key with it. */
export async function dropSide(env: Env, deps: Deps, accountId: string, conversationId: string): Promise<boolean> {
  const [dropped, gone] = await env.DB.batch([
    env.DB.prepare("DELETE FROM conversation_sides WHERE account_id = ? AND conversation_id = ?").bind(
      accountId,
      conversationId,
    ),
    env.DB.prepare(
      `DELETE FROM conversations WHERE id = ?1
         AND NOT EXISTS (SELECT 1 FROM conversation_sides s WHERE s.conversation_id = ?1) AND changes() > 0`,
    ).bind(conversationId),
  ]);
  // Its messages, which go with it, are counted as well.
  if ((gone?.meta.changes ?? 0) > 0) await eraseKey(env, deps, conversationId);
  return dropped?.meta.changes === 1;
}
