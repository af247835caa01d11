import { hubText } from "../../site/i18n/hub.ts";
import { Report } from "../../site/views/hub/contact.tsx";
import { Decisions } from "../../site/views/privacy/decisions.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { listDecisions } from "../privacy/decisions.ts";
import { findRecording } from "../recordings/store.ts";
import { askApi, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { type ReaderVisit, seeOther, sendPage, withReader } from "./page.ts";
import { pageProblem } from "./problem.tsx";
import { backToSession, type MemberVisit, withMember } from "./sessions.tsx";

const HOME = "/account/decisions";

async function showDecisions(c: AppContext, { page, reader }: ReaderVisit) {
  const asked = c.req.query("said");
  const said = asked === "appealed" || asked === "problem" ? asked : null;
  return sendPage(
    c,
    <Decisions page={page} decisions={await listDecisions(c.env, c.var.deps, reader.id)} said={said} />,
  );
}

async function appeal(c: AppContext, { page }: ReaderVisit) {
  const { text = "" } = await fieldsOfForm(c);
  const decisionId = encodeURIComponent(c.req.param("decisionId") ?? "");
  const answer = await askApi(c, "POST", `/account/decisions/${decisionId}/appeal`, { text });
  if (!answer.ok && isPageOfItsOwn(answer.reason)) return pageProblem(c, answer.reason);
  return seeOther(c, page, `${HOME}?said=${answer.ok ? "appealed" : "problem"}`);
}

async function showReport(
  c: AppContext,
  { page, reader, member }: MemberVisit,
  typed = { reason: "", details: "" },
  problem?: string,
) {
  const row = await findRecording(c.env, c.var.deps, c.req.param("recordingId") ?? "", reader.id);
  const isHere = row !== null && row.sessionId === member.sessionId && row.accountId !== reader.id;
  if (!isHere) return seeOther(c, page, `/sessions/${member.sessionId}?at=takes&problem=not-found#takes`);
  const path = `/sessions/${row.sessionId}/recordings/${row.id}`;
  const view = <Report page={page} path={path} displayName={row.name} isTake problem={problem} {...typed} />;
  return sendPage(c, view, problem === undefined ? 200 : 422);
}

async function reportTake(c: AppContext, visit: MemberVisit) {
  const { reason = "", details = "" } = await fieldsOfForm(c);
  const path = `/recordings/${encodeURIComponent(c.req.param("recordingId") ?? "")}/reports`;
  const answer = await askApi(c, "POST", path, { reason, details: details.trim() });
  if (!answer.ok && answer.reason === "validation-failed") {
    const t = hubText[visit.page.language];
    const problem = answer.fields.reason === undefined ? t.detailsWrong : t.reasonMissing;
    return showReport(c, visit, { reason, details }, problem);
  }
  return backToSession(c, visit.page, "takes", answer, "reported");
}

/** Telling us about a take, what a person of ours decided about a report, and the appeal; all without a script. */
export const decisionPages = newRouter();
decisionPages.get(HOME, costs("read"), withReader(showDecisions));
decisionPages.post(
  `${HOME}/:decisionId/appeal`,
  costs("read"),
  withReader(appeal, () => HOME),
);
decisionPages.get("/sessions/:sessionId/recordings/:recordingId/report", costs("read"), withMember(showReport));
decisionPages.post("/sessions/:sessionId/recordings/:recordingId/report", costs("read"), withMember(reportTake));
