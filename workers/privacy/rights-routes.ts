import { createRoute, z } from "@hono/zod-openapi";
import { SessionId } from "../../protocol/ids.ts";
import { Consent, CreatePrivacyRequest, PrivacyRequest } from "../../protocol/privacy.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { listConsents, withdrawRecordingConsent } from "./consents.ts";
import { listRequests, takeRequest } from "./requests.ts";
import { liftRestriction, objectToCounting, restrict, withdrawObjection } from "./restriction.ts";

const guarded = { security: bearer, tags: ["privacy"] };
const done = (description: string) => ({ 204: { description }, ...problemResponses });

async function restrictAccount(c: AccountContext) {
  await restrict(c.env, c.var.deps, c.var.account.id);
  return c.body(null, 204);
}

async function liftForAccount(c: AccountContext) {
  await liftRestriction(c.env.DB, c.var.account.id);
  return c.body(null, 204);
}

async function objectFor(c: AccountContext) {
  await objectToCounting(c.env, c.var.deps, c.var.account.id);
  return c.body(null, 204);
}

async function withdrawFor(c: AccountContext) {
  await withdrawObjection(c.env.DB, c.var.account.id);
  return c.body(null, 204);
}

async function consentsOf(c: AccountContext) {
  c.header("Cache-Control", "no-store");
  return c.json({ items: await listConsents(c.env, c.var.deps, c.var.account.id) }, 200);
}

async function withdrawSharing(c: AccountContext, sessionId: SessionId) {
  const withdrawn = await withdrawRecordingConsent(c.env, c.var.deps, c.var.account.id, sessionId);
  return withdrawn ? c.body(null, 204) : problem(c, "not-found");
}

async function list(c: AccountContext) {
  c.header("Cache-Control", "no-store");
  return c.json({ items: await listRequests(c.env, c.var.deps, c.var.account.id) }, 200);
}

async function ask(c: AccountContext, body: z.output<typeof CreatePrivacyRequest>) {
  const { deps, account } = c.var;
  const request = { ...body, accountId: account.id, receivedAtMs: deps.now() };
  const id = await takeRequest(c.env, deps, request, true);
  const found = (await listRequests(c.env, deps, account.id)).find(({ requestId }) => requestId === id);
  return found === undefined
    ? problem(c, "quota-exceeded", "There are many open already. We answer those first.")
    : c.json(found, 201);
}

/** What a person may ask of us about their data: to have it restricted, and anything else with a clock of one month. */
export const rights = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/account/restriction",
      summary: "Have your data stored and not otherwise used (Article 18)",
      middleware: [costs("write"), requireAccount] as const,
      responses: done("Restricted"),
    }),
    (c) => restrictAccount(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/restriction",
      summary: "Lift the restriction; your profile stays private until you publish it",
      middleware: [costs("write"), requireAccount] as const,
      responses: done("Lifted"),
    }),
    (c) => liftForAccount(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/account/counting-objection",
      summary: "Object to being counted in the service's own totals (Article 21)",
      middleware: [costs("write"), requireAccount] as const,
      responses: done("Not counted from now on"),
    }),
    (c) => objectFor(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/counting-objection",
      summary: "Take the objection back",
      middleware: [costs("write"), requireAccount] as const,
      responses: done("Counted again"),
    }),
    (c) => withdrawFor(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account/consents",
      summary: "What you have agreed or objected to, in the words that were shown then",
      middleware: [costs("read"), requireAccount] as const,
      responses: {
        200: { description: "Consents, newest first", ...json(z.object({ items: z.array(Consent) })) },
        ...problemResponses,
      },
    }),
    (c) => consentsOf(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/consents/recording/{sessionId}",
      summary: "Take back your consent to share in a session: what you shared there goes",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: z.object({ sessionId: SessionId }) },
      responses: done("Taken back"),
    }),
    (c) => withdrawSharing(c, c.req.valid("param").sessionId),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account/requests",
      summary: "What you have asked, when it is due, and our answers",
      middleware: [costs("read"), requireAccount] as const,
      responses: {
        200: { description: "Requests, newest first", ...json(z.object({ items: z.array(PrivacyRequest) })) },
        ...problemResponses,
      },
    }),
    (c) => list(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/account/requests",
      summary: "Ask us something under your rights; it is answered within one calendar month",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(CreatePrivacyRequest) },
      responses: { 201: { description: "Received", ...json(PrivacyRequest) }, ...problemResponses },
    }),
    (c) => ask(c, c.req.valid("json")),
  );
