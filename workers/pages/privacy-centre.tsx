import { type CentrePart, type CentreProps, centreParts, PrivacyCentre } from "../../site/views/privacy/centre.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { listConsents } from "../privacy/consents.ts";
import { listExports } from "../privacy/export.ts";
import { heldAbout } from "../privacy/held.ts";
import { listRequests } from "../privacy/requests.ts";
import { restrictedSince, uncountedSince } from "../privacy/restriction.ts";
import { listDeliveries } from "../recordings/deliveries.ts";
import { askApi, backTo, fieldsOfForm } from "./form.ts";
import { type ReaderVisit, sendPage, withReader } from "./page.ts";
import { problemOf } from "./problem.tsx";

const HOME = "/account/privacy";
const toCentre = () => HOME;
/** Back to the part of the page that holds the form. */
const at = (part: CentrePart) => `${HOME}?at=${part}#${part}`;

async function showCentre(c: AppContext, { page: asked, reader }: ReaderVisit, typed?: CentreProps["typed"]) {
  const page = { ...asked, path: HOME };
  const [held, exports, requests, restrictedAtMs, uncountedAtMs, deliveries, consents] = await Promise.all([
    heldAbout(c.env.DB, reader.id),
    listExports(c.env.DB, reader.id, c.var.deps.now()),
    listRequests(c.env, c.var.deps, reader.id),
    restrictedSince(c.env.DB, reader.id),
    uncountedSince(c.env.DB, reader.id),
    listDeliveries(c.env, c.var.deps, reader.id),
    listConsents(c.env, c.var.deps, reader.id),
  ]);
  const problem = problemOf(page, c.req.query("problem"), HOME);
  const part = centreParts.find((one) => one === c.req.query("at")) ?? null;
  const said = { part, done: c.req.query("done") ?? null, problem };
  const mine = held.map((one) => ({
    name: one.name,
    count: one.count,
    purpose: one.purpose[page.language],
    until: one.until[page.language],
  }));
  return sendPage(
    c,
    <PrivacyCentre
      page={page}
      held={mine}
      exports={exports}
      requests={requests}
      restrictedAtMs={restrictedAtMs}
      uncountedAtMs={uncountedAtMs}
      deliveries={deliveries}
      consents={consents}
      said={said}
      typed={typed}
    />,
    typed === undefined ? 200 : 422,
  );
}

async function askForCopy(c: AppContext, { page }: ReaderVisit) {
  return backTo(c, page, at("export"), await askApi(c, "POST", "/account/exports"), "export");
}

/** The API's own answer, passed on as it streams: a form's answer is read whole, and this is not to be. */
function sendCopy(c: AppContext) {
  const after = c.req.query("after");
  const path = `/api/v1/account/exports/${encodeURIComponent(c.req.param("exportId") ?? "")}/archive${after === undefined ? "" : `?after=${encodeURIComponent(after)}`}`;
  return c.var.self(new Request(new URL(path, c.req.url), { headers: c.req.raw.headers }));
}

async function setRestriction(c: AppContext, { page }: ReaderVisit) {
  const { restrict } = await fieldsOfForm(c);
  const method = restrict === "yes" ? "PUT" : "DELETE";
  const answer = await askApi(c, method, "/account/restriction");
  return backTo(c, page, at("restriction"), answer, restrict === "yes" ? "restricted" : "lifted");
}

async function setCounting(c: AppContext, { page }: ReaderVisit) {
  const { object } = await fieldsOfForm(c);
  const answer = await askApi(c, object === "yes" ? "PUT" : "DELETE", "/account/counting-objection");
  return backTo(c, page, at("counting"), answer, object === "yes" ? "uncounted" : "counted");
}

async function withdrawConsent(c: AppContext, { page }: ReaderVisit) {
  const { purpose, sessionId = "" } = await fieldsOfForm(c);
  const answer =
    purpose === "news"
      ? await askApi(c, "PATCH", "/account", { wantsNews: false })
      : await askApi(c, "DELETE", `/account/consents/recording/${encodeURIComponent(sessionId)}`);
  return backTo(c, page, at("consents"), answer, "withdrawn");
}

async function askForMore(c: AppContext, visit: ReaderVisit) {
  const { kind = "", details = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/account/requests", { kind, details });
  if (!answer.ok && answer.reason === "validation-failed") return showCentre(c, visit, { kind, details });
  return backTo(c, visit.page, at("requests"), answer, "asked");
}

/** A person's rights on one page, without a script: what is held, a copy of it, restriction, requests, the way out. */
export const privacyCentre = newRouter();
privacyCentre.get(
  HOME,
  costs("read"),
  withReader((c, visit) => showCentre(c, visit)),
);
privacyCentre.post(`${HOME}/export`, costs("read"), withReader(askForCopy, toCentre));
privacyCentre.get(`${HOME}/export/:exportId`, costs("read"), withReader(sendCopy, toCentre));
privacyCentre.post(`${HOME}/restriction`, costs("read"), withReader(setRestriction, toCentre));
privacyCentre.post(`${HOME}/counting`, costs("read"), withReader(setCounting, toCentre));
privacyCentre.post(`${HOME}/consents`, costs("read"), withReader(withdrawConsent, toCentre));
privacyCentre.post(`${HOME}/requests`, costs("read"), withReader(askForMore, toCentre));
