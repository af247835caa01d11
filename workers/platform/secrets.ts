import { z } from "zod";
import type { Env } from "./env.ts";

/** A secret of 256 bits has so many characters in base64url, and no less will do. */
const SECRET_MIN_CHARS = 32;
const secret = z.string().min(SECRET_MIN_CHARS, `needs at least ${SECRET_MIN_CHARS} characters`);
const given = z.string().min(1, "is empty");

const Always = z.object({
  ENVIRONMENT: z.enum(["local", "production"]),
  TICKET_KEY: secret,
  LINK_KEY: secret,
  STORE_KEY: secret,
  OPAQUE_SETUP: secret,
  OPERATOR_KEY: secret.optional(),
  LAUNCH_DATE: z.string().regex(/^(\d{4}-\d{2}-\d{2})?$/, "is a day like 2027-03-01, or empty"),
  MAIL_FROM: given,
});
const InProduction = Always.extend({
  PUBLIC_ORIGIN: z.url({ protocol: /^https$/ }),
  // Without a relay nobody would hear anybody, and nobody would be told.
  TURN_SERVICE_KEY_ID: given,
  TURN_SERVICE_TOKEN: given,
});

/**
 * Refuses to start without its secrets, and names each that is missing or too short to be one: a key made of the word "undefined" would
 * work, and be known to everybody.
 */
export function checkSecrets(env: Partial<Env>): void {
  const checked = (env.ENVIRONMENT === "local" ? Always : InProduction).safeParse(env);
  if (checked.success) return;
  const faults = checked.error.issues.map(({ path, message }) => {
    const name = path.join(".");
    return `${name} ${(env as Record<string, unknown>)[name] === undefined ? "is missing" : message}`;
  });
  throw new Error(`The Worker cannot start: ${faults.join(", ")}.`);
}
