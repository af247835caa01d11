import { DeleteRecording } from "../../site/views/sessions/confirm.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findRecording } from "../recordings/store.ts";
import { askApi } from "./form.ts";
import { type ReaderVisit, seeOther, sendPage, withReader } from "./page.ts";
import { backToSession, type MemberVisit, toSession, withMember } from "./sessions.tsx";

async function askBeforeDeleting(c: AppContext, { page, reader, member }: MemberVisit) {
  const row = await findRecording(c.env.DB, c.req.param("recordingId") ?? "", reader.id, page.nowMs);
  const refuse = (code: string) => seeOther(c, page, `/sessions/${member.sessionId}?at=takes&problem=${code}#takes`);
  if (row === null || row.sessionId !== member.sessionId) return refuse("not-found");
  if (row.accountId !== reader.id) return refuse("forbidden");
  const view = <DeleteRecording page={page} sessionId={row.sessionId} recordingId={row.id} name={row.name} />;
  return sendPage(c, view);
}

async function deleteTake(c: AppContext, { page }: ReaderVisit) {
  const answer = await askApi(c, "DELETE", `/recordings/${encodeURIComponent(c.req.param("recordingId") ?? "")}`);
  return backToSession(c, page, "takes", answer, "deleted");
}

/** What may be done with one recording of a session. Deleting is its owner's alone. */
export const takePages = newRouter();
takePages.get("/sessions/:sessionId/recordings/:recordingId/delete", costs("read"), withMember(askBeforeDeleting));
takePages.post("/sessions/:sessionId/recordings/:recordingId/delete", costs("read"), withReader(deleteTake, toSession));
