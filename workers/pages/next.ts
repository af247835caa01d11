/**
 * Where to go after signing in: a path of this site and nothing else. A scheme, another host however it is disguised, or what a browser
 * would quietly turn into one, leads to the account instead.
 */
export function safeNext(asked: string | undefined, origin: string): string {
  const fallback = "/account";
  if (asked === undefined || asked.length > 2_000) return fallback;
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(asked) || asked.includes("\\")) return fallback;
  const url = URL.canParse(asked, origin) ? new URL(asked, origin) : null;
  if (url === null || url.origin !== origin || url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search + url.hash;
}
