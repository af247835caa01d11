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

test("P43, C6: the takes worker of a page hears which command was pressed in it, and which of them the room did not take", () => {
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
  let room: RoomHandlers | undefined;
  const session = new BrowserSession(boot, ({ handlers }) => {
    room = handlers;
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
  room?.onWelcome(welcome);
  session.takes.setDevice({ memory: new SharedArrayBuffer(8), tapFor: () => undefined });
  session.command({ command: "record" });
  session.chat("Rolling?");
  const [eventId = ""] = posted;
  expect(told.filter(({ type }) => type === "pressed")).toEqual([
    { type: "pressed", eventId, transport: { command: "record" } },
  ]);
  room?.onRefused(eventId, "forbidden", null);
  expect(told.at(-1)).toEqual({ type: "refused", eventId });
});
