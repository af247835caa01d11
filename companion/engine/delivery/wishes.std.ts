import { type DeletionWish, textOfWish, type WishKey } from "../../../protocol/deliveries.ts";
import type { ApiClient } from "../api/api-client.std.ts";

export type WishesApi = Pick<ApiClient, "listWishes" | "readWishKey">;

/**
 * The wishes that wait for this person in a session, as far as their signature is right (P69). They are shown, and nothing is deleted by them:
 * the copy is on this machine, and whether it goes is for whoever sits at it.
 */
export async function readWishes(api: WishesApi, sessionId: string): Promise<DeletionWish[]> {
  const wishes = (await api.listWishes()).filter((wish) => wish.sessionId === sessionId);
  if (wishes.length === 0) return [];
  const key = await importKey(await api.readWishKey());
  const good = await Promise.all(wishes.map((wish) => isSigned(wish, key)));
  return wishes.filter((_, at) => good[at]);
}

const importKey = (jwk: WishKey) => crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["verify"]);

/** Whether the signature is the service's own, over this very wish. */
async function isSigned(wish: DeletionWish, key: CryptoKey): Promise<boolean> {
  try {
    const signature = Uint8Array.from(atob(wish.signature), (char) => char.charCodeAt(0));
    return await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(textOfWish(wish)));
  } catch {
    return false;
  }
}
