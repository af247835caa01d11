import { InviteCode } from "../../protocol/ids.ts";
import { SessionDetail } from "../../protocol/sessions.ts";
import { InvitePage, InviteRefused } from "../../site/views/sessions/invite.tsx";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findOpenInvite } from "../sessions/invite-store.ts";
import { askApi } from "./form.ts";
import { seeOther, sendPage, type Visit, withPage } from "./page.ts";

async function showCode(c: AppContext, { page, reader }: Visit, isFull = false) {
  const refuse = (reason: "invite-invalid" | "rate-limited") =>
    sendPage(c, <InviteRefused page={page} reason={reason} />, reason === "rate-limited" ? 429 : 404);
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(c.env, c.var.deps, ["invite", network])).ok) return refuse("rate-limited");
  const found = await findOpenInvite(c.env, c.req.param("code") ?? "", reader?.id ?? null, page.nowMs);
  if (found === null) return refuse("invite-invalid");
  return sendPage(c, <InvitePage page={page} code={found.code} invite={found.invite} isFull={isFull} />);
}

/** From the form of somebody who has only the code. */
function toCode(c: AppContext, { page }: Visit) {
  const code = InviteCode.safeParse((c.req.query("code") ?? "").slice(0, 200));
  if (!code.success) return sendPage(c, <InviteRefused page={page} reason="invite-invalid" />, 404);
  return seeOther(c, page, `/invite/${code.data}`);
}

async function accept(c: AppContext, visit: Visit) {
  const { page } = visit;
  const answer = await askApi(c, "POST", "/invites/accept", { code: c.req.param("code") });
  const session = SessionDetail.safeParse(answer.ok ? answer.value : null);
  if (session.success) return seeOther(c, page, `/sessions/${session.data.sessionId}?done=joined`);
  if (!answer.ok && answer.reason === "session-full") return showCode(c, visit, true);
  if (!answer.ok && answer.reason === "rate-limited")
    return sendPage(c, <InviteRefused page={page} reason="rate-limited" />, 429);
  // Signed out meanwhile: the page itself has the way in.
  return showCode(c, visit);
}

/** Where an invite leads. Nothing is spent by looking at it. */
export const invitePages = newRouter();
invitePages.get("/invite", costs("read"), withPage(toCode));
invitePages.get(
  "/invite/:code",
  costs("read"),
  withPage((c, visit) => showCode(c, visit)),
);
invitePages.post("/invite/:code", costs("read"), withPage(accept));
