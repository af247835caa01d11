import type { Hono } from "hono";
import { DeleteRecording } from "../../site/views/sessions/confirm.tsx";
import { type AppEnv, newRouter } from "../http/router.ts";
import { findRecording } from "../recordings/store.ts";
import { ask } from "./ask.ts";
import { pageOf, sendPage } from "./page.ts";
import { backToSession, readerIn, seeOther } from "./sessions.tsx";

/** What may be done with one recording of a session. Deleting is its owner's alone. */
export function takePages(app: Hono<AppEnv>) {
  const pages = newRouter();
  pages.get("/sessions/:sessionId/recordings/:recordingId/delete", async (c) => {
    const who = await readerIn(c);
    if (who instanceof Response) return who;
    const { page, account, member } = who;
    const row = await findRecording(c.env.DB, c.req.param("recordingId"), account.id, page.nowMs);
    const back = `/sessions/${member.sessionId}`;
    if (row === null || row.sessionId !== member.sessionId) return seeOther(c, page, `${back}?problem=not-found`);
    if (row.accountId !== account.id) return seeOther(c, page, `${back}?problem=forbidden`);
    const view = <DeleteRecording page={page} sessionId={row.sessionId} recordingId={row.id} name={row.name} />;
    return sendPage(c, view);
  });
  pages.post("/sessions/:sessionId/recordings/:recordingId/delete", async (c) => {
    const answer = await ask(app, c, "DELETE", `/recordings/${encodeURIComponent(c.req.param("recordingId"))}`);
    return backToSession(c, await pageOf(c), answer, "deleted");
  });
  return pages;
}
