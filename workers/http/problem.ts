import type { Context, TypedResponse } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { core } from "zod";
import { errorTitles } from "../../protocol/error-titles.ts";
import { type ErrorCode, errors, type Problem } from "../../protocol/errors.ts";
import { isUnavailable } from "../platform/database.ts";

export type Fields = Record<string, string[]>;

/** Fits wherever a route may answer with a problem, whatever its success looks like. */
export type ProblemResponse = Response & TypedResponse<never, never, never>;

/**
 * The one way out for everything that is not a success: a problem document (RFC 9457, `application/problem+json`).
 *
 * @param detail One sentence for a person about this very request; never a stack, SQL or a vendor's text.
 * @param extension Members of a document that another standard asks for beside ours.
 * @param fields For `validation-failed`: the messages of each field, keyed by its path joined with dots.
 */
export function problem(
  c: Pick<Context, "get" | "body">,
  code: ErrorCode,
  detail?: string,
  fields?: Fields,
  extension: Pick<Problem, "error"> = {},
): ProblemResponse {
  const { status } = errors[code];
  // A bucket of tries knows when the next one is there (RFC 9110 section 10.2.3).
  const waitSeconds = (code === "rate-limited" ? c.get("retryAfterSeconds") : undefined) ?? retryAfterSeconds[code];
  const body: Problem = {
    type: `/problems/${code}`,
    title: errorTitles[code],
    status,
    code,
    requestId: c.get("requestId") ?? "",
    ...(detail === undefined ? {} : { detail }),
    ...(fields === undefined ? {} : { fields }),
    ...extension,
  };
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    ...(code === "unauthenticated" ? { "WWW-Authenticate": "Bearer" } : {}),
    ...(waitSeconds === undefined ? {} : { "Retry-After": String(waitSeconds) }),
  }) as unknown as ProblemResponse;
}

/** When it makes sense to come back, for the codes where it does. */
const retryAfterSeconds: Partial<Record<ErrorCode, number>> = { "rate-limited": 5, unavailable: 5, "part-busy": 1 };

/** zod's issues by field; what concerns the whole value is under `""`. */
export function fieldsOf(issues: readonly core.$ZodIssue[]): Fields {
  const fields: Fields = {};
  for (const issue of issues) {
    const path = issue.path.map(String).join(".");
    fields[path] ??= [];
    fields[path].push(issue.message);
  }
  return fields;
}

/** Errors that hono itself raises (unreadable JSON, a wrong content type), in our words. Anything else is a bug of ours. */
export function codeOfThrown(error: unknown): ErrorCode {
  if (isUnavailable(error)) return "unavailable";
  if (!(error instanceof HTTPException)) return "internal-error";
  if (error.status === 404) return "not-found";
  if (error.status === 413) return "payload-too-large";
  if (error.status === 429) return "rate-limited";
  return error.status >= 500 ? "internal-error" : "bad-request";
}
