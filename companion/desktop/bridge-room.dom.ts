import type { RoomHandlers } from "../engine/room/room-client.std.ts";
import { hearRoom, type RoomEnd } from "../engine/room/room-feed.std.ts";
import type { Bridge } from "./ipc.std.ts";

declare global {
  interface Window {
    /** There in the desktop app alone, where the preload script has put it. */
    readonly sessionlinked?: Bridge;
  }
}

/** The room as the window has it: no socket, but what the studio's own is told and asks. */
export function bridgeRoom(bridge: Bridge, handlers: RoomHandlers): RoomEnd {
  bridge.onTold("room", (told) => hearRoom(told, handlers, performance.now()));
  return {
    post: (eventId, body, { notAfterMs } = {}) => bridge.say("room", { type: "post", eventId, body, notAfterMs }),
    signal: (to, signal) => bridge.say("room", { type: "signal", to, signal }),
    askToMute: (to) => bridge.say("room", { type: "mute", to }),
    setStatus: ({ recording: _recording, armed: _armed, ...status }) => bridge.say("room", { type: "status", status }),
    close: () => undefined,
  };
}
