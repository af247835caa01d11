/** What is told while an up-link holds less than is played. A script of its own, which nobody needs whose line is free. */
import type { MemberId } from "../../protocol/ids.ts";
import type { ViewProps } from "./parts.dom.tsx";
import { de } from "./words/uplink.de.std.ts";
import { en, type UplinkWords } from "./words/uplink.en.std.ts";

const uplinkWords = (): UplinkWords => (document.documentElement.lang === "de" ? de : en);

/** That the others hear less than is played here, while it is so. */
export function OwnUplink({ session }: Pick<ViewProps, "session">) {
  const level = session.sound.uplink.value;
  return <div role="status">{level === "full" ? null : <p class="view-trouble">{uplinkWords().uplink[level]}</p>}</div>;
}

export interface HeardInProps extends Pick<ViewProps, "session"> {
  memberId: MemberId;
}

/** That somebody is heard in less than they play, or whole again. */
export function HeardIn({ session, memberId }: HeardInProps) {
  const heard = session.sound.heard.value.get(memberId);
  return <span role="status">{heard === undefined ? null : uplinkWords().heardIn[heard.heardIn]}</span>;
}
