import { createRoute, type z } from "@hono/zod-openapi";
import { DeviceStarted, StartDevice, TokenAnswer, TokenRequest } from "../../protocol/accounts.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { fieldsOf, problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { DEVICE_CODE_MS, DEVICE_INTERVAL_SECONDS, exchangeCode, pollDevice, startDevice } from "./oauth.ts";

const tags = ["accounts"];

/** OAuth 2.0's code beside ours, in one problem document. */
const refuse = (c: AppContext, code: ErrorCode, error: string) => problem(c, code, undefined, undefined, { error });

async function issueToken(c: AppContext, form: z.output<typeof TokenRequest>) {
  const asked = form;
  const { deps } = c.var;
  if (!(await consume(c.env, deps, ["token", networkOf(c.req.header("CF-Connecting-IP"))])).ok)
    return refuse(c, "rate-limited", "slow_down");
  c.header("Cache-Control", "no-store");
  if (asked.grant_type === "authorization_code") {
    const { code, code_verifier, redirect_uri } = asked;
    const found = await exchangeCode(c.env, deps, code, code_verifier, redirect_uri);
    if (found === null) return refuse(c, "grant-invalid", "invalid_grant");
    return c.json({ access_token: found, token_type: "Bearer" as const }, 200);
  }
  const poll = await pollDevice(c.env, deps, asked.device_code);
  if (poll.ok) return c.json({ access_token: poll.value, token_type: "Bearer" as const }, 200);
  const waits = poll.reason === "authorization_pending" || poll.reason === "slow_down";
  return refuse(c, waits ? "sign-in-waiting" : "grant-invalid", poll.reason);
}

async function begin(c: AppContext, body: z.output<typeof StartDevice>) {
  const { deps } = c.var;
  if (!(await consume(c.env, deps, ["device", networkOf(c.req.header("CF-Connecting-IP"))])).ok)
    return problem(c, "rate-limited");
  const started = await startDevice(c.env, deps, body.label);
  if (started === null) return problem(c, "unavailable");
  const page = `${publicOrigin(c)}/device`;
  c.header("Cache-Control", "no-store");
  return c.json(
    {
      device_code: started.deviceCode,
      user_code: started.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?code=${started.userCode}`,
      expires_in: DEVICE_CODE_MS / 1000,
      interval: DEVICE_INTERVAL_SECONDS,
    },
    200,
  );
}

/** Where a companion exchanges what its person granted for a token that it keeps in the system's keychain (A7). */
export const oauth = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/token",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "Token endpoint (RFC 6749 section 3.2) for the authorization code and the device code grants",
      request: {
        body: { required: true, content: { "application/x-www-form-urlencoded": { schema: TokenRequest } } },
      },
      responses: { 200: { description: "A token", ...json(TokenAnswer) }, ...problemResponses },
    }),
    (c) => issueToken(c, c.req.valid("form")),
    (result, c) => {
      if (result.success) return;
      return problem(c, "bad-request", undefined, fieldsOf(result.error.issues), { error: "invalid_request" });
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/device",
      tags,
      middleware: [costs("anonymous-write")] as const,
      summary: "A device without a browser begins to wait for its person (RFC 8628 section 3.1)",
      request: { body: json(StartDevice) },
      responses: {
        200: { description: "What to show, and what to ask with", ...json(DeviceStarted) },
        ...problemResponses,
      },
    }),
    (c) => begin(c, c.req.valid("json")),
  );
