import type { RandomBytes } from "../../../protocol/ids.ts";

/** What a sign-in through the browser is begun with (RFC 7636): the challenge goes out, the verifier stays here until the exchange. */
export interface Pkce {
  verifier: string;
  challenge: string;
  /** Comes back with the browser, and shows that it is the answer to this very question (RFC 6749 section 10.12). */
  state: string;
}

const base64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** 256 random bits each; the challenge is the verifier's SHA-256 (method S256). */
export async function newPkce(random: RandomBytes): Promise<Pkce> {
  const verifier = base64Url(random(32));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { verifier, challenge: base64Url(new Uint8Array(digest)), state: base64Url(random(32)) };
}
