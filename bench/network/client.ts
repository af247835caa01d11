/**
 * Somebody whose network goes: a member of a session, beside them a plain TCP connection that pings as often, and connections that are
 * opened anew ten times a second. Tells by a line of JSON whenever one of the three has got through.
 */
import { connect } from "node:net";
import { setInterval } from "node:timers";
import WebSocket from "ws";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { RoomClient } from "../../companion/engine/room/room-client.std.ts";
import { ticketEntry } from "../../companion/engine/room/ticket-entry.std.ts";
import { SessionId } from "../../protocol/ids.ts";

const PING_MS = 500;
const CONNECT_MS = 100;

const [origin = "", token = "", sessionId = "", echoHost = "", echoPort = ""] = process.argv.slice(2);
const tell = (what: "room" | "connection" | "connect") => console.log(JSON.stringify({ what, atMs: Date.now() }));
const nothing = () => undefined;

new RoomClient({
  enter: ticketEntry(new ApiClient(origin, token), SessionId.parse(sessionId)),
  nowMs: () => performance.now(),
  client: "bench/1",
  WebSocket,
  handlers: {
    onClock: () => tell("room"),
    onWelcome: nothing,
    onEvent: nothing,
    onMembers: nothing,
    onSignal: nothing,
    onRecordingsChanged: nothing,
    onRelays: nothing,
    onRefused: nothing,
    onWarning: nothing,
    onWaiting: nothing,
    onWaitingRoom: nothing,
    onMute: nothing,
  },
});

const echo = { host: echoHost, port: Number(echoPort) };
const plain = connect(echo).on("data", () => tell("connection"));
plain.on("error", nothing);
setInterval(() => plain.write("."), PING_MS);
setInterval(() => {
  const fresh = connect({ ...echo, signal: AbortSignal.timeout(3 * CONNECT_MS) });
  fresh.on("error", nothing);
  fresh.once("connect", () => {
    tell("connect");
    fresh.destroy();
  });
}, CONNECT_MS);
