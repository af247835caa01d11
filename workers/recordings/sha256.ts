/** SHA-256's round constants (FIPS 180-4, 4.2.2): the first 32 bits of the fractions of the cube roots of the first 64 primes. */
const K = new Int32Array(64);
const START = new Int32Array(8);
for (let candidate = 2, found = 0; found < 64; candidate++) {
  let isPrime = true;
  for (let by = 2; by * by <= candidate; by++) isPrime &&= candidate % by !== 0;
  if (!isPrime) continue;
  const fraction = (root: number) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  K[found] = fraction(Math.cbrt(candidate));
  if (found < 8) START[found] = fraction(Math.sqrt(candidate));
  found++;
}

/** What it takes at a time. */
export const BLOCK_BYTES = 64;

/**
 * SHA-256 (FIPS 180-4) whose state can be kept between blocks and taken up again by another request. The platform's own is faster, and forgets
 * everything when its request ends.
 */
export class Sha256 {
  readonly #hash = START.slice();
  readonly #schedule = new Int32Array(64);
  #bytes = 0;

  /** Goes on from a state that was kept after so many bytes, a whole number of blocks. */
  static resume(state: string, bytes: number): Sha256 {
    const sha256 = new Sha256();
    for (let at = 0; at < 8; at++) sha256.#hash[at] = Number.parseInt(state.slice(at * 8, at * 8 + 8), 16) | 0;
    sha256.#bytes = bytes;
    return sha256;
  }

  /** The state after all that it was given: 64 hexadecimal digits, which at the end are the hash. */
  get state(): string {
    return [...this.#hash].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** Takes whole blocks. */
  update(blocks: Uint8Array): void {
    const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
    for (let at = 0; at + BLOCK_BYTES <= blocks.byteLength; at += BLOCK_BYTES) this.#round(view, at);
    this.#bytes += blocks.byteLength - (blocks.byteLength % BLOCK_BYTES);
  }

  /** Takes the rest, however long, and returns the hash. */
  finish(rest: Uint8Array): string {
    const tail = rest.byteLength % BLOCK_BYTES;
    const totalBits = BigInt(this.#bytes + rest.byteLength) * 8n;
    this.update(rest.subarray(0, rest.byteLength - tail));
    const end = new Uint8Array(tail + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
    end.set(rest.subarray(rest.byteLength - tail));
    end[tail] = 0x80;
    new DataView(end.buffer).setBigUint64(end.byteLength - 8, totalBits);
    this.update(end);
    return this.state;
  }

  /** One block (6.2.2); all arithmetic is modulo 2^32. */
  #round(view: DataView, at: number): void {
    const w = this.#schedule;
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
      const [x, y] = [w[t - 15] as number, w[t - 2] as number];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0;
    }
    const hash = this.#hash;
    let [a, b, c, d] = [hash[0] as number, hash[1] as number, hash[2] as number, hash[3] as number];
    let [e, f, g, h] = [hash[4] as number, hash[5] as number, hash[6] as number, hash[7] as number];
    for (let t = 0; t < 64; t++) {
      const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + big1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
      const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    hash[0] = (hash[0] as number) + a;
    hash[1] = (hash[1] as number) + b;
    hash[2] = (hash[2] as number) + c;
    hash[3] = (hash[3] as number) + d;
    hash[4] = (hash[4] as number) + e;
    hash[5] = (hash[5] as number) + f;
    hash[6] = (hash[6] as number) + g;
    hash[7] = (hash[7] as number) + h;
  }
}
