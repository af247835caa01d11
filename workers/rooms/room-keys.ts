import type { KeyStore } from "../../durable-objects/word-keys.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { objectStore } from "../platform/object-store.ts";
import { openText, sealText } from "../platform/sealed-text.ts";

/**
 * The keys of a room's people in R2, which keeps nothing of what is overwritten or deleted: one object for each room, itself sealed, so that
 * neither the store alone nor the room's storage alone opens anything.
 */
export function roomKeys(env: Env, deps: Deps, sessionId: string): KeyStore {
  const key = `keys/room_${sessionId}`;
  const about = `room ${sessionId}`;
  const store = objectStore(env, deps);
  return {
    async read() {
      const object = await store.read(key);
      if (object === null) return null;
      const sealed = new TextDecoder().decode(object.bytes);
      const keys = await openText(env, "personal-keys", about, sealed);
      // Another ring in its place would be the end of everybody's words.
      if (keys === null) throw new Error("The keys of a room are there and cannot be read.");
      return keys;
    },
    async write(keys) {
      const sealed = await sealText(env, deps, "personal-keys", about, keys);
      await store.put(key, new TextEncoder().encode(sealed));
    },
    async end() {
      await store.delete([key]);
    },
  };
}
