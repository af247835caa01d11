import { HTTPException } from "hono/http-exception";
import { HandleBreach, RegisterBreachForm } from "../../protocol/breaches.ts";
import { AnswerAppeal, DecideReport, DeleteReported } from "../../protocol/decisions.ts";
import { AppealId, BreachId, HoldId, PrivacyRequestId, ReportId } from "../../protocol/ids.ts";
import { EnterPrivacyRequestForm, HandleHold, HandlePrivacyRequest, PlaceHold } from "../../protocol/privacy.ts";
import { href, type Page } from "../../site/design/page.ts";
import { negotiate } from "../../site/i18n/language.ts";
import type { BreachTyped } from "../../site/views/operator/breaches.tsx";
import { OperatorPage, outcomes } from "../../site/views/operator/overview.tsx";
import { OperatorSignIn } from "../../site/views/operator/sign-in.tsx";
import { isOwnOrigin } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { serveObject } from "../http/serve-object.ts";
import { usageByDay, usageShown } from "../http/usage.ts";
import { flush } from "../mail/flush.ts";
import { objectStore } from "../platform/object-store.ts";
import { handleBreach, listBreaches, registerBreach } from "../privacy/breaches.ts";
import { answerAppeal, openAppeals } from "../privacy/decisions.ts";
import { accountOfHold, activeHolds, handleHold, placeHold } from "../privacy/holds.ts";
import { policyProofs } from "../privacy/policy-change.ts";
import { accountOfRequest, handleRequest, openRequests } from "../privacy/requests.ts";
import { objectKey } from "../recordings/keys.ts";
import { hasOperators, noteAction, operatorCookie, operatorOf, sendOperatorCookie } from "./guard.ts";
import { queues, reportedAccounts, retentionReport, tablesAboutPeople } from "./overview.ts";
import { closeReport, decide, deleteReported, hearReported } from "./reports.ts";
import { enterRequest } from "./requests.ts";
import { type Operator, signInOperator, signOutOperator } from "./sign-in.ts";

/**
 * The operators' application: pages of their own, behind a sign-in of their own with a second factor. A person's account opens nothing here
 * and an operator's nothing there. Each look and each deed is noted for whom it concerns. Plain forms, no script.
 */
export const operatorApp = newRouter();
const ROUTES_SHOWN_MAX = 40;

function operatorPage(c: AppContext): Page {
  const { origin } = new URL(c.req.url);
  const asked = c.req.query("lang");
  const language = negotiate(asked, c.req.header("Accept-Language"));
  return {
    language,
    languageAsked: asked === language,
    path: c.req.path,
    search: "",
    origin,
    account: null,
    nowMs: c.var.deps.now(),
  };
}

async function send(c: AppContext, view: { toString(): string | Promise<string> }, status: 200 | 401 | 422 = 200) {
  c.header("Cache-Control", "no-store");
  c.header("X-Robots-Tag", "noindex");
  return c.html(`<!doctype html>${await view.toString()}`, status);
}

const to = (c: AppContext, path: string) => c.redirect(href(operatorPage(c), path), 303);

/** A page or a form for an operator; anybody else is sent to sign in, and finds nothing where there are no operators. */
const forOperator =
  (handler: (c: AppContext, operator: Operator) => Promise<Response>) =>
  async (c: AppContext): Promise<Response> => {
    if (!hasOperators(c.env)) return problem(c, "not-found");
    const operator = await operatorOf(c);
    return operator === null ? to(c, "/operator/sign-in") : await handler(c, operator);
  };

const formOf = (c: AppContext) => c.req.formData().catch(() => new FormData());
const textsOf = (form: FormData): Record<string, string> =>
  Object.fromEntries([...form.entries()].map(([name, value]) => [name, String(value)]));
const fieldsOf = async (c: AppContext) => textsOf(await formOf(c));

