const text = new TextEncoder();

/** A key for one purpose, made of a secret by HKDF with SHA-256 (RFC 5869); the purpose's name is the `info`. Runs in Node as well. */
export async function deriveKey(
  secret: string,
  purpose: string,
  algorithm: { name: "HMAC" | "AES-GCM"; hash?: string; length: number },
  usages: ("sign" | "verify" | "encrypt" | "decrypt")[],
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", text.encode(secret), "HKDF", false, ["deriveKey"]);
  const info = text.encode(`sessionlinked ${purpose}`);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return await crypto.subtle.deriveKey(hkdf, material, algorithm, false, usages);
}

export const hmac = { name: "HMAC", hash: "SHA-256", length: 256 } as const;
export const aes = { name: "AES-GCM", length: 256 } as const;
