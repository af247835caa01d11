/**
 * A picture of palette indices. Each ink is a ramp of shades over one ground, so that the edge of a letter is a place on the ramp.
 */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array<ArrayBuffer>;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
  }

  rect(x: number, y: number, width: number, height: number, index: number): void {
    const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
    const [right, bottom] = [
      Math.min(this.width, Math.round(x + width)),
      Math.min(this.height, Math.round(y + height)),
    ];
    for (let row = top; row < bottom; row++) this.pixels.fill(index, row * this.width + left, row * this.width + right);
  }

  /**
   * Fills contours (x, y, x, y… in pixels, y downwards, non-zero) with `shades` steps from `first` on. Coverage is exact: every edge adds
   * its signed area to the pixels that it crosses, and a running sum along the row gives each pixel its share.
   */
  fill(contours: readonly (readonly number[])[], first: number, shades: number): void {
    const xs = contours.flatMap((contour) => contour.filter((_, at) => at % 2 === 0));
    const ys = contours.flatMap((contour) => contour.filter((_, at) => at % 2 === 1));
    if (xs.length === 0) return;
    const left = Math.max(0, Math.floor(xs.reduce((a, b) => Math.min(a, b))));
    const top = Math.max(0, Math.floor(ys.reduce((a, b) => Math.min(a, b))));
    const width = Math.min(this.width, Math.ceil(xs.reduce((a, b) => Math.max(a, b))) + 2) - left;
    const height = Math.min(this.height, Math.ceil(ys.reduce((a, b) => Math.max(a, b))) + 1) - top;
    if (width <= 0 || height <= 0) return;
    const area = new Float32Array(width * height + 1);
    for (const contour of contours)
      for (let at = 0; at < contour.length; at += 2) {
        const next = (at + 2) % contour.length;
        const from = [contour[at] ?? 0, contour[at + 1] ?? 0] as const;
        const to = [contour[next] ?? 0, contour[next + 1] ?? 0] as const;
        edge(area, width, height, from[0] - left, from[1] - top, to[0] - left, to[1] - top);
      }
    for (let row = 0; row < height; row++) {
      let sum = 0;
      for (let x = 0; x < width; x++) {
        sum += area[row * width + x] ?? 0;
        const shade = Math.round(Math.min(1, Math.abs(sum)) * (shades - 1));
        if (shade > 0) this.pixels[(top + row) * this.width + left + x] = first + shade;
      }
    }
  }
}

/** Adds one edge's signed area and the rest of its row's cover; both ends in pixels of the area, y downwards. */
function edge(area: Float32Array, width: number, height: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? 1 : -1;
  const [ax, ay, bx, by] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bx - ax) / (by - ay);
  for (let row = Math.max(0, Math.floor(ay)); row < Math.min(height, Math.ceil(by)); row++) {
    const [from, to] = [Math.max(ay, row), Math.min(by, row + 1)];
    const cover = (to - from) * direction;
    const [xa, xb] = [ax + (from - ay) * slope, ax + (to - ay) * slope];
    const [low, high] = xa < xb ? [xa, xb] : [xb, xa];
    const first = Math.floor(low);
    const last = Math.floor(high);
    const put = (x: number, value: number) => {
      const at = row * width + Math.min(Math.max(x, 0), width - 1);
      area[at] = (area[at] ?? 0) + value;
    };
    if (first === last) {
      const share = 1 - ((low + high) / 2 - first);
      put(first, cover * share);
      put(first + 1, cover * (1 - share));
      continue;
    }
    // The edge crosses several pixels: what each has of the cover, and what of it lies to its right.
    const perPixel = cover / (high - low);
    let carried = 0;
    for (let x = first; x <= last; x++) {
      const [a, b] = [Math.max(low, x), Math.min(high, x + 1)];
      const here = perPixel * (b - a);
      const share = 1 - ((a + b) / 2 - x);
      put(x, carried + here * share);
      carried = here * (1 - share);
    }
    put(last + 1, carried);
  }
}
