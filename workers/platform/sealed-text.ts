import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { cipherKey, type Purpose } from "./keys.ts";

const IV_BYTES = 12;
const text = new TextEncoder();

/** AES-256-GCM (NIST SP 800-38D) under a random nonce, bound to `about`: moved to another row it does not open. Base64. */
export async function sealText(env: Env, deps: Deps, purpose: Purpose, about: string, plain: string): Promise<string> {
  const iv = new Uint8Array(deps.random(IV_BYTES));
  const how = { name: "AES-GCM", iv, additionalData: text.encode(about) };
  const cipher = await crypto.subtle.encrypt(how, await cipherKey(env, purpose), text.encode(plain));
  return new Uint8Array([...iv, ...new Uint8Array(cipher)]).toBase64();
}

/** What was sealed; `null` if it was not sealed here, for this. */
export async function openText(env: Env, purpose: Purpose, about: string, sealed: string): Promise<string | null> {
  try {
    const bytes = Uint8Array.fromBase64(sealed);
    const how = { name: "AES-GCM", iv: bytes.subarray(0, IV_BYTES), additionalData: text.encode(about) };
    const plain = await crypto.subtle.decrypt(how, await cipherKey(env, purpose), bytes.subarray(IV_BYTES));
    return new TextDecoder().decode(plain);
  } catch {
    return null;
  }
}
