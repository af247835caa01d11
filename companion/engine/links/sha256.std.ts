/** SHA-256 (FIPS 180-4), at once: the engines' own is asynchronous in a browser, and what is agreed on between packets is simpler without waiting. */
const BLOCK_BYTES = 64;

/** The first 32 bits of the fractional parts of the roots of the first primes: cube roots for the rounds, square roots for the start. */
const [ROUNDS, START] = (() => {
  const primes: number[] = [];
  for (let n = 2; primes.length < BLOCK_BYTES; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  return [Uint32Array.from(primes, (n) => fraction(Math.cbrt(n))), primes.slice(0, 8).map((n) => fraction(n ** 0.5))];
})();

const turned = (word: number, by: number) => (word >>> by) | (word << (32 - by));

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.ceil((length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes[length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor((length * 8) / 2 ** 32));
  view.setUint32(bytes.length - 4, (length * 8) >>> 0);
  const state = Uint32Array.from(START);
  const words = new Uint32Array(BLOCK_BYTES);
  for (let block = 0; block < bytes.length; block += BLOCK_BYTES) addBlock(view, block, state, words);
  const digest = new Uint8Array(32);
  for (const [n, word] of state.entries()) new DataView(digest.buffer).setUint32(n * 4, word);
  return digest;
}

function addBlock(view: DataView, block: number, state: Uint32Array, w: Uint32Array): void {
  const word = (n: number) => w[n] ?? 0;
  for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + t * 4);
  for (let t = 16; t < 64; t++) {
    const [far, near] = [word(t - 15), word(t - 2)];
    const low = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    const high = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
    w[t] = word(t - 16) + low + word(t - 7) + high;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + (ROUNDS[t] ?? 0) + word(t)) >>> 0;
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) >>> 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) >>> 0, c, b, a, (one + two) >>> 0];
  }
  for (const [n, value] of [a, b, c, d, e, f, g, h].entries()) state[n] = (state[n] ?? 0) + value;
}
