import type { Hono } from "hono";
import { Language } from "../../protocol/accounts.ts";
import type { Page } from "../../site/design/page.ts";
import { href } from "../../site/design/page.ts";
import { AccountPage, type Outcome } from "../../site/views/accounts/account.tsx";
import { ConfirmEmail } from "../../site/views/accounts/email.tsx";
import { FinishReset, Reset } from "../../site/views/accounts/reset.tsx";
import { SignIn } from "../../site/views/accounts/sign-in.tsx";
import { ConfirmSignUp, SignUp, type Typed } from "../../site/views/accounts/sign-up.tsx";
import { TakeBack } from "../../site/views/accounts/take-back.tsx";
import { TakenBack } from "../accounts/credentials.ts";
import { findSignUp } from "../accounts/sign-up.ts";
import { accountDetail } from "../accounts/store.ts";
import { type ChallengeKind, hasChallenge } from "../auth/challenges.ts";
import { authenticate } from "../auth/guard.ts";
import { type AppContext, type AppEnv, newRouter } from "../http/router.ts";
import { askApi, type FormAnswer, fieldsOfForm } from "./form.ts";
import { safeNext, wayOn } from "./next.ts";
import { pageOf, sendPage } from "./page.ts";

const outcomes: readonly string[] = ["welcome", "saved", "mailed", "confirmed", "ended", "removed"] satisfies Outcome[];
const isOutcome = (text: string | undefined): text is Outcome => text !== undefined && outcomes.includes(text);

/** After a form: to a page that can be loaded again without doing it twice (RFC 9110 section 15.4.4). */
function seeOther(c: AppContext, page: Page, path: string) {
  return c.redirect(href(page, path), 303);
}

/** Whether the mailed link is still good; looking does not use it up. */
const isGood = (c: AppContext, kind: ChallengeKind, token: string) =>
  token.length === 43 ? hasChallenge(c.env.DB, c.var.deps, kind, token) : Promise.resolve(false);

/** What is wrong with a sign-up, field by field. */
function problemsOf(answer: Extract<FormAnswer, { ok: false }>, age: string): Typed["problems"] {
  if (answer.code === "rate-limited") return ["tries"];
  if (answer.code !== "validation-failed") return ["broken"];
  if (age === "younger") return ["young"];
  const wrong = (["displayName", "email"] as const).filter((name) => name in answer.fields);
  return [...wrong, ...(age === "older" ? [] : (["age"] as const))];
}

/** In front of an account: opening one, signing in, a lost password. */
export function signInPages(app: Hono<AppEnv>) {
  const pages = newRouter();
  pages.get("/sign-up", async (c) => {
    const page = await pageOf(c);
    const next = wayOn(c.req.query("next"), page.origin);
    if (page.account !== null) return c.redirect(next ?? "/account", 303);
    return sendPage(c, <SignUp page={page} next={next} isSent={c.req.query("sent") !== undefined} />);
  });
  pages.post("/sign-up", async (c) => {
    const { displayName = "", email = "", age = "", wantsNews, next: asked } = await fieldsOfForm(c);
    const page = await pageOf(c);
    const next = wayOn(asked, page.origin);
    const person = { displayName, email, language: page.language, isSixteen: age === "older", next };
    const answer = await askApi(app, c, "POST", "/sign-up", { ...person, wantsNews: wantsNews !== undefined });
    if (answer.ok) return seeOther(c, page, "/sign-up?sent=1");
    const problems = problemsOf(answer, age);
    const typed = { displayName, email, age, wantsNews: wantsNews !== undefined, problems };
    return sendPage(c, <SignUp page={page} next={next} typed={typed} />, problems.includes("tries") ? 429 : 422);
  });
  pages.get("/sign-up/confirm", async (c) => {
    const token = c.req.query("token") ?? "";
    const page = await pageOf(c);
    const next = wayOn(c.req.query("next"), page.origin);
    const person = await findSignUp(c, token);
    return sendPage(c, <ConfirmSignUp page={page} token={token} next={next} person={person} />);
  });
  pages.get("/account/take-back", async (c) => {
    const token = c.req.query("token") ?? "";
    const state = (await isGood(c, "take-back", token)) ? "open" : "link-invalid";
    return sendPage(c, <TakeBack page={await pageOf(c)} token={token} state={state} />);
  });
  pages.post("/account/take-back", async (c) => {
    const { token = "" } = await fieldsOfForm(c);
    const answer = await askApi(app, c, "POST", "/account/take-back", { token });
    const state = answer.ok
      ? TakenBack.parse(answer.data).outcome
      : answer.code === "address-taken"
        ? "address-taken"
        : "link-invalid";
    return sendPage(c, <TakeBack page={await pageOf(c)} token="" state={state} />, answer.ok ? 200 : 410);
  });
  pages.get("/sign-in", async (c) => {
    const page = await pageOf(c);
    const next = safeNext(c.req.query("next"), page.origin);
    if (page.account !== null && c.req.query("again") === undefined) return c.redirect(next, 303);
    const after = c.req.query("after");
    const why = c.req.query("again") === undefined ? after : "again";
    const isKnown = why === "reset" || why === "out" || why === "again";
    return sendPage(c, <SignIn page={page} next={next} after={isKnown ? why : null} />);
  });
  pages.get("/reset", async (c) =>
    sendPage(c, <Reset page={await pageOf(c)} state={c.req.query("sent") === undefined ? "open" : "sent"} email="" />),
  );
  pages.post("/reset", async (c) => {
    const { email = "" } = await fieldsOfForm(c);
    const page = await pageOf(c);
    const answer = await askApi(app, c, "POST", "/reset", { email });
    if (answer.ok) return seeOther(c, page, "/reset?sent=1");
    const state = answer.code === "rate-limited" ? "tries" : answer.code === "validation-failed" ? "address" : "broken";
    return sendPage(c, <Reset page={page} state={state} email={email} />, state === "tries" ? 429 : 422);
  });
  pages.get("/reset/finish", async (c) => {
    const token = c.req.query("token") ?? "";
    const isBad = !(await isGood(c, "reset", token));
    return sendPage(c, <FinishReset page={await pageOf(c)} token={token} isBad={isBad} />);
  });
  pages.get("/account/email", async (c) => {
    const token = c.req.query("token") ?? "";
    const state = (await isGood(c, "email", token)) ? "open" : "link-invalid";
    return sendPage(c, <ConfirmEmail page={await pageOf(c)} token={token} state={state} />);
  });
  pages.post("/account/email/confirm", async (c) => {
    const { token = "" } = await fieldsOfForm(c);
    const answer = await askApi(app, c, "POST", "/account/email/confirm", { token });
    const state = answer.ok ? "done" : answer.code === "address-taken" ? "address-taken" : "link-invalid";
    return sendPage(c, <ConfirmEmail page={await pageOf(c)} token="" state={state} />, answer.ok ? 200 : 410);
  });
  return pages;
}

