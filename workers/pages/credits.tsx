import { creditText } from "../../site/i18n/credits.ts";
import { type CreditedStem, creditsCsv, creditsOf, creditsRin } from "../../site/takes/credits.ts";
import { Credits } from "../../site/views/takes/credits.tsx";
import { costs } from "../http/costs.ts";
import { firstPage, readCursor } from "../http/paging.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { attachment } from "../recordings/download.ts";
import { listRecordings } from "../recordings/store.ts";
import { nameOf } from "../sessions/name.ts";
import { listMembers } from "../sessions/store.ts";
import { sendPage } from "./page.ts";
import { type MemberVisit, withMember } from "./sessions.tsx";

const STEMS_PER_READ = 100;
/** What one page of credits is counted from: ten evenings of a hundred stems. */
const STEMS_MAX = 1_000;

/** The session's shared stems, with the names of those who are still in it, and nobody else's (V1). */
async function creditedStems(c: AppContext, { page, reader, member }: MemberVisit) {
  const { sessionId } = member;
  const members = await listMembers(c.env, c.var.deps, sessionId);
  const names = new Map<string, string>(members.map(({ memberId, displayName }) => [memberId, displayName]));
  const stems: CreditedStem[] = [];
  let cursor: typeof firstPage | null = firstPage;
  while (cursor !== null && stems.length < STEMS_MAX) {
    const list = await listRecordings(c.env, c.var.deps, sessionId, reader.id, STEMS_PER_READ, cursor);
    for (const { state, memberId, name, takeId, startedAtMs, frames, format } of list.items)
      if (state === "complete")
        stems.push({
          memberId,
          who: names.get(memberId) ?? creditText[page.language].gone,
          input: name,
          takeId,
          startedAtMs,
          seconds: (frames ?? 0) / format.sampleRateHz,
        });
    cursor = list.nextCursor === null ? null : readCursor(list.nextCursor);
  }
  return { stems, isCut: cursor !== null };
}

const file = (type: string, disposition: string, text: string) =>
  new Response(text, {
    headers: {
      "Content-Type": `${type}; charset=utf-8`,
      "Content-Disposition": disposition,
      "Cache-Control": "private, no-store",
    },
  });

async function showCredits(c: AppContext, visit: MemberVisit) {
  const { page, member } = visit;
  const { stems, isCut } = await creditedStems(c, visit);
  const session = { sessionId: member.sessionId, name: await nameOf(c.env, c.var.deps, member) };
  return sendPage(
    c,
    <Credits page={page} session={session} credits={creditsOf(stems)} cut={isCut ? stems.length : null} />,
  );
}

async function sendTable(c: AppContext, visit: MemberVisit) {
  const { stems } = await creditedStems(c, visit);
  const { title, columns } = creditText[visit.page.language];
  const name = attachment(`${await nameOf(c.env, c.var.deps, visit.member)} ${title}`, "csv");
  return file("text/csv", name, creditsCsv(stems, columns));
}

async function sendNotification(c: AppContext, visit: MemberVisit) {
  const { page, member } = visit;
  const { stems } = await creditedStems(c, visit);
  const { sessionId, sessionCreatedAtMs: createdAtMs } = member;
  const name = await nameOf(c.env, c.var.deps, member);
  const messageId = crypto.randomUUID();
  const text = creditsRin(stems, { sessionId, name, createdAtMs, nowMs: page.nowMs, messageId });
  return file("application/xml", attachment(`${name} RIN`, "xml"), text);
}

/** Who played what in a session: a page, a table and a notification for record labels. */
export const creditPages = newRouter()
  .get("/sessions/:sessionId/credits", costs("read"), withMember(showCredits))
  .get("/sessions/:sessionId/credits.csv", costs("read"), withMember(sendTable))
  .get("/sessions/:sessionId/credits.xml", costs("read"), withMember(sendNotification));
