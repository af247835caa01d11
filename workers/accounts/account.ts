import { createRoute, z } from "@hono/zod-openapi";
import { AccountDetail, PatchAccount } from "../../protocol/accounts.ts";
import { newsWording } from "../../site/i18n/consent.ts";
import { voidChallenges } from "../auth/challenges.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { endSignIns } from "./credentials.ts";
import { accountDetail, endSignIn, patchAccount } from "./store.ts";

const params = z.object({ signInId: z.string().max(40) });

const guarded = { security: bearer, tags: ["accounts"] };
const detail = {
  200: { description: "The account, as its owner sees it", ...json(AccountDetail) },
  ...problemResponses,
};

async function answerDetail(c: AccountContext) {
  const { id, signInId } = c.var.account;
  const found = await accountDetail(c.env, c.var.deps, id, signInId);
  c.header("Cache-Control", "no-store");
  return found === null ? problem(c, "unauthenticated") : c.json(found, 200);
}

async function patch(c: AccountContext, body: z.output<typeof PatchAccount>) {
  const change = body;
  await patchAccount(c.env, c.var.deps, c.var.account.id, change, newsWording);
  return answerDetail(c);
}

async function endOthers(c: AccountContext) {
  const { id, signInId } = c.var.account;
  // Whoever signs everybody out means those as well who wait with a link or a code.
  await c.env.DB.batch([endSignIns(c.env.DB, id, signInId), ...voidChallenges(c.env.DB, id)]);
  return c.body(null, 204);
}

async function endOne(c: AccountContext, path: z.output<typeof params>) {
  const isEnded = await endSignIn(c.env.DB, c.var.account.id, path.signInId);
  return isEnded ? c.body(null, 204) : problem(c, "not-found");
}

/** A person's own account: what they gave can be read and corrected by them (A6), and each device that is signed in can be sent away. */
export const account = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account",
      summary: "Your own account: name, address, how you sign in, devices, and when you did",
      middleware: [costs("read"), requireAccount] as const,
      responses: detail,
    }),
    (c) => answerDetail(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "patch",
      path: "/api/v1/account",
      summary: "Correct your display name, language, or whether you want news",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(PatchAccount) },
      responses: detail,
    }),
    (c) => patch(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/sign-ins",
      summary: "Sign every other device out, and void every link and code that waits",
      middleware: [costs("write"), requireAccount] as const,
      responses: { 204: { description: "Signed out" }, ...problemResponses },
    }),
    (c) => endOthers(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/account/sign-ins/{signInId}",
      summary: "Sign one device out",
      middleware: [costs("write"), requireAccount] as const,
      request: { params },
      responses: { 204: { description: "Signed out" }, ...problemResponses },
    }),
    (c) => endOne(c, c.req.valid("param")),
  );
