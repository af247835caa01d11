import { emptyDatabase } from "../dev/database.ts";
import { bundleWorker } from "../dev/platform.ts";

/** Once before all files: two at a time that found the bundle stale would write it under each other's hands. */
export default function setup(): void {
  bundleWorker();
  emptyDatabase();
}
