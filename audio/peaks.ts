/**
 * Peaks folded to columns: for each, the lowest and the highest of all bins and channels that it covers, in the bytes' own scale,
 * −128…127. With fewer bins than columns a bin is repeated; nothing is invented.
 */
export interface Columns {
  lows: Int8Array;
  highs: Int8Array;
}

/**
 * @param peaks As protocol/recordings.ts describes them.
 * @param start Where the columns begin and end, as shares of the peaks.
 */
export function columnsOf(peaks: Int8Array, channels: number, count: number, start = 0, end = 1): Columns {
  const bins = peaks.length / (2 * channels);
  const from = start * bins;
  const step = ((end - start) * bins) / count;
  const lows = new Int8Array(count);
  const highs = new Int8Array(count);
  for (let column = 0; column < count; column++) {
    const first = Math.min(bins - 1, Math.max(0, Math.floor(from + column * step)));
    const after = Math.min(bins, Math.max(first + 1, Math.ceil(from + (column + 1) * step - 1e-9)));
    let low = 127;
    let high = -128;
    for (let at = first * channels * 2; at < after * channels * 2; at += 2) {
      low = Math.min(low, peaks[at] ?? 0);
      high = Math.max(high, peaks[at + 1] ?? 0);
    }
    lows[column] = low;
    highs[column] = high;
  }
  return { lows, highs };
}

/** Silence is drawn too: a hair, so that a quiet take is seen to be there. */
const HAIR = 1;

/** The columns as one closed outline, a unit wide each, in a box 256 high whose middle is silence. Written for its length. */
export function outline({ lows, highs }: Columns): string {
  let top = "";
  let bottom = "";
  for (let column = 0; column < highs.length; column++) {
    const high = Math.max(HAIR, highs[column] ?? 0);
    const low = Math.min(-HAIR, lows[column] ?? 0);
    top += `V${128 - high}h1`;
    bottom = `V${128 - low}h-1${bottom}`;
  }
  return `M0 128${top}${bottom}z`;
}
