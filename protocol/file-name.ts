import { replaceUnsafe } from "./joiners.ts";

/**
 * Names that come from people and from other machines, made safe for a disk: whatever a name holds, the result is one name in one folder
 * on Linux, macOS and Windows (Microsoft, "Naming Files, Paths, and Namespaces").
 */

/** Linux and macOS hold 255 bytes of UTF-8 in a name; the rest is for an id, an ending and ".part.json". */
const NAME_MAX_BYTES = 180;
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[. ])/i;

/** Also satisfies the protocol's RecordingName. Never empty; a name that is safe already comes back unchanged, in NFC. */
export function fileNameOf(name: string): string {
  // What leads goes first: a joiner behind it would else be left with nothing to belong to.
  const led = name.normalize("NFC").replace(/^[. ]+/, "");
  const plain = replaceUnsafe(led, /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0/\\:*?"<>|]/gu, "_");
  let kept = "";
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(plain)) {
    bytes += new TextEncoder().encode(segment).length;
    if (bytes > NAME_MAX_BYTES || kept.length + segment.length > 120) break;
    kept += segment;
  }
  while (kept.endsWith(".") || kept.endsWith(" ")) kept = kept.slice(0, -1);
  if (DEVICES.test(kept)) return `_${kept}`;
  return kept === "" ? "take" : kept;
}
