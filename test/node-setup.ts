import { expect } from "vitest";

// The tests run TypeScript as it is: under the machine's older Node they would fail later and less clearly.
expect(Number(process.versions.node.split(".")[0]), `Node ${process.version}; use npm test`).toBeGreaterThanOrEqual(24);
