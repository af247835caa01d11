import { aes, deriveKey, hmac } from "./derive.ts";
import type { Env } from "./env.ts";

/**
 * Keys: one a purpose, derived from a secret by HKDF with SHA-256 (RFC 5869), whose `info` is the purpose's name. So no key serves two
 * things, and a secret can be turned for one of them without telling anything about another.
 */
const secretOf = {
  /** Signs join tickets; they live a minute, so this secret may be turned at any time. */
  tickets: "TICKET_KEY",
  /** Names of the limiter's buckets. */
  limits: "TICKET_KEY",
  /** Signs what a phone comes by and is known by. Turned, phones are connected anew. */
  phones: "TICKET_KEY",
  /** Signs what a broadcast's listeners come by. Turned, its host passes on another link. */
  broadcasts: "TICKET_KEY",
  /** What links in mails carry. Turned, old links are worth nothing. */
  links: "LINK_KEY",
  /** Identifiers made up for addresses without a password. They have to last as long as true ones do, so the secret is theirs. */
  "unknown-identifiers": "OPAQUE_SETUP",
  /** What the database holds sealed or hashed, so that a copy of it alone opens nothing. Turned, it is set up anew. */
  "second-factors": "STORE_KEY",
  "recovery-codes": "STORE_KEY",
  operators: "STORE_KEY",
  "known-networks": "STORE_KEY",
  "invite-codes": "STORE_KEY",
  /** Seed of the key that wishes for deletion are signed with. Turned, companions read the new one. */
  wishes: "STORE_KEY",
  /** Seeds of what opens an account's safety copies. Turned, copies that lie with others open no more. */
  "safety-copies": "STORE_KEY",
  /** Seals each person's own key, and makes the blind index of addresses. Turned, nobody is found any more: as lasting as the accounts. */
  "personal-keys": "STORE_KEY",
  addresses: "STORE_KEY",
} as const satisfies Record<string, keyof Env>;
export type Purpose = keyof typeof secretOf;

const text = new TextEncoder();

/** 256 bits, for an algorithm that HKDF makes no key of by itself. */
export async function keyBits(env: Env, purpose: Purpose): Promise<ArrayBuffer> {
  const secret = await crypto.subtle.importKey("raw", text.encode(env[secretOf[purpose]]), "HKDF", false, [
    "deriveBits",
  ]);
  const info = text.encode(`sessionlinked ${purpose}`);
  return await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }, secret, 256);
}

/**
 * Keys that this isolate has derived, one of each kind and purpose: nothing can read them out again, and they are worth what the secret
 * beside them in memory is. A secret that was turned is another, so its keys are derived anew. A key is kept when it is there: two requests
 * may derive it at once, and neither waits for what belongs to the other.
 */
const derived = new Map<string, { secret: string; key: CryptoKey }>();

async function keptKey(env: Env, kind: string, purpose: Purpose, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const name = `${kind} ${purpose}`;
  const secret = env[secretOf[purpose]];
  const kept = derived.get(name);
  if (kept?.secret === secret) return kept.key;
  const key = await make();
  derived.set(name, { secret, key });
  return key;
}

/** A key for HMAC with SHA-256 (RFC 2104). */
export const macKey = (env: Env, purpose: Purpose): Promise<CryptoKey> =>
  keptKey(env, "mac", purpose, () => deriveKey(env[secretOf[purpose]], purpose, hmac, ["sign", "verify"]));

/** A key for AES-256-GCM (NIST SP 800-38D). */
export const cipherKey = (env: Env, purpose: Purpose): Promise<CryptoKey> =>
  keptKey(env, "cipher", purpose, () => deriveKey(env[secretOf[purpose]], purpose, aes, ["encrypt", "decrypt"]));

/** HMAC-SHA-256 of a text under the key of a purpose. */
export async function mac(env: Env, purpose: Purpose, message: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", await macKey(env, purpose), text.encode(message)));
}
