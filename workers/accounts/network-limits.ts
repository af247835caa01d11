import { networksOf } from "../auth/network.ts";
import { consume, type Try } from "../auth/rate-limits.ts";
import type { AppContext } from "../http/router.ts";

/** The buckets of whoever begins a sign-in or a registration: their network's, and the wider one's round it. */
export function networkTries(c: AppContext): Try[] {
  const [network, wide] = networksOf(c);
  return [
    ["sign-in-network", network],
    ["sign-in-wide-network", wide],
  ];
}

export const consumeNetwork = (c: AppContext) => consume(c.env, c.var.deps, ...networkTries(c));
