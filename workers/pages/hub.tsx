import { type Currency, currencies, readAmount } from "../../protocol/currencies.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { type HubPage, HubQuery } from "../../protocol/hub.ts";
import { ProfileId } from "../../protocol/ids.ts";
import type { Page } from "../../site/design/page.ts";
import { type Done, hubText, isDone } from "../../site/i18n/hub.ts";
import { Answer, Report } from "../../site/views/hub/contact.tsx";
import { type Asked, Hub } from "../../site/views/hub/list.tsx";
import { Profile, type ProfileProps } from "../../site/views/hub/profile.tsx";
import { readCursor } from "../http/paging.ts";
import { matchesNone } from "../http/preconditions.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { blockBetween, findBehind, findSender } from "../hub/contact.ts";
import { isHubCursor, searchHub } from "../hub/search.ts";
import { findPublished, publicProfile } from "../hub/store.ts";
import { listHosted } from "../sessions/store.ts";
import { type App, askApi, backTo, type FormAnswer, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
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
  const row = id === null ? null : await findPublished(c.env.DB, id);
  if (row === null) return pageProblem(c, "not-found");
  const sessions = reader === null ? null : await listHosted(c.env.DB, reader.id);
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
  if (code === "quota-exceeded") return form === "invite" ? t.full : t.manyBlocked;
  return form === "invite" ? t.session : t.text;
}

/** The API's own path for what a form here asks about a person. */
const apiPath = (c: AppContext, what: "messages" | "invites" | "reports") =>
  `/hub/profiles/${encodeURIComponent(c.req.param("profileId") ?? "")}/${what}`;

/** The Hub for people with a browser: everything by links and plain forms. */
export function hubPages(app: App) {
  const pages = newRouter();
  pages.get(
    "/hub",
    withPage(async (c, { page }) => {
      const { asked, query } = readSearch(c);
      const cursor = query === null ? null : readCursor(query.cursor);
      const isRead = query !== null && cursor !== null && isHubCursor(cursor);
      const found = isRead ? (await searchHub(c.env.DB, query, cursor)).page : nobody;
      const view = <Hub page={page} asked={asked} query={isRead ? query : null} found={found} good={goodOf(c, page)} />;
      return sendPage(c, view, isRead ? 200 : 422);
    }),
  );
  pages.route("/", answerPages(app));
  pages.get(
    "/hub/:profileId",
    withPage((c, visit) => showProfile(c, visit)),
  );
  pages.get("/hub/:profileId/picture.png", async (c) => {
    const id = profileIdOf(c);
    const row = id === null ? null : await findPublished(c.env.DB, id);
    if (row === null) return pageProblem(c, "not-found");
    const { etag, png } = await pictureOf(publicProfile(row));
    const headers = { "Content-Type": "image/png", "Cache-Control": "private, no-cache", ETag: etag };
    return matchesNone(c.req.header("If-None-Match"), etag) ? c.body(null, 304, headers) : c.body(png, 200, headers);
  });
  /** After a form on a person's page: back to it, or the page with what was typed and why it did not go. */
  const ended = (
    c: AppContext,
    visit: ReaderVisit,
    form: "message" | "invite" | "page",
    answer: FormAnswer,
    done: Done,
    text?: string,
  ) => {
    if (!answer.ok && answer.reason === "not-found") return pageProblem(c, "not-found");
    if (answer.ok || answer.reason === "unauthenticated" || isPageOfItsOwn(answer.reason))
      return backTo(c, visit.page, `/hub/${profileIdOf(c)}`, answer, done);
    return showProfile(c, visit, { form, code: answer.reason, ...(text === undefined ? {} : { text }) });
  };
  pages.post(
    "/hub/:profileId/message",
    withReader(async (c, visit) => {
      const { text = "" } = await fieldsOfForm(c);
      const answer = await askApi(app, c, "POST", apiPath(c, "messages"), { text });
      return ended(c, visit, "message", answer, "sent", text);
    }),
  );
  pages.post(
    "/hub/:profileId/invite",
    withReader(async (c, visit) => {
      const { sessionId, role } = await fieldsOfForm(c);
      const path = apiPath(c, "invites");
      const answer = await askApi(app, c, "POST", path, { sessionId, role });
      // A session that is not one's own is not there either; but the person is.
      if (!answer.ok && answer.reason === "not-found")
        return showProfile(c, visit, { form: "invite", code: "forbidden" });
      return ended(c, visit, "invite", answer, "invited");
    }),
  );
  pages.post(
    "/hub/:profileId/block",
    withReader(async (c, visit) => {
      const answer = await askApi(app, c, "POST", "/blocks", { profileId: c.req.param("profileId") });
      return ended(c, visit, "page", answer, "blocked");
    }),
  );
  const showReport = async (
    c: AppContext,
    page: Page,
    typed: { reason: string; details: string },
    problem?: "reasonMissing" | "detailsWrong" | "site",
  ) => {
    const id = profileIdOf(c);
    const about = id === null ? null : await findBehind(c.env.DB, id);
    if (about === null) return pageProblem(c, "not-found");
    const t = hubText[page.language];
    const said = problem === undefined ? undefined : problem === "site" ? t.problems.site : t[problem];
    const view = <Report page={page} path={`/hub/${id}`} displayName={about.displayName} problem={said} {...typed} />;
    return sendPage(c, view, problem === undefined ? 200 : problem === "site" ? 403 : 422);
  };
  pages.get(
    "/hub/:profileId/report",
    withPage((c, { page }) => showReport(c, page, { reason: "", details: "" })),
  );
  pages.post(
    "/hub/:profileId/report",
    withPage(async (c, { page }) => {
      const { reason = "", details = "" } = await fieldsOfForm(c);
      const path = apiPath(c, "reports");
      const answer = await askApi(app, c, "POST", path, { reason, details: details.trim() });
      if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, page, "/hub", answer, "reported");
      const typed = { reason, details };
      if (answer.reason === "validation-failed")
        return showReport(c, page, typed, answer.fields.reason === undefined ? "detailsWrong" : "reasonMissing");
      return answer.reason === "forbidden" ? showReport(c, page, typed, "site") : pageProblem(c, answer.reason);
    }),
  );
  return pages;
}

