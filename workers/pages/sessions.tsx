import type { z } from "zod";
import { SessionId } from "../../protocol/ids.ts";
import { PageQuery, pageSchema } from "../../protocol/paging.ts";
import { may } from "../../protocol/roles.ts";
import { Invite, InviteSummary, SessionDetail } from "../../protocol/sessions.ts";
import type { Refused } from "../../site/design/form.tsx";
import type { Page } from "../../site/design/page.ts";
import { sessionProblem, sessionText } from "../../site/i18n/sessions.ts";
import { DeleteSession, LeaveSession, RemoveMember } from "../../site/views/sessions/confirm.tsx";
import { SessionDenied } from "../../site/views/sessions/denied.tsx";
import { Erased } from "../../site/views/sessions/erased.tsx";
import type { InviteList } from "../../site/views/sessions/invites.tsx";
import { SessionList, type SessionListProps } from "../../site/views/sessions/list.tsx";
import { readNotice, SessionPage } from "../../site/views/sessions/session.tsx";
import { Takes } from "../../site/views/takes/takes.tsx";
import { costs } from "../http/costs.ts";
import { firstPage, readCursor } from "../http/paging.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { issueLinkToken, readLinkToken } from "../platform/link-token.ts";
import { findOwnErasure } from "../privacy/session-erasure.ts";
import { attachment } from "../recordings/download.ts";
import { listSeenRecordings } from "../recordings/overview.ts";
import { calendarOf } from "../sessions/calendar.ts";
import { findEvening } from "../sessions/evenings.ts";
import { findMembership, type Membership } from "../sessions/guard.ts";
import { nameOf } from "../sessions/name.ts";
import { listSessionLines } from "../sessions/overview.ts";
import { listMembers, sessionDetail } from "../sessions/store.ts";
import { askApi, backTo, type FormAnswer, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { pageFor, type ReaderVisit, seeOther, sendPage, withAccount, withReader } from "./page.ts";
import { pageProblem } from "./problem.tsx";

const LINES_PER_PAGE = 20;
const INVITES_PER_PAGE = 10;
const STEMS_PER_PAGE = 60;

/** Behind `withMember`: the reader is in the session that the path names. */
export interface MemberVisit extends ReaderVisit {
  member: Membership;
}

/** Where somebody comes back to after signing in: what they looked at, or the page that holds the form. */
export const toSession = (c: AppContext) =>
  c.req.method === "GET" ? c.req.path + new URL(c.req.url).search : `/sessions/${c.req.param("sessionId") ?? ""}`;

/** As `withReader`, and in the session that the path names; to everybody else there is no session. */
export const withMember = (handler: (c: AppContext, visit: MemberVisit) => Response | Promise<Response>) =>
  withAccount(async (c, reader) => {
    const [page, member] = await Promise.all([
      pageFor(c, reader),
      findMembership(c.env.DB, c.req.param("sessionId") ?? "", reader.id),
    ]);
    return member === null ? sendPage(c, <SessionDenied page={page} />, 404) : handler(c, { page, reader, member });
  }, toSession);

/** The takes of a session, with who played them: the members that are in it, and nobody's name of those who have left (V1). */
async function takesView(c: AppContext, { page, reader }: ReaderVisit, detail: z.infer<typeof SessionDetail>) {
  const accents = new Map<string, number>(detail.members.map(({ memberId, accent }) => [memberId, accent]));
  const mayPlay = may(detail.role, "recording.download");
  const asked = c.req.query("takes");
  const cursor = readCursor(asked) ?? firstPage;
  const where = { sessionId: detail.sessionId, accountId: reader.id, withPeaks: mayPlay };
  const list = await listSeenRecordings(c.env, c.var.deps, where, STEMS_PER_PAGE, cursor);
  const nameOf = new Map<string, string>(detail.members.map(({ memberId, displayName }) => [memberId, displayName]));
  const stems = list.items.map((recording) => {
    const memberId = recording.isOwn ? detail.memberId : recording.memberId;
    return {
      ...recording,
      mayDelete: recording.isOwn || may(detail.role, "recording.remove"),
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

/** The parts of a session's page that hold forms: each answers where it stands. */
export type Part = "evening" | "people" | "invites" | "guests" | "settings" | "takes" | "ending";

/** Back to the part of the session's page that holds the form, with what came of it. */
export function backToSession(c: AppContext, page: Page, part: Part, answer: FormAnswer, done: string) {
  const sessionId = c.req.param("sessionId") ?? "";
  return backTo(c, page, `/sessions/${sessionId}?at=${part}#${part}`, answer, done);
}

async function showList(c: AppContext, { page, reader }: ReaderVisit, more: Partial<SessionListProps> = {}) {
  const asked = c.req.query("cursor");
  const cursor = readCursor(asked) ?? firstPage;
  const { items, nextCursor } = await listSessionLines(c.env, c.var.deps, reader.id, LINES_PER_PAGE, cursor);
  const view = (
    <SessionList page={page} lines={items} nextCursor={nextCursor} isFirstPage={asked === undefined} {...more} />
  );
  return sendPage(c, view, more.create === undefined && more.join === undefined ? 200 : 422);
}

/** For how long the page that a new invite's code is on can be loaded again. */
const MADE_SHOWN_MS = 10 * 60_000;

/** The address of that page: it carries the code sealed, for whoever made it and for a while. So a reload makes no second one. */
async function madeAddress(c: AppContext, { member, reader, page }: MemberVisit, code: string) {
  const { sessionId } = member;
  const content = {
    kind: "made-invite",
    code,
    sessionId,
    accountId: reader.id,
    untilMs: page.nowMs + MADE_SHOWN_MS,
  } as const;
  return `/sessions/${sessionId}?made=${await issueLinkToken(c.env, c.var.deps, content)}#made`;
}

async function madeCode(c: AppContext, { member, reader, page }: MemberVisit): Promise<string | null> {
  const made = await readLinkToken(c.env, c.req.query("made"));
  if (made?.kind !== "made-invite" || made.untilMs < page.nowMs) return null;
  return made.accountId === reader.id && made.sessionId === member.sessionId ? made.code : null;
}

/** A page does not wait longer than this for who is here: it says so when it is loaded again. */
const HERE_WAIT_MS = 500;

/** Who is in the session now; nobody, where the room does not answer. */
async function hereNow(c: AppContext, sessionId: SessionId): Promise<ReadonlySet<string>> {
  const { deps } = c.var;
  const asked = deps.reachRoom(c.env, sessionId).then(
    (room) => room.here(),
    () => [],
  );
  return new Set(await Promise.race([asked.catch(() => []), deps.sleep(HERE_WAIT_MS).then(() => [])]));
}

async function showSession(
  c: AppContext,
  visit: MemberVisit,
  refused: Partial<Record<"evening" | "invites", Refused>> = {},
) {
  const { member } = visit;
  const page = { ...visit.page, path: `/sessions/${member.sessionId}` };
  const detail = await sessionDetail(c.env, c.var.deps, member);
  const here = await hereNow(c, member.sessionId);
  let invites: InviteList | null = null;
  if (may(member.role, "session.invite")) {
    const cursor = PageQuery.shape.cursor.safeParse(c.req.query("invites")).data;
    const query = `limit=${INVITES_PER_PAGE}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await askApi(c, "GET", `/sessions/${member.sessionId}/invites?${query}`);
    const list = pageSchema(InviteSummary).safeParse(answer.ok ? answer.value : null);
    invites = { items: list.data?.items ?? [], nextCursor: list.data?.nextCursor ?? null };
  }
  const view = (
    <SessionPage
      page={page}
      session={{
        ...detail,
        recordingPermitted: detail.settings.recordingPermitted,
        members: detail.members.map((one) => ({ ...one, isHere: here.has(one.memberId) })),
      }}
      notice={readNotice(page.language, c.req.query())}
      refused={refused}
      invites={invites}
      madeCode={invites === null ? null : await madeCode(c, visit)}
      scripts={["takes"]}
    >
      {await takesView(c, visit, detail)}
    </SessionPage>
  );
  return sendPage(c, view, Object.keys(refused).length > 0 ? 422 : 200);
}

/** The page with a form that was refused as it was typed; `null`: it was not what was typed that was wrong. */
function showRefused(
  c: AppContext,
  visit: MemberVisit,
  part: "evening" | "invites",
  answer: FormAnswer,
  typed: Record<string, string>,
) {
  if (answer.ok || answer.reason !== "validation-failed") return null;
  return showSession(c, visit, { [part]: { typed, wrong: Object.keys(answer.fields) } });
}

function showAll(c: AppContext, visit: ReaderVisit) {
  return showList(c, visit, { hasLeft: c.req.query("done") === "left" });
}

async function createSession(c: AppContext, visit: ReaderVisit) {
  const { page } = visit;
  const { name = "", recordingPermitted } = await fieldsOfForm(c);
  const body = { name, settings: { recordingPermitted: recordingPermitted === "yes" } };
  const answer = await askApi(c, "POST", "/sessions", body);
  const created = SessionDetail.safeParse(answer.ok ? answer.value : null);
  if (created.success) return seeOther(c, page, `/sessions/${created.data.sessionId}`);
  const code = answer.ok ? "internal-error" : answer.reason;
  if (isPageOfItsOwn(code)) return pageProblem(c, code);
  const t = sessionText[page.language].list;
  const problem =
    code === "validation-failed"
      ? t.nameProblem
      : code === "quota-exceeded"
        ? t.full
        : sessionProblem(page.language, code);
  return showList(c, visit, { create: { name: name.slice(0, 400), problem } });
}

function showOne(c: AppContext, visit: MemberVisit) {
  return showSession(c, visit);
}

function toInvites(c: AppContext) {
  return c.redirect(`/sessions/${c.req.param("sessionId")}#invites`, 303);
}

async function makeInvite(c: AppContext, visit: MemberVisit) {
  const typed = await fieldsOfForm(c);
  const { role, uses, label } = typed;
  const path = `/sessions/${visit.member.sessionId}/invites`;
  const answer = await askApi(c, "POST", path, { role, uses: Number(uses), label });
  const made = Invite.safeParse(answer.ok ? answer.value : null);
  if (made.success) return seeOther(c, visit.page, await madeAddress(c, visit, made.data.code));
  return showRefused(c, visit, "invites", answer, typed) ?? backToSession(c, visit.page, "invites", answer, "");
}

async function revokeInvite(c: AppContext, { page }: ReaderVisit) {
  const { sessionId = "", inviteId = "" } = c.req.param();
  const answer = await askApi(
    c,
    "DELETE",
    `/sessions/${encodeURIComponent(sessionId)}/invites/${encodeURIComponent(inviteId)}`,
  );
  return backToSession(c, page, "invites", answer, "revoked");
}

const memberPath = ({ sessionId = "", memberId = "" }: Record<string, string>) =>
  `/sessions/${encodeURIComponent(sessionId)}/members/${encodeURIComponent(memberId)}`;

async function setRole(c: AppContext, { page }: ReaderVisit) {
  const { role } = await fieldsOfForm(c);
  return backToSession(c, page, "people", await askApi(c, "PATCH", memberPath(c.req.param()), { role }), "role");
}

async function askBeforeRemoving(c: AppContext, { page, member }: MemberVisit) {
  const { sessionId } = member;
  const members = await listMembers(c.env, c.var.deps, sessionId);
  const who = members.find(({ memberId }) => memberId === c.req.param("memberId"));
  const problem = !may(member.role, "member.remove") ? "forbidden" : who === undefined ? "not-found" : null;
  if (problem !== null || who === undefined)
    return seeOther(c, page, `/sessions/${sessionId}?at=people&problem=${problem}#people`);
  const { memberId, displayName, guest } = who;
  const view = (
    <RemoveMember page={page} sessionId={sessionId} memberId={memberId} name={displayName} isGuest={guest === true} />
  );
  return sendPage(c, view);
}

async function removeMember(c: AppContext, { page }: ReaderVisit) {
  return backToSession(c, page, "people", await askApi(c, "DELETE", memberPath(c.req.param())), "removed");
}

async function setSettings(c: AppContext, { page }: ReaderVisit) {
  const { recordingPermitted } = await fieldsOfForm(c);
  const body = { settings: { recordingPermitted: recordingPermitted === "yes" } };
  const answer = await askApi(c, "PATCH", `/sessions/${encodeURIComponent(c.req.param("sessionId") ?? "")}`, body);
  return backToSession(c, page, "settings", answer, "settings");
}

async function setGuests(c: AppContext, { page }: ReaderVisit) {
  const { guestsAllowed } = await fieldsOfForm(c);
  const body = { guestsAllowed: guestsAllowed === "yes" };
  const answer = await askApi(c, "PATCH", `/sessions/${encodeURIComponent(c.req.param("sessionId") ?? "")}`, body);
  return backToSession(c, page, "guests", answer, "guests");
}

const eveningPath = (c: AppContext) => `/sessions/${encodeURIComponent(c.req.param("sessionId") ?? "")}/evening`;

async function planEvening(c: AppContext, visit: MemberVisit) {
  const typed = await fieldsOfForm(c);
  const { startsAt, timeZone, minutes, repeats } = typed;
  const plan = { startsAt, timeZone: timeZone?.trim(), minutes: Number(minutes), repeats };
  const answer = await askApi(c, "PUT", eveningPath(c), plan);
  return showRefused(c, visit, "evening", answer, typed) ?? backToSession(c, visit.page, "evening", answer, "planned");
}

async function cancelEvening(c: AppContext, { page }: ReaderVisit) {
  return backToSession(c, page, "evening", await askApi(c, "DELETE", eveningPath(c)), "cancelled");
}

async function sendCalendar(c: AppContext, { page, member }: MemberVisit) {
  const { sessionId } = member;
  const plan = await findEvening(c.env.DB, sessionId);
  if (plan === null) return seeOther(c, page, `/sessions/${sessionId}`);
  const name = await nameOf(c.env, c.var.deps, member);
  const entry = { sessionId, name, url: `${page.origin}/sessions/${sessionId}` };
  return new Response(calendarOf(entry, plan, page.nowMs), {
    headers: {
      "Content-Type": "text/calendar; charset=utf-8",
      "Content-Disposition": attachment(name, "ics"),
      "Cache-Control": "private, no-store",
    },
  });
}

function askBeforeLeaving(c: AppContext, { page, member }: MemberVisit) {
  return sendPage(c, <LeaveSession page={page} sessionId={member.sessionId} />);
}

async function leave(c: AppContext, { page, member }: MemberVisit) {
  const { sessionId, memberId } = member;
  const answer = await askApi(c, "DELETE", memberPath({ sessionId, memberId }));
  return answer.ok ? seeOther(c, page, "/sessions?done=left") : backToSession(c, page, "ending", answer, "");
}

async function askBeforeDeleting(c: AppContext, { page, member }: MemberVisit) {
  const { sessionId, role } = member;
  if (!may(role, "session.delete"))
    return seeOther(c, page, `/sessions/${sessionId}?at=ending&problem=forbidden#ending`);
  return sendPage(
    c,
    <DeleteSession page={page} sessionId={sessionId} name={await nameOf(c.env, c.var.deps, member)} />,
  );
}

async function deleteSession(c: AppContext, { page }: ReaderVisit) {
  const sessionId = c.req.param("sessionId") ?? "";
  const answer = await askApi(c, "DELETE", `/sessions/${encodeURIComponent(sessionId)}`);
  if (answer.ok) return seeOther(c, page, `/sessions/${sessionId}/deleted`);
  if (answer.reason === "not-found") return sendPage(c, <SessionDenied page={page} />, 404);
  return backToSession(c, page, "ending", answer, "");
}

async function showDeleted(c: AppContext, { page, reader }: ReaderVisit) {
  const sessionId = SessionId.safeParse(c.req.param("sessionId"));
  const erasure = sessionId.success ? await findOwnErasure(c.env.DB, sessionId.data, reader.id) : null;
  if (erasure === null) return sendPage(c, <SessionDenied page={page} />, 404);
  return sendPage(c, <Erased page={page} erasure={erasure} />);
}

/** A person's sessions, one session, and what may be done with it. Every change goes through the API's own routes. */
export const sessionPages = newRouter();
sessionPages.get("/sessions", costs("read"), withReader(showAll));
sessionPages.post(
  "/sessions",
  costs("read"),
  withReader(createSession, () => "/sessions"),
);
sessionPages.get("/sessions/:sessionId", costs("read"), withMember(showOne));
sessionPages.get("/sessions/:sessionId/invites", costs("read"), toInvites);
sessionPages.post("/sessions/:sessionId/invites", costs("read"), withMember(makeInvite));
sessionPages.post("/sessions/:sessionId/invites/:inviteId/revoke", costs("read"), withReader(revokeInvite, toSession));
sessionPages.post("/sessions/:sessionId/members/:memberId/role", costs("read"), withReader(setRole, toSession));
sessionPages.get("/sessions/:sessionId/members/:memberId/remove", costs("read"), withMember(askBeforeRemoving));
sessionPages.post("/sessions/:sessionId/members/:memberId/remove", costs("read"), withReader(removeMember, toSession));
sessionPages.post("/sessions/:sessionId/settings", costs("read"), withReader(setSettings, toSession));
sessionPages.post("/sessions/:sessionId/guests", costs("read"), withReader(setGuests, toSession));
sessionPages.post("/sessions/:sessionId/evening", costs("read"), withMember(planEvening));
sessionPages.post("/sessions/:sessionId/evening/cancel", costs("read"), withReader(cancelEvening, toSession));
sessionPages.get("/sessions/:sessionId/evening.ics", costs("read"), withMember(sendCalendar));
sessionPages.get("/sessions/:sessionId/leave", costs("read"), withMember(askBeforeLeaving));
sessionPages.post("/sessions/:sessionId/leave", costs("read"), withMember(leave));
sessionPages.get("/sessions/:sessionId/delete", costs("read"), withMember(askBeforeDeleting));
sessionPages.post("/sessions/:sessionId/delete", costs("read"), withReader(deleteSession, toSession));
sessionPages.get("/sessions/:sessionId/deleted", costs("read"), withReader(showDeleted));
