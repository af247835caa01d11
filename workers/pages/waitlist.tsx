import { Unsubscribe, Waitlist, WaitlistConfirm } from "../../site/views/waitlist.tsx";
import { type AppContext, newRouter } from "../http/router.ts";
import { withdrawConsent } from "../mail/unsubscribe.ts";
import { readLinkToken } from "../platform/link-token.ts";
import { isWaiting } from "../waitlist/store.ts";
import { type App, askApi, backTo, fieldsOfForm, isPageOfItsOwn } from "./form.ts";
import { sendPage, withPage } from "./page.ts";

/** Whom a way out of a mail is for; sessions' own links are none. */
async function whoseMail(c: AppContext) {
  const whose = await readLinkToken(c.env, c.req.query("token"));
  return whose?.kind === "waitlist" || whose?.kind === "news" ? whose : null;
}

/** The waiting list, and the way out of every mail that has one. No sign-in, no script. */
export function waitlistPages(app: App) {
  const pages = newRouter();
  pages.get(
    "/waitlist",
    withPage((c, { page }) => {
      const state = c.req.query("done") === "mailed" ? "mailed" : "open";
      return sendPage(c, <Waitlist page={page} state={state} email="" />);
    }),
  );
  pages.post(
    "/waitlist",
    withPage(async (c, { page }) => {
      const { email = "", consent } = await fieldsOfForm(c);
      const consented = consent === "yes";
      const answer = await askApi(app, c, "POST", "/waitlist", { email, consent: consented, language: page.language });
      if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, page, "/waitlist", answer, "mailed");
      if (answer.reason === "forbidden") return sendPage(c, <Waitlist page={page} state="open" email="" />, 403);
      const wrong = Object.keys(answer.fields);
      const view = <Waitlist page={page} state="open" email={email} consented={consented} wrong={wrong} />;
      return sendPage(c, view, 422);
    }),
  );
  pages.get(
    "/waitlist/confirm",
    withPage(async (c, { page }) => {
      const token = c.req.query("token") ?? "";
      const isDone = c.req.query("done") === "confirmed";
      const state = isDone ? "done" : (await isWaiting(c.env, c.var.deps, token)) ? "open" : "bad";
      return sendPage(c, <WaitlistConfirm page={page} state={state} token={token} />);
    }),
  );
  pages.post(
    "/waitlist/confirm",
    withPage(async (c, { page }) => {
      const { token = "" } = await fieldsOfForm(c);
      const answer = await askApi(app, c, "POST", "/waitlist/confirm", { token });
      if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, page, "/waitlist/confirm", answer, "confirmed");
      return sendPage(c, <WaitlistConfirm page={page} state="bad" token="" />, 410);
    }),
  );
  pages.get(
    "/unsubscribe",
    withPage(async (c, { page }) => {
      const whose = await whoseMail(c);
      const state = whose === null ? "bad" : "open";
      return sendPage(c, <Unsubscribe page={page} state={state} token={c.req.query("token") ?? ""} />);
    }),
  );
  /** RFC 8058: the mail program posts here by itself, without a cookie and from anywhere; so does the page's button. */
  pages.post(
    "/unsubscribe",
    withPage(async (c, { page }) => {
      const whose = await whoseMail(c);
      if (whose !== null) await withdrawConsent(c.env, c.var.deps, whose);
      const state = whose === null ? "bad" : "done";
      return sendPage(c, <Unsubscribe page={page} state={state} token="" />, whose === null ? 410 : 200);
    }),
  );
  return pages;
}
