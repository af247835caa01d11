import fc from "fast-check";
import { expect } from "vitest";
import { runs, seed } from "./runs.ts";

// The tests run TypeScript as it is: under the machine's older Node they would fail later and less clearly.
expect(Number(process.versions.node.split(".")[0]), `Node ${process.version}; use npm test`).toBeGreaterThanOrEqual(24);

fc.configureGlobal({ numRuns: runs(100), seed: seed() });
