import type { Scope } from "./session-token.ts";

/**
 * Scopes (RFC 6749 section 3.3): which paths a token opens. A companion's token is for the studio: sessions, tickets, recordings. It never
 * opens the account, so a stolen disk does not give away what its owner signs in with. What stands on no list is for the account alone.
 */
const studio = [
  "/api/v1/sessions",
  "/api/v1/recordings",
  "/api/v1/deletion-wishes",
  "/api/v1/copy-seed",
  "/api/v1/invites/accept",
  "/api/v1/sign-out",
  "/rooms",
];

export function mayUse(scope: Scope, path: string): boolean {
  return scope === "account" || studio.some((each) => path === each || path.startsWith(`${each}/`));
}
