import { Language } from "../../protocol/accounts.ts";
import type { Refusal } from "../../protocol/result.ts";
import { AccountPage, type AccountPart, accountParts, type Outcome } from "../../site/views/accounts/account.tsx";
import { ConfirmEmail } from "../../site/views/accounts/email.tsx";
import { FinishReset, Reset } from "../../site/views/accounts/reset.tsx";
import { SignIn } from "../../site/views/accounts/sign-in.tsx";
import { ConfirmSignUp, SignUp, type Typed } from "../../site/views/accounts/sign-up.tsx";
import { TakeBack } from "../../site/views/accounts/take-back.tsx";
import { TakenBack } from "../accounts/credentials.ts";
import { findSignUp } from "../accounts/sign-up.ts";
import { accountDetail, readAddress } from "../accounts/store.ts";
import { type ChallengeKind, hasChallenge } from "../auth/challenges.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { askApi, backTo, type FormAnswer, fieldsOfForm } from "./form.ts";
import { safeNext, wayOn } from "./next.ts";
import { type ReaderVisit, seeOther, sendPage, type Visit, withPage, withReader } from "./page.ts";

const outcomes: readonly string[] = ["welcome", "saved", "mailed", "confirmed", "ended", "removed"] satisfies Outcome[];
const isOutcome = (text: string | undefined): text is Outcome => text !== undefined && outcomes.includes(text);

/** Whether the mailed link is still good; looking does not use it up. */
const isGood = (c: AppContext, kind: ChallengeKind, token: string) =>
  token.length === 43 ? hasChallenge(c.env.DB, c.var.deps, kind, token) : Promise.resolve(false);

/** What is wrong with a sign-up, field by field. */
function problemsOf(answer: Refusal<FormAnswer>, age: string): Typed["problems"] {
  if (answer.reason === "rate-limited") return ["tries"];
  if (answer.reason !== "validation-failed") return ["broken"];
  if (age === "younger") return ["young"];
  const wrong = (["displayName", "email"] as const).filter((name) => name in answer.fields);
  return [...wrong, ...(age === "older" ? [] : (["age"] as const))];
}

async function showSignUp(c: AppContext, { page }: Visit) {
  const next = wayOn(c.req.query("next"), page.origin);
  if (page.account !== null) return c.redirect(next ?? "/account", 303);
  return sendPage(c, <SignUp page={page} next={next} isSent={c.req.query("done") !== undefined} />);
}

async function signUp(c: AppContext, { page }: Visit) {
  const { displayName = "", email = "", age = "", wantsNews, next: asked } = await fieldsOfForm(c);
  const next = wayOn(asked, page.origin);
  const person = { displayName, email, language: page.language, isSixteen: age === "older", next };
  const answer = await askApi(c, "POST", "/sign-up", { ...person, wantsNews: wantsNews !== undefined });
  if (answer.ok) return seeOther(c, page, "/sign-up?done=mailed");
  const problems = problemsOf(answer, age);
  const wrongName = answer.fields.displayName?.[0];
  const typed = { displayName, email, age, wantsNews: wantsNews !== undefined, problems, wrongName };
  return sendPage(c, <SignUp page={page} next={next} typed={typed} />, problems.includes("tries") ? 429 : 422);
}

async function showSignUpConfirm(c: AppContext, { page }: Visit) {
  const token = c.req.query("token") ?? "";
  const next = wayOn(c.req.query("next"), page.origin);
  const person = await findSignUp(c, token);
  return sendPage(c, <ConfirmSignUp page={page} token={token} next={next} person={person} />);
}

async function showTakeBack(c: AppContext, { page }: Visit) {
  const token = c.req.query("token") ?? "";
  const state = (await isGood(c, "take-back", token)) ? "open" : "link-invalid";
  return sendPage(c, <TakeBack page={page} token={token} state={state} />);
}

