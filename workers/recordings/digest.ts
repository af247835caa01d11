import { parseDictionary } from "structured-headers";
import { toHex } from "../platform/hash.ts";

/**
 * The sha-256 of a `Content-Digest` header (RFC 9530, a structured dictionary of byte sequences) as lower-case hexadecimal, or `null`
 * if the header is missing, malformed or speaks only of other algorithms.
 */
export function readContentDigest(header: string | undefined): string | null {
  if (header === undefined) return null;
  try {
    const [value] = parseDictionary(header).get("sha-256") ?? [];
    return value instanceof ArrayBuffer && value.byteLength === 32 ? toHex(value) : null;
  } catch {
    return null;
  }
}

/** `Repr-Digest` for a hexadecimal SHA-256 (RFC 9530): what the whole file hashes to, whatever range of it is sent. */
export const reprDigest = (sha256: string) => `sha-256=:${Uint8Array.fromHex(sha256).toBase64()}:`;

/**
 * Reads a body whole, but never more than `maxBytes` of it: `null` says that there was more. The stream is cancelled then, so the
 * sender need not push the rest. The runtime fills one buffer itself: chunk by chunk in JavaScript takes several times as long.
 */
export async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader({ mode: "byob" });
  const { value } = await reader.readAtLeast(maxBytes + 1, new Uint8Array(maxBytes + 1));
  if (value === undefined || value.byteLength <= maxBytes) return value ?? new Uint8Array();
  await reader.cancel();
  return null;
}
