import { isDigit, isHex, type Scanner } from "./scanner.ts";

/** IP addresses in text (RFC 4291 section 2.2, RFC 3986 section 3.2.2), read in one pass. */

export function isIpv4(text: string, scanner: Scanner): boolean {
  if (text.length > 15) return false;
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => part.length <= 3 && scanner.isNumber(part, 255));
}

/** Without a zone: `fe80::1%eth0` names an interface of a machine, and is not an address that anybody else can use. */
export function isIpv6(text: string, scanner: Scanner): boolean {
  if (text.length > 45) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [at, half] of halves.entries()) {
    const parts = half === "" ? [] : half.split(":");
    for (const [index, part] of parts.entries()) {
      const isLast = at === halves.length - 1 && index === parts.length - 1;
      if (isLast && isIpv4(part, scanner)) groups += 2;
      else if (scanner.isAll(part, isHex, 1, 4)) groups += 1;
      else return false;
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

/**
 * Whether anything in a text could be an address: four numbers with dots between them, two colons among hexadecimal digits, or a name
 * in mDNS's domain (RFC 6762 section 3). Rather too much than too little: what is found is left out.
 */
export function namesAnAddress(text: string, scanner: Scanner): boolean {
  let [dots, colons] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    scanner.steps++;
    const code = text.charCodeAt(at);
    if (code === DOT) {
      dots++;
      if (isLocalAt(text, at + 1)) return true;
    } else if (!isDigit(code)) dots = 0;
    if (code === COLON) colons++;
    else if (!isHex(code) && code !== DOT) colons = 0;
    if (dots >= 3 || colons >= 2) return true;
  }
  return false;
}

const [DOT, COLON] = [46, 58];
const isLocalAt = (text: string, at: number) => text.slice(at, at + 5).toLowerCase() === "local";
