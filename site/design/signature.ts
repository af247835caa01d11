/** FNV-1a, 32 bits: spreads ids evenly, and is the same wherever it runs. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** One note of a signature: when, how long, how high; in steps and rows. */
export interface Note {
  step: number;
  steps: number;
  row: number;
}
export const SIGNATURE_STEPS = 64;
export const SIGNATURE_ROWS = 12;

/**
 * A person's own figure, as notes on a piano roll, drawn from their profile's id: a way to know a page again. Two voices that wander, each
 * bar a variation of the one before.
 */
export function signature(profileId: string): Note[] {
  let state = spread(profileId) || 1;
  const chance = () => {
    // xorshift32 (Marsaglia 2003): small, and good enough to look unplanned.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const notes: Note[] = [];
  for (const base of [2, 7]) {
    let row = base + Math.floor(chance() * 3);
    let step = base === 2 ? 0 : Math.floor(chance() * 8);
    while (step < SIGNATURE_STEPS) {
      const steps = Math.min([1, 2, 2, 3, 4, 6][Math.floor(chance() * 6)] ?? 2, SIGNATURE_STEPS - step);
      if (chance() < 0.78) notes.push({ step, steps, row });
      step += steps + (chance() < 0.2 ? 2 : 0);
      row = Math.min(base + 4, Math.max(base - 2, row + Math.round((chance() - 0.5) * 4)));
    }
  }
  return notes;
}

/** The same as one path: ten units a step, ten a row. */
export const signaturePath = (profileId: string): string =>
  signature(profileId)
    .map(({ step, steps, row }) => `M${step * 10 + 1} ${row * 10 + 1.5}h${steps * 10 - 2}v7h-${steps * 10 - 2}z`)
    .join("");
