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
 * (Moon, Skelly and Towsley 1999, "Estimation and removal of clock skew from network delay measurements").
 */
export function lineUnder(places: readonly Place[]): Line | null {
  const hull: Place[] = [];
  for (const place of places) {
    for (let [one, two] = hull.slice(-2); one !== undefined && two !== undefined; [one, two] = hull.slice(-2)) {
      if ((two.x - one.x) * (place.y - one.y) > (two.y - one.y) * (place.x - one.x)) break;
      hull.pop();
    }
    hull.push(place);
  }
  const mean = places.reduce((total, { x }) => total + x, 0) / places.length;
  const to = hull.findIndex(({ x }) => x >= mean);
  const [one, two] = [hull[Math.max(0, to - 1)], hull[Math.max(1, to)]];
  if (one === undefined || two === undefined || one.x === two.x) return null;
  const slope = (two.y - one.y) / (two.x - one.x);
  return { slope, at0: one.y - slope * one.x };
}
