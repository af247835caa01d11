/**
 * What a page may do in the desktop app. There is one page of ours, at `app://sessionlinked`, and nothing of anybody else's is ever loaded beside
 * it: whatever leads elsewhere is opened in the person's browser or not at all (Electron's security recommendations 12 to 15 and 17).
 */
import { SessionId } from "../../protocol/ids.ts";
import type { DeepLink } from "./deep-link.std.ts";

export const APP_SCHEME = "app";
export const APP_ORIGIN = `${APP_SCHEME}://sessionlinked`;

export const homeUrl = (link: DeepLink | null = null): string =>
  link?.to === "invite" ? `${APP_ORIGIN}/?invite=${encodeURIComponent(link.code)}` : `${APP_ORIGIN}/`;
export const sessionUrl = (sessionId: SessionId): string => `${APP_ORIGIN}/session/${sessionId}`;

/** Whether an address is one of our own pages. A scheme of its own has no origin by the URL standard, so its parts are compared. */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return `${protocol}//${host}` === APP_ORIGIN && username === "" && password === "";
}

/** The session whose page this is. */
export function sessionOfPage(address: string): SessionId | null {
  if (!isOurs(address)) return null;
  const [, id] = /^\/session\/([^/]+)$/.exec(new URL(address).pathname) ?? [];
  return SessionId.safeParse(id).data ?? null;
}

/** What the person's browser is asked to open: a page of the platform, and nothing that could be a program or somebody else's. */
export function opensOutside(address: string, platformOrigin: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.origin === new URL(platformOrigin).origin && url.username === "" && url.password === "" ? url.href : null;
}

/** Permissions that the session view asks for; every other one is refused without asking. */
const granted: ReadonlySet<string> = new Set([
  "midi",
  "midiSysex",
  "speaker-selection",
  // To copy an invite's link.
  "clipboard-sanitized-write",
]);

export interface PermissionQuestion {
  permission: string;
  /** The address of the frame that asks. */
  from: string;
  isMainFrame: boolean;
  /** Of `media`: what it wants to hear or see. */
  mediaTypes: readonly string[];
}

export function mayUse({ permission, from, isMainFrame, mediaTypes }: PermissionQuestion): boolean {
  if (!isOurs(from) || !isMainFrame) return false;
  if (permission === "media") return mediaTypes.every((type) => type === "audio" || type === "video");
  return granted.has(permission);
}
