import type { Page } from "playwright-core";

/** A picture is looked at in so many places; where as many as this are another shade than before, something moves in it. */
const [WIDE, HIGH] = [64, 36];
const MOVED_MIN = 20;
/** Of the sum of red, green and blue: less is what an encoder makes of a picture that stands. */
const SHADE_STEP = 24;

/** What a page shows of somebody's camera. */
export class Picture {
  readonly #page: Page;
  readonly #name: string;
  #last: readonly number[] = [];
  #moves = 0;

  /** `name`: as the page calls whoever is seen. */
  constructor(page: Page, name: string) {
    this.#page = page;
    this.#name = name;
  }

  /** Looks once more; how often it has been another picture than at the look before. */
  async moves(): Promise<number> {
    const shades = await this.#page.evaluate<number[]>(`(() => {
      const video = [...document.querySelectorAll(".view-video video")].find((one) => one.ariaLabel === ${JSON.stringify(this.#name)});
      if (video === undefined || video.videoWidth === 0) return [];
      const pen = new OffscreenCanvas(${WIDE}, ${HIGH}).getContext("2d");
      pen.drawImage(video, 0, 0, ${WIDE}, ${HIGH});
      const { data } = pen.getImageData(0, 0, ${WIDE}, ${HIGH});
      return Array.from({ length: data.length / 4 }, (_, at) => data[4 * at] + data[4 * at + 1] + data[4 * at + 2]);
    })()`);
    const moved = shades.filter((shade, at) => Math.abs(shade - (this.#last[at] ?? shade)) > SHADE_STEP).length;
    if (moved >= MOVED_MIN) this.#moves++;
    this.#last = shades;
    return this.#moves;
  }
}
