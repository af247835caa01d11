import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { LANE_PACKET_FRAMES } from "../../protocol/limits.ts";
import { ClientMessage, type LoggedEvent } from "../../protocol/room.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { initialTransport } from "../../protocol/transport.ts";
import { SUBPROTOCOL } from "../../protocol/version.ts";
import { FromStudio, type ToStudio } from "./studio-messages.std.ts";
import { electron } from "./testing/electron.fake.node.ts";

const sessionId = `ses_${"a".repeat(26)}` as const;
const memberId = `mem_${"a".repeat(26)}` as const;
const folder = mkdtempSync(join(tmpdir(), "sessionlinked-studio-"));
const log: LoggedEvent[] = [];
/** How long ago what the room tells took effect: as it is for a machine that was busy. */
let busyMs = 0;
let server: Server;
let platformOrigin = "";

/** As much of the API and of a room as one host alone in a session meets. */
beforeAll(async () => {
  const session = { sessionId, name: "Alone", role: "host", memberId, createdAtMs: 1, members: [], evening: null };
  const settings = { recordingPermitted: true };
  server = createServer((request, response) => {
    const answer = (body: unknown) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.url === `/api/v1/sessions/${sessionId}`) answer({ ...session, settings });
    else if (request.url?.endsWith("/tickets"))
      answer({ ticket: "ticket", expiresAtMs: Date.now() + 60_000, roomPath: "/rooms/one", iceServers: [] });
    else answer({ items: [], nextCursor: null });
  });
  const rooms = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL });
  rooms.on("connection", (socket) => {
    const tell = (message: object) => socket.send(JSON.stringify(message));
    socket.on("message", (data) => {
      const said = ClientMessage.parse(JSON.parse(String(data)));
      const nowMs = Date.now();
      if (said.type === "hello")
        tell({
          ...{ type: "welcome", protocolVersion: 1, sessionId, memberId, role: "host", members: [], settings },
          ...{ transport: initialTransport, timeline: initialMap, headSeq: log.length, roomTimeMs: nowMs },
        });
      if (said.type === "ping") tell({ type: "pong", sentAtMs: said.sentAtMs, roomTimeMs: nowMs });
      if (said.type !== "post") return;
      const { eventId, body } = said;
      log.push({
        seq: log.length + 1,
        eventId,
        from: memberId,
        atMs: nowMs,
        effectiveAtMs: nowMs + 120 - busyMs,
        body,
      });
      tell({ type: "events", events: [log.at(-1)] });
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  platformOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

/** A window's device: each sample is the number of its frame, so that one that is missing in a take is seen. */
class Window {
  readonly #timer: ReturnType<typeof setInterval>;
  blocks = 0;

  constructor(firstValue: number, postMessage: (blocks: object) => void) {
    const sinceMs = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - sinceMs) * 48) / LANE_PACKET_FRAMES);
      const count = due - this.blocks;
      if (count <= 0) return;
      const samples = Int32Array.from(
        { length: count * LANE_PACKET_FRAMES * 2 },
        (_, at) => firstValue + this.blocks * LANE_PACKET_FRAMES + (at >> 1),
      );
      postMessage({ firstBlock: this.blocks, captureMs: 0, samples });
      this.blocks = due;
    }, 10);
  }

  die(): void {
    clearInterval(this.#timer);
  }
}

/** A studio in a process of its own, which has come into the room. */
async function openStudio() {
  const child = electron.utilityProcess.fork(resolve("companion/desktop/studio-process.node.ts"));
  const say = (message: ToStudio, ports: never[] = []) => child.postMessage(message, ports);
  const told: FromStudio[] = [];
  child.on("message", (message: unknown) => told.push(FromStudio.parse(message)));
  const events = (type: string) => told.filter((one) => one.type === "studio" && one.event.type === type).length;
  const happened = (type: string) => events(type) > 0;
  const look = (firstValue: number) => {
    const { port1, port2 } = new electron.MessageChannelMain();
    say({ type: "look" }, [port2 as never]);
    return new Window(firstValue, (blocks) => port1.postMessage(blocks));
  };

  say({ type: "open", platformOrigin, token: "token", sessionId, folder, daws: [] });
  const rooms = () => told.flatMap((one) => (one.type === "room" ? [one.told.type] : []));
  await expect.poll(() => happened("joined")).toBe(true);
  const first = look(1_000_000);
  await expect.poll(() => rooms().filter((type) => type === "clock").length).toBeGreaterThan(12);
  const leave = async () => {
    say({ type: "command", command: { type: "leave" } });
    await expect.poll(() => told.at(-1)?.type).toBe("ended");
    child.kill();
  };
  return { say, told, events, happened, look, rooms, first, leave };
}

test("X24, C6: a window that dies in mid take costs no sample that it had captured, and what the next one captures is recorded too", async () => {
  const { say, told, events, happened, look, rooms, first, leave } = await openStudio();
  say({ type: "command", command: { type: "transport", transport: { command: "record" } } });
  await expect.poll(() => happened("recording")).toBe(true);
  const from = first.blocks;
  await expect.poll(() => first.blocks).toBeGreaterThan(from + 200);
  first.die();
  const lastValue = 1_000_000 + first.blocks * LANE_PACKET_FRAMES - 1;
  const before = rooms().length;
  const second = look(4_000_000);
  await expect.poll(() => second.blocks).toBeGreaterThan(200);
  // The new window has been told where things stand, from the welcome on.
  expect(rooms().slice(before)).toEqual(expect.arrayContaining(["welcome", "log", "members"]));
  say({ type: "command", command: { type: "transport", transport: { command: "stop" } } });
  // One take with silence in it, or two where the window was away for long, as on a busy machine.
  await expect.poll(() => happened("recorded") && events("recorded") === events("recording")).toBe(true);
  second.die();
  await leave();

  const stems = told.flatMap((one) => (one.type === "studio" && one.event.type === "recorded" ? [one.event.stem] : []));
  // The left channel of all that is on disk, 24 bit, without the silence that stands for the time between.
  const values = stems.flatMap(({ path, headerBytes, frames }) => {
    const bytes = readFileSync(path).subarray(headerBytes);
    return Array.from({ length: frames }, (_, frame) => bytes.readIntLE(frame * 6, 3)).filter((value) => value !== 0);
  });
  const backAt = values.indexOf(4_000_000);
  expect(backAt).toBeGreaterThan(200 * LANE_PACKET_FRAMES);
  expect(values[backAt - 1]).toBe(lastValue);
  const wrong = values.findIndex((value, at) => at !== 0 && at !== backAt && value !== (values[at - 1] ?? 0) + 1);
  expect(wrong).toBe(-1);
  expect(values.length - backAt).toBeGreaterThan(150 * LANE_PACKET_FRAMES);
});

test("P43, C6: whoever pressed record in a window is recorded, though the studio hears of it seconds late", async () => {
  log.length = 0;
  const { say, events, first, leave } = await openStudio();
  busyMs = 6_000;
  const transport = (command: "record" | "stop") =>
    say({
      type: "room",
      call: { type: "post", eventId: crypto.randomUUID(), body: { kind: "transport", transport: { command } } },
    });
  transport("record");
  await expect.poll(() => events("recording")).toBe(1);
  busyMs = 0;
  transport("stop");
  await expect.poll(() => events("recorded")).toBe(1);
  first.die();
  await leave();
});
