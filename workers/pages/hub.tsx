import { type Currency, currencies, readAmount } from "../../protocol/currencies.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { type HubPage, HubQuery } from "../../protocol/hub.ts";
import { ProfileId } from "../../protocol/ids.ts";
import { Posted } from "../../protocol/messages.ts";
import type { Page } from "../../site/design/page.ts";
import { type Done, hubText, isDone } from "../../site/i18n/hub.ts";
import { Answer, Report } from "../../site/views/hub/contact.tsx";
import { type Asked, Hub } from "../../site/views/hub/list.tsx";
import { Profile, type ProfileProps } from "../../site/views/hub/profile.tsx";
import { costs } from "../http/costs.ts";
import { readCursor } from "../http/paging.ts";
import { matchesNone } from "../http/preconditions.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { blockBetween, findBehind, findSender } from "../hub/contact.ts";
import { publicProfile } from "../hub/profile-row.ts";
import { isHubCursor, searchHub } from "../hub/search.ts";
import { findPublished } from "../hub/store.ts";
import { openName } from "../platform/personal-keys.ts";
import { listHosted } from "../sessions/store.ts";
import { askApi, backTo, type FormAnswer, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { type ReaderVisit, seeOther, sendPage, type Visit, withPage, withReader } from "./page.ts";
import { pictureOf } from "./picture.ts";
import { pageProblem } from "./problem.tsx";

/** The form's own words for a search: a rate as a person types it, and empty fields that mean nothing. */
function readSearch(c: AppContext): { asked: Asked; query: HubQuery | null } {
  const asked: Asked = {};
  for (const name of ["q", "instrument", "daw", "language", "availability", "rate", "currency"] as const) {
    const value = c.req.query(name)?.trim();
    if (value !== undefined && value !== "") asked[name] = value.slice(0, 200);
  }
  const { rate, currency, ...rest } = asked;
  const isCurrency = currency !== undefined && Object.hasOwn(currencies, currency);
  const rateMax = rate === undefined || !isCurrency ? null : readAmount(rate, currency as Currency);
  if (rate !== undefined && rateMax === null) return { asked, query: null };
  const read = HubQuery.safeParse({
    ...rest,
    ...(rateMax === null ? {} : { currency, rateMax }),
    cursor: c.req.query("cursor"),
  });
  return { asked, query: read.success ? read.data : null };
}

const nobody: HubPage = { items: [], nextCursor: null, corrected: [], dropped: [] };

const goodOf = (c: AppContext, page: Page) => {
  const what = c.req.query("done");
  return isDone(what) ? hubText[page.language].done[what] : undefined;
};

/** The person that the path names; `null` for one that is private as for one that never was. */
function profileIdOf(c: AppContext): ProfileId | null {
  const id = ProfileId.safeParse(c.req.param("profileId"));
  return id.success ? id.data : null;
}

/** A person's page, with what a form of it has to say. */
async function showProfile(
  c: AppContext,
  { page, reader }: Visit,
  refused?: { form: "message" | "invite" | "page"; code: ErrorCode; text?: string },
) {
  const id = profileIdOf(c);
  const row = id === null ? null : await findPublished(c.env, c.var.deps, id);
  if (row === null) return pageProblem(c, "not-found");
  const sessions = reader === null ? null : await listHosted(c.env, c.var.deps, reader.id);
  const isOwn = reader?.id === row.accountId;
  const isBlocked = reader !== null && (await blockBetween(c.env.DB, reader.id, row.accountId)) === "by-me";
  const bad: ProfileProps["bad"] =
    refused === undefined
      ? undefined
      : { form: refused.form, problem: problemOf(page, refused.form, refused.code, isOwn) };
  return sendPage(
    c,
    <Profile
      page={page}
      profile={publicProfile(row)}
      sessions={sessions}
      isOwn={isOwn}
      isBlocked={isBlocked}
      good={bad === undefined ? goodOf(c, page) : undefined}
      bad={bad}
      text={refused?.text ?? ""}
    />,
    bad === undefined ? 200 : 422,
  );
}

/** Why a message, an invitation or a block did not go, in the reader's words. */
function problemOf(page: Page, form: "message" | "invite" | "page", code: ErrorCode, isOwn: boolean): string {
  const t = hubText[page.language].problems;
  if (code === "conflict") return isOwn ? t.yourself : t.blocked;
  if (code === "quota-exceeded") return { invite: t.full, message: t.longTalk, page: t.manyBlocked }[form];
  return form === "invite" ? t.session : t.text;
}

/** The API's own path for what a form here asks about a person. */
const apiPath = (c: AppContext, what: "messages" | "invites" | "reports") =>
  `/hub/profiles/${encodeURIComponent(c.req.param("profileId") ?? "")}/${what}`;

async function showHub(c: AppContext, { page }: Visit) {
  const { asked, query } = readSearch(c);
  const cursor = query === null ? null : readCursor(query.cursor);
  const isRead = query !== null && cursor !== null && isHubCursor(cursor);
  const found = isRead ? (await searchHub(c.env, c.var.deps, query, cursor)).page : nobody;
  const view = <Hub page={page} asked={asked} query={isRead ? query : null} found={found} good={goodOf(c, page)} />;
  return sendPage(c, view, isRead ? 200 : 422);
}

async function sendPicture(c: AppContext) {
  const id = profileIdOf(c);
  const row = id === null ? null : await findPublished(c.env, c.var.deps, id);
  if (row === null) return pageProblem(c, "not-found");
  const { etag, png } = await pictureOf(publicProfile(row));
  const headers = { "Content-Type": "image/png", "Cache-Control": "private, no-cache", ETag: etag };
  return matchesNone(c.req.header("If-None-Match"), etag) ? c.body(null, 304, headers) : c.body(png, 200, headers);
}

/** After a form on a person's page: back to it, or the page with what was typed and why it did not go. */
function ended(
  c: AppContext,
  visit: ReaderVisit,
  form: "message" | "invite" | "page",
  answer: FormAnswer,
  done: Done,
  text?: string,
) {
  if (!answer.ok && answer.reason === "not-found") return pageProblem(c, "not-found");
  if (answer.ok || answer.reason === "unauthenticated" || isPageOfItsOwn(answer.reason))
    return backTo(c, visit.page, `/hub/${profileIdOf(c)}`, answer, done);
  return showProfile(c, visit, { form, code: answer.reason, ...(text === undefined ? {} : { text }) });
}

/** After a message: to the conversation that it is in. */
const toConversation = (c: AppContext, page: Page, answer: { value: unknown }) =>
  seeOther(c, page, `/messages/${Posted.parse(answer.value).conversationId}?done=sent#write`);

async function sendMessage(c: AppContext, visit: ReaderVisit) {
  const { text = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", apiPath(c, "messages"), { text });
  if (answer.ok) return toConversation(c, visit.page, answer);
  return ended(c, visit, "message", answer, "sent", text);
}

async function invite(c: AppContext, visit: ReaderVisit) {
  const { sessionId, role } = await fieldsOfForm(c);
  const path = apiPath(c, "invites");
  const answer = await askApi(c, "POST", path, { sessionId, role });
  // A session that is not one's own is not there either; but the person is.
  if (!answer.ok && answer.reason === "not-found") return showProfile(c, visit, { form: "invite", code: "forbidden" });
  return ended(c, visit, "invite", answer, "invited");
}

async function block(c: AppContext, visit: ReaderVisit) {
  const answer = await askApi(c, "POST", "/blocks", { profileId: c.req.param("profileId") });
  return ended(c, visit, "page", answer, "blocked");
}

async function showReport(
  c: AppContext,
  page: Page,
  typed: { reason: string; details: string },
  problem?: "reasonMissing" | "detailsWrong" | "site",
) {
  const id = profileIdOf(c);
  const about = id === null ? null : await findBehind(c.env.DB, id);
  if (about === null) return pageProblem(c, "not-found");
  const t = hubText[page.language];
  const said = problem === undefined ? undefined : problem === "site" ? t.problems.site : t[problem];
  const view = (
    <Report
      page={page}
      path={`/hub/${id}`}
      displayName={await openName(c.env, c.var.deps, about.sealedName)}
      problem={said}
      {...typed}
    />
  );
  return sendPage(c, view, problem === undefined ? 200 : problem === "site" ? 403 : 422);
}

function showEmptyReport(c: AppContext, { page }: Visit) {
  return showReport(c, page, { reason: "", details: "" });
}

async function report(c: AppContext, { page }: Visit) {
  const { reason = "", details = "" } = await fieldsOfForm(c);
  const path = apiPath(c, "reports");
  const answer = await askApi(c, "POST", path, { reason, details: details.trim() });
  if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, page, "/hub", answer, "reported");
  const typed = { reason, details };
  if (answer.reason === "validation-failed")
    return showReport(c, page, typed, answer.fields.reason === undefined ? "detailsWrong" : "reasonMissing");
  return answer.reason === "forbidden" ? showReport(c, page, typed, "site") : pageProblem(c, answer.reason);
}

const here = (c: AppContext) => `/hub/answer?token=${encodeURIComponent(c.req.query("token") ?? "")}`;

async function showAnswer(c: AppContext, { page, reader }: ReaderVisit, refused?: { code: ErrorCode; text: string }) {
  const token = c.req.query("token") ?? "";
  const sender = await findSender(c.env, token, reader.id);
  const bad = refused === undefined ? undefined : problemOf(page, "message", refused.code, false);
  const view = (
    <Answer
      page={page}
      sender={sender === null ? null : await openName(c.env, c.var.deps, sender.sealedName)}
      token={token}
      good={bad === undefined ? goodOf(c, page) : undefined}
      bad={bad}
      text={refused?.text ?? ""}
    />
  );
  return sendPage(c, view, sender === null ? 410 : bad === undefined ? 200 : 422);
}

async function answerSender(c: AppContext, visit: ReaderVisit) {
  const { text = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/hub/answers", { answer: c.req.query("token") ?? "", text });
  if (answer.ok) return toConversation(c, visit.page, answer);
  if (isPageOfItsOwn(answer.reason)) return pageProblem(c, answer.reason, answer);
  return showAnswer(c, visit, { code: answer.reason, text });
}

async function blockSender(c: AppContext, visit: ReaderVisit) {
  const answer = await askApi(c, "POST", "/blocks", { answer: c.req.query("token") ?? "" });
  if (answer.ok) return seeOther(c, visit.page, "/account/profile?done=blocked");
  if (isPageOfItsOwn(answer.reason)) return pageProblem(c, answer.reason, answer);
  return showAnswer(c, visit, {
    code: answer.reason === "quota-exceeded" ? answer.reason : "link-invalid",
    text: "",
  });
}

/** The Hub for people with a browser: everything by links and plain forms. */
export const hubPages = newRouter();
hubPages.get("/hub", costs("search"), withPage(showHub));
// Where the link of a mail from the Hub leads.
hubPages.get("/hub/answer", costs("read"), withReader(showAnswer, here));
hubPages.post("/hub/answer", costs("read"), withReader(answerSender, here));
hubPages.post("/hub/answer/block", costs("read"), withReader(blockSender, here));
hubPages.get("/hub/:profileId", costs("read"), withPage(showProfile));
hubPages.get("/hub/:profileId/picture.png", costs("search"), sendPicture);
hubPages.post("/hub/:profileId/message", costs("read"), withReader(sendMessage));
hubPages.post("/hub/:profileId/invite", costs("read"), withReader(invite));
hubPages.post("/hub/:profileId/block", costs("read"), withReader(block));
hubPages.get("/hub/:profileId/report", costs("read"), withPage(showEmptyReport));
hubPages.post("/hub/:profileId/report", costs("read"), withPage(report));