async function takeBack(c: AppContext, { page }: Visit) {
  const { token = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/account/take-back", { token });
  const state = answer.ok
    ? TakenBack.parse(answer.value).outcome
    : answer.reason === "address-taken"
      ? "address-taken"
      : "link-invalid";
  return sendPage(c, <TakeBack page={page} token="" state={state} />, answer.ok ? 200 : 410);
}

async function showSignIn(c: AppContext, { page }: Visit) {
  const next = safeNext(c.req.query("next"), page.origin);
  if (page.account !== null && c.req.query("again") === undefined) return c.redirect(next, 303);
  const after = c.req.query("done");
  const why = c.req.query("again") === undefined ? after : "again";
  const isKnown = why === "reset" || why === "out" || why === "again";
  return sendPage(c, <SignIn page={page} next={next} after={isKnown ? why : null} />);
}

function showReset(c: AppContext, { page }: Visit) {
  return sendPage(c, <Reset page={page} state={c.req.query("done") === undefined ? "open" : "sent"} email="" />);
}

async function askForReset(c: AppContext, { page }: Visit) {
  const { email = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/reset", { email });
  if (answer.ok) return seeOther(c, page, "/reset?done=mailed");
  const state =
    answer.reason === "rate-limited" ? "tries" : answer.reason === "validation-failed" ? "address" : "broken";
  return sendPage(c, <Reset page={page} state={state} email={email} />, state === "tries" ? 429 : 422);
}

async function showResetFinish(c: AppContext, { page }: Visit) {
  const token = c.req.query("token") ?? "";
  const isBad = !(await isGood(c, "reset", token));
  return sendPage(c, <FinishReset page={page} token={token} isBad={isBad} />);
}

/** Where the reader's mail goes to now; `null`: nobody is signed in. */
async function ownAddress(c: AppContext, { reader }: Visit) {
  return reader === null ? null : await readAddress(c.env, c.var.deps, reader.id);
}

async function showConfirmEmail(c: AppContext, visit: Visit) {
  const token = c.req.query("token") ?? "";
  const state = (await isGood(c, "email", token)) ? "open" : "link-invalid";
  const email = await ownAddress(c, visit);
  return sendPage(c, <ConfirmEmail page={visit.page} token={token} state={state} email={email} />);
}

async function confirmEmail(c: AppContext, visit: Visit) {
  const { token = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/account/email/confirm", { token });
  const state = answer.ok ? "done" : answer.reason === "address-taken" ? "address-taken" : "link-invalid";
  const view = <ConfirmEmail page={visit.page} token="" state={state} email={await ownAddress(c, visit)} />;
  return sendPage(c, view, answer.ok ? 200 : 410);
}

/** Back to the part of the page that holds the form. */
const at = (part: AccountPart) => `/account?at=${part}#${part}`;

async function showAccount(c: AppContext, { page, reader }: ReaderVisit) {
  const detail = await accountDetail(c.env, c.var.deps, reader.id, reader.signInId);
  if (detail === null) return seeOther(c, page, "/sign-in?next=/account");
  const done = c.req.query("done");
  const outcome = isOutcome(done) ? done : null;
  const problem = c.req.query("problem") ?? null;
  const part = accountParts.find((one) => one === c.req.query("at")) ?? null;
  return sendPage(c, <AccountPage page={page} account={detail} outcome={outcome} problem={problem} part={part} />);
}

function toCredentials(c: AppContext) {
  return c.redirect("/account#credentials", 303);
}

async function changeDetails(c: AppContext, { page, reader }: ReaderVisit) {
  const { displayName = "", language, wantsNews } = await fieldsOfForm(c);
  const body = { displayName, language, wantsNews: wantsNews !== undefined };
  const answer = await askApi(c, "PATCH", "/account", body);
  // From here on the site speaks the language that was chosen, whatever the address asked for.
  if (answer.ok) return backTo(c, { ...page, languageAsked: false }, at("you"), answer, "saved");
  const detail = await accountDetail(c.env, c.var.deps, reader.id, reader.signInId);
  if (answer.reason !== "validation-failed" || detail === null) return backTo(c, page, at("you"), answer, "saved");
  // What was typed stays, and what is wrong with it is said beside it.
  const kept = {
    ...detail,
    language: Language.catch(detail.language).parse(language),
    wantsNews: body.wantsNews,
  };
  const wrong = answer.fields.displayName?.[0];
  const typed = wrong === undefined ? undefined : { name: displayName, wrong };
  const here = { ...page, path: "/account" };
  const view = <AccountPage page={here} account={kept} typed={typed} outcome={null} problem={null} part={null} />;
  return sendPage(c, view, 422);
}

async function signOut(c: AppContext, { page }: Visit) {
  await askApi(c, "POST", "/sign-out");
  return seeOther(c, page, "/sign-in?done=out");
}

/** In front of an account: opening one, signing in, a lost password. */
export const signInPages = newRouter();
signInPages.get("/sign-up", costs("read"), needs("wasm"), withPage(showSignUp));
signInPages.post("/sign-up", costs("read"), needs("wasm"), withPage(signUp));
signInPages.get("/sign-up/confirm", costs("read"), needs("wasm"), withPage(showSignUpConfirm));
signInPages.get("/account/take-back", costs("read"), needs("wasm"), withPage(showTakeBack));
signInPages.post("/account/take-back", costs("read"), needs("wasm"), withPage(takeBack));
signInPages.get("/sign-in", costs("read"), needs("wasm"), withPage(showSignIn));
signInPages.get("/reset", costs("read"), needs("wasm"), withPage(showReset));
signInPages.post("/reset", costs("read"), needs("wasm"), withPage(askForReset));
signInPages.get("/reset/finish", costs("read"), needs("wasm"), withPage(showResetFinish));
signInPages.get("/account/email", costs("read"), needs("wasm"), withPage(showConfirmEmail));
signInPages.post("/account/email/confirm", costs("read"), needs("wasm"), withPage(confirmEmail));

const toAccount = () => "/account";

/** A form that is one request to the API. */
const formOf = (
  part: AccountPart,
  done: Outcome,
  request: (fields: Record<string, string>) => [string, string, unknown?],
) =>
  withReader(async (c, { page }) => {
    const [method, to, body] = request(await fieldsOfForm(c));
    return backTo(c, page, at(part), await askApi(c, method, to, body), done);
  }, toAccount);

const passkey = (id = "") => `/account/passkeys/${encodeURIComponent(id)}`;
const askForAddress = formOf("you", "mailed", ({ email }) => ["POST", "/account/email", { email }]);
const renamePasskey = formOf("credentials", "saved", ({ id, label }) => ["PATCH", passkey(id), { label }]);
const removePasskey = formOf("credentials", "removed", ({ id }) => ["DELETE", passkey(id)]);
const endSignIn = formOf("devices", "ended", ({ id = "" }) => [
  "DELETE",
  `/account/sign-ins/${encodeURIComponent(id)}`,
]);
const endOtherSignIns = formOf("devices", "ended", () => ["DELETE", "/account/sign-ins"]);

/** A person's own account. Each form ends back at it, with what came of it. */
export const accountPages = newRouter();
accountPages.get("/account", costs("read"), needs("wasm"), withReader(showAccount));
accountPages.get("/.well-known/change-password", costs("free"), toCredentials);
accountPages.post("/account/details", costs("read"), needs("wasm"), withReader(changeDetails, toAccount));
accountPages.post("/account/email", costs("read"), needs("wasm"), askForAddress);
accountPages.post("/account/passkeys/rename", costs("read"), needs("wasm"), renamePasskey);
accountPages.post("/account/passkeys/remove", costs("read"), needs("wasm"), removePasskey);
accountPages.post("/account/sign-ins/end", costs("read"), needs("wasm"), endSignIn);
accountPages.post("/account/sign-ins/end-others", costs("read"), needs("wasm"), endOtherSignIns);
accountPages.post("/account/sign-out", costs("read"), needs("wasm"), withPage(signOut));
