import type { Env } from "./env.ts";

/** When the launch begins, by the configuration; `null` while it is not known. */
export function launchAtMs(env: Env): number | null {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(env.LAUNCH_DATE) ? Date.parse(`${env.LAUNCH_DATE}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}
