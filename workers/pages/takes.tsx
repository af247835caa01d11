import { pageSchema } from "../../protocol/paging.ts";
import { Recording } from "../../protocol/recordings.ts";
import { may } from "../../protocol/roles.ts";
import { DeleteRecording } from "../../site/views/sessions/confirm.tsx";
import { OwnRecordings } from "../../site/views/takes/own.tsx";
import { costs } from "../http/costs.ts";
import { readCursor } from "../http/paging.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findRecording } from "../recordings/store.ts";
import { sessionNames } from "../sessions/store.ts";
import { askApi, backTo } from "./form.ts";
import { type ReaderVisit, seeOther, sendPage, withReader } from "./page.ts";
import { pageProblem } from "./problem.tsx";
import { backToSession, type MemberVisit, toSession, withMember } from "./sessions.tsx";

const OwnPage = pageSchema(Recording);
const PER_PAGE = 50;

const pathOf = (c: AppContext) => `/recordings/${encodeURIComponent(c.req.param("recordingId") ?? "")}`;

async function askBeforeDeleting(c: AppContext, { page, reader, member }: MemberVisit) {
  const row = await findRecording(c.env, c.var.deps, c.req.param("recordingId") ?? "", reader.id);
  const refuse = (code: string) => seeOther(c, page, `/sessions/${member.sessionId}?at=takes&problem=${code}#takes`);
  if (row === null || row.sessionId !== member.sessionId) return refuse("not-found");
  const isOwn = row.accountId === reader.id;
  if (!isOwn && !may(member.role, "recording.remove")) return refuse("forbidden");
  const from = `/sessions/${row.sessionId}`;
  return sendPage(c, <DeleteRecording page={page} from={from} recordingId={row.id} name={row.name} isOwn={isOwn} />);
}

async function deleteTake(c: AppContext, { page }: ReaderVisit) {
  return backToSession(c, page, "takes", await askApi(c, "DELETE", pathOf(c)), "deleted");
}

/** All that one has shared, in sessions that one has left as well: it stays one's own to take back. */
async function listOwn(c: AppContext, { page, reader }: ReaderVisit) {
  const asked = readCursor(c.req.query("cursor")) === null ? undefined : c.req.query("cursor");
  const cursor = asked === undefined ? "" : `&cursor=${encodeURIComponent(asked)}`;
  const answer = await askApi(c, "GET", `/recordings?limit=${PER_PAGE}${cursor}`);
  if (!answer.ok) return pageProblem(c, answer.reason);
  const { items, nextCursor } = OwnPage.parse(answer.value);
  const ids = [...new Set(items.map(({ sessionId }) => sessionId))];
  const names = await sessionNames(c.env, c.var.deps, reader.id, ids);
  return sendPage(
    c,
    <OwnRecordings
      page={page}
      recordings={items.map((one) => ({ ...one, sessionName: names.get(one.sessionId) ?? null }))}
      nextCursor={nextCursor}
      isFirstPage={asked === undefined}
      isDeleted={c.req.query("done") === "deleted"}
    />,
  );
}

async function askBeforeTakingBack(c: AppContext, { page, reader }: ReaderVisit) {
  const row = await findRecording(c.env, c.var.deps, c.req.param("recordingId") ?? "", reader.id);
  if (row === null || row.accountId !== reader.id) return pageProblem(c, "not-found");
  return sendPage(c, <DeleteRecording page={page} from="" recordingId={row.id} name={row.name} isOwn />);
}

async function takeBack(c: AppContext, { page }: ReaderVisit) {
  return backTo(c, page, "/recordings", await askApi(c, "DELETE", pathOf(c)), "deleted");
}

/** What may be done with recordings: their owner sees all of theirs and takes them back, a host takes any out of their session. */
export const takePages = newRouter();
takePages.get("/sessions/:sessionId/recordings/:recordingId/delete", costs("read"), withMember(askBeforeDeleting));
takePages.post("/sessions/:sessionId/recordings/:recordingId/delete", costs("read"), withReader(deleteTake, toSession));
takePages.get("/recordings", costs("read"), withReader(listOwn));
takePages.get("/recordings/:recordingId/delete", costs("read"), withReader(askBeforeTakingBack));
takePages.post(
  "/recordings/:recordingId/delete",
  costs("read"),
  withReader(takeBack, () => "/recordings"),
);
