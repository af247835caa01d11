import * as z from "zod";

/**
 * Every code that a client can be told, once. `status` is the HTTP status of the problem document (RFC 9457), `close`
 * the WebSocket close code (RFC 6455, private range 4000–4999; 1009 is the standard's own) where the room ends a socket.
 * `title` is one sentence for a person: what happened and, where it helps, what to do.
 */
export const errors = {
  "bad-request": { status: 400, title: "The request could not be read." },
  "validation-failed": { status: 422, title: "Some fields are not valid." },
  unauthenticated: { status: 401, title: "Sign in first." },
  forbidden: { status: 403, close: 4403, title: "Your role does not allow this." },
  "not-found": { status: 404, title: "There is nothing here." },
  "method-not-allowed": { status: 405, title: "This address does not answer that method." },
  conflict: { status: 409, title: "This was already done differently." },
  gone: { status: 410, title: "This has been deleted." },
  "payload-too-large": { status: 413, close: 1009, title: "This is larger than allowed." },
  "unsupported-media": {
    status: 415,
    title: "This is no sound file that we know. WAV, MP3, Ogg, Opus, FLAC and M4A are.",
  },
  "rate-limited": { status: 429, close: 4429, title: "Too many requests. Wait a moment and try again." },
  "internal-error": { status: 500, close: 4500, title: "Something broke on our side. Try again; nothing was lost." },
  unavailable: { status: 503, close: 4503, title: "The service is busy. Try again in a moment." },

  "sign-in-again": { status: 403, title: "This needs a fresh sign-in. Sign in again, then repeat it." },
  "scope-insufficient": { status: 403, title: "This device is signed in for sessions only. Use a browser for this." },
  "wrong-password": { status: 401, title: "Address and password do not fit together." },
  "wrong-code": { status: 403, title: "This code is not right. Codes change every half minute; take the newest." },
  "passkey-invalid": { status: 401, title: "This passkey is not known here, or its answer was not to our question." },
  "step-expired": { status: 410, title: "This has been used or has waited too long. Begin again." },
  "sign-in-waiting": { status: 400, title: "The person has not decided yet. Ask again in a few seconds." },
  "grant-invalid": { status: 400, title: "This grant has been used, has expired, or was refused. Begin again." },
  "link-invalid": { status: 410, title: "This link has been used, has expired, or was never ours. Ask for a new one." },
  "address-taken": { status: 409, title: "Another account uses this address." },
  "profile-empty": { status: 409, title: "There is nothing to show yet. Say what you play, or something about you." },
  "address-unchanged": { status: 409, title: "This is the account's address already." },
  "last-way-in": { status: 409, title: "This is the last way into the account. Add another one first." },

  restricted: { status: 409, title: "Your data is only being stored, as you asked. Lift the restriction first." },

  "invite-invalid": { status: 404, title: "This invite code is not valid, has been used up, or has expired." },
  "session-full": { status: 409, title: "This session has as many members as it can hold." },
  "guests-off": { status: 403, title: "The host lets nobody in without an account." },
  "guests-full": { status: 409, title: "As many guests are in this session as it can hold." },
  "broadcast-over": { status: 410, close: 4417, title: "This broadcast is over." },
  "listeners-full": {
    status: 409,
    close: 4418,
    title: "As many people listen already as there is room for. Try again later.",
  },
  "quota-exceeded": { status: 403, title: "This is more than your plan holds." },

  "ticket-invalid": { status: 401, close: 4401, title: "The join ticket is not valid. Ask for a new one." },
  "ticket-expired": { status: 401, close: 4401, title: "The join ticket has expired. Ask for a new one." },
  "ticket-used": { status: 401, close: 4401, title: "The join ticket has been used. Ask for a new one." },
  "upgrade-required": { status: 426, title: "This address is a WebSocket: connect with an Upgrade." },
  "version-unsupported": { status: 426, close: 4406, title: "This version no longer fits. Update and join again." },
  "message-invalid": { status: 400, close: 4400, title: "The room could not read that message." },
  "relay-unavailable": {
    status: 503,
    title: "No relay for sound can be reached just now. You are in, without sound to the others; it is tried again.",
  },
  "member-absent": { status: 404, title: "That member is not connected." },
  "recording-off": { status: 403, title: "The host has switched recording off for this session." },
  "post-expired": { status: 408, title: "This came too late to be played together. Press it again." },
  "note-changed": { status: 409, title: "Somebody else has changed this note meanwhile." },
  "notes-full": { status: 403, title: "This session has as many notes as it can hold." },
  "timeline-full": {
    status: 403,
    title: "This session's timeline holds as much as it can: take a marker or a change away.",
  },
  "hello-expected": { status: 400, close: 4408, title: "The first message must be a hello, and soon." },
  "event-conflict": { status: 409, title: "Another event was already sent under this id." },
  "session-closed": { status: 410, close: 4410, title: "This session has been deleted." },
  "log-full": { status: 403, title: "This session's log is full. Start a new session." },
  removed: { status: 403, close: 4411, title: "You were removed from this session." },
  kicked: { status: 403, close: 4412, title: "A host has sent you out of this session." },
  "session-locked": {
    status: 403,
    close: 4413,
    title: "A host has locked this session. Ask them to open it, then join again.",
  },
  "session-ended": { status: 410, close: 4414, title: "A host has ended the session for now. You can join again." },
  "still-waiting": { status: 403, title: "A host has to let you in first." },
  silent: { status: 408, close: 4415, title: "Nothing came from you for a while. Coming back." },
  "too-slow": { status: 408, close: 4416, title: "Your line was too slow to keep up. Coming back." },
  replaced: { status: 409, close: 4409, title: "You joined this session from somewhere else." },

  "digest-missing": { status: 400, title: "A part needs a Content-Digest header with sha-256." },
  "digest-mismatch": { status: 400, title: "The bytes do not match their digest. Send the part again." },
  "part-size": { status: 400, title: "The part does not have the size that was agreed." },
  "part-busy": { status: 409, title: "Another copy of this part is being stored. Try again in a moment." },
  "part-number": { status: 400, title: "The part number is out of range." },
  "parts-incomplete": { status: 409, title: "Not every part has arrived." },
  "hash-mismatch": { status: 409, title: "The file does not have the hash that was announced." },
  "stem-invalid": { status: 422, title: "The file is not the stem that was announced." },
  "upload-ended": { status: 409, title: "This upload is no longer open." },
  "range-not-satisfiable": { status: 416, title: "That range lies outside the file." },
} as const satisfies Record<string, { status: number; close?: number; title: string }>;

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
