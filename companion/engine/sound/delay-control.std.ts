import { type DelayMode, type DelayPlan, planDelays, settlePlan } from "../../../audio/delay-mode.ts";
import { type LatencyLegs, totalOf } from "../../../audio/latency.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import type { Member } from "../../../protocol/room.ts";

/** After how long everybody is heard (`null`: each after their own delay), in bars too where it is bars. */
export type DelayInForce = Pick<DelayPlan<MemberId>, "mode" | "delayMs" | "bars">;

export interface DelayControlOptions {
  /** What a person's own sound takes through this device. */
  ownMs(): number;
  /** A bar at the playhead. */
  barMs(): number;
  hold(holds: { memberId: MemberId; holdMs: number }[], monitorMs: number | null): void;
  onChange(inForce: DelayInForce): void;
}

/** Holds everybody back as the person's delay mode asks for, by what is known of the ways; told anew whenever that changes. */
export class DelayControl {
  readonly #options: DelayControlOptions;
  #mode: DelayMode = "live";
  #plan: DelayPlan<MemberId> | null = null;
  #latencies: readonly { memberId: MemberId; legs: LatencyLegs }[] = [];
  #groupMs = 0;

  constructor(options: DelayControlOptions) {
    this.#options = options;
  }

  set mode(mode: DelayMode) {
    this.#mode = mode;
    this.#hold();
  }

  /** What each of the others is away. */
  followLatencies(latencies: readonly { memberId: MemberId; legs: LatencyLegs }[]): void {
    this.#latencies = latencies;
    this.#hold();
  }

  /** What everybody tells of their own. */
  followMembers(members: readonly Member[]): void {
    const told = members.map(({ connected, status }) => (connected ? (status.latencyMs ?? 0) : 0));
    this.#groupMs = Math.max(0, ...told);
  }

  /** Whoever plays has begun anew and knows of no hold. */
  again(): void {
    this.#plan = null;
    this.#hold();
  }

  #hold(): void {
    const [mode, before] = [this.#mode, this.#plan];
    if (mode === "live" && (before === null || before.mode === "live")) return;
    const lanes = this.#latencies.map(({ memberId, legs }) => ({ memberId, totalMs: totalOf(legs) }));
    const { ownMs, barMs } = this.#options;
    const plan = settlePlan(
      planDelays({ mode, lanes, groupMs: this.#groupMs, ownMs: ownMs(), barMs: barMs() }),
      before,
    );
    this.#plan = plan;
    this.#options.hold([...plan.holds], plan.monitorMs);
    if (before?.mode === plan.mode && before.delayMs === plan.delayMs && before.bars === plan.bars) return;
    this.#options.onChange({ mode: plan.mode, delayMs: plan.delayMs, bars: plan.bars });
  }
}
