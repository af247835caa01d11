/**
 * How often a property is tried: so many times with the other tests, and TEST_EFFORT times as often where that is set, as
 * `npm run test:long` does.
 */
export const runs = (times: number): number => times * Number(process.env.TEST_EFFORT ?? 1);

/**
 * What chance begins with, in fast-check and wherever a test has its own: the same for every run of the tests, so that a run is about what was
 * changed, and a red one is red again; another for each of `npm run test:long`, which looks for what nobody has thought of, and prints it.
 */
export const seed = (): number => (process.env.TEST_EFFORT === undefined ? 1 : Math.floor(Math.random() * 2 ** 31));
