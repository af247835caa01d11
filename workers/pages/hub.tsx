import type { Context } from "hono";
import { type Currency, currencies, readAmount } from "../../protocol/currencies.ts";
import { CreateReport, HubInvite, type HubPage, HubQuery, Message } from "../../protocol/hub.ts";
import { ProfileId } from "../../protocol/ids.ts";
import type { Page } from "../../site/design/page.ts";
import { hubText, isSaid } from "../../site/i18n/hub.ts";
import { sharePicture } from "../../site/picture/share.ts";
import { Answer, Report } from "../../site/views/hub/contact.tsx";
import { type Asked, Hub } from "../../site/views/hub/list.tsx";
import { Profile, type ProfileProps } from "../../site/views/hub/profile.tsx";
import { type AccountEnv, authenticate, isOwnOrigin } from "../auth/guard.ts";
import { publicOrigin } from "../http/origin.ts";
import { readCursor } from "../http/paging.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { block } from "../hub/blocks.ts";
import { type Contacted, findBehind, findSender, sendInvite, sendMessage } from "../hub/contact.ts";
import { takeReport } from "../hub/reports.ts";
import { isHubCursor, searchHub } from "../hub/search.ts";
import { findPublished, publicProfile } from "../hub/store.ts";
import { flush } from "../mail/flush.ts";
import { findMembership } from "../sessions/guard.ts";
import { listHosted } from "../sessions/store.ts";
import { pageOf, sendPage } from "./page.ts";
import { pageProblem } from "./pages.tsx";
import { formOf, said, signedIn } from "./profile.tsx";

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

const nobody: HubPage = { items: [], nextCursor: null, corrected: [] };

const goodOf = (c: AppContext, page: Page) => {
  const what = c.req.query("said");
  return isSaid(what) ? hubText[page.language].said[what] : undefined;
};

/** The person that the path names; `null` for one that is private as for one that never was. */
function profileIdOf(c: AppContext): ProfileId | null {
  const id = ProfileId.safeParse(c.req.param("profileId"));
  return id.success ? id.data : null;
}

/** A person's page, with what a form of it has to say. */
async function showProfile(
  c: AppContext,
  more: Pick<ProfileProps, "bad" | "text"> = {},
  status: 200 | 403 | 422 | 429 = 200,
) {
  const id = profileIdOf(c);
  const row = id === null ? null : await findPublished(c.env.DB, id);
  if (row === null) return pageProblem(c, "not-found");
  const page = await pageOf(c);
  const account = page.account === null ? null : await authenticate(c);
  const sessions = account === null ? null : await listHosted(c.env.DB, account.id);
  return sendPage(
    c,
    <Profile
      page={page}
      profile={publicProfile(row)}
      sessions={sessions}
      isOwn={account?.id === row.accountId}
      good={more.bad === undefined ? goodOf(c, page) : undefined}
      {...more}
    />,
    status,
  );
}

/** Why a message or an invitation did not go; `null` if it did. */
function refusal(page: Page, outcome: Exclude<Contacted, "sent"> | "quota-exceeded"): string {
  const t = hubText[page.language].problems;
  return { yourself: t.yourself, "you-blocked": t.blocked, "rate-limited": t.tries, "quota-exceeded": t.full }[outcome];
}

/** The Hub for people with a browser: everything by links and plain forms. */
export const hubPages = newRouter<AccountEnv>();
hubPages.get("/hub", async (c) => {
  const page = await pageOf(c);
  const { asked, query } = readSearch(c);
  const cursor = query === null ? null : readCursor(query.cursor);
  const isRead = query !== null && cursor !== null && isHubCursor(cursor);
  const found = isRead ? (await searchHub(c.env.DB, query, cursor)).page : nobody;
  const view = <Hub page={page} asked={asked} query={isRead ? query : null} found={found} said={goodOf(c, page)} />;
  return sendPage(c, view, isRead ? 200 : 422);
});
hubPages.get("/hub/answer", async (c) => {
  const redirect = await signedIn(c, `/hub/answer?token=${c.req.query("token") ?? ""}`);
  if (redirect !== null) return redirect;
  const token = c.req.query("token") ?? "";
  const sender = await findSender(c.env, token, c.var.account.id);
  const page = await pageOf(c);
  const view = <Answer page={page} sender={sender?.displayName ?? null} token={token} good={goodOf(c, page)} />;
  return sendPage(c, view, sender === null ? 410 : 200);
});
hubPages.post("/hub/answer", async (c) => {
  const token = c.req.query("token") ?? "";
  const path = `/hub/answer?token=${token}`;
  const redirect = await signedIn(c, path);
  if (redirect !== null) return redirect;
  const page = await pageOf(c);
  const sender = await findSender(c.env, token, c.var.account.id);
  if (sender === null) return sendPage(c, <Answer page={page} sender={null} token="" />, 410);
  const text = String((await formOf(c)).get("text") ?? "");
  const refuse = (bad: string) =>
    sendPage(c, <Answer page={page} sender={sender.displayName} token={token} bad={bad} text={text} />, 422);
  const message = Message.safeParse({ text });
  if (!message.success) return refuse(hubText[page.language].problems.text);
  const outcome = await sendMessage(c.env, c.var.deps, publicOrigin(c), c.var.account, sender, message.data.text);
  if (outcome !== "sent") return refuse(refusal(page, outcome));
  flush(c);
  return said(c, page, path, "sent");
});
hubPages.post("/hub/answer/block", async (c) => {
  const token = c.req.query("token") ?? "";
  const redirect = await signedIn(c, `/hub/answer?token=${token}`);
  if (redirect !== null) return redirect;
  const page = await pageOf(c);
  const sender = await findSender(c.env, token, c.var.account.id);
  if (sender === null) return sendPage(c, <Answer page={page} sender={null} token="" />, 410);
  await block(c.env.DB, c.var.deps, c.var.account.id, sender.accountId);
  return said(c, page, "/account/profile", "blocked");
});
hubPages.get("/hub/:profileId", (c) => showProfile(c));
hubPages.get("/hub/:profileId/picture.png", async (c) => {
  const id = profileIdOf(c);
  const row = id === null ? null : await findPublished(c.env.DB, id);
  if (row === null) return pageProblem(c, "not-found");
  const headers = { "Content-Type": "image/png", "Cache-Control": "private, no-cache" };
  return c.body(await sharePicture(publicProfile(row)), 200, headers);
});
/** Whom a form on a profile is about, for somebody who is signed in; or the page that answers instead. */
async function personAsked(c: Context<AccountEnv>) {
  const id = profileIdOf(c);
  const redirect = await signedIn(c, `/hub/${id ?? ""}`);
  if (redirect !== null) return redirect;
  const person = id === null ? null : await findBehind(c.env.DB, id);
  return id === null || person === null ? pageProblem(c, "not-found") : { id, person };
}

