import type { Conversation, ConversationMessage } from "../../../protocol/messages.ts";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { messagesText } from "../../i18n/messages.ts";
import { Notice } from "../hub/parts.tsx";
import { Confirm } from "../sessions/confirm.tsx";
import { MessageForm } from "./form.tsx";

export interface ConversationProps {
  page: Page;
  conversation: Conversation;
  /** Newest first, as they are kept. */
  messages: readonly ConversationMessage[];
  /** Where what was written earlier begins; `null`: this is all. */
  nextCursor: string | null;
  isNewest: boolean;
  good?: string | undefined;
  bad?: string | undefined;
  text?: string;
}

/** The lines themselves: theirs in their colour, one's own opposite. */
export function Said({
  page,
  conversation: { displayName, accent },
  messages,
}: Pick<ConversationProps, "page" | "conversation" | "messages">) {
  return (
    <ol class={`said-list person-${accent}`}>
      {messages.toReversed().map(({ isOwn, text, createdAtMs }) => (
        <li class={isOwn ? "own" : "theirs"}>
          <p class="small soft">
            <strong dir="auto">{isOwn ? messagesText[page.language].you : displayName}</strong>{" "}
            <Moment page={page} ms={createdAtMs} show="short" />
          </p>
          <p class="said-text" dir="auto">
            {text}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** What two people wrote to each other, the newest at the bottom where the next is written. */
export function ConversationPage(props: ConversationProps) {
  const { page, conversation, messages, nextCursor, isNewest } = props;
  const { conversationId, displayName, accent, profileId } = conversation;
  const t = messagesText[page.language];
  const here = `/messages/${conversationId}`;
  return (
    <Layout page={page} title={t.with(displayName)} styles={["hub.css"]} hidden>
      <header class="stack">
        <p class="small">
          <a href={href(page, "/messages")}>{t.all}</a>
        </p>
        <h1 class={`talk-name person-${accent}`} dir="auto">
          {displayName}
        </h1>
        {profileId === null ? null : (
          <p>
            <a href={href(page, `/hub/${profileId}`)}>{t.profile}</a>
          </p>
        )}
      </header>
      <section class="stack talk-log" aria-label={t.log}>
        {nextCursor === null ? null : (
          <a class="button quiet" href={href(page, `${here}?cursor=${encodeURIComponent(nextCursor)}`)}>
            {t.earlier}
          </a>
        )}
        {messages.length === 0 ? (
          <p class="soft">{t.nothingLeft}</p>
        ) : (
          <Said page={page} conversation={conversation} messages={messages} />
        )}
        {isNewest ? null : (
          <a class="button quiet" href={href(page, here)}>
            {t.latest}
          </a>
        )}
      </section>
      <Write {...props} />
      <details class="way">
        <summary>{t.more}</summary>
        <div class="stack">
          {conversation.isBlocked ? null : (
            <form class="stack" method="post" action={href(page, `${here}/block`)}>
              <button class="button destructive" type="submit">
                {t.block}
              </button>
              <p class="soft">{t.blockHint(displayName)}</p>
            </form>
          )}
          <p class="actions">
            <a class="button quiet" href={href(page, `${here}/report`)}>
              {t.report(displayName)}
            </a>
            <a class="button destructive" href={href(page, `${here}/delete`)}>
              {t.remove}
            </a>
          </p>
        </div>
      </details>
    </Layout>
  );
}

function Write({ page, conversation, good, bad, text = "" }: ConversationProps) {
  const t = messagesText[page.language];
  const { conversationId, displayName, isBlocked } = conversation;
  if (isBlocked)
    return (
      <section class="stack" id="write">
        <Notice good={good} bad={bad} />
        <p class="soft">{t.isBlocked(displayName)}</p>
        <a class="button quiet" href={href(page, "/account/profile#blocked")}>
          {t.toBlocked}
        </a>
      </section>
    );
  return (
    <MessageForm
      page={page}
      action={`/messages/${conversationId}`}
      words={{ label: t.write, send: t.send, note: t.kept }}
      rows={4}
      text={text}
      good={good}
      bad={bad}
    />
  );
}

export function DeleteConversation({ page, conversation }: { page: Page; conversation: Conversation }) {
  const t = messagesText[page.language];
  const { conversationId, displayName } = conversation;
  const here = `/messages/${conversationId}`;
  return (
    <Confirm page={page} title={t.removeTitle(displayName)} action={`${here}/delete`} yes={t.yes} no={t.no} back={here}>
      <p class="lead">{t.removeLead}</p>
      <p>{t.removeStays(displayName)}</p>
    </Confirm>
  );
}
