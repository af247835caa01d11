import type { SessionRoom } from "../../durable-objects/session-room.ts";

/** Everything the Worker is given: bindings from wrangler.toml, secrets from the platform (locally from dev/platform.ts). */
export interface Env {
  /** "local" switches off only what a local workerd cannot do; nothing is let in by it. */
  ENVIRONMENT: "local" | "production";
  /** For what lives a minute or a day: join tickets and the limiter. Which key is made of which secret: keys.ts. */
  TICKET_KEY: string;
  /** OPAQUE's server setup (RFC 9807): one fixed secret. Losing it locks everybody with a password out. */
  OPAQUE_SETUP: string;
  /** Encrypts what links in mails carry. As lasting as the mails are: a new one makes old links worthless. */
  LINK_KEY: string;
  /** What the database holds sealed or hashed is under keys derived from this one; lost, nobody is found by their address any more. Kept and backed up like OPAQUE_SETUP. */
  STORE_KEY: string;
  /** What sets up operators, each with a key and a second factor of their own; without it there is no such route. */
  OPERATOR_KEY?: string;
  /** The day of the launch, `2027-03-01`; empty until it is known. The waiting list ends by it (B3). */
  LAUNCH_DATE: string;
  /** Shared with coturn (`use-auth-secret`); locally only. */
  TURN_KEY?: string;
  /** Comma-separated `turn:` addresses; locally only. */
  TURN_URLS?: string;
  /** Cloudflare's TURN service: the key's id and the token that asks it for credentials; in production only. */
  TURN_SERVICE_KEY_ID?: string;
  TURN_SERVICE_TOKEN?: string;
  /** Scheme and host that links in mails carry; never taken from a request in production. */
  PUBLIC_ORIGIN: string;
  MAIL_FROM: string;
  DB: D1Database;
  RECORDINGS: R2Bucket;
  SESSION_ROOM: DurableObjectNamespace<SessionRoom>;
  EMAIL: SendEmail;
  /** What one network may ask in a minute, by what it costs (http/costs.ts). */
  LIMIT_READS: RateLimit;
  LIMIT_SEARCHES: RateLimit;
  LIMIT_WRITES: RateLimit;
  LIMIT_PARTS: RateLimit;
  LIMIT_ANONYMOUS_WRITES: RateLimit;
  LIMIT_ANONYMOUS_WRITES_WIDE: RateLimit;
  /** The site's own files, by the path they have in the address. */
  ASSETS: Fetcher;
}