hubPages.post("/hub/:profileId/message", async (c) => {
  const asked = await personAsked(c);
  if (asked instanceof Response) return asked;
  const { id, person: to } = asked;
  const page = await pageOf(c);
  const text = String((await formOf(c)).get("text") ?? "");
  const refuse = (problem: string) => showProfile(c, { bad: { form: "message", problem }, text }, 422);
  const message = Message.safeParse({ text });
  if (!message.success) return refuse(hubText[page.language].problems.text);
  const outcome = await sendMessage(c.env, c.var.deps, publicOrigin(c), c.var.account, to, message.data.text);
  if (outcome !== "sent") return refuse(refusal(page, outcome));
  flush(c);
  return said(c, page, `/hub/${id}`, "sent");
});
hubPages.post("/hub/:profileId/invite", async (c) => {
  const asked = await personAsked(c);
  if (asked instanceof Response) return asked;
  const { id, person: to } = asked;
  const page = await pageOf(c);
  const form = await formOf(c);
  const refuse = (problem: string) => showProfile(c, { bad: { form: "invite", problem } }, 422);
  const wanted = HubInvite.safeParse({ sessionId: form.get("sessionId"), role: form.get("role") ?? undefined });
  const member = wanted.success ? await findMembership(c.env.DB, wanted.data.sessionId, c.var.account.id) : null;
  if (!wanted.success || member?.role !== "host") return refuse(hubText[page.language].problems.session);
  const origin = publicOrigin(c);
  const outcome = await sendInvite(c.env, c.var.deps, origin, c.var.account, to, member, wanted.data.role);
  if (outcome !== "sent") return refuse(refusal(page, outcome));
  flush(c);
  return said(c, page, `/hub/${id}`, "invited");
});
hubPages.post("/hub/:profileId/block", async (c) => {
  const asked = await personAsked(c);
  if (asked instanceof Response) return asked;
  const { id, person: whom } = asked;
  const page = await pageOf(c);
  if (whom.accountId === c.var.account.id)
    return showProfile(c, { bad: { form: "page", problem: hubText[page.language].problems.yourself } }, 422);
  await block(c.env.DB, c.var.deps, c.var.account.id, whom.accountId);
  return said(c, page, `/hub/${id}`, "blocked");
});
hubPages.get("/hub/:profileId/report", async (c) => {
  const id = profileIdOf(c);
  const about = id === null ? null : await findBehind(c.env.DB, id);
  if (about === null) return pageProblem(c, "not-found");
  const { displayName } = about;
  return sendPage(
    c,
    <Report page={await pageOf(c)} path={`/hub/${id}`} displayName={displayName} reason="" details="" />,
  );
});
hubPages.post("/hub/:profileId/report", async (c) => {
  const id = profileIdOf(c);
  const about = id === null ? null : await findBehind(c.env.DB, id);
  if (about === null) return pageProblem(c, "not-found");
  const page = await pageOf(c);
  const t = hubText[page.language];
  const form = await formOf(c);
  const [reason, details] = [String(form.get("reason") ?? ""), String(form.get("details") ?? "").trim()];
  const refuse = (problem: string, status: 403 | 422 | 429) => {
    const props = { page, path: `/hub/${id}`, displayName: about.displayName, reason, details, problem };
    return sendPage(c, <Report {...props} />, status);
  };
  if (!isOwnOrigin(c)) return refuse(t.problems.site, 403);
  const report = CreateReport.safeParse({ reason, details });
  if (!report.success) {
    const isReason = report.error.issues.some((issue) => issue.path[0] === "reason");
    return refuse(isReason ? t.reasonMissing : t.detailsWrong, 422);
  }
  if ((await takeReport(c, about.accountId, report.data)) === "rate-limited") return refuse(t.reportTries, 429);
  return said(c, page, "/hub", "reported");
});
