/** The Worker script: requests go to the app, cron to the sweeps, sockets to the session's room. */
import { env } from "cloudflare:workers";
import { app } from "./app.ts";
import { runJobs } from "./cron/jobs.ts";
import { systemDeps } from "./platform/deps.ts";
import type { Env } from "./platform/env.ts";
import { checkSecrets } from "./platform/secrets.ts";

export { SessionRoom } from "../durable-objects/session-room.ts";

// Before the first request: a deploy without its secrets fails instead of going live.
checkSecrets(env);

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await runJobs(env, systemDeps);
  },
} satisfies ExportedHandler<Env>;
