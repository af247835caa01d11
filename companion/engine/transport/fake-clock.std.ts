/** Session time that moves only when somebody says so: what a simulation and the tests beside this file run on. */
export class FakeClock {
  nowMs: number;
  /** Session time minus local time; a simulation may give each companion its own. */
  offsetMs = 0;
  #calls: { atMs: number; call: () => void }[] = [];

  constructor(nowMs = 0) {
    this.nowMs = nowMs;
  }

  nowSessionMs = (): number => this.nowMs;
  toSessionMs = (localMs: number): number => localMs + this.offsetMs;
  toLocalMs = (sessionMs: number): number => sessionMs - this.offsetMs;

  scheduleAtSession = (atMs: number, call: () => void): (() => void) => {
    const one = { atMs, call };
    this.#calls.push(one);
    return () => {
      this.#calls = this.#calls.filter((other) => other !== one);
    };
  };

  /** Lets time pass, and calls what is due on the way, in order. */
  advanceTo(atMs: number): void {
    for (;;) {
      const [next] = this.#calls.toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > atMs) break;
      this.#calls = this.#calls.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.call();
    }
    this.nowMs = Math.max(this.nowMs, atMs);
  }
}
