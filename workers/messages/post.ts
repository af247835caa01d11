import type { ConversationId } from "../../protocol/ids.ts";
import { MESSAGES_PER_CONVERSATION_MAX } from "../../protocol/limits.ts";
import { ok, type Result, refused } from "../../protocol/result.ts";
import { newSecret } from "../auth/challenges.ts";
import { mayContact, type Reachable, type Sender } from "../hub/contact.ts";
import { queueDecoy, queueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openName } from "../platform/personal-keys.ts";
import { standingOf, writeMessage } from "./store.ts";

type Posted = Result<ConversationId, "yourself" | "you-blocked" | "rate-limited" | "quota-exceeded">;

/**
 * Writes to somebody. What is said stays on the site; a mail says that something is there and who wrote, once until it has been read. To
 * somebody who has not answered yet it is a message to a stranger, and those are few.
 */
export async function postMessage(
  env: Env,
  deps: Deps,
  origin: string,
  from: Sender,
  to: Reachable,
  text: string,
): Promise<Posted> {
  const before = await standingOf(env.DB, from.id, to.accountId);
  const allowed = await mayContact(env, deps, from.id, to, before?.isAnswered === true ? "message" : "contact");
  if (!allowed.ok) return allowed;
  if ((before?.messages ?? 0) >= MESSAGES_PER_CONVERSATION_MAX) return refused("quota-exceeded");
  const isHeld = allowed.value.silent;
  const draft = { authorId: from.id, readerId: to.accountId, text, isHeld };
  const conversationId = await writeMessage(env, deps, draft, before?.conversationId ?? null);
  if (conversationId === null) throw new Error("A conversation was deleted as often as it was written in.");
  const id = `message-${newSecret(deps)}`;
  const values = { from: await openName(env, deps, from.sealedName), link: `${origin}/messages/${conversationId}` };
  const isTold = !isHeld && (before?.unread ?? 0) === 0;
  const mail = isTold
    ? await queueMail(env, deps, { id, to, template: "message", values })
    : await queueDecoy(env, deps, id);
  await mail.run();
  return ok(conversationId);
}
