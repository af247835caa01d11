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
  const [before = "", after] = withoutDots(address.split("%", 1)[0] ?? "").split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const full = [...head, ...Array<string>(zeros).fill("0"), ...tail];
  const short = full.map((group) => group.replace(/^0+(?=.)/, ""));
  // An IPv4 address in IPv6's clothes, however they are written, is the IPv4 address (RFC 4291 section 2.5.5.2).
  if (short.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return short.slice(6).flatMap(twoBytes).join(".");
  return short.slice(0, groups).join(":");
}

const twoBytes = (group: string) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff];

/** The last four bytes may be written as an IPv4 address is (section 2.2, 3). */
const withoutDots = (address: string): string =>
  address.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (_, a, b, c, d) =>
    [a * 256 + Number(b), c * 256 + Number(d)].map((group) => group.toString(16)).join(":"),
  );
