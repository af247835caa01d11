/** What the room uses of Node's own cipher, which the runtime has (`nodejs_compat`): the one that answers at once. */
declare module "node:crypto" {
  interface Cipher {
    setAAD(bytes: Uint8Array): Cipher;
    update(bytes: Uint8Array): Uint8Array;
    final(): Uint8Array;
    getAuthTag(): Uint8Array;
  }
  interface Decipher {
    setAAD(bytes: Uint8Array): Decipher;
    setAuthTag(tag: Uint8Array): Decipher;
    update(bytes: Uint8Array): Uint8Array;
    final(): Uint8Array;
  }
  export function createCipheriv(algorithm: "aes-256-gcm", key: Uint8Array, iv: Uint8Array): Cipher;
  export function createDecipheriv(algorithm: "aes-256-gcm", key: Uint8Array, iv: Uint8Array): Decipher;
}
