import type { AppContext } from "./router.ts";

/**
 * Scheme and host for links in mails and for passkeys. In production it is configuration: a request's Host header is what a stranger
 * chose to write. On this machine the port is not known before it is taken, so there the request says it.
 */
export const publicOrigin = (c: AppContext) =>
  c.env.ENVIRONMENT === "production" ? c.env.PUBLIC_ORIGIN : new URL(c.req.url).origin;
