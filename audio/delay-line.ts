/** From one delay to another over 20 ms, so that a change is no click. */
const FADE_FRAMES = 960;

/**
 * A delay line: sound that is heard later, by a delay that may change while it runs; then the sound of before fades into that of after. It takes
 * memory when a delay is asked for that it has none for, and none in its block's turn.
 */
export class DelayLine {
  readonly #channels: number;
  readonly #framesMax: number;
  #rings: Float32Array[] = [];
  #mask = 0;
  /** How many frames went in, and the first of them that is held: what lies before it is silence, out of which sound rises. */
  #at = 0;
  #oldest = 0;
  #delay = 0;
  #before = 0;
  #faded = FADE_FRAMES;

  /** @param framesMax No delay is longer. */
  constructor(channels: number, framesMax: number) {
    this.#channels = channels;
    this.#framesMax = framesMax;
  }

  get delayFrames(): number {
    return this.#delay;
  }

  set delayFrames(frames: number) {
    const wanted = Math.max(0, Math.min(this.#framesMax, Math.round(frames)));
    // One change at a time: the next one comes when this one has been heard.
    if (wanted === this.#delay || this.#faded < FADE_FRAMES) return;
    if (wanted > this.#mask - FADE_FRAMES) this.#grow(wanted);
    this.#before = this.#delay;
    this.#delay = wanted;
    this.#faded = 0;
  }

  /** Puts a block in and takes the block of so long ago out, in place. */
  pass(sound: readonly Float32Array[], frames: number): void {
    if (this.#rings.length === 0) return;
    const mask = this.#mask;
    const oldest = this.#oldest;
    for (let channel = 0; channel < this.#channels; channel++) {
      const ring = this.#rings[channel];
      const samples = sound[channel];
      if (ring === undefined || samples === undefined) continue;
      for (let n = 0; n < frames; n++) {
        const at = this.#at + n;
        ring[at & mask] = samples[n] ?? 0;
        const place = at - this.#delay;
        const after = (ring[place & mask] ?? 0) * Math.max(0, Math.min(1, (place - oldest) / FADE_FRAMES));
        const share = Math.min(1, (this.#faded + n + 1) / FADE_FRAMES);
        samples[n] = share === 1 ? after : after * share + (ring[(at - this.#before) & mask] ?? 0) * (1 - share);
      }
    }
    this.#at += frames;
    this.#faded = Math.min(FADE_FRAMES, this.#faded + frames);
  }

  #grow(frames: number): void {
    let size = 4_096;
    while (size < frames + 2 * FADE_FRAMES) size *= 2;
    const [held, mask] = [this.#rings, this.#mask];
    this.#oldest = held.length === 0 ? this.#at : Math.max(this.#oldest, this.#at - mask);
    this.#rings = Array.from({ length: this.#channels }, (_, channel) => {
      const ring = new Float32Array(size);
      const old = held[channel];
      for (let back = 1; old !== undefined && back <= mask; back++)
        ring[(this.#at - back) & (size - 1)] = old[(this.#at - back) & mask] ?? 0;
      return ring;
    });
    this.#mask = size - 1;
  }
}
