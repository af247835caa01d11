import type { WishKey } from "../../protocol/deliveries.ts";
import type { Env } from "./env.ts";
import { keyBits } from "./keys.ts";

/** PKCS #8 of an Ed25519 key up to its 32 bytes of seed (RFC 8410, section 7). */
const PKCS8_HEAD = Uint8Array.fromHex("302e020100300506032b657004220420");

/** The key that wishes for deletion are signed with, made from a secret like every other, so that each isolate has the same one. */
async function signingKey(env: Env): Promise<CryptoKey> {
  const seed = new Uint8Array(await keyBits(env, "wishes"));
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...seed]);
  return await crypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, true, ["sign"]);
}

/** Ed25519 (RFC 8032), base64. */
export async function signText(env: Env, text: string): Promise<string> {
  const signature = await crypto.subtle.sign("Ed25519", await signingKey(env), new TextEncoder().encode(text));
  return new Uint8Array(signature).toBase64();
}

/** Its public half, for whoever checks a signature. */
export async function publicKey(env: Env): Promise<WishKey> {
  const jwk = (await crypto.subtle.exportKey("jwk", await signingKey(env))) as JsonWebKey;
  return { kty: "OKP", crv: "Ed25519", x: jwk.x ?? "" };
}
