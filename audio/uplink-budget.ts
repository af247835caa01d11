/**
 * In what a lane is sent: 24 bit as captured, 16 bit, 16 bit in mono, no PCM at all but the media lane's Opus, and 16 bit folded down to stereo. Packets
 * name them by their places, so the last to come stands last.
 */
export const UPLINK_LEVELS = ["full", "narrow", "mono", "opus", "stereo"] as const;
export type UplinkLevel = (typeof UPLINK_LEVELS)[number];

/**
 * From the best to what takes least, for a lane of so many channels. One step of the first is about a half to two thirds of the bytes of the one
 * before, to stereo a quarter of them or more; Opus is a tenth.
 */
export const stepsOf = (channels: number): readonly UplinkLevel[] => {
  if (channels === 1) return ["full", "narrow", "opus"];
  return channels === 2 ? ["full", "narrow", "mono", "opus"] : ["full", "narrow", "stereo", "mono", "opus"];
};

/** What is known of the way from here to one other end. */
export interface WayOut {
  /** Of what was sent there, so much did not come, as that end says. */
  lossShare: number;
  /** By how much longer packets take there than they did lately at their best. */
  growthMs: number;
}

/** A queue that stands this long, or so much loss, is a line that is full: what paths lose by chance is less. */
const FULL_GROWTH_MS = 40;
const FULL_LOSS = 0.05;
const LOOK_MS = 1_000;
/** Seen so often in a row it is believed; after a step it is looked on for as long. */
const BELIEVED = 2;
const SETTLE_MS = 4_000;
/** After so long without it the better is tried once more, each time later when that was in vain. */
const BETTER_AFTER_MS = 20_000;
const BETTER_AFTER_MAX_MS = 160_000;
const IN_VAIN_MS = 12_000;

/**
 * Shares out an up-link that all lanes of a person go through. When it is full it is full for most of them at once, and then all go out in less,
 * which is said; when it has been free for a while the better is tried again. One path that is bad is that path's business.
 */
export class UplinkBudget {
  readonly #steps: readonly UplinkLevel[];
  #level = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #fullFor = 0;
  #freeSinceMs: number | null = null;
  #betterAfterMs = BETTER_AFTER_MS;
  #wasBetter = false;

  /** @param channels Of the lane that is sent. */
  constructor(channels = 2) {
    this.#steps = stepsOf(channels);
  }

  get level(): UplinkLevel {
    return this.#steps[this.#level] ?? "opus";
  }

  /** Called a few times a second, with what is known of every way. */
  look(ways: readonly WayOut[], nowMs: number): UplinkLevel {
    if (nowMs - this.#lookedAtMs < LOOK_MS) return this.level;
    this.#lookedAtMs = nowMs;
    const full = ways.filter(({ lossShare, growthMs }) => lossShare >= FULL_LOSS || growthMs >= FULL_GROWTH_MS).length;
    const isFull = full > 0 && full * 2 >= ways.length;
    this.#fullFor = isFull ? this.#fullFor + 1 : 0;
    if (isFull) this.#freeSinceMs = null;
    else this.#freeSinceMs ??= nowMs;
    if (nowMs - this.#changedAtMs < SETTLE_MS) return this.level;
    if (this.#fullFor >= BELIEVED && this.#level < this.#steps.length - 1) this.#worsen(nowMs);
    else if (this.#freeSinceMs !== null && nowMs - this.#freeSinceMs >= this.#betterAfterMs && this.#level > 0)
      this.#change(-1, nowMs);
    else if (this.#wasBetter && nowMs - this.#changedAtMs > IN_VAIN_MS) this.#betterAfterMs = BETTER_AFTER_MS;
    return this.level;
  }

  #worsen(nowMs: number): void {
    if (this.#wasBetter && nowMs - this.#changedAtMs <= IN_VAIN_MS)
      this.#betterAfterMs = Math.min(BETTER_AFTER_MAX_MS, 2 * this.#betterAfterMs);
    this.#change(1, nowMs);
  }

  #change(by: 1 | -1, nowMs: number): void {
    this.#level += by;
    this.#wasBetter = by < 0;
    this.#changedAtMs = nowMs;
    this.#freeSinceMs = null;
    this.#fullFor = 0;
  }
}

/** The best of so long is how the way is when it is free; two clocks drift apart by little meanwhile. */
const BEST_MS = 30_000;

/** How the way out grows, told from reports: the round trip less what the way in has grown by. */
export class WayOutMeter {
  #roundTrip = new Least();
  #wayIn = new Least();
  #way: WayOut = { lossShare: 0, growthMs: 0 };

  get way(): WayOut {
    return this.#way;
  }

  /** @param wayInMs When a report came less when it was sent, by two clocks that differ by whatever they do. */
  hear(lossShare: number, roundTripMs: number, wayInMs: number, nowMs: number): void {
    const grown = this.#roundTrip.above(roundTripMs, nowMs) - this.#wayIn.above(wayInMs, nowMs);
    this.#way = { lossShare, growthMs: Math.max(0, grown) };
  }

  /** Another path has another best. */
  clear(): void {
    this.#roundTrip = new Least();
    this.#wayIn = new Least();
    this.#way = { lossShare: 0, growthMs: 0 };
  }
}

class Least {
  #now = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #sinceMs = Number.NaN;

  /** How far a value lies above the least of the last 30 to 60 seconds. */
  above(value: number, nowMs: number): number {
    if (!(nowMs - this.#sinceMs < BEST_MS)) {
      this.#before = this.#now;
      this.#now = value;
      this.#sinceMs = nowMs;
    }
    this.#now = Math.min(this.#now, value);
    return value - Math.min(this.#now, this.#before);
  }
}
