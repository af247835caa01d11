/** In what each of the others is heard, as far as it is less than they play: because their up-link is full, until it is free again. */
import type { UplinkLevel } from "../../audio/uplink-budget.ts";
import type { MemberId } from "../../protocol/ids.ts";

/** `back`: it is whole again, which is said for a while. */
export type HeardIn = Exclude<UplinkLevel, "full"> | "back";

export interface Heard {
  heardIn: HeardIn;
  atMs: number;
}

/** So long it is said that somebody is heard as they play again. */
export const BACK_SAID_MS = 10_000;

/** The next state, by what the lanes tell now; the same object where nothing is other. */
export function followHeard(
  before: ReadonlyMap<MemberId, Heard>,
  told: readonly { memberId: MemberId; level: UplinkLevel }[],
  nowMs: number,
): ReadonlyMap<MemberId, Heard> {
  const next = new Map<MemberId, Heard>();
  for (const { memberId, level } of told) {
    const last = before.get(memberId);
    const heardIn = level !== "full" ? level : last === undefined ? null : "back";
    if (heardIn === null) continue;
    const isSame = last?.heardIn === heardIn;
    if (heardIn === "back" && isSame && nowMs - last.atMs >= BACK_SAID_MS) continue;
    next.set(memberId, isSame ? last : { heardIn, atMs: nowMs });
  }
  const isSame = next.size === before.size && [...next].every(([memberId, heard]) => before.get(memberId) === heard);
  return isSame ? before : next;
}

/** How many channels each of the others plays; the same object where nothing is other. */
export function followChannels(
  before: ReadonlyMap<MemberId, number>,
  told: readonly { memberId: MemberId; channels: number }[],
): ReadonlyMap<MemberId, number> {
  const isSame =
    told.length === before.size && told.every(({ memberId, channels }) => before.get(memberId) === channels);
  return isSame ? before : new Map(told.map(({ memberId, channels }) => [memberId, channels]));
}
