import { costs } from "./costs.ts";
import { publicOrigin } from "./origin.ts";
import { type AppContext, newRouter } from "./router.ts";

const DAY_MS = 24 * 3_600_000;
/** The standard asks for less than a year; a file that nobody renews any more should be known by it. */
const VALID_DAYS = 180;

/** `/.well-known/security.txt`: where to report a fault (RFC 9116); the page `/security` says what happens then. */
function sendSecurityTxt(c: AppContext) {
  const today = Math.floor(c.var.deps.now() / DAY_MS);
  const lines = [
    "Contact: mailto:hello@sessionlinked.com",
    `Expires: ${new Date((today + VALID_DAYS) * DAY_MS).toISOString()}`,
    "Preferred-Languages: en, de",
    `Canonical: ${publicOrigin(c)}/.well-known/security.txt`,
    `Policy: ${publicOrigin(c)}/security`,
  ];
  return c.text(`${lines.join("\n")}\n`, 200, { "Cache-Control": "public, max-age=86400" });
}

export const securityTxt = newRouter();
securityTxt.get("/.well-known/security.txt", costs("free"), sendSecurityTxt);
