import type { Conversation } from "../../../protocol/messages.ts";
import { State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { messagesText } from "../../i18n/messages.ts";
import { Notice } from "../hub/parts.tsx";

export interface MessageListProps {
  page: Page;
  conversations: readonly Conversation[];
  /** Where the next page begins; `null` on the last one. */
  nextCursor: string | null;
  isFirstPage: boolean;
  good?: string | undefined;
}

/** One conversation as a track: with whom, the last that was said, and what of it is unread. */
export function Talk({ page, conversation }: { page: Page; conversation: Conversation }) {
  const t = messagesText[page.language];
  const { conversationId, displayName, accent, unread, lastMessageAtMs, lastText } = conversation;
  return (
    <li class={`track talk person-${accent}`}>
      <div class="track-head">
        <h2 dir="auto">
          <a href={href(page, `/messages/${conversationId}`)}>{displayName}</a>
        </h2>
        <span class="small soft">
          <Moment page={page} ms={lastMessageAtMs} show="short" />
        </span>
      </div>
      <p class={unread > 0 ? "track-words" : "track-words soft"} dir="auto">
        {lastText ?? t.nothingLeft}
      </p>
      <div class="track-facts">{unread > 0 ? <span class="unread">{t.unread(unread)}</span> : null}</div>
    </li>
  );
}

/** A person's conversations: each a track in the other's colour, what is unread marked. */
export function MessageList({ page, conversations, nextCursor, isFirstPage, good }: MessageListProps) {
  const t = messagesText[page.language];
  if (conversations.length === 0 && isFirstPage)
    return (
      <Layout page={page} title={t.title} hidden>
        <Notice good={good} />
        <State
          title={t.emptyTitle}
          sentence={t.emptySentence}
          next={{ href: href(page, "/hub"), label: t.emptyNext }}
        />
      </Layout>
    );
  return (
    <Layout page={page} title={t.title} styles={["hub.css"]} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <Notice good={good} />
      </header>
      <ol class="tracks talks">
        {conversations.map((conversation) => (
          <Talk page={page} conversation={conversation} />
        ))}
      </ol>
      {nextCursor === null && isFirstPage ? null : (
        <nav class="actions">
          {nextCursor === null ? null : (
            <a class="button quiet" rel="next" href={href(page, `/messages?cursor=${encodeURIComponent(nextCursor)}`)}>
              {t.older}
            </a>
          )}
          {isFirstPage ? null : (
            <a class="button quiet" href={href(page, "/messages")}>
              {t.newest}
            </a>
          )}
        </nav>
      )}
    </Layout>
  );
}
