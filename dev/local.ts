import { randomBytes } from "node:crypto";
import { type Inbox, startInbox } from "./inbox.ts";
import { type Platform, type PlatformOptions, startPlatform } from "./platform.ts";
import { type Relay, startRelay } from "./turn.ts";

/** Everything a session needs, on this machine: the platform, and a relay whose secret the API signs credentials with. */
export interface Local {
  platform: Platform;
  relay: Relay;
  inbox: Inbox;
  stop(): Promise<void>;
}

/** Starts the relay and the platform. What has started is stopped again if the other cannot. */
export async function startLocal(options: PlatformOptions): Promise<Local> {
  const secret = randomBytes(32).toString("base64url");
  const relay = await startRelay({ secret });
  try {
    const bindings = { TURN_KEY: secret, TURN_URLS: relay.urls, ...options.bindings };
    const platform = await startPlatform({ ...options, bindings });
    const inbox = await startInbox(platform.mailbox);
    return {
      platform,
      relay,
      inbox,
      async stop() {
        await inbox.stop();
        await platform.stop();
        await relay.stop();
      },
    };
  } catch (error) {
    await relay.stop();
    throw error;
  }
}