/** A person's own account. */
export function accountPages(app: Hono<AppEnv>) {
  const pages = newRouter();
  /** The end of every form here: back to the account, with what came of it. */
  const ended = async (c: AppContext, answer: FormAnswer, outcome: Outcome, anchor = "") => {
    const page = await pageOf(c);
    if (answer.ok) return seeOther(c, page, `/account?outcome=${outcome}`);
    if (answer.code === "unauthenticated") return seeOther(c, page, "/sign-in?next=/account");
    return seeOther(c, page, `/account?problem=${answer.code}${anchor}`);
  };
  pages.get("/account", async (c) => {
    const page = await pageOf(c);
    const account = await authenticate(c);
    const detail = account === null ? null : await accountDetail(c.env.DB, account.id, account.signInId);
    if (detail === null) return seeOther(c, page, "/sign-in?next=/account");
    const outcome = c.req.query("outcome");
    const problem = c.req.query("problem") ?? null;
    const said = isOutcome(outcome) ? outcome : null;
    return sendPage(c, <AccountPage page={page} account={detail} outcome={said} problem={problem} />);
  });
  pages.get("/.well-known/change-password", (c) => c.redirect("/account#credentials", 303));
  pages.post("/account/details", async (c) => {
    const { displayName, language, wantsNews } = await fieldsOfForm(c);
    const body = { displayName, language, wantsNews: wantsNews !== undefined };
    const answer = await askApi(app, c, "PATCH", "/account", body);
    const account = await authenticate(c);
    if (answer.ok || answer.code !== "validation-failed" || account === null) return ended(c, answer, "saved");
    // What was typed stays, and what is wrong with it is said beside it.
    const detail = await accountDetail(c.env.DB, account.id, account.signInId);
    if (detail === null) return ended(c, answer, "saved");
    const page = { ...(await pageOf(c)), path: "/account" };
    const typed = { displayName: displayName ?? "", language: Language.catch(detail.language).parse(language) };
    const kept = { ...detail, language: typed.language, wantsNews: body.wantsNews };
    return sendPage(
      c,
      <AccountPage page={page} account={kept} typedName={typed.displayName} outcome={null} problem={null} />,
      422,
    );
  });
  pages.post("/account/email", async (c) => {
    const { email } = await fieldsOfForm(c);
    return ended(c, await askApi(app, c, "POST", "/account/email", { email }), "mailed");
  });
  pages.post("/account/passkeys/rename", async (c) => {
    const { id = "", label } = await fieldsOfForm(c);
    return ended(c, await askApi(app, c, "PATCH", `/account/passkeys/${encodeURIComponent(id)}`, { label }), "saved");
  });
  pages.post("/account/passkeys/remove", async (c) => {
    const { id = "" } = await fieldsOfForm(c);
    return ended(c, await askApi(app, c, "DELETE", `/account/passkeys/${encodeURIComponent(id)}`), "removed");
  });
  pages.post("/account/sign-ins/end", async (c) => {
    const { id = "" } = await fieldsOfForm(c);
    return ended(c, await askApi(app, c, "DELETE", `/account/sign-ins/${encodeURIComponent(id)}`), "ended");
  });
  pages.post("/account/sign-ins/end-others", async (c) =>
    ended(c, await askApi(app, c, "DELETE", "/account/sign-ins"), "ended"),
  );
  pages.post("/account/sign-out", async (c) => {
    await askApi(app, c, "POST", "/sign-out");
    return seeOther(c, await pageOf(c), "/sign-in?after=out");
  });
  return pages;
}
