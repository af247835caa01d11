import { DeleteRecording } from "../../site/views/sessions/confirm.tsx";
import { newRouter } from "../http/router.ts";
import { findRecording } from "../recordings/store.ts";
import { type App, askApi } from "./form.ts";
import { seeOther, sendPage, withReader } from "./page.ts";
import { backToSession, toSession, withMember } from "./sessions.tsx";

/** What may be done with one recording of a session. Deleting is its owner's alone. */
export function takePages(app: App) {
  const pages = newRouter();
  pages.get(
    "/sessions/:sessionId/recordings/:recordingId/delete",
    withMember(async (c, { page, reader, member }) => {
      const row = await findRecording(c.env.DB, c.req.param("recordingId") ?? "", reader.id, page.nowMs);
      const refuse = (code: string) =>
        seeOther(c, page, `/sessions/${member.sessionId}?at=takes&problem=${code}#takes`);
      if (row === null || row.sessionId !== member.sessionId) return refuse("not-found");
      if (row.accountId !== reader.id) return refuse("forbidden");
      const view = <DeleteRecording page={page} sessionId={row.sessionId} recordingId={row.id} name={row.name} />;
      return sendPage(c, view);
    }),
  );
  pages.post(
    "/sessions/:sessionId/recordings/:recordingId/delete",
    withReader(async (c, { page }) => {
      const answer = await askApi(
        app,
        c,
        "DELETE",
        `/recordings/${encodeURIComponent(c.req.param("recordingId") ?? "")}`,
      );
      return backToSession(c, page, "takes", answer, "deleted");
    }, toSession),
  );
  return pages;
}
