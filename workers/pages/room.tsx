import { RoomPage } from "../../site/views/sessions/room.tsx";
import { newRouter } from "../http/router.ts";
import { sessionDetail } from "../sessions/store.ts";
import { sendPage } from "./page.ts";
import { withMember } from "./sessions.tsx";

/** The live session in the browser. Who may enter the room is decided again by its ticket. */
export const roomPages = newRouter().get(
  "/sessions/:sessionId/room",
  withMember(async (c, { page, member }) => {
    const { sessionId, memberId, role, sessionName } = member;
    const { members } = await sessionDetail(c.env.DB, member);
    const accents = Object.fromEntries(members.map((one) => [one.memberId, one.accent]));
    return sendPage(c, <RoomPage page={page} session={{ sessionId, memberId, role, accents, name: sessionName }} />);
  }),
);
