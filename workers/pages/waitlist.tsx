import { JoinWaitlist } from "../../protocol/waitlist.ts";
import { Unsubscribe, Waitlist, WaitlistConfirm } from "../../site/views/waitlist.tsx";
import { isOwnOrigin } from "../auth/guard.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { withdrawConsent } from "../mail/unsubscribe.ts";
import { readLinkToken } from "../platform/link-token.ts";
import { joinFrom } from "../waitlist/routes.ts";
import { confirm, isWaiting } from "../waitlist/store.ts";
import { fieldsOfForm } from "./form.ts";
import { pageOf, sendPage } from "./page.ts";

/** Whom a way out of a mail is for; sessions' own links are none. */
async function whoseMail(c: AppContext) {
  const whose = await readLinkToken(c.env, c.req.query("token"));
  return whose?.kind === "waitlist" || whose?.kind === "news" ? whose : null;
}

/** The waiting list, and the way out of every mail that has one. No sign-in, no script. */
export const waitlistPages = newRouter();
waitlistPages.get("/waitlist", async (c) => sendPage(c, <Waitlist page={await pageOf(c)} state="open" email="" />));
waitlistPages.post("/waitlist", async (c) => {
  const page = await pageOf(c);
  const { email = "", consent } = await fieldsOfForm(c);
  if (!isOwnOrigin(c)) return sendPage(c, <Waitlist page={page} state="open" email="" />, 403);
  const wanted = JoinWaitlist.safeParse({ email, consent: consent === "yes", language: page.language });
  if (!wanted.success) {
    const wrong = wanted.error.issues.map((issue) => String(issue.path[0]));
    return sendPage(
      c,
      <Waitlist page={page} state="open" email={email} consented={consent === "yes"} wrong={wrong} />,
      422,
    );
  }
  const outcome = await joinFrom(c, wanted.data);
  if (outcome === "rate-limited") return sendPage(c, <Waitlist page={page} state="tries" email={email} />, 429);
  return sendPage(c, <Waitlist page={page} state="mailed" email={wanted.data.email} />);
});
waitlistPages.get("/waitlist/confirm", async (c) => {
  const token = c.req.query("token") ?? "";
  const state = (await isWaiting(c.env, c.var.deps, token)) ? "open" : "bad";
  return sendPage(c, <WaitlistConfirm page={await pageOf(c)} state={state} token={token} />);
});
waitlistPages.post("/waitlist/confirm", async (c) => {
  const { token = "" } = await fieldsOfForm(c);
  const state = (await confirm(c.env, c.var.deps, token)) ? "done" : "bad";
  return sendPage(c, <WaitlistConfirm page={await pageOf(c)} state={state} token="" />, state === "done" ? 200 : 410);
});
waitlistPages.get("/unsubscribe", async (c) => {
  const whose = await whoseMail(c);
  const state = whose === null ? "bad" : "open";
  return sendPage(c, <Unsubscribe page={await pageOf(c)} state={state} token={c.req.query("token") ?? ""} />);
});
/** RFC 8058: the mail program posts here by itself, without a cookie and from anywhere; so does the page's button. */
waitlistPages.post("/unsubscribe", async (c) => {
  const whose = await whoseMail(c);
  if (whose !== null) await withdrawConsent(c.env, c.var.deps, whose);
  const state = whose === null ? "bad" : "done";
  return sendPage(c, <Unsubscribe page={await pageOf(c)} state={state} token="" />, whose === null ? 410 : 200);
});
