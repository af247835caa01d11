import { nameProblems } from "../../protocol/display-name.ts";
import { GuestSeat } from "../../protocol/guests.ts";
import { GuestLeave, GuestOut, type RefusedGuest } from "../../site/views/sessions/guest.tsx";
import { RoomPage } from "../../site/views/sessions/room.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { guestOf } from "../sessions/guest-guard.ts";
import type { Guest } from "../sessions/guest-store.ts";
import { openingOf } from "../sessions/store.ts";
import { askApi, type FormAnswer, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { acceptInvite, showInvite } from "./invite.tsx";
import { seeOther, sendPage, type Visit, withPage } from "./page.ts";
import { pageProblem } from "./problem.tsx";

const guestPath = (sessionId: string) => `/sessions/${sessionId}/guest`;

/** A guest's page, in the session that the path names; to everybody else it says what a guest is to do next. */
const withGuest = (handler: (c: AppContext, visit: Visit, guest: Guest) => Response | Promise<Response>) =>
  withPage(async (c, visit) => {
    const guest = await guestOf(c);
    if (guest !== null) return await handler(c, visit, guest);
    const hasLeft = c.req.query("done") === "left";
    return await sendPage(c, <GuestOut page={visit.page} hasLeft={hasLeft} />, hasLeft ? 200 : 404);
  });

/** What the door says of an answer; `null`: nothing that is mended there. */
function refusedOf(answer: FormAnswer, displayName: string, isSixteen: boolean): RefusedGuest | null {
  if (answer.ok) return null;
  const { reason, fields } = answer;
  if (reason === "guests-off" || reason === "guests-full" || reason === "session-full")
    return { displayName, isSixteen, reason };
  if (reason !== "validation-failed") return null;
  const [wrong] = fields.displayName ?? [];
  const isOfRules = Object.values(nameProblems).some((problem) => problem === wrong);
  const name = wrong === undefined || isOfRules || displayName.trim() === "" ? wrong : "taken";
  return { displayName, isSixteen, name };
}

/** A form that was refused has this address; whoever opens it anew stands at the door. */
const toDoor = (c: AppContext, { page }: Visit) =>
  seeOther(c, page, `/invite/${encodeURIComponent(c.req.param("code") ?? "")}`);

/** Comes in by the form at the door. Whoever is signed in comes as who they are. */
async function come(c: AppContext, visit: Visit) {
  if (visit.reader !== null) return await acceptInvite(c, visit);
  const { displayName = "", isSixteen } = await fieldsOfForm(c);
  const said = isSixteen === "yes";
  const body = { code: c.req.param("code"), displayName, isSixteen: said };
  const answer = await askApi(c, "POST", "/guests", body);
  const seat = GuestSeat.safeParse(answer.ok ? answer.value : null);
  if (seat.success) return seeOther(c, visit.page, guestPath(seat.data.sessionId));
  if (!answer.ok && answer.reason === "rate-limited") return await showInvite(c, visit, {});
  if (!answer.ok && isPageOfItsOwn(answer.reason)) return pageProblem(c, answer.reason, answer);
  const refused = refusedOf(answer, displayName.slice(0, 400), said);
  return await showInvite(c, visit, refused === null ? {} : { refused });
}

/** The live session as a guest's browser has it. Who may enter the room is decided again by its ticket. */
async function showRoom(c: AppContext, { page }: Visit, guest: Guest) {
  const { sessionId, memberId, role } = guest;
  const opening = await openingOf(c.env, c.var.deps, guest);
  const session = { sessionId, memberId, role, ...opening, guest: true as const };
  return await sendPage(c, <RoomPage page={page} session={session} />);
}

const askBeforeLeaving = (c: AppContext, { page }: Visit, { sessionId, expiresAtMs }: Guest) =>
  sendPage(c, <GuestLeave page={page} sessionId={sessionId} expiresAtMs={expiresAtMs} />);

async function leave(c: AppContext, { page }: Visit, { sessionId }: Guest) {
  const answer = await askApi(c, "DELETE", guestPath(sessionId));
  if (!answer.ok && isPageOfItsOwn(answer.reason)) return pageProblem(c, answer.reason, answer);
  return seeOther(c, page, `${guestPath(sessionId)}${answer.ok ? "?done=left" : ""}`);
}

/** Guests: people without an account in one session. */
export const guestPages = newRouter();
guestPages.get("/invite/:code/guest", costs("read"), withPage(toDoor));
guestPages.post("/invite/:code/guest", costs("read"), withPage(come));
guestPages.get("/sessions/:sessionId/guest", costs("read"), needs("isolation"), withGuest(showRoom));
guestPages.get("/sessions/:sessionId/guest/leave", costs("read"), withGuest(askBeforeLeaving));
guestPages.post("/sessions/:sessionId/guest/leave", costs("read"), withGuest(leave));
