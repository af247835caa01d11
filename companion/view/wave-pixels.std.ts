/** Waveforms as pixels, column by column: thousands of columns are a few million bytes, which are written faster than they are asked of a brush. */
import type { Columns } from "../../audio/peaks.ts";

/** A strip of pixels (ImageData, HTML standard), a lane high, that lives as long as the picture is as wide. */
export class WaveStrip {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  readonly #pixels: Uint32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.bytes = new Uint8ClampedArray(4 * width * height);
    this.#pixels = new Uint32Array(this.bytes.buffer);
  }

  clear(): void {
    this.#pixels.fill(0);
  }

  /**
   * @param first The column that the waveform begins in; what lies beyond the strip is left out.
   * @param colour Four bytes, red first, as `pixelOf` puts them together.
   */
  add({ lows, highs }: Columns, first: number, colour: number): void {
    const { width, height } = this;
    const middle = Math.round(height / 2);
    const scale = height / 256;
    for (let at = Math.max(0, -first); at < highs.length && first + at < width; at++) {
      const up = Math.max(1, Math.round((highs[at] ?? 0) * scale));
      const down = Math.round(Math.max(0, -(lows[at] ?? 0)) * scale);
      const end = Math.min(height, middle + down);
      for (let row = Math.max(0, middle - up); row < end; row++) this.#pixels[row * width + first + at] = colour;
    }
  }
}

/** Red, green, blue and how much of it there is, each 0 to 255, as one pixel. */
export function pixelOf(bytes: ArrayLike<number>): number {
  const pixel = new Uint8Array(4);
  for (let at = 0; at < 4; at++) pixel[at] = bytes[at] ?? 0;
  return new Uint32Array(pixel.buffer)[0] ?? 0;
}
