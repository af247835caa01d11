/** Fits of a straight line through measured places. */
export interface Place {
  x: number;
  y: number;
}
export interface Line {
  slope: number;
  at0: number;
}

export const yOf = ({ slope, at0 }: Line, x: number) => at0 + slope * x;

/** Weighted least squares: the more exact a place is known, the more it counts. */
export function leastSquares(places: Iterable<Place & { weight: number }>): Line {
  let [sum, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  for (const { x, y, weight } of places) {
    sum += weight;
    sumX += weight * x;
    sumY += weight * y;
    sumXX += weight * x * x;
    sumXY += weight * x * y;
  }
  const slope = (sum * sumXY - sumX * sumY) / (sum * sumXX - sumX * sumX);
  return { slope, at0: (sumY - slope * sumX) / sum };
}

/**
 * The line under all places, in rising order of `x`, that comes nearest to them altogether: the edge of their lower hull over their mean
 * (Moon, Skelly and Towsley 1999, "Estimation and removal of clock skew from network delay measurements"). `hull` is room to work in, as
 * long as the places are many. `false`: there is no such line.
 */
export function lineUnderPoints(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  count: number,
  hull: Int32Array,
  line: Line,
): boolean {
  let size = 0;
  let mean = 0;
  for (let at = 0; at < count; at++) {
    const [x, y] = [xs[at] ?? 0, ys[at] ?? 0];
    mean += x / count;
    for (; size >= 2; size--) {
      const [one, two] = [hull[size - 2] ?? 0, hull[size - 1] ?? 0];
      const [oneX, oneY, twoX, twoY] = [xs[one] ?? 0, ys[one] ?? 0, xs[two] ?? 0, ys[two] ?? 0];
      if ((twoX - oneX) * (y - oneY) > (twoY - oneY) * (x - oneX)) break;
    }
    hull[size++] = at;
  }
  let to = 1;
  while (to < size - 1 && (xs[hull[to] ?? 0] ?? 0) < mean) to++;
  const [one, two] = [hull[to - 1] ?? 0, hull[to] ?? 0];
  const [oneX, twoX] = [xs[one] ?? 0, xs[two] ?? 0];
  if (size < 2 || oneX === twoX) return false;
  line.slope = ((ys[two] ?? 0) - (ys[one] ?? 0)) / (twoX - oneX);
  line.at0 = (ys[one] ?? 0) - line.slope * oneX;
  return true;
}

export function lineUnder(places: readonly Place[]): Line | null {
  const line = { slope: 0, at0: 0 };
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  return lineUnderPoints(xs, ys, places.length, new Int32Array(places.length), line) ? line : null;
}
