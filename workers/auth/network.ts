import type { AppContext } from "../http/router.ts";

/**
 * Whoever asks, as far as limits go: an IPv4 address, or the /64 of an IPv6 one, which is what one household is given. `2001:db8::1` and
 * `2001:db8:0:0::2` are the same network, so an address is written out in full before it is cut (RFC 4291 section 2.2).
 */
export const networkOf = (header: string | undefined): string => cut(header, 4);

/** The /48 round it, which is what a provider gives a customer who asks; for IPv4 the address itself. */
export const wideNetworkOf = (header: string | undefined): string => cut(header, 3);

/** Both, of whoever sent this request. */
export const networksOf = (c: AppContext): [string, string] => {
  const address = c.req.header("CF-Connecting-IP");
  return [networkOf(address), wideNetworkOf(address)];
};

function cut(header: string | undefined, groups: number): string {
  const address = (header ?? "local").toLowerCase();
  if (!address.includes(":")) return address;
  // An IPv4 address in IPv6's clothes is the IPv4 address (RFC 4291 section 2.5.5.2).
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = "", after] = (address.split("%", 1)[0] ?? "").split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const full = [...head, ...Array<string>(zeros).fill("0"), ...tail];
  return full
    .slice(0, groups)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
