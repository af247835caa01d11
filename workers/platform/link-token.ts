import { z } from "zod";
import { fromBase64Url, toBase64Url } from "./base64.ts";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { cipherKey } from "./keys.ts";

/**
 * What a link carries, sealed: only we can read whom it is about and nobody can make one. It needs no row, so nothing is kept
 * that the person does not see, and it holds as long as the mail lies in somebody's inbox, or as long as it says.
 */
const LinkToken = z.discriminatedUnion("kind", [
  /** Takes somebody off the waiting list. */
  z.object({ kind: z.literal("waitlist"), id: z.string() }),
  /** Ends an account's news. */
  z.object({ kind: z.literal("news"), accountId: z.string() }),
  /** Whose account was erased: for a database that is put back from before. */
  z.object({ kind: z.literal("erasure"), accountId: z.string() }),
  /** Lets the receiver of a message from the Hub answer or block its sender. */
  z.object({ kind: z.literal("answer"), from: z.string(), to: z.string() }),
  /** The code of an invite that was just made, for the page that shows it to whoever made it. */
  z.object({
    kind: z.literal("made-invite"),
    code: z.string(),
    sessionId: z.string(),
    accountId: z.string(),
    untilMs: z.int(),
  }),
]);
export type LinkToken = z.infer<typeof LinkToken>;

const IV_BYTES = 12;

/** AES-256-GCM (NIST SP 800-38D) under a random nonce; base64url. */
export async function issueLinkToken(env: Env, deps: Deps, content: LinkToken): Promise<string> {
  const iv = new Uint8Array(deps.random(IV_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const cipher = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await cipherKey(env, "links"), plain),
  );
  return toBase64Url(new Uint8Array([...iv, ...cipher]));
}

/** What a link says; `null` if it is none of ours. */
export async function readLinkToken(env: Env, text: string | undefined): Promise<LinkToken | null> {
  if (text === undefined || !/^[A-Za-z0-9_-]{40,400}$/.test(text)) return null;
  try {
    const bytes = fromBase64Url(text);
    const iv = bytes.subarray(0, IV_BYTES);
    const cipher = bytes.subarray(IV_BYTES);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await cipherKey(env, "links"), cipher);
    return LinkToken.parse(JSON.parse(new TextDecoder().decode(plain)));
  } catch {
    return null;
  }
}
