import type { Hono } from "hono";
import type { z } from "zod";
import { accentsOf } from "../../protocol/accents.ts";
import { SessionId } from "../../protocol/ids.ts";
import { PageQuery, pageOf as pageOfItems } from "../../protocol/paging.ts";
import { may } from "../../protocol/roles.ts";
import { Invite, InviteSummary, SessionDetail } from "../../protocol/sessions.ts";
import { href, type Page } from "../../site/design/page.ts";
import { sessionProblem, sessionText } from "../../site/i18n/sessions.ts";
import { DeleteSession, LeaveSession } from "../../site/views/sessions/confirm.tsx";
import { SessionDenied } from "../../site/views/sessions/denied.tsx";
import { Erased } from "../../site/views/sessions/erased.tsx";
import type { InviteList } from "../../site/views/sessions/invites.tsx";
import { SessionList, type SessionListProps } from "../../site/views/sessions/list.tsx";
import { isSessionOutcome, SessionPage } from "../../site/views/sessions/session.tsx";
import { Takes } from "../../site/views/takes/takes.tsx";
import { type Account, authenticate } from "../auth/guard.ts";
import { firstPage, readCursor } from "../http/paging.ts";
import { type AppContext, type AppEnv, newRouter } from "../http/router.ts";
import { findOwnErasure } from "../privacy/session-erasure.ts";
import { listSeenRecordings } from "../recordings/overview.ts";
import { findMembership, type Membership } from "../sessions/guard.ts";
import { listSessionLines } from "../sessions/overview.ts";
import { sessionDetail } from "../sessions/store.ts";
import { ask } from "./ask.ts";
import { type FormAnswer, fieldsOfForm } from "./form.ts";
import { pageOf, sendPage } from "./page.ts";

const LINES_PER_PAGE = 20;
const INVITES_PER_PAGE = 10;
const STEMS_PER_PAGE = 60;

/** Who reads, or the way to the sign-in page and back. */
export async function reader(c: AppContext): Promise<{ page: Page; account: Account } | Response> {
  const page = await pageOf(c);
  const account = await authenticate(c);
  if (account !== null) return { page, account };
  const url = new URL(c.req.url);
  // Only what was looked at is worth coming back to; a form would be sent anew.
  const back = c.req.method === "GET" ? url.pathname + url.search : "/sessions";
  return c.redirect(href(page, `/sign-in?next=${encodeURIComponent(back)}`), 303);
}

/** As `reader`, and in the session that the path names; to everybody else there is no session. */
export async function readerIn(
  c: AppContext,
): Promise<{ page: Page; account: Account; member: Membership } | Response> {
  const who = await reader(c);
  if (who instanceof Response) return who;
  const member = await findMembership(c.env.DB, c.req.param("sessionId") ?? "", who.account.id);
  return member === null ? sendPage(c, <SessionDenied page={who.page} />, 404) : { ...who, member };
}

/** After a form: to a page that may be loaded again without doing it twice (RFC 9110, 15.4.4). */
export function seeOther(c: AppContext, page: Page, path: string) {
  return c.redirect(href(page, path), 303);
}

/** The takes of a session, with who played them: the members that are in it, and nobody's name of those who have left (V1). */
async function takesView(c: AppContext, page: Page, account: Account, detail: z.infer<typeof SessionDetail>) {
  const accents = accentsOf(detail.members.map(({ memberId }) => memberId));
  const mayPlay = may(detail.role, "recording.download");
  const asked = c.req.query("takes");
  const cursor = readCursor(asked) ?? firstPage;
  const where = { sessionId: detail.sessionId, accountId: account.id, withPeaks: mayPlay };
  const list = await listSeenRecordings(c.env, where, page.nowMs, STEMS_PER_PAGE, cursor);
  const nameOf = new Map<string, string>(detail.members.map(({ memberId, displayName }) => [memberId, displayName]));
  const stems = list.items.map((recording) => {
    const memberId = recording.isOwn ? detail.memberId : recording.memberId;
    return {
      ...recording,
      who: nameOf.get(memberId) ?? sessionText[page.language].one.gone,
      accent: accents.get(memberId) ?? null,
    };
  });
  const isFirstPage = asked === undefined || readCursor(asked) === null;
  const { sessionId } = detail;
  const view = (
    <Takes
      page={page}
      sessionId={sessionId}
      stems={stems}
      mayPlay={mayPlay}
      nextCursor={list.nextCursor}
      isFirstPage={isFirstPage}
    />
  );
  return view;
}

