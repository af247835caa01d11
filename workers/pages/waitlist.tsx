import { Unsubscribe, Waitlist, WaitlistConfirm } from "../../site/views/waitlist.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { withdrawConsent } from "../mail/unsubscribe.ts";
import { readLinkToken } from "../platform/link-token.ts";
import { isWaiting } from "../waitlist/store.ts";
import { askApi, backTo, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { sendPage, type Visit, withPage } from "./page.ts";

/** Whom a way out of a mail is for; sessions' own links are none. */
async function whoseMail(c: AppContext) {
  const whose = await readLinkToken(c.env, c.req.query("token"));
  return whose?.kind === "waitlist" || whose?.kind === "news" ? whose : null;
}

function showWaitlist(c: AppContext, { page }: Visit) {
  const state = c.req.query("done") === "mailed" ? "mailed" : "open";
  return sendPage(c, <Waitlist page={page} state={state} email="" />);
}

async function enter(c: AppContext, { page }: Visit) {
  const { email = "", consent } = await fieldsOfForm(c);
  const consented = consent === "yes";
  const answer = await askApi(c, "POST", "/waitlist", { email, consent: consented, language: page.language });
  if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, page, "/waitlist", answer, "mailed");
  if (answer.reason === "forbidden") return sendPage(c, <Waitlist page={page} state="open" email="" />, 403);
  const wrong = Object.keys(answer.fields);
  const view = <Waitlist page={page} state="open" email={email} consented={consented} wrong={wrong} />;
  return sendPage(c, view, 422);
}

async function showConfirm(c: AppContext, { page }: Visit) {
  const token = c.req.query("token") ?? "";
  const isDone = c.req.query("done") === "confirmed";
  const state = isDone ? "done" : (await isWaiting(c.env, c.var.deps, token)) ? "open" : "bad";
  return sendPage(c, <WaitlistConfirm page={page} state={state} token={token} />);
}

async function confirm(c: AppContext, { page }: Visit) {
  const { token = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/waitlist/confirm", { token });
  if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, page, "/waitlist/confirm", answer, "confirmed");
  return sendPage(c, <WaitlistConfirm page={page} state="bad" token="" />, 410);
}

async function showUnsubscribe(c: AppContext, { page }: Visit) {
  const whose = await whoseMail(c);
  const state = whose === null ? "bad" : "open";
  return sendPage(c, <Unsubscribe page={page} state={state} token={c.req.query("token") ?? ""} />);
}

async function unsubscribe(c: AppContext, { page }: Visit) {
  const whose = await whoseMail(c);
  if (whose !== null) await withdrawConsent(c.env, c.var.deps, whose);
  const state = whose === null ? "bad" : "done";
  return sendPage(c, <Unsubscribe page={page} state={state} token="" />, whose === null ? 410 : 200);
}

/** The waiting list, and the way out of every mail that has one. No sign-in, no script. */
export const waitlistPages = newRouter();
waitlistPages.get("/waitlist", costs("read"), withPage(showWaitlist));
waitlistPages.post("/waitlist", costs("read"), withPage(enter));
waitlistPages.get("/waitlist/confirm", costs("read"), withPage(showConfirm));
waitlistPages.post("/waitlist/confirm", costs("read"), withPage(confirm));
waitlistPages.get("/unsubscribe", costs("read"), withPage(showUnsubscribe));
/** RFC 8058: the mail program posts here by itself, without a cookie and from anywhere; so does the page's button. */
waitlistPages.post("/unsubscribe", costs("anonymous-write"), withPage(unsubscribe));
