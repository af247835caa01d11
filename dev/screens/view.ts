import type { Shot } from "./shot.ts";
import type { World } from "./world.ts";

/** The live session's states, as each of those in it sees them. */
export function viewShots({ sessionId }: World): Shot[] {
  return [
    {
      name: "room alone",
      who: "ada",
      path: `/sessions/${sessionId}/room`,
      act: (page) => page.locator(".view-connection.here").waitFor(),
    },
  ];
}
