/** A waveform as one path: hits with a decay on a beat grid, the same on every visit. Height 100, one unit a column. */
export function waveform(columns: number, beat: number, decay: number, seed: number): string {
  let state = seed;
  let path = "";
  for (let x = 0; x < columns; x += 2) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const chance = state / 2_147_483_648;
    const level = 0.06 + 0.94 * Math.exp(-(x % beat) / decay) * (0.55 + 0.45 * chance);
    const half = Math.round(level * 48);
    path += `M${x} ${50 - half}v${half * 2}`;
  }
  return path;
}
