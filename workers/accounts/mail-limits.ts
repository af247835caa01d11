import { networkOf, wideNetworkOf } from "../auth/network.ts";
import { consume, type Try } from "../auth/rate-limits.ts";
import type { AppContext } from "../http/router.ts";

/**
 * Limits of mails that anybody may ask us to send to an address. A network has its bucket, an asker and an address together have theirs, and
 * the address has a slow one, which whoever signed in from here before does not need. Each kind of mail has its own, so that none uses another's up (X27).
 */
export function consumeMail(c: AppContext, what: "sign-up" | "reset" | "email", email: string, isFamiliar = false) {
  const header = c.req.header("CF-Connecting-IP");
  const tries: Try[] = [
    ["mail-network", networkOf(header)],
    ["mail-wide-network", wideNetworkOf(header)],
    ["mail-asker", `${what} ${email} ${networkOf(header)}`],
    ["mail-to", `${what} ${email}`],
  ];
  return consume(c.env, c.var.deps, ...tries.filter(([bucket]) => bucket !== "mail-to" || !isFamiliar));
}
