import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { accounts } from "./accounts.ts";
import { isSealed, type Sealed } from "./sealed.ts";

/** Two people who write to each other on the site: one row for both, by the order of their ids. It goes with either account. */
export const conversations = sqliteTable(
  "conversations",
  {
    id: text("id").primaryKey(),
    firstAccountId: text("first_account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    secondAccountId: text("second_account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    createdAtMs: integer("created_at_ms").notNull(),
    lastMessageAtMs: integer("last_message_at_ms").notNull(),
  },
  (table) => [
    unique("conversations_of_two").on(table.firstAccountId, table.secondAccountId),
    index("conversations_by_second").on(table.secondAccountId),
    index("conversations_by_last").on(table.lastMessageAtMs),
  ],
);

/** A conversation as one of the two sees it: what waits to be read, and from when on it is shown. Deleted there, it is no row. */
export const conversationSides = sqliteTable(
  "conversation_sides",
  {
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    conversationId: text("conversation_id")
      .notNull()
      .references(() => conversations.id, { onDelete: "cascade" }),
    unread: integer("unread").notNull(),
    /** What was written before they last deleted it stays gone for them. */
    sinceMs: integer("since_ms").notNull(),
    lastMessageAtMs: integer("last_message_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.conversationId] }),
    index("conversation_sides_by_last").on(table.accountId, table.lastMessageAtMs, table.conversationId),
    // Read with every page of somebody who is signed in: it holds what is unread and nothing else.
    index("conversation_sides_unread").on(table.accountId, table.unread).where(sql`${table.unread} > 0`),
    index("conversation_sides_by_conversation").on(table.conversationId),
  ],
);

export const messages = sqliteTable(
  "messages",
  {
    id: text("id").primaryKey(),
    conversationId: text("conversation_id")
      .notNull()
      .references(() => conversations.id, { onDelete: "cascade" }),
    authorAccountId: text("author_account_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    /** `null`: it was written to somebody who had blocked its author, and is nobody's to read but theirs. */
    readerAccountId: text("reader_account_id").references(() => accounts.id, { onDelete: "cascade" }),
    /** Sealed under the conversation's own key, which goes with it. */
    text: text("text").$type<Sealed>().notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    index("messages_of_conversation").on(table.conversationId, table.createdAtMs, table.id),
    index("messages_by_author").on(table.authorAccountId),
    index("messages_by_reader").on(table.readerAccountId),
    index("messages_by_age").on(table.createdAtMs),
    isSealed("messages_text_is_sealed", table.text),
  ],
);
