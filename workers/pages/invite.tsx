import type { Hono } from "hono";
import { InviteCode } from "../../protocol/ids.ts";
import { SessionDetail } from "../../protocol/sessions.ts";
import { InvitePage, InviteRefused } from "../../site/views/sessions/invite.tsx";
import { authenticate } from "../auth/guard.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { type AppContext, type AppEnv, newRouter } from "../http/router.ts";
import { findOpenInvite } from "../sessions/invite-store.ts";
import { ask } from "./ask.ts";
import { pageOf, sendPage } from "./page.ts";
import { seeOther } from "./sessions.tsx";

async function showInvite(c: AppContext, isFull = false) {
  const page = { ...(await pageOf(c)), path: c.req.path };
  const refuse = (reason: "invite-invalid" | "rate-limited") =>
    sendPage(c, <InviteRefused page={page} reason={reason} />, reason === "rate-limited" ? 429 : 404);
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  if (!(await consume(c.env, c.var.deps, ["invite", network])).ok) return refuse("rate-limited");
  const account = await authenticate(c);
  const found = await findOpenInvite(c.env.DB, c.req.param("code") ?? "", account?.id ?? null, page.nowMs);
  if (found === null) return refuse("invite-invalid");
  return sendPage(c, <InvitePage page={page} code={found.code} invite={found.invite} isFull={isFull} />);
}

/** Where an invite leads. Nothing is spent by looking at it. */
export function invitePages(app: Hono<AppEnv>) {
  const pages = newRouter();
  /** From the form of somebody who has only the code. */
  pages.get("/invite", async (c) => {
    const page = await pageOf(c);
    const code = InviteCode.safeParse(c.req.query("code") ?? "");
    if (!code.success) return sendPage(c, <InviteRefused page={page} reason="invite-invalid" />, 404);
    return seeOther(c, page, `/invite/${code.data}`);
  });
  pages.get("/invite/:code", (c) => showInvite(c));
  pages.post("/invite/:code", async (c) => {
    const code = c.req.param("code");
    const answer = await ask(app, c, "POST", "/invites/accept", { code });
    const page = await pageOf(c);
    const session = SessionDetail.safeParse(answer.ok ? answer.data : null);
    if (session.success) return seeOther(c, page, `/sessions/${session.data.sessionId}?done=joined`);
    if (!answer.ok && answer.code === "session-full") return showInvite(c, true);
    if (!answer.ok && answer.code === "rate-limited")
      return sendPage(c, <InviteRefused page={page} reason="rate-limited" />, 429);
    // Signed out meanwhile: the page itself has the way in.
    return showInvite(c);
  });
  return pages;
}