/** `typed`: the form of a breach that was not registered. */
async function showOverview(c: AppContext, operator: Operator, typed?: BreachTyped) {
  const { env } = c;
  const [requests, reports, breaches, overdue, waiting, usage, usageDays, holds, appeals, proofs] = await Promise.all([
    openRequests(env, c.var.deps),
    reportedAccounts(env, c.var.deps),
    listBreaches(env.DB),
    retentionReport(env, c.var.deps),
    queues(env.DB),
    usageShown(env.DB, c.var.deps.now(), ROUTES_SHOWN_MAX),
    usageByDay(env.DB, c.var.deps.now()),
    activeHolds(env, c.var.deps),
    openAppeals(env, c.var.deps),
    policyProofs(env),
  ]);
  const concerned = [...requests, ...reports, ...appeals].map(({ accountId }) => accountId);
  await noteAction(env.DB, c.var.deps, operator, "overview.read", concerned);
  const told = outcomes.find((one) => one === (c.req.query("problem") ?? c.req.query("done"))) ?? null;
  const privacy = { breaches, overdue, holds, policyProofs: proofs };
  const shown = { requests, reports, queues: waiting, usage, usageDays, appeals, ...privacy };
  const page = { ...operatorPage(c), path: "/operator" };
  const desk = { page, name: operator.name, outcome: typed === undefined ? told : "amiss", typed } as const;
  return send(c, <OperatorPage {...desk} tables={tablesAboutPeople} {...shown} />, typed === undefined ? 200 : 422);
}

const backTo = (c: AppContext, isDone: boolean) => to(c, isDone ? "/operator?done=noted" : "/operator?problem=refused");
/** What was typed does not fit: nothing was looked for, and nothing done. */
const amiss = (c: AppContext) => to(c, "/operator?problem=amiss");

async function showSignIn(c: AppContext) {
  return hasOperators(c.env)
    ? send(c, <OperatorSignIn page={operatorPage(c)} isWrong={false} />)
    : problem(c, "not-found");
}

async function signIn(c: AppContext) {
  if (!hasOperators(c.env)) return problem(c, "not-found");
  const { key, code } = await fieldsOf(c);
  const isForm = isOwnOrigin(c) && typeof key === "string" && typeof code === "string";
  const outcome = isForm ? await signInOperator(c.env, c.var.deps, key, code.trim()) : null;
  if (outcome?.ok === false && outcome.reason === "rate-limited") throw new HTTPException(429);
  if (outcome?.ok !== true) return send(c, <OperatorSignIn page={operatorPage(c)} isWrong />, 401);
  sendOperatorCookie(c, outcome.value);
  return to(c, "/operator");
}

async function signOut(c: AppContext) {
  await signOutOperator(c.env, operatorCookie(c) ?? "");
  sendOperatorCookie(c, "");
  return to(c, "/operator/sign-in");
}

async function stepRequest(c: AppContext, operator: Operator) {
  const requestId = PrivacyRequestId.safeParse(c.req.param("requestId"));
  const step = HandlePrivacyRequest.safeParse(await fieldsOf(c));
  if (!requestId.success) return backTo(c, false);
  if (!step.success) return amiss(c);
  const about = await accountOfRequest(c.env.DB, requestId.data);
  const outcome = await handleRequest(c.env, c.var.deps, requestId.data, step.data);
  await noteAction(c.env.DB, c.var.deps, operator, `requests.${step.data.do}`, about === null ? [] : [about]);
  flush(c);
  return backTo(c, outcome.ok);
}

async function decideReport(c: AppContext, operator: Operator) {
  const reportId = ReportId.safeParse(c.req.param("reportId"));
  const fields = await fieldsOf(c);
  if (!reportId.success) return backTo(c, false);
  const { deps } = c.var;
  const throughMs = Number(fields.throughMs) || -1;
  const decision = DecideReport.safeParse(fields);
  if (decision.success) {
    const outcome = await decide(c.env, deps, operator, reportId.data, throughMs, decision.data);
    flush(c);
    return backTo(c, outcome.ok);
  }
  if (fields.do === "close") return backTo(c, (await closeReport(c.env, deps, operator, reportId.data, throughMs)).ok);
  const why = DeleteReported.safeParse(fields);
  if (fields.do !== "delete-account" || !why.success) return amiss(c);
  const outcome = await deleteReported(c.env, deps, operator, reportId.data, why.data);
  flush(c);
  return backTo(c, outcome.ok);
}

const sendTake = (Id: typeof ReportId | typeof AppealId) => async (c: AppContext, operator: Operator) => {
  const id = Id.safeParse(c.req.param("id"));
  const take = id.success ? await hearReported(c.env, c.var.deps, operator, id.data) : null;
  if (take === null) return problem(c, "not-found");
  return serveObject(c, {
    etag: `"${take.sha256}"`,
    sizeBytes: take.sizeBytes,
    type: "audio/wav",
    headers: { "Cache-Control": "no-store", "Content-Disposition": "inline" },
    read: (range) => objectStore(c.env, c.var.deps).get(objectKey(take.sessionId, take.id), range),
    missing: "gone",
  });
};

