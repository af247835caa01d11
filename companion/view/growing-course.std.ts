/** Which columns of a picture are to be painted while a stem grows: the new ones, and no other. All places are in pixels of the device. */

/** A tile is so wide: a few columns more are a few kilobytes, and not the whole window. */
export const TILE_PX = 256;

/** From the first to the one after the last. */
export interface Columns {
  first: number;
  after: number;
}

/** A part of a tile, in columns of the whole picture. */
export interface TilePart extends Columns {
  tile: number;
}

/** Remembers up to where it is painted. `anew`: what was painted is not to be seen any more. */
export class GrowingCourse {
  #key: readonly unknown[] = [];
  #painted: Columns | null = null;

  /**
   * @param key What makes another picture of it when it is another one: the view, the lanes, where each began.
   * @param from Where the first of them begins; `to`: the column of the playhead; both within the picture.
   */
  next(key: readonly unknown[], from: number, to: number): { anew: boolean; parts: TilePart[] } {
    const anew = key.length !== this.#key.length || !key.every((one, at) => one === this.#key[at]);
    if (anew) {
      this.#key = key;
      this.#painted = null;
    }
    const last = this.#painted;
    // The playhead lies over the newest column, which is painted once it is past.
    if (last !== null && last.first === from && last.after === to) return { anew, parts: [] };
    const first = last === null || from < last.first ? from : Math.max(from, last.after - 1);
    this.#painted = { first: from, after: to };
    return { anew, parts: tilesOf({ first, after: to }) };
  }

  /** Nothing grows. `true`: something was painted. */
  end(): boolean {
    const wasPainted = this.#painted !== null;
    this.#key = [];
    this.#painted = null;
    return wasPainted;
  }
}

/** A stretch of columns by the tiles that they lie in. */
export function tilesOf({ first, after }: Columns): TilePart[] {
  const parts: TilePart[] = [];
  for (let tile = Math.floor(first / TILE_PX); tile * TILE_PX < after; tile++)
    parts.push({
      tile,
      first: Math.max(first, tile * TILE_PX),
      after: Math.min(after, (tile + 1) * TILE_PX),
    });
  return parts;
}
