import { RoomPage } from "../../site/views/sessions/room.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { nameOf } from "../sessions/name.ts";
import { listMembers } from "../sessions/store.ts";
import { sendPage } from "./page.ts";
import { type MemberVisit, withMember } from "./sessions.tsx";

/** The live session in the browser. Who may enter the room is decided again by its ticket. */
async function showRoom(c: AppContext, { page, member }: MemberVisit) {
  const { sessionId, memberId, role } = member;
  const name = await nameOf(c.env, c.var.deps, member);
  const members = await listMembers(c.env, c.var.deps, member.sessionId);
  const accents = Object.fromEntries(members.map((one) => [one.memberId, one.accent]));
  return sendPage(c, <RoomPage page={page} session={{ sessionId, memberId, role, accents, name }} />);
}

export const roomPages = newRouter();
roomPages.get("/sessions/:sessionId/room", costs("read"), needs("isolation"), withMember(showRoom));