async function stepAppeal(c: AppContext, operator: Operator) {
  const appealId = AppealId.safeParse(c.req.param("appealId"));
  const step = AnswerAppeal.safeParse(await fieldsOf(c));
  if (!appealId.success) return backTo(c, false);
  if (!step.success) return amiss(c);
  const outcome = await answerAppeal(c.env, c.var.deps, appealId.data, step.data);
  const about = outcome.ok ? [outcome.value.accountId] : [];
  await noteAction(c.env.DB, c.var.deps, operator, `appeals.${step.data.do}`, about);
  flush(c);
  return backTo(c, outcome.ok);
}

async function enter(c: AppContext, operator: Operator) {
  const request = EnterPrivacyRequestForm.safeParse(await fieldsOf(c));
  const entered = request.success ? await enterRequest(c.env, c.var.deps, operator, request.data) : null;
  return entered?.ok === true ? backTo(c, true) : amiss(c);
}

async function register(c: AppContext, operator: Operator) {
  const form = await formOf(c);
  const typed = { ...textsOf(form), tables: form.getAll("tables").map(String) };
  const breach = RegisterBreachForm.safeParse(typed);
  const breachId = breach.success ? await registerBreach(c.env, c.var.deps, breach.data) : null;
  if (breachId === null) return showOverview(c, operator, typed);
  await noteAction(c.env.DB, c.var.deps, operator, "breaches.register", []);
  return backTo(c, true);
}

async function stepBreach(c: AppContext, operator: Operator) {
  const breachId = BreachId.safeParse(c.req.param("breachId"));
  const step = HandleBreach.safeParse(await fieldsOf(c));
  if (!breachId.success) return backTo(c, false);
  if (!step.success) return amiss(c);
  const outcome = await handleBreach(c.env, c.var.deps, breachId.data, step.data);
  await noteAction(c.env.DB, c.var.deps, operator, `breaches.${step.data.do}`, []);
  return backTo(c, outcome.ok);
}

async function place(c: AppContext, operator: Operator) {
  const wanted = PlaceHold.safeParse(await fieldsOf(c));
  if (!wanted.success) return amiss(c);
  const outcome = await placeHold(c.env, c.var.deps, operator.name, wanted.data);
  const about = outcome.ok ? outcome.value.accountId : null;
  await noteAction(c.env.DB, c.var.deps, operator, "holds.place", about === null ? [] : [about]);
  return outcome.ok ? backTo(c, true) : amiss(c);
}

async function stepHold(c: AppContext, operator: Operator) {
  const holdId = HoldId.safeParse(c.req.param("holdId"));
  const step = HandleHold.safeParse(await fieldsOf(c));
  if (!holdId.success) return backTo(c, false);
  if (!step.success) return amiss(c);
  const about = await accountOfHold(c.env.DB, holdId.data);
  const outcome = await handleHold(c.env, c.var.deps, holdId.data, step.data);
  await noteAction(c.env.DB, c.var.deps, operator, `holds.${step.data.do}`, about === null ? [] : [about]);
  return !outcome.ok && outcome.reason === "too-long" ? amiss(c) : backTo(c, outcome.ok);
}

operatorApp
  .get(
    "/operator",
    costs("read"),
    forOperator((c, operator) => showOverview(c, operator)),
  )
  .get("/operator/sign-in", costs("read"), showSignIn)
  .post("/operator/sign-in", costs("anonymous-write"), signIn)
  .post("/operator/sign-out", costs("read"), forOperator(signOut))
  .post("/operator/requests", costs("write"), forOperator(enter))
  .post("/operator/requests/:requestId", costs("write"), forOperator(stepRequest))
  .get("/operator/reports/:id/take.wav", costs("read"), forOperator(sendTake(ReportId)))
  .post("/operator/reports/:reportId", costs("write"), forOperator(decideReport))
  .get("/operator/appeals/:id/take.wav", costs("read"), forOperator(sendTake(AppealId)))
  .post("/operator/appeals/:appealId", costs("write"), forOperator(stepAppeal))
  .post("/operator/breaches", costs("write"), forOperator(register))
  .post("/operator/breaches/:breachId", costs("write"), forOperator(stepBreach))
  .post("/operator/holds", costs("write"), forOperator(place))
  .post("/operator/holds/:holdId", costs("write"), forOperator(stepHold));
