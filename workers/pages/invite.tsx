import { InviteCode } from "../../protocol/ids.ts";
import { SessionDetail } from "../../protocol/sessions.ts";
import { GuestDoor, type RefusedGuest } from "../../site/views/sessions/guest.tsx";
import { InvitePage, InviteRefused } from "../../site/views/sessions/invite.tsx";
import { guestCookieOf } from "../auth/guest-token.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findGuestByInvite } from "../sessions/guest-store.ts";
import { findOpenInvite } from "../sessions/invite-store.ts";
import { askApi } from "./form.ts";
import { seeOther, sendPage, type Visit, withPage } from "./page.ts";

/** What came of a form that stands on the invite's page. */
interface Asked {
  isFull?: boolean;
  refused?: RefusedGuest;
}

/** The page of a code, for whoever holds it: who invites, to what, and the way in for an account or for a guest. */
export async function showInvite(c: AppContext, { page, reader }: Visit, { isFull = false, refused }: Asked = {}) {
  const refuse = (reason: "invite-invalid" | "rate-limited") =>
    sendPage(c, <InviteRefused page={page} reason={reason} />, reason === "rate-limited" ? 429 : 404);
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(c.env, c.var.deps, ["invite", network])).ok) return refuse("rate-limited");
  const typed = c.req.param("code") ?? "";
  const token = reader === null ? guestCookieOf(c) : undefined;
  // Whoever is in already by this link goes straight on, whether or not it is used up.
  const seat = token === undefined ? null : await findGuestByInvite(c.env, c.var.deps, typed, token);
  if (seat !== null) return seeOther(c, page, `/sessions/${seat}/guest`);
  const found = await findOpenInvite(c.env, c.var.deps, typed, reader?.id ?? null);
  if (found === null) return refuse("invite-invalid");
  const { code, invite } = found;
  const isForGuests = reader === null && (invite.guestsAllowed || refused?.reason === "guests-off");
  if (isForGuests && !isFull)
    return sendPage(
      c,
      <GuestDoor page={page} code={code} invite={invite} {...(refused === undefined ? {} : { refused })} />,
      refused === undefined ? 200 : 422,
    );
  return sendPage(c, <InvitePage page={page} code={code} invite={invite} isFull={isFull} />);
}

/** From the form of somebody who has only the code. */
function toCode(c: AppContext, { page }: Visit) {
  const code = InviteCode.safeParse((c.req.query("code") ?? "").slice(0, 200));
  if (!code.success) return sendPage(c, <InviteRefused page={page} reason="invite-invalid" />, 404);
  return seeOther(c, page, `/invite/${code.data}`);
}

/** Joins with an account. */
export async function acceptInvite(c: AppContext, visit: Visit) {
  const { page } = visit;
  const answer = await askApi(c, "POST", "/invites/accept", { code: c.req.param("code") });
  const session = SessionDetail.safeParse(answer.ok ? answer.value : null);
  if (session.success) return seeOther(c, page, `/sessions/${session.data.sessionId}?done=joined`);
  if (!answer.ok && answer.reason === "session-full") return showInvite(c, visit, { isFull: true });
  if (!answer.ok && answer.reason === "rate-limited")
    return sendPage(c, <InviteRefused page={page} reason="rate-limited" />, 429);
  // Signed out meanwhile: the page itself has the way in.
  return showInvite(c, visit);
}

/** Where an invite leads. Nothing is spent by looking at it. */
export const invitePages = newRouter();
invitePages.get("/invite", costs("read"), withPage(toCode));
invitePages.get(
  "/invite/:code",
  costs("read"),
  withPage((c, visit) => showInvite(c, visit)),
);
invitePages.post("/invite/:code", costs("read"), withPage(acceptInvite));
