import type { Sealed } from "../../migrations/schema/sealed.ts";

/**
 * What is sealed for one person: AES-256-GCM (NIST SP 800-38D) under a random nonce, bound to what it is and to whose key it is under. So a
 * sealed address may be copied from table to table without being opened, and opens nowhere as something else. Runs in Node as well.
 */
const IV_BYTES = 12;
const KEY_BYTES = 32;
const text = new TextEncoder();

/** What a sealed text is. */
export type Kind =
  | "address"
  | "name"
  | "profile"
  | "network"
  | "browser"
  | "letter"
  | "step"
  | "device"
  | "request"
  | "report"
  | "decision"
  | "appeal"
  | "message"
  | "guest"
  | "take"
  | "session"
  | "invite";

async function sealBytes(key: CryptoKey, about: string, iv: Uint8Array<ArrayBuffer>, plain: Uint8Array<ArrayBuffer>) {
  const how = { name: "AES-GCM", iv, additionalData: text.encode(about) };
  return new Uint8Array([...iv, ...new Uint8Array(await crypto.subtle.encrypt(how, key, plain))]);
}

async function openBytes(key: CryptoKey, about: string, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | null> {
  const how = { name: "AES-GCM", iv: bytes.subarray(0, IV_BYTES), additionalData: text.encode(about) };
  return await crypto.subtle.decrypt(how, key, bytes.subarray(IV_BYTES)).catch(() => null);
}

const importKey = (raw: ArrayBuffer | Uint8Array<ArrayBuffer>) =>
  crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

type Random = (lengthBytes: number) => Uint8Array;
const nonce = (random: Random) => new Uint8Array(random(IV_BYTES));

/** A new key of 256 bits, and the object that keeps it, itself sealed: neither the store alone nor the secret alone opens anything. */
export async function makeKey(wrapping: CryptoKey, random: Random, keyId: string) {
  const raw = new Uint8Array(random(KEY_BYTES));
  return { key: await importKey(raw), object: await sealBytes(wrapping, `key ${keyId}`, nonce(random), raw) };
}

/** The key that an object keeps; `null`: it is not the one of this id. */
export async function readKey(wrapping: CryptoKey, keyId: string, object: ArrayBuffer): Promise<CryptoKey | null> {
  const raw = await openBytes(wrapping, `key ${keyId}`, new Uint8Array(object));
  return raw === null ? null : await importKey(raw);
}

/** A key made of what only its holder knows: the token of a link, of which we keep a hash of another kind. */
export const keyOfToken = async (token: string): Promise<CryptoKey> =>
  importKey(await crypto.subtle.digest("SHA-256", text.encode(`sessionlinked step ${token}`)));

export async function sealUnder(
  key: CryptoKey,
  keyId: string,
  kind: Kind,
  random: Random,
  plain: string,
): Promise<Sealed> {
  const bytes = await sealBytes(key, `${kind} ${keyId}`, nonce(random), new Uint8Array(text.encode(plain)));
  return `${keyId}:${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}` as Sealed;
}

/** Whose key a text is under; `null`: it is not sealed. */
export const keyIdOf = (sealed: string): string | null =>
  /^([\w-]{1,64}):[A-Za-z0-9+/]+={0,2}$/.exec(sealed)?.[1] ?? null;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    // Too short or too long to be any bytes.
    return null;
  }
}

export async function openUnder(key: CryptoKey, kind: Kind, sealed: string): Promise<string | null> {
  const keyId = keyIdOf(sealed);
  const bytes = keyId === null ? null : bytesOf(sealed.slice(keyId.length + 1));
  if (bytes === null) return null;
  const plain = await openBytes(key, `${kind} ${keyId}`, bytes);
  return plain === null ? null : new TextDecoder().decode(plain);
}

/** A keyed blind index: by it an address is found and is unique, and it says to nobody else which one it is. Hexadecimal. */
export async function indexUnder(key: CryptoKey, address: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(address)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
