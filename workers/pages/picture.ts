import type { PublicProfile } from "../../protocol/hub.ts";
import { homeText } from "../../site/i18n/home.ts";
import type { Language } from "../../site/i18n/language.ts";
import { sharePicture, sitePicture } from "../../site/picture/share.ts";
import { sha256Hex } from "../platform/hash.ts";

interface Drawn {
  etag: string;
  png: Uint8Array<ArrayBuffer>;
}

/** Pictures that an isolate keeps: some MiB at most. */
const KEPT_MAX = 64;
const kept = new Map<string, Promise<Drawn>>();

function drawnOnce(shows: string, draw: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Drawn> {
  const known = kept.get(shows);
  if (known !== undefined) return known;
  const drawn = draw().then((png) => ({ etag: `"${shows}"`, png }));
  kept.set(shows, drawn);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  drawn.catch(() => kept.delete(shows));
  return drawn;
}

const hashOf = async (text: string) => (await sha256Hex(text)).slice(0, 32);

/**
 * A profile's picture for sharing, drawn once for what it shows, however often it is asked for. The profile itself is read each time, so
 * one that was made private has none from that moment (A4); what lies in memory ends with the isolate.
 */
export async function pictureOf(profile: PublicProfile): Promise<Drawn> {
  return await drawnOnce(await hashOf(JSON.stringify(profile)), () => sharePicture(profile));
}

/** The site's own. */
export async function pictureOfSite(language: Language): Promise<Drawn> {
  const { title } = homeText[language];
  return await drawnOnce(await hashOf(title), () => sitePicture(title));
}
