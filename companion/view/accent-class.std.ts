import type { MemberId } from "../../protocol/ids.ts";
import type { ViewState } from "./model.std.ts";

/** The class that gives a person their colour, the same on every page of the session. */
export function accentClass(state: ViewState, memberId: MemberId | null): string {
  const owner = state.members.find((member) => member.memberId === memberId)?.phoneOf ?? memberId;
  const accent = owner === null ? undefined : state.accents[owner];
  return accent === undefined ? "" : `person-${accent}`;
}
