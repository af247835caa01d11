import { RoomPage } from "../../site/views/sessions/room.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { openingOf } from "../sessions/store.ts";
import { sendPage } from "./page.ts";
import { type MemberVisit, withMember } from "./sessions.tsx";

/** The live session in the browser. Who may enter the room is decided again by its ticket. */
async function showRoom(c: AppContext, { page, member }: MemberVisit) {
  const { sessionId, memberId, role } = member;
  const opening = await openingOf(c.env, c.var.deps, member);
  return sendPage(c, <RoomPage page={page} session={{ sessionId, memberId, role, ...opening }} />);
}

export const roomPages = newRouter();
roomPages.get("/sessions/:sessionId/room", costs("read"), needs("isolation"), withMember(showRoom));
