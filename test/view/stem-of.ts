import type { Page } from "playwright-core";
import { decodeWav } from "../../audio/wav-codecs.ts";

/** The one stem in a browser's own file system. */
export async function stemOf(page: Page) {
  const read = `(async () => {
    const find = async (folder) => {
      for await (const entry of folder.values()) {
        const found = entry.kind === "directory" ? await find(entry) : entry.name.endsWith(".wav") ? await entry.getFile() : null;
        if (found !== null) return found;
      }
      return null;
    };
    const bytes = new Uint8Array(await (await find(await navigator.storage.getDirectory())).arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
    return btoa(text);
  })()`;
  return decodeWav(Buffer.from(await page.evaluate<string>(read), "base64"));
}
