import { InviteCode, SessionId } from "../../protocol/ids.ts";

/** Where a link of ours leads: into a session that the person is in, or to an invite that they have been sent. */
export type DeepLink = { to: "session"; sessionId: SessionId } | { to: "invite"; code: string };

export const LINK_SCHEME = "sessionlinked";
/** A session's id or an invite's code, and the scheme: nothing of ours is longer. */
const LINK_MAX_CHARS = 500;

/**
 * `sessionlinked://session/ses_…` or `sessionlinked://invite/CODE`. Any page and any program may open such a link, so it only ever says where the
 * window goes: nothing is joined, sent or played before the person has pressed something there. `null` for everything else.
 */
export function readDeepLink(text: string): DeepLink | null {
  if (text.length > LINK_MAX_CHARS || !URL.canParse(text)) return null;
  const { protocol, host, pathname, username, password, port } = new URL(text);
  if (protocol !== `${LINK_SCHEME}:` || `${username}${password}${port}` !== "") return null;
  const [, what = "", ...rest] = pathname.split("/");
  if (rest.some((part) => part !== "")) return null;
  if (host === "session") {
    const sessionId = SessionId.safeParse(what);
    return sessionId.success ? { to: "session", sessionId: sessionId.data } : null;
  }
  if (host !== "invite") return null;
  const code = InviteCode.safeParse(what);
  return code.success ? { to: "invite", code: code.data } : null;
}

/** The link among what a program was started with: on Windows and Linux it comes as an argument. */
export function linkIn(args: readonly string[]): DeepLink | null {
  for (const arg of args) {
    const link = readDeepLink(arg);
    if (link !== null) return link;
  }
  return null;
}
