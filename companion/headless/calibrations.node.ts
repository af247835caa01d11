import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { DAW_LATE_MAX_MS } from "../engine/transport/test-roll.std.ts";
import { configPath } from "./config.node.ts";

/** What test rolls have measured, for each DAW as `--daw` names it, port and all. */
const Calibrations = z.record(
  z.string(),
  z.object({
    lateMs: z.number().min(0).max(DAW_LATE_MAX_MS),
    measuredAtMs: z.number(),
    /** It was heard, and not told. */
    isHeard: z.literal(true).optional(),
  }),
);
export type Calibrations = z.infer<typeof Calibrations>;

const pathOf = (env: NodeJS.ProcessEnv) => join(dirname(configPath(env)), "daws.json");

/** A file that cannot be read is as good as none: it is measured anew. */
export function readCalibrations(env: NodeJS.ProcessEnv = process.env): Calibrations {
  try {
    return Calibrations.parse(JSON.parse(readFileSync(pathOf(env), "utf8")));
  } catch {
    return {};
  }
}

export function writeCalibration(daw: string, calibration: Calibrations[string], env = process.env): void {
  const path = pathOf(env);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...readCalibrations(env), [daw]: calibration }, null, 2)}\n`);
}
