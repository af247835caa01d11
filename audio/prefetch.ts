import type { FrameRange } from "./frame-range.ts";
import { FILL_FRAMES } from "./mixer.ts";

export interface PlannedStem extends FrameRange {
  id: number;
  isHeard: boolean;
  /** What the mixer holds or is being fetched, in any order, not overlapping. */
  held: readonly FrameRange[];
}

export interface PlanInput {
  position: number;
  loop: FrameRange | null;
  stems: readonly PlannedStem[];
}

export const AHEAD_FRAMES = 6 * 48_000;
/** The first piece after a start or a jump is as long as the mixer waits for, so that sound begins soon; the others spare requests. */
const FIRST_FRAMES = FILL_FRAMES;
const PIECE_FRAMES = 2 * 48_000;
/** A loop up to this long is kept whole, so that going round costs nothing. */
const KEEP_LOOP_FRAMES = 16 * 48_000;

/** What will be played next, in the order in which it will be: ahead of the playhead, and round the loop if there is one. */
export function upcoming({ position, loop }: Pick<PlanInput, "position" | "loop">): FrameRange[] {
  if (loop === null || position >= loop.to) return [{ from: position, to: position + AHEAD_FRAMES }];
  const first = { from: position, to: Math.min(loop.to, position + AHEAD_FRAMES) };
  const rest = AHEAD_FRAMES - (first.to - first.from);
  if (rest <= 0) return [first];
  // What lies before the playhead in the loop comes round; what lies after it is wanted already.
  const again = { from: loop.from, to: Math.min(loop.from + rest, loop.to, Math.max(position, loop.from)) };
  return again.to > again.from ? [first, again] : [first];
}

const cut = (a: FrameRange, b: FrameRange): FrameRange => ({
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
});
const isSome = ({ from, to }: FrameRange) => to > from;

/** What of `wanted` is in none of `held`, in order. */
export function missing(wanted: FrameRange, held: readonly FrameRange[]): FrameRange[] {
  const gaps: FrameRange[] = [];
  let from = wanted.from;
  for (const one of [...held].sort((a, b) => a.from - b.from)) {
    if (one.to <= from) continue;
    if (one.from >= wanted.to) break;
    if (one.from > from) gaps.push({ from, to: one.from });
    from = one.to;
  }
  if (from < wanted.to) gaps.push({ from, to: wanted.to });
  return gaps;
}

/**
 * What to fetch, most urgent first, and what to let go. Only what is heard is fetched, and only a few seconds ahead, so that memory and
 * traffic follow what is played and not how long the takes are.
 */
export function plan(input: PlanInput): {
  fetch: (FrameRange & { id: number })[];
  drop: (FrameRange & { id: number })[];
} {
  const coming = upcoming(input);
  const { loop, position } = input;
  const kept =
    loop !== null && position < loop.to && loop.to - loop.from <= KEEP_LOOP_FRAMES ? [...coming, loop] : coming;
  const fetch: (FrameRange & { id: number; order: number })[] = [];
  const drop: (FrameRange & { id: number })[] = [];
  for (const stem of input.stems) {
    for (const one of stem.held) {
      if (!stem.isHeard || !kept.some((range) => isSome(cut(one, range)))) drop.push({ ...one, id: stem.id });
    }
    if (!stem.isHeard) continue;
    let order = 0;
    for (const range of coming) {
      for (const gap of missing(cut(range, stem), stem.held)) {
        for (let { from } = gap; from < gap.to; ) {
          const isFirst = from <= position && position < from + FIRST_FRAMES;
          // Later pieces end on a common grid, so that they do not fall into crumbs.
          const grid = (Math.floor(from / PIECE_FRAMES) + 1) * PIECE_FRAMES;
          const long = grid - from < FIRST_FRAMES ? grid + PIECE_FRAMES : grid;
          const to = Math.min(gap.to, isFirst ? from + FIRST_FRAMES : long);
          fetch.push({ id: stem.id, from, to, order: order + (from - range.from) });
          from = to;
        }
      }
      order += range.to - range.from;
    }
  }
  fetch.sort((a, b) => a.order - b.order);
  return { fetch: fetch.map(({ id, from, to }) => ({ id, from, to })), drop };
}
