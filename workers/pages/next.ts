/**
 * Where to go after signing in: a path of this site and nothing else. A scheme, another host however it is disguised, or what a browser
 * would quietly turn into one, leads to the account instead.
 */
export const safeNext = (asked: string | undefined, origin: string): string => wayOn(asked, origin) ?? "/account";

/** The same, or `undefined` where nobody was on their way anywhere. */
export function wayOn(asked: string | undefined, origin: string): string | undefined {
  if (asked === undefined || asked.length > 2_000) return undefined;
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(asked) || asked.includes("\\")) return undefined;
  const url = URL.canParse(asked, origin) ? new URL(asked, origin) : null;
  if (url === null || url.origin !== origin || url.pathname.startsWith("//")) return undefined;
  return url.pathname + url.search + url.hash;
}
