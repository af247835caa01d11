import { z } from "zod";
import { ErrorCode, errors } from "../../protocol/errors.ts";
import { ok, type Refusal, type Result } from "../../protocol/result.ts";
import type { Page } from "../../site/design/page.ts";
import { isOwnOrigin } from "../auth/guard.ts";
import type { AppContext } from "../http/router.ts";
import { seeOther } from "./page.ts";
import { pageProblem } from "./problem.tsx";

/** What the API said to a form: its success, with what it answered, or its problem. */
export type FormAnswer = Result<
  unknown,
  ErrorCode,
  { fields: Record<string, string[]>; requestId: string; retryAfterSeconds: number }
>;

/** The fields of a form, as they were sent. */
export interface Form {
  /** By name; of a field that is there more than once, the last. */
  fields: Record<string, string>;
  texts: (name: string) => string[];
  file: (name: string) => File | null;
}

/** Reads a form as browsers send one: URL-encoded, or in parts where it holds a file. What is no form has no fields. */
export async function readForm(c: AppContext): Promise<Form> {
  const data = await c.req.formData().catch(() => new FormData());
  const texts = (name: string) => data.getAll(name).filter((value) => typeof value === "string");
  const names = [...new Set(data.keys())].filter((name) => texts(name).length > 0);
  return {
    fields: Object.fromEntries(names.map((name) => [name, texts(name).at(-1) ?? ""])),
    texts,
    file: (name) => data.getAll(name).find((value) => value instanceof File) ?? null,
  };
}

/** The same for a form without files or repeated fields. */
export const fieldsOfForm = async (c: AppContext): Promise<Record<string, string>> => (await readForm(c)).fields;

/** Says whose request it is, so that every guard of the API judges the browser and not us. */
const passed = ["Cookie", "Origin", "Sec-Fetch-Site", "User-Agent", "CF-Connecting-IP", "Accept-Language"];

const Problem = z.object({
  code: ErrorCode,
  requestId: z.string(),
  fields: z.record(z.string(), z.array(z.string())).default({}),
});

/**
 * A form of a browser without a script is the very request that a script would have sent: it goes through the API's own route, with its
 * guards, limits and schemas, so there is one way to change a thing and not two. One from another site's page goes nowhere. A sign-in that
 * the API renewed on the way goes out with the page, whatever came of the form; and what went wrong has one request id, in the log and
 * before the person.
 *
 * @param body Sent as JSON; bytes go as they are.
 */
export async function askApi(c: AppContext, method: string, path: string, body?: unknown): Promise<FormAnswer> {
  if (method !== "GET" && !isOwnOrigin(c)) return refuse(c, "forbidden");
  const headers = new Headers(
    passed.flatMap((name) => {
      const value = c.req.header(name);
      return value === undefined ? [] : [[name, value] as [string, string]];
    }),
  );
  // A browser that names no site it comes from is asked for its origin; here a form always has one.
  if (!headers.has("Origin") && !headers.has("Sec-Fetch-Site")) headers.set("Origin", "null");
  const isBytes = body instanceof Uint8Array;
  if (body !== undefined) headers.set("Content-Type", isBytes ? "application/octet-stream" : "application/json");
  const address = new URL(`/api/v1${path}`, c.req.url);
  // An id that climbs (`..`) would be another route of the API.
  if (address.pathname !== `/api/v1${path.split("?")[0]}`) return refuse(c, "not-found");
  const request = new Request(address, {
    method,
    headers,
    ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
  });
  const response = await c.var.self(request);
  const cookie = response.headers.get("Set-Cookie");
  if (cookie !== null) c.header("Set-Cookie", cookie);
  if (response.ok) {
    const data: unknown = response.status === 204 ? null : await response.json().catch(() => null);
    return ok(data);
  }
  const problem = Problem.safeParse(await response.json().catch(() => null));
  if (!problem.success) return refuse(c, "internal-error");
  const { code, fields, requestId } = problem.data;
  c.header("X-Request-Id", requestId);
  return {
    ok: false,
    reason: code,
    fields,
    requestId,
    retryAfterSeconds: Number(response.headers.get("Retry-After") ?? 60),
  };
}

const refuse = (c: AppContext, reason: ErrorCode): Refusal<FormAnswer> => ({
  ok: false,
  reason,
  fields: {},
  requestId: c.var.requestId,
  retryAfterSeconds: 60,
});

/**
 * The end of a form: to the page at `path`, which says what was `done` or which `problem` there was. What went wrong on our side, or was
 * sent too often or too large, is a page of its own, with the request's id.
 */
export function backTo(
  c: AppContext,
  page: Page,
  path: string,
  answer: FormAnswer,
  done: string,
): Response | Promise<Response> {
  const [before = "", fragment] = path.split("#");
  const to = (query: string) =>
    seeOther(
      c,
      page,
      `${before}${before.includes("?") ? "&" : "?"}${query}${fragment === undefined ? "" : `#${fragment}`}`,
    );
  if (answer.ok) return to(`done=${done}`);
  if (answer.reason === "unauthenticated") return seeOther(c, page, `/sign-in?next=${encodeURIComponent(before)}`);
  return isPageOfItsOwn(answer.reason) ? pageProblem(c, answer.reason, answer) : to(`problem=${answer.reason}`);
}

/** Whether a refusal says nothing about what was typed. */
export const isPageOfItsOwn = (code: ErrorCode): boolean =>
  errors[code].status >= 500 || [413, 429].includes(errors[code].status);
