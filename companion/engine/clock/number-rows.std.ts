/**
 * Rows of three numbers, the newest last and so many at the most, in the same bytes from the first one on: what is noted twice a second for minutes
 * would be half a megabyte of objects by then, and a page that grows all evening.
 */
export class NumberRows {
  readonly #max: number;
  readonly #values: Float64Array;
  #length = 0;

  constructor(max: number) {
    this.#max = max;
    this.#values = new Float64Array(3 * max);
  }

  get length(): number {
    return this.#length;
  }

  /** The oldest goes where there is no room. */
  push(first: number, second: number, third: number): void {
    if (this.#length === this.#max) this.keepLast(this.#max - 1);
    this.#values.set([first, second, third], 3 * this.#length);
    this.#length++;
  }

  keepLast(count: number): void {
    const kept = Math.min(count, this.#length);
    this.#values.copyWithin(0, 3 * (this.#length - kept), 3 * this.#length);
    this.#length = kept;
  }

  /** The oldest. */
  first(): readonly [number, number, number] | undefined {
    return this.#length === 0 ? undefined : [this.#at(0), this.#at(1), this.#at(2)];
  }

  /** From the oldest on. */
  forEach(look: (first: number, second: number, third: number, at: number) => void): void {
    for (let at = 0; at < this.#length; at++) look(this.#at(3 * at), this.#at(3 * at + 1), this.#at(3 * at + 2), at);
  }

  /** Each row, from the oldest on, as whatever is made of it. */
  map<Made>(make: (first: number, second: number, third: number, at: number) => Made): Made[] {
    return Array.from({ length: this.#length }, (_, at) =>
      make(this.#at(3 * at), this.#at(3 * at + 1), this.#at(3 * at + 2), at),
    );
  }

  #at(place: number): number {
    return this.#values[place] ?? Number.NaN;
  }
}
