import { afterEach, expect, test, vi } from "vitest";
import { initialMap } from "../../protocol/timeline.ts";
import { initialTransport } from "../../protocol/transport.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import type { RoomHandlers, Welcome } from "../engine/room/room-client.std.ts";
import { Boot } from "./boot.std.ts";
import { BrowserSession } from "./session.dom.ts";

const boot = Boot.parse({
  ...{ sessionId: `ses_${"0".repeat(26)}`, sessionName: "Night bus", memberId: `mem_${"0".repeat(26)}`, role: "host" },
  ...{ accents: {}, language: "en", sessionHref: "/" },
  sound: { lanesUrl: "/lanes.js", deviceUrl: "/device.js", takesUrl: "/takes.js" },
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page that is in its session; what it tells its worker and what it posts, and the room's own end. */
function entered() {
  const told: { type: string; eventId?: string }[] = [];
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("location", new URL("https://studio.example/sessions/x/room"));
  vi.stubGlobal("navigator", { storage: { persist: async () => false } });
  vi.stubGlobal("fetch", async () => Response.json({ items: [], nextCursor: null }));
  vi.stubGlobal(
    "Worker",
    class {
      postMessage = (message: { type: string }) => void told.push(message);
    },
  );
  const posted: string[] = [];
  const rooms: RoomHandlers[] = [];
  const session = new BrowserSession(boot, ({ handlers }) => {
    rooms.push(handlers);
    return {
      post: (eventId) => void posted.push(eventId),
      signal: () => undefined,
      askToMute: () => undefined,
      setStatus: () => undefined,
      hurry: () => undefined,
      close: () => undefined,
    };
  });
  const welcome: Welcome = {
    ...{ type: "welcome", protocolVersion: PROTOCOL_VERSION, sessionId: boot.sessionId, memberId: boot.memberId },
    ...{ role: "host", members: [], transport: initialTransport, timeline: initialMap, admission: "open" },
    ...{ settings: { recordingPermitted: true }, recordingOn: false, listeners: null, headSeq: 0, roomTimeMs: 0 },
  };
  const [room] = rooms;
  if (room === undefined) throw new Error("The page asks for no room.");
  room.onWelcome(welcome);
  return { session, room, told, posted };
}

test("P43, C6: the takes worker of a page hears which command was pressed in it, and which of them the room did not take", () => {
  const { session, room, told, posted } = entered();
  session.takes.setDevice({ memory: new SharedArrayBuffer(8), tapFor: () => undefined });
  session.command({ command: "record" });
  session.chat("Rolling?");
  const [eventId = ""] = posted;
  expect(told.filter(({ type }) => type === "pressed")).toEqual([
    { type: "pressed", eventId, transport: { command: "record" } },
  ]);
  room.onRefused(eventId, "forbidden", null);
  expect(told.at(-1)).toEqual({ type: "refused", eventId });
});

test("X24: what the room did not take of what a page said is no lost connection; a lost one is", () => {
  const { session, room, posted } = entered();
  room.onWarning("message-invalid", "Not valid: status.latencyMs.", false);
  expect(session.state.value.connection).toEqual({ state: "here" });
  expect(session.toasts.value).toMatchObject([{ code: "message-invalid" }]);
  session.chat("Still here.");
  expect(posted).toHaveLength(1);
  room.onWarning("disconnected", "The link to the session is gone; coming back.", false);
  expect(session.state.value.connection).toEqual({ state: "away" });
});
