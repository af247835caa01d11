/** The Worker script: requests go to the app, cron to the sweeps, sockets to the session's room. */
import { app } from "./app.ts";
import { runJobs } from "./cron/jobs.ts";
import { systemDeps } from "./platform/deps.ts";
import type { Env } from "./platform/env.ts";

export { SessionRoom } from "../durable-objects/session-room.ts";

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await runJobs(env, systemDeps);
  },
} satisfies ExportedHandler<Env>;
