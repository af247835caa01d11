import { createCipheriv, createDecipheriv } from "node:crypto";
import * as z from "zod";
import { MemberId } from "../protocol/ids.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const text = new TextEncoder();

/** Where a room's keys are kept: outside its own storage, whose history nobody can switch off. */
export interface KeyStore {
  /** `null`: it has none yet. */
  read(): Promise<string | null>;
  write(keys: string): Promise<void>;
  end(): Promise<void>;
}

const Stored = z.record(MemberId, z.base64());

/**
 * Keys of the people of one room, by which their words and names are sealed in its storage. That can be put back to any minute of the last 30
 * days; the keys lie elsewhere, all of a room in one object, and whose key is dropped there is unreadable in every copy. A room has them in
 * memory before it hears anybody, and seals without waiting, so that its messages keep their one order.
 */
export class WordKeys {
  readonly #keys: Map<MemberId, Uint8Array>;
  readonly #random: (lengthBytes: number) => Uint8Array;
  /** Whether somebody's key is here that the store may not have, or the other way about. */
  isChanged = false;

  constructor(stored: string | null, random: (lengthBytes: number) => Uint8Array) {
    this.#random = random;
    const known = stored === null ? [] : Object.entries(Stored.parse(JSON.parse(stored)));
    this.#keys = new Map(
      known.map(([memberId, key]) => [
        MemberId.parse(memberId),
        Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0)),
      ]),
    );
  }

  /** What the store keeps. */
  get stored(): string {
    const entries = [...this.#keys].map(([memberId, key]) => [memberId, btoa(String.fromCharCode(...key))]);
    return JSON.stringify(Object.fromEntries(entries));
  }

  /** Makes a key for whoever comes in, if they have none. */
  add(memberId: MemberId): void {
    if (this.#keys.has(memberId)) return;
    this.#keys.set(memberId, this.#random(KEY_BYTES));
    this.isChanged = true;
  }

  drop(memberId: MemberId): void {
    if (this.#keys.delete(memberId)) this.isChanged = true;
  }

  /** Seals words of a member who has a key: nonce, ciphertext, tag (AES-256-GCM, NIST SP 800-38D), bound to whose they are. */
  seal(memberId: MemberId, words: string): ArrayBuffer {
    const key = this.#keys.get(memberId);
    if (key === undefined) throw new Error("Somebody wrote who has no key.");
    const iv = this.#random(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(text.encode(memberId));
    // As JSON, so that half a character comes back as what it was, and the same post again is the same.
    const parts = [iv, cipher.update(text.encode(JSON.stringify(words))), cipher.final(), cipher.getAuthTag()];
    const sealed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      sealed.set(part, at);
      at += part.length;
    }
    return sealed.buffer;
  }

  /** `null`: the key is gone, or it is not theirs. */
  open(memberId: MemberId, sealed: ArrayBuffer): string | null {
    const key = this.#keys.get(memberId);
    const bytes = new Uint8Array(sealed);
    if (key === undefined || bytes.length < IV_BYTES + TAG_BYTES) return null;
    try {
      const opening = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES))
        .setAAD(text.encode(memberId))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const words = opening.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
      // Throws where the tag is another.
      opening.final();
      return z.string().parse(JSON.parse(new TextDecoder().decode(words)));
    } catch {
      return null;
    }
  }
}
