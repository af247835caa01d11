import type { ErrorCode } from "../../protocol/errors.ts";
import type { Page } from "../../site/design/page.ts";
import { hubText } from "../../site/i18n/hub.ts";
import { isMessagesDone, type MessagesDone, messagesProblem, messagesText } from "../../site/i18n/messages.ts";
import { Report } from "../../site/views/hub/contact.tsx";
import { ConversationPage, DeleteConversation } from "../../site/views/messages/conversation.tsx";
import { MessageList } from "../../site/views/messages/list.tsx";
import { costs } from "../http/costs.ts";
import { firstPage, readCursor } from "../http/paging.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findConversation, listConversations, listMessages, markRead } from "../messages/store.ts";
import { askApi, backTo, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { type ReaderVisit, sendPage, withReader } from "./page.ts";
import { pageProblem } from "./problem.tsx";

const CONVERSATIONS_PER_PAGE = 20;
const MESSAGES_PER_PAGE = 50;

const idOf = (c: AppContext) => c.req.param("conversationId") ?? "";
const apiPath = (c: AppContext, what: "" | "/messages" | "/reports") =>
  `/conversations/${encodeURIComponent(idOf(c))}${what}`;
/** Where a form of a conversation came from, and where whoever was signed out comes back to. */
const here = (c: AppContext) => `/messages/${idOf(c)}`;
const back = (c: AppContext) => (c.req.method === "GET" ? c.req.path + new URL(c.req.url).search : here(c));

function goodOf(c: AppContext, page: Page): string | undefined {
  const what = c.req.query("done");
  return isMessagesDone(what) ? messagesText[page.language].done[what] : undefined;
}

async function showList(c: AppContext, { page, reader }: ReaderVisit) {
  const asked = readCursor(c.req.query("cursor"));
  const list = await listConversations(c.env, c.var.deps, reader.id, CONVERSATIONS_PER_PAGE, asked ?? firstPage);
  const isFirstPage = asked === null || c.req.query("cursor") === undefined;
  const { items, nextCursor } = list;
  return sendPage(
    c,
    <MessageList
      page={page}
      conversations={items}
      nextCursor={nextCursor}
      isFirstPage={isFirstPage}
      good={goodOf(c, page)}
    />,
  );
}

/** The header's count without what the reader is looking at now. */
const withRead = (page: Page, read: number): Page =>
  page.account === null
    ? page
    : { ...page, account: { ...page.account, unread: Math.max(0, page.account.unread - read) } };

async function showConversation(
  c: AppContext,
  { page, reader }: ReaderVisit,
  refused?: { code: ErrorCode; text: string },
) {
  const found = await findConversation(c.env, c.var.deps, reader.id, idOf(c));
  if (found === null) return pageProblem(c, "not-found");
  const { conversation } = found;
  const asked = readCursor(c.req.query("cursor"));
  const isNewest = asked === null || c.req.query("cursor") === undefined;
  const at = asked ?? firstPage;
  const list = await listMessages(c.env, c.var.deps, reader.id, conversation.conversationId, MESSAGES_PER_PAGE, at);
  if (isNewest && conversation.unread > 0) await markRead(c.env.DB, reader.id, conversation.conversationId);
  const view = (
    <ConversationPage
      page={isNewest ? withRead(page, conversation.unread) : page}
      conversation={conversation}
      messages={list.items}
      nextCursor={list.nextCursor}
      isNewest={isNewest}
      good={refused === undefined ? goodOf(c, page) : undefined}
      bad={refused === undefined ? undefined : messagesProblem(page.language, refused.code)}
      text={refused?.text ?? ""}
    />
  );
  return sendPage(c, view, refused === undefined ? 200 : 422);
}

async function write(c: AppContext, visit: ReaderVisit) {
  const { text = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", apiPath(c, "/messages"), { text });
  if (answer.ok || answer.reason === "unauthenticated" || isPageOfItsOwn(answer.reason))
    return backTo(c, visit.page, `${here(c)}#write`, answer, "sent" satisfies MessagesDone);
  return showConversation(c, visit, { code: answer.reason, text });
}

async function block(c: AppContext, visit: ReaderVisit) {
  const answer = await askApi(c, "POST", "/blocks", { conversationId: idOf(c) });
  if (!answer.ok && (answer.reason === "not-found" || answer.reason === "validation-failed"))
    return pageProblem(c, "not-found");
  if (answer.ok || answer.reason === "unauthenticated" || isPageOfItsOwn(answer.reason))
    return backTo(c, visit.page, `${here(c)}#write`, answer, "blocked" satisfies MessagesDone);
  return showConversation(c, visit, { code: answer.reason, text: "" });
}

async function askBeforeDeleting(c: AppContext, { page, reader }: ReaderVisit) {
  const found = await findConversation(c.env, c.var.deps, reader.id, idOf(c));
  if (found === null) return pageProblem(c, "not-found");
  return sendPage(c, <DeleteConversation page={page} conversation={found.conversation} />);
}

async function drop(c: AppContext, { page }: ReaderVisit) {
  const answer = await askApi(c, "DELETE", apiPath(c, ""));
  if (!answer.ok && (answer.reason === "not-found" || answer.reason === "validation-failed"))
    return pageProblem(c, "not-found");
  return backTo(c, page, "/messages", answer, "deleted" satisfies MessagesDone);
}

async function showReport(
  c: AppContext,
  { page, reader }: ReaderVisit,
  typed = { reason: "", details: "" },
  problem?: string,
) {
  const found = await findConversation(c.env, c.var.deps, reader.id, idOf(c));
  if (found === null) return pageProblem(c, "not-found");
  const { displayName } = found.conversation;
  const view = <Report page={page} path={here(c)} displayName={displayName} problem={problem} {...typed} />;
  return sendPage(c, view, problem === undefined ? 200 : 422);
}

async function report(c: AppContext, visit: ReaderVisit) {
  const { reason = "", details = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", apiPath(c, "/reports"), { reason, details: details.trim() });
  if (answer.ok || answer.reason === "unauthenticated" || isPageOfItsOwn(answer.reason))
    return backTo(c, visit.page, here(c), answer, "reported" satisfies MessagesDone);
  const t = hubText[visit.page.language];
  const said = answer.reason === "validation-failed" && answer.fields.reason === undefined;
  return showReport(c, visit, { reason, details }, said ? t.detailsWrong : t.reasonMissing);
}

/** What members write to each other, for a browser: by links and plain forms. */
export const messagePages = newRouter();
messagePages.get("/messages", costs("read"), withReader(showList));
messagePages.get("/messages/:conversationId", costs("read"), withReader(showConversation, back));
messagePages.post("/messages/:conversationId", costs("read"), withReader(write, back));
messagePages.post("/messages/:conversationId/block", costs("read"), withReader(block, back));
messagePages.get("/messages/:conversationId/delete", costs("read"), withReader(askBeforeDeleting, back));
messagePages.post("/messages/:conversationId/delete", costs("read"), withReader(drop, back));
messagePages.get("/messages/:conversationId/report", costs("read"), withReader(showReport, back));
messagePages.post("/messages/:conversationId/report", costs("read"), withReader(report, back));
