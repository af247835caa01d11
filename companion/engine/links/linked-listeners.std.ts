import type { Listeners } from "../../../protocol/room.ts";
import type { LinkedMember } from "./link-set.std.ts";

/** Who listens to the session's broadcast (P85), as the links have them. */
export const linkedListeners = (listeners: Listeners): LinkedMember[] =>
  (listeners ?? []).map((memberId) => ({ memberId, connected: true, role: "observer", isListener: true }));
