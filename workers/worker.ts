/** The Worker script: requests go to the app, cron to the sweeps, sockets to the session's room. */
import { app } from "./app.ts";
import { systemDeps } from "./deps.ts";
import type { Env } from "./env.ts";
import { makeLeftCalls } from "./sessions/room-calls.ts";

export { SessionRoom } from "../durable-objects/session-room.ts";

/** Calls to rooms that one cron run repeats; far below what a Worker may do in one invocation. */
const ROOM_CALLS_PER_RUN = 100;

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await makeLeftCalls(env, systemDeps, ROOM_CALLS_PER_RUN);
  },
} satisfies ExportedHandler<Env>;