/** Where the link of a mail from the Hub leads. */
function answerPages(app: App) {
  const pages = newRouter();
  const showAnswer = async (
    c: AppContext,
    { page, reader }: ReaderVisit,
    refused?: { code: ErrorCode; text: string },
  ) => {
    const token = c.req.query("token") ?? "";
    const sender = await findSender(c.env, token, reader.id);
    const bad = refused === undefined ? undefined : problemOf(page, "message", refused.code, false);
    const view = (
      <Answer
        page={page}
        sender={sender?.displayName ?? null}
        token={token}
        good={bad === undefined ? goodOf(c, page) : undefined}
        bad={bad}
        text={refused?.text ?? ""}
      />
    );
    return sendPage(c, view, sender === null ? 410 : bad === undefined ? 200 : 422);
  };
  const here = (c: AppContext) => `/hub/answer?token=${encodeURIComponent(c.req.query("token") ?? "")}`;
  pages.get(
    "/hub/answer",
    withReader((c, visit) => showAnswer(c, visit), here),
  );
  pages.post(
    "/hub/answer",
    withReader(async (c, visit) => {
      const { text = "" } = await fieldsOfForm(c);
      const answer = await askApi(app, c, "POST", "/hub/answers", { answer: c.req.query("token") ?? "", text });
      if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, visit.page, here(c), answer, "sent");
      return showAnswer(c, visit, { code: answer.reason, text });
    }, here),
  );
  pages.post(
    "/hub/answer/block",
    withReader(async (c, visit) => {
      const answer = await askApi(app, c, "POST", "/blocks", { answer: c.req.query("token") ?? "" });
      if (answer.ok) return seeOther(c, visit.page, "/account/profile?done=blocked");
      if (isPageOfItsOwn(answer.reason)) return pageProblem(c, answer.reason, answer);
      return showAnswer(c, visit, {
        code: answer.reason === "quota-exceeded" ? answer.reason : "link-invalid",
        text: "",
      });
    }, here),
  );
  return pages;
}
