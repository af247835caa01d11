import { DELAY_HOLD_MAX_MS } from "../protocol/limits.ts";

/**
 * What distance is made of. `live`: everybody is heard as soon as they can be. `equal`: everybody, oneself too, is heard after the group's own
 * delay, so all hear the same music and nobody waits for the others by playing behind. `bars`: the others are heard whole bars later, for distances
 * at which nobody can play together; each plays to what the others played a few bars ago.
 */
export const DELAY_MODES = ["live", "equal", "bars"] as const;
export type DelayMode = (typeof DELAY_MODES)[number];

export interface DelaySituation<Id> {
  mode: DelayMode;
  /** How far each of the others is away, one way, when nothing is held back. */
  lanes: readonly { memberId: Id; totalMs: number }[];
  /** The worst one-way delay that anybody of the group tells; 0 while nobody does. */
  groupMs: number;
  /** What this device takes for a person's own sound: capture, block and playout. */
  ownMs: number;
  /** A bar at the playhead. */
  barMs: number;
}

export interface DelayPlan<Id> {
  /** The mode that is in force: `live` where a bar is longer than a lane can be held back. */
  mode: DelayMode;
  holds: readonly { memberId: Id; holdMs: number }[];
  /** By how much one's own sound is held back in one's own ears; `null`: it is not played there. */
  monitorMs: number | null;
  /** After how long everybody is heard; `null` where each has their own delay. */
  delayMs: number | null;
  /** The same in bars, in that mode. */
  bars: number | null;
}

/** A hold that would change by less stays: a way that breathes is not followed. */
const HOLD_STEP_MS = 1.5;

export function planDelays<Id>(situation: DelaySituation<Id>): DelayPlan<Id> {
  const { mode, lanes, groupMs, ownMs, barMs } = situation;
  const worstMs = lanes.reduce((worst, { totalMs }) => Math.max(worst, totalMs), groupMs);
  const heldTo = (delayMs: number) =>
    lanes.map(({ memberId, totalMs }) => ({ memberId, holdMs: Math.max(0, delayMs - totalMs) }));
  const bars = Math.max(1, Math.ceil(worstMs / barMs));
  if (mode === "equal" && worstMs <= DELAY_HOLD_MAX_MS)
    return { mode, holds: heldTo(worstMs), monitorMs: Math.max(0, worstMs - ownMs), delayMs: worstMs, bars: null };
  if (mode === "bars" && bars * barMs <= DELAY_HOLD_MAX_MS)
    return { mode, holds: heldTo(bars * barMs), monitorMs: null, delayMs: bars * barMs, bars };
  const holds = lanes.map(({ memberId }) => ({ memberId, holdMs: 0 }));
  return { mode: "live", holds, monitorMs: null, delayMs: null, bars: null };
}

/** The plan as it is carried out: what differs by little from the one in force stays as it was. */
export function settlePlan<Id>(plan: DelayPlan<Id>, before: DelayPlan<Id> | null): DelayPlan<Id> {
  if (before === null || before.mode !== plan.mode || before.bars !== plan.bars) return plan;
  const near = (one: number | null, other: number | null | undefined) =>
    one !== null && other != null && Math.abs(one - other) < HOLD_STEP_MS ? other : one;
  return {
    ...plan,
    holds: plan.holds.map(({ memberId, holdMs }) => {
      const was = before.holds.find((one) => one.memberId === memberId)?.holdMs;
      return { memberId, holdMs: near(holdMs, was) ?? holdMs };
    }),
    monitorMs: near(plan.monitorMs, before.monitorMs),
    delayMs: near(plan.delayMs, before.delayMs),
  };
}
