import { z } from "zod";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";

/**
 * What a link in a mail carries, sealed: only we can read whom it is about and nobody can make one. It needs no row, so nothing is kept
 * that the person does not see, and it holds as long as the mail lies in somebody's inbox.
 */
const LinkToken = z.discriminatedUnion("kind", [
  /** Takes somebody off the waiting list. */
  z.object({ kind: z.literal("waitlist"), id: z.string() }),
  /** Ends an account's news. */
  z.object({ kind: z.literal("news"), accountId: z.string() }),
  /** Lets the receiver of a message from the Hub answer or block its sender. */
  z.object({ kind: z.literal("answer"), from: z.string(), to: z.string() }),
]);
export type LinkToken = z.infer<typeof LinkToken>;

const IV_BYTES = 12;

async function keyOf(env: Env): Promise<CryptoKey> {
  const material = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`links ${env.LINK_KEY}`));
  return await crypto.subtle.importKey("raw", material, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** AES-256-GCM (NIST SP 800-38D) under a random nonce; base64url. */
export async function issueLinkToken(env: Env, deps: Deps, content: LinkToken): Promise<string> {
  const iv = new Uint8Array(deps.random(IV_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const cipher = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(env), plain));
  return btoa(String.fromCharCode(...iv, ...cipher))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** What a link says; `null` if it is none of ours. */
export async function readLinkToken(env: Env, text: string | undefined): Promise<LinkToken | null> {
  if (text === undefined || !/^[A-Za-z0-9_-]{40,400}$/.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const iv = bytes.subarray(0, IV_BYTES);
    const cipher = bytes.subarray(IV_BYTES);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(env), cipher);
    return LinkToken.parse(JSON.parse(new TextDecoder().decode(plain)));
  } catch {
    return null;
  }
}
