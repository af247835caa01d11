import type { Hono } from "hono";
import { ErrorCode } from "../../protocol/errors.ts";
import type { AppContext, AppEnv } from "../http/router.ts";

/** What the API said to a form: its success, with what it answered, or its problem. */
export type FormAnswer =
  | { ok: true; data: unknown }
  | { ok: false; code: ErrorCode; fields: Record<string, string[]>; retryAfterSeconds: number };

/** Fields of a plain form; a file or a repeated field is not asked for anywhere. */
export async function fieldsOfForm(c: AppContext): Promise<Record<string, string>> {
  const type = c.req.header("Content-Type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) return {};
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer())));
}

/** Says whose request it is, so that every guard of the API judges the browser and not us. */
const passed = ["Cookie", "Origin", "Sec-Fetch-Site", "User-Agent", "CF-Connecting-IP", "Accept-Language"];

/**
 * A form of a browser without a script is the very request that a script would have sent: it goes through the API's own route, with its
 * guards, limits and schemas, so there is one way to change an account and not two. A sign-in that the API renewed on the way goes out with
 * the page, whatever came of the form.
 */
export async function askApi(
  app: Hono<AppEnv>,
  c: AppContext,
  method: string,
  path: string,
  body?: unknown,
): Promise<FormAnswer> {
  const headers = new Headers(
    passed.flatMap((name) => {
      const value = c.req.header(name);
      return value === undefined ? [] : [[name, value] as [string, string]];
    }),
  );
  // A browser that names no site it comes from is asked for its origin; here a form always has one.
  if (!headers.has("Origin") && !headers.has("Sec-Fetch-Site")) headers.set("Origin", "null");
  if (body !== undefined) headers.set("Content-Type", "application/json");
  const request = new Request(new URL(`/api/v1${path}`, c.req.url), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, c.env, contextOf(c));
  const cookie = response.headers.get("Set-Cookie");
  if (cookie !== null) c.header("Set-Cookie", cookie);
  if (response.ok) {
    const data: unknown = response.status === 204 ? null : await response.json().catch(() => null);
    return { ok: true, data };
  }
  const problem = await response.json<{ code: ErrorCode; fields?: Record<string, string[]> }>().catch(() => null);
  const code = ErrorCode.safeParse(problem?.code);
  return {
    ok: false,
    code: code.success ? code.data : "internal-error",
    fields: problem?.fields ?? {},
    retryAfterSeconds: Number(response.headers.get("Retry-After") ?? 0),
  };
}

function contextOf(c: AppContext): ExecutionContext | undefined {
  try {
    return c.executionCtx as ExecutionContext;
  } catch {
    // A test may call the app without a platform round it.
    return undefined;
  }
}
