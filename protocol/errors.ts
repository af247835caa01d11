import * as z from "zod";

/**
 * Every code that a client can be told, once. `status` is the HTTP status of the problem document (RFC 9457), `close`
 * the WebSocket close code (RFC 6455, private range 4000–4999; 1009 is the standard's own) where the room ends a socket.
 * What each says to a person is apart (error-titles.ts), since a page has words of its own and needs none of them.
 */
export const errors = {
  "bad-request": { status: 400 },
  "validation-failed": { status: 422 },
  unauthenticated: { status: 401 },
  forbidden: { status: 403, close: 4403 },
  "not-found": { status: 404 },
  "method-not-allowed": { status: 405 },
  conflict: { status: 409 },
  gone: { status: 410 },
  "payload-too-large": { status: 413, close: 1009 },
  "unsupported-media": { status: 415 },
  "rate-limited": { status: 429, close: 4429 },
  "internal-error": { status: 500, close: 4500 },
  unavailable: { status: 503, close: 4503 },

  "sign-in-again": { status: 403 },
  "scope-insufficient": { status: 403 },
  "wrong-password": { status: 401 },
  "wrong-code": { status: 403 },
  "passkey-invalid": { status: 401 },
  "step-expired": { status: 410 },
  "sign-in-waiting": { status: 400 },
  "grant-invalid": { status: 400 },
  "link-invalid": { status: 410 },
  "address-taken": { status: 409 },
  "profile-empty": { status: 409 },
  "address-unchanged": { status: 409 },
  "last-way-in": { status: 409 },

  restricted: { status: 409 },

  "invite-invalid": { status: 404 },
  "session-full": { status: 409 },
  "guests-off": { status: 403 },
  "guests-full": { status: 409 },
  "broadcast-over": { status: 410, close: 4417 },
  "listeners-full": { status: 409, close: 4418 },
  "quota-exceeded": { status: 403 },

  "ticket-invalid": { status: 401, close: 4401 },
  "ticket-expired": { status: 401, close: 4401 },
  "ticket-used": { status: 401, close: 4401 },
  "upgrade-required": { status: 426 },
  "version-unsupported": { status: 426, close: 4406 },
  "message-invalid": { status: 400, close: 4400 },
  "relay-unavailable": { status: 503 },
  "member-absent": { status: 404 },
  "recording-off": { status: 403 },
  "post-expired": { status: 408 },
  "note-changed": { status: 409 },
  "notes-full": { status: 403 },
  "timeline-full": { status: 403 },
  "hello-expected": { status: 400, close: 4408 },
  "event-conflict": { status: 409 },
  "session-closed": { status: 410, close: 4410 },
  "log-full": { status: 403 },
  removed: { status: 403, close: 4411 },
  kicked: { status: 403, close: 4412 },
  "session-locked": { status: 403, close: 4413 },
  "session-ended": { status: 410, close: 4414 },
  "still-waiting": { status: 403 },
  silent: { status: 408, close: 4415 },
  "too-slow": { status: 408, close: 4416 },
  replaced: { status: 409, close: 4409 },

  "digest-missing": { status: 400 },
  "digest-mismatch": { status: 400 },
  "part-size": { status: 400 },
  "part-busy": { status: 409 },
  "part-number": { status: 400 },
  "parts-incomplete": { status: 409 },
  "hash-mismatch": { status: 409 },
  "stem-invalid": { status: 422 },
  "upload-ended": { status: 409 },
  "range-not-satisfiable": { status: 416 },
} as const satisfies Record<string, { status: number; close?: number }>;

export type ErrorCode = keyof typeof errors;
export const errorCodes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];
export const ErrorCode = z.enum(errorCodes);

/** RFC 9457 problem document. `type` is a stable address below the docs page; `requestId` is what support asks for. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: ErrorCode,
  detail: z.string().optional(),
  requestId: z.string(),
  fields: z.record(z.string(), z.array(z.string())).optional(),
  /** On the token endpoint: OAuth 2.0's own code (RFC 6749 section 5.2, RFC 8628 section 3.5). */
  error: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** For the end of an exhaustive switch: a new variant that nobody handles fails the build. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled variant: ${JSON.stringify(value)}`);
}
