/**
 * How often a property is tried: so many times with the other tests, and TEST_EFFORT times as often where that is set, as
 * `npm run test:long` does.
 */
export const runs = (times: number): number => times * Number(process.env.TEST_EFFORT ?? 1);