/** Back to the session, with what came of the form. */
export function backToSession(c: AppContext, page: Page, answer: FormAnswer, outcome: string) {
  const sessionId = c.req.param("sessionId") ?? "";
  if (!answer.ok && answer.code === "unauthenticated") return seeOther(c, page, `/sign-in?next=/sessions/${sessionId}`);
  return seeOther(c, page, `/sessions/${sessionId}?${answer.ok ? `done=${outcome}` : `problem=${answer.code}`}`);
}

async function showList(c: AppContext, page: Page, account: Account, more: Partial<SessionListProps>) {
  const asked = c.req.query("cursor");
  const cursor = readCursor(asked) ?? firstPage;
  const { items, nextCursor } = await listSessionLines(c.env.DB, account.id, page.nowMs, LINES_PER_PAGE, cursor);
  const view = (
    <SessionList page={page} lines={items} nextCursor={nextCursor} isFirstPage={asked === undefined} {...more} />
  );
  return sendPage(c, view, more.create === undefined && more.join === undefined ? 200 : 422);
}

async function showSession(
  app: Hono<AppEnv>,
  c: AppContext,
  { page, account, member }: { page: Page; account: Account; member: Membership },
  made: InviteList["made"] = null,
  problem: string | null = null,
) {
  const detail = await sessionDetail(c.env.DB, member);
  const accents = accentsOf(detail.members.map(({ memberId }) => memberId));
  let invites: InviteList | null = null;
  if (may(member.role, "session.invite")) {
    const cursor = PageQuery.shape.cursor.safeParse(c.req.query("invites")).data;
    const query = `limit=${INVITES_PER_PAGE}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await ask(app, c, "GET", `/sessions/${member.sessionId}/invites?${query}`);
    const list = pageOfItems(InviteSummary).safeParse(answer.ok ? answer.data : null);
    invites = { items: list.data?.items ?? [], nextCursor: list.data?.nextCursor ?? null, made };
  }
  const done = c.req.query("done");
  // The answer to a form lies at the form's address; its links lead to the session's own.
  const here = { ...page, path: `/sessions/${member.sessionId}` };
  const takes = await takesView(c, here, account, detail);
  return sendPage(
    c,
    <SessionPage
      page={here}
      session={{
        ...detail,
        recordingPermitted: detail.settings.recordingPermitted,
        members: detail.members.map((one) => ({ ...one, accent: accents.get(one.memberId) ?? 1 })),
      }}
      outcome={isSessionOutcome(done) ? done : null}
      problem={problem ?? c.req.query("problem") ?? null}
      invites={invites}
      scripts={["takes"]}
    >
      {takes}
    </SessionPage>,
    problem === null ? 200 : 422,
  );
}

/** A person's sessions, one session, and what may be done with it. Every change goes through the API's own routes. */
export function sessionPages(app: Hono<AppEnv>) {
  const pages = newRouter();
  pages.get("/sessions", async (c) => {
    const who = await reader(c);
    return who instanceof Response ? who : showList(c, who.page, who.account, {});
  });
  pages.post("/sessions", async (c) => {
    const who = await reader(c);
    if (who instanceof Response) return who;
    const { name = "", recordingPermitted } = await fieldsOfForm(c);
    const body = { name, settings: { recordingPermitted: recordingPermitted === "yes" } };
    const answer = await ask(app, c, "POST", "/sessions", body);
    const created = SessionDetail.safeParse(answer.ok ? answer.data : null);
    if (created.success) return seeOther(c, who.page, `/sessions/${created.data.sessionId}`);
    const t = sessionText[who.page.language].list;
    const code = answer.ok ? "internal-error" : answer.code;
    const problem =
      code === "validation-failed"
        ? t.nameProblem
        : code === "quota-exceeded"
          ? t.full
          : sessionProblem(who.page.language, code);
    return showList(c, who.page, who.account, { create: { name: name.slice(0, 400), problem } });
  });
  pages.get("/sessions/:sessionId", async (c) => {
    const who = await readerIn(c);
    return who instanceof Response ? who : showSession(app, c, who);
  });
  pages.get("/sessions/:sessionId/invites", async (c) =>
    seeOther(c, await pageOf(c), `/sessions/${c.req.param("sessionId")}#invites`),
  );
  pages.post("/sessions/:sessionId/invites", async (c) => {
    const who = await readerIn(c);
    if (who instanceof Response) return who;
    const { role, uses } = await fieldsOfForm(c);
    const answer = await ask(app, c, "POST", `/sessions/${who.member.sessionId}/invites`, { role, uses: Number(uses) });
    const made = Invite.safeParse(answer.ok ? answer.data : null);
    if (!made.success) return showSession(app, c, who, null, answer.ok ? "internal-error" : answer.code);
    // The code is in this answer and nowhere else: not in an address, not in a log.
    return showSession(app, c, who, made.data);
  });
  pages.post("/sessions/:sessionId/invites/:inviteId/revoke", async (c) => {
    const { sessionId, inviteId } = c.req.param();
    const answer = await ask(app, c, "DELETE", `/sessions/${sessionId}/invites/${encodeURIComponent(inviteId)}`);
    return backToSession(c, await pageOf(c), answer, "revoked");
  });
  pages.post("/sessions/:sessionId/members/:memberId/role", async (c) => {
    const { sessionId, memberId } = c.req.param();
    const { role } = await fieldsOfForm(c);
    const path = `/sessions/${sessionId}/members/${encodeURIComponent(memberId)}`;
    return backToSession(c, await pageOf(c), await ask(app, c, "PATCH", path, { role }), "role");
  });
  pages.post("/sessions/:sessionId/members/:memberId/remove", async (c) => {
    const { sessionId, memberId } = c.req.param();
    const answer = await ask(app, c, "DELETE", `/sessions/${sessionId}/members/${encodeURIComponent(memberId)}`);
    return backToSession(c, await pageOf(c), answer, "removed");
  });
  pages.post("/sessions/:sessionId/settings", async (c) => {
    const { recordingPermitted } = await fieldsOfForm(c);
    const body = { settings: { recordingPermitted: recordingPermitted === "yes" } };
    const answer = await ask(app, c, "PATCH", `/sessions/${c.req.param("sessionId")}`, body);
    return backToSession(c, await pageOf(c), answer, "settings");
  });
  pages.get("/sessions/:sessionId/leave", async (c) => {
    const who = await readerIn(c);
    return who instanceof Response
      ? who
      : sendPage(c, <LeaveSession page={who.page} sessionId={who.member.sessionId} />);
  });
  pages.post("/sessions/:sessionId/leave", async (c) => {
    const who = await readerIn(c);
    if (who instanceof Response) return who;
    const { sessionId, memberId } = who.member;
    const answer = await ask(app, c, "DELETE", `/sessions/${sessionId}/members/${memberId}`);
    return answer.ok ? seeOther(c, who.page, "/sessions") : backToSession(c, who.page, answer, "");
  });
  pages.get("/sessions/:sessionId/delete", async (c) => {
    const who = await readerIn(c);
    if (who instanceof Response) return who;
    const { sessionId, sessionName, role } = who.member;
    if (!may(role, "session.delete")) return seeOther(c, who.page, `/sessions/${sessionId}?problem=forbidden`);
    return sendPage(c, <DeleteSession page={who.page} sessionId={sessionId} name={sessionName} />);
  });
  pages.post("/sessions/:sessionId/delete", async (c) => {
    const who = await reader(c);
    if (who instanceof Response) return who;
    const sessionId = c.req.param("sessionId");
    const answer = await ask(app, c, "DELETE", `/sessions/${sessionId}`);
    if (answer.ok) return seeOther(c, who.page, `/sessions/${sessionId}/deleted`);
    if (answer.code === "not-found") return sendPage(c, <SessionDenied page={who.page} />, 404);
    return backToSession(c, who.page, answer, "");
  });
  pages.get("/sessions/:sessionId/deleted", async (c) => {
    const who = await reader(c);
    if (who instanceof Response) return who;
    const sessionId = SessionId.safeParse(c.req.param("sessionId"));
    const erasure = sessionId.success ? await findOwnErasure(c.env.DB, sessionId.data, who.account.id) : null;
    if (erasure === null) return sendPage(c, <SessionDenied page={who.page} />, 404);
    return sendPage(c, <Erased page={who.page} erasure={erasure} />);
  });
  return pages;
}
