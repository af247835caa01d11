/** Entity tags as a list holds them: `"a"`, `W/"b"` (RFC 9110, 8.8.3). */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const HEADER_MAX_CHARS = 8_000;
const opaque = (tag: string) => tag.replace(/^W\//, "");

/**
 * Whether an `If-None-Match` names this tag, so that 304 is the answer: any, one of a list, strong or weak, because weak comparison is
 * what it asks for (RFC 9110, 13.1.2).
 */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return (header.slice(0, HEADER_MAX_CHARS).match(TAG) ?? []).some((tag) => opaque(tag) === opaque(etag));
}

/** Whether a `Range` still counts: without `If-Range`, or with the very tag. Here comparison is strong: a weak tag never fits (13.1.5). */
export const fitsRange = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || (!etag.startsWith("W/") && ifRange.trim() === etag);
