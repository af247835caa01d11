import * as z from "zod";
import { EMAIL_MAX_CHARS } from "./limits.ts";

/** What a browser's own check of `<input type="email">` takes (HTML, "valid e-mail address"), with at least one dot in the host. */
const local = /^[\w.!#$%&'*+/=?^`{|}~-]+$/;
const host = /^(?=.*\.)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** A host as mail servers and DNS know it: in ASCII (UTS #46), as a browser writes it. `null` if it is none. */
function asciiHost(typed: string): string | null {
  const lower = typed.normalize("NFKC").toLowerCase();
  if (/^[\x21-\x7e]+$/.test(lower)) return lower;
  // A URL's host is parsed by the same rules; whatever would mean something else there is none.
  if (/[\s/?#@:[\]%\\]/.test(lower) || !URL.canParse(`https://${lower}`)) return null;
  return new URL(`https://${lower}`).hostname;
}

/** An address in the one form that we keep. What counts is that the mail arrives. */
export const EmailAddress = z
  .string()
  .trim()
  .max(EMAIL_MAX_CHARS)
  .transform((address, issues) => {
    const at = address.lastIndexOf("@");
    const name = address.slice(0, Math.max(0, at));
    const domain = asciiHost(address.slice(at + 1));
    if (local.test(name) && domain !== null && host.test(domain) && `${name}@${domain}`.length <= EMAIL_MAX_CHARS)
      return `${name.toLowerCase()}@${domain}`;
    issues.addIssue({ code: "custom", message: "This is not an e-mail address." });
    return z.NEVER;
  })
  .meta({ format: "email" });
