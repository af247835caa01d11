import { RoomPage } from "../../site/views/sessions/room.tsx";
import { newRouter } from "../http/router.ts";
import { sendPage } from "./page.ts";
import { withMember } from "./sessions.tsx";

/** The live session in the browser. Who may enter the room is decided again by its ticket. */
export const roomPages = newRouter().get(
  "/sessions/:sessionId/room",
  withMember((c, { page, member: { sessionId, memberId, role, sessionName } }) =>
    sendPage(c, <RoomPage page={page} session={{ sessionId, memberId, role, name: sessionName }} />),
  ),
);
