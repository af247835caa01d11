import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

/**
 * Sealing of safety copies: hybrid public-key encryption (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, all of it the
 * runtime's own WebCrypto. Records of a copy are sealed in one context, each bound to its place by the context's count and to its copy by the
 * id as additional data: none can be left out in the middle, repeated, or put into another copy.
 */
const suite = () => new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

const INFO = new TextEncoder().encode("sessionlinked safety copy");
const text = new TextEncoder();

const toText = (bytes: ArrayBuffer): string =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/={1,2}$/, "");
const fromText = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** A person's two keys: the same from the same seed, on whichever machine they sign in (RFC 9180, section 7.1.3). */
export interface CopyKeys {
  /** The uncompressed point, in base64url. */
  publicKey: string;
  privateKey: CryptoKey;
}

/** @param seed 32 bytes, in base64url. */
export async function copyKeysOf(seed: string): Promise<CopyKeys> {
  const { kem } = suite();
  const { publicKey, privateKey } = await kem.deriveKeyPair(fromText(seed).buffer);
  return { publicKey: toText(await kem.serializePublicKey(publicKey)), privateKey };
}

export interface Sealer {
  /** What opens the copy, with the private key. */
  encapsulated: string;
  /** Seals the next record; one at a time. */
  seal(plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/** Rejects where the key is none. */
export async function sealerFor(publicKey: string, copyId: string): Promise<Sealer> {
  const own = suite();
  const recipientPublicKey = await own.kem.deserializePublicKey(fromText(publicKey).buffer);
  const context = await own.createSenderContext({ recipientPublicKey, info: INFO.buffer });
  const about = text.encode(copyId).buffer;
  return {
    encapsulated: toText(context.enc),
    seal: async (plain) => new Uint8Array(await context.seal(plain.buffer, about)),
  };
}

/** Opens the records of a copy, in their order; rejects at the first that is not the next one, or not for this key. */
export async function openerOf(
  { privateKey }: CopyKeys,
  encapsulated: string,
  copyId: string,
): Promise<(sealed: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>> {
  const enc = fromText(encapsulated).buffer;
  const context = await suite().createRecipientContext({ recipientKey: privateKey, enc, info: INFO.buffer });
  const about = text.encode(copyId).buffer;
  return async (sealed) => new Uint8Array(await context.open(sealed.buffer, about));
}
