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
    post: (eventId, body, { notAfterMs, announced } = {}) =>
      bridge.say("room", { type: "post", eventId, body, notAfterMs, announced }),
    signal: (to, signal) => bridge.say("room", { type: "signal", to, signal }),
    askToMute: (to) => bridge.say("room", { type: "mute", to }),
    setStatus: ({ recording: _recording, armed: _armed, ...status }) => bridge.say("room", { type: "status", status }),
    // The socket is the studio's own.
    hurry: () => undefined,
    close: () => undefined,
    lanes: {
      announced: (from, command) => bridge.say("room", { type: "announced", from, command }),
      reading: (from, { sentLocalMs, receivedLocalMs, ...reading }) => {
        const nowMs = performance.now();
        const ago = { sentAgoMs: nowMs - sentLocalMs, receivedAgoMs: nowMs - receivedLocalMs };
        bridge.say("room", { type: "reading", from, reading: { ...reading, ...ago } });
      },
      ways: (farthestMs) => bridge.say("room", { type: "ways", farthestMs }),
    },
  };
}
