/** A layer of a picture (OffscreenCanvas and ImageBitmapRenderingContext, HTML standard): painted beside the screen, and shown when it is another one. */

export type Pen = OffscreenCanvasRenderingContext2D;

/**
 * A canvas that is painted on directly is taken over for each frame of the page, whether it has changed or not; where there is no graphics processor that is
 * a copy of all of it. So the brush has a canvas of its own, and the page's is given a bitmap of it.
 */
export class Layer {
  readonly #shown: HTMLCanvasElement;
  readonly #painted = new OffscreenCanvas(1, 1);
  readonly #pen: Pen | null;
  readonly #onto: ImageBitmapRenderingContext | null;

  /** With `isOpaque`, nothing that lies below it is seen through it. */
  constructor(shown: HTMLCanvasElement, isOpaque: boolean) {
    this.#shown = shown;
    this.#pen = this.#painted.getContext("2d", { alpha: !isOpaque });
    this.#onto = shown.getContext("bitmaprenderer");
  }

  /** Whether what is painted has this size. */
  isOf(width: number, height: number): boolean {
    return this.#painted.width === width && this.#painted.height === height;
  }

  fill(colour: string): void {
    if (this.#pen === null) return;
    this.#pen.fillStyle = colour;
    this.#pen.fillRect(0, 0, this.#painted.width, this.#painted.height);
  }

  /** In the device's own pixels, which the layer has from then on; what was painted in another size is gone. */
  pen(width: number, height: number): Pen | null {
    const { width: wide, height: high } = this.#painted;
    if (wide !== width || high !== height) [this.#painted.width, this.#painted.height] = [width, height];
    return this.#pen;
  }

  /** What is painted is seen with the page's next frame. */
  async show(): Promise<void> {
    const { width, height } = this.#painted;
    const bitmap = await createImageBitmap(this.#painted);
    if (this.#shown.width !== width || this.#shown.height !== height)
      [this.#shown.width, this.#shown.height] = [width, height];
    this.#onto?.transferFromImageBitmap(bitmap);
  }
}
