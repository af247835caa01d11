import * as z from "zod";
import { Accent } from "./accents.ts";
import { ConversationId, MessageId, ProfileId } from "./ids.ts";

/** Promise V2: all that a conversation tells one of its two people about the other. */
export const Conversation = z.strictObject({
  conversationId: ConversationId,
  displayName: z.string(),
  accent: Accent,
  /** `null` while their profile is private. */
  profileId: ProfileId.nullable(),
  /** Messages of theirs that were not read yet. */
  unread: z.int(),
  lastMessageAtMs: z.int(),
  /** The last of what the reader may see; `null` if nothing is left of it. */
  lastText: z.string().nullable(),
  /** The reader does not want to hear from this person. */
  isBlocked: z.boolean(),
});
export type Conversation = z.infer<typeof Conversation>;

export const ConversationMessage = z.strictObject({
  messageId: MessageId,
  /** Whether the reader wrote it; else the other did. */
  isOwn: z.boolean(),
  text: z.string(),
  createdAtMs: z.int(),
});
export type ConversationMessage = z.infer<typeof ConversationMessage>;

/** A message is on its way, in this conversation. */
export const Posted = z.strictObject({ conversationId: ConversationId });
