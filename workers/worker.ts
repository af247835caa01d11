/** The Worker script: requests go to the app, cron to the sweeps, sockets to the session's room. */
import { env } from "cloudflare:workers";
import { SessionRoom as RoomObject } from "../durable-objects/session-room.ts";
import type { KeyStore } from "../durable-objects/word-keys.ts";
import type { MemberId } from "../protocol/ids.ts";
import { app } from "./app.ts";
import { runJobs } from "./cron/jobs.ts";
import { systemDeps } from "./platform/deps.ts";
import type { Env } from "./platform/env.ts";
import { checkSecrets } from "./platform/secrets.ts";
import { roomKeys } from "./rooms/room-keys.ts";
import { type Relays, relaysOf } from "./rooms/turn.ts";

/** The session's room, with the relays and the store that this deployment has. */
export class SessionRoom extends RoomObject {
  protected override async relaysFor(memberId: MemberId): Promise<Relays> {
    return await relaysOf(env, systemDeps, memberId);
  }

  protected override keyStore(): KeyStore {
    return roomKeys(env, systemDeps, this.name);
  }
}

// Before the first request: a deploy without its secrets fails instead of going live.
checkSecrets(env);

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await runJobs(env, systemDeps);
  },
} satisfies ExportedHandler<Env>;
