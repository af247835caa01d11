import { CLAIMS_HEADER, encodeClaims } from "../../durable-objects/claims.ts";
import { errorTitles } from "../../protocol/error-titles.ts";
import { type ErrorCode, errors } from "../../protocol/errors.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { RoomMessage } from "../../protocol/room.ts";
import type { TicketClaims } from "../../protocol/ticket.ts";
import { SUBPROTOCOL } from "../../protocol/version.ts";
import { costs } from "../http/costs.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import type { Env } from "../platform/env.ts";
import { roomOf } from "../platform/jurisdiction.ts";
import { describeThrown, log } from "../platform/log.ts";
import { codeOfRefusal, verifyTicket } from "./tickets.ts";

/**
 * The WebSocket upgrade of a session's room: reads the ticket, and hands the socket on with the claims that it trusts and with nothing that the
 * client sent. What is refused is refused inside an accepted socket (docs/PROTOCOL.md P3).
 */
async function upgrade(c: AppContext) {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    c.header("Upgrade", "websocket");
    c.header("Connection", "Upgrade");
    return problem(c, "upgrade-required");
  }
  const offered = (c.req.header("Sec-WebSocket-Protocol") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (!offered.includes(SUBPROTOCOL)) {
    // Another generation of ours says so by its name; a client that names nothing of ours has no ticket either.
    const other = offered.some((name) => name.startsWith("sessionlinked."));
    return refuse(other ? "version-unsupported" : "ticket-invalid", offered[0]);
  }
  const ticket = offered.find((name) => name !== SUBPROTOCOL);
  const sessionId = c.req.param("sessionId") ?? "";
  const verified = await verifyTicket(c.env, ticket, sessionId, c.var.deps.now());
  if (!verified.ok) return refuse(codeOfRefusal(verified.reason), SUBPROTOCOL);
  try {
    return await enter(c.env, verified.value);
  } catch (error) {
    log({ event: "room-unreachable", call: "join", ...describeThrown(error) });
    return refuse("unavailable", SUBPROTOCOL);
  }
}

export const roomUpgrade = newRouter();
roomUpgrade.get("/rooms/:sessionId", costs("read"), upgrade);

/** A request of our own making: no header and no query of the client's reaches the room. */
async function enter(env: Env, claims: TicketClaims): Promise<Response> {
  const room = await roomOf(env, claims.sessionId as SessionId);
  const request = new Request(`https://room/${claims.sessionId}`, {
    headers: { Upgrade: "websocket", [CLAIMS_HEADER]: encodeClaims(claims) },
  });
  const answer = await room.fetch(request);
  if (answer.webSocket === null) throw new Error("The room did not take the socket.");
  return new Response(null, {
    status: 101,
    webSocket: answer.webSocket,
    headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL },
  });
}

/** Opens, says why not, and closes. The answer names a protocol that was offered, or a browser would drop it unread. */
function refuse(code: ErrorCode, protocol: string | undefined): Response {
  const [message, error] = [errorTitles[code], errors[code]];
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.send(JSON.stringify({ type: "error", code, message } satisfies RoomMessage));
  server.close("close" in error ? error.close : errors["internal-error"].close, message);
  const headers = protocol === undefined ? undefined : { "Sec-WebSocket-Protocol": protocol };
  return new Response(null, { status: 101, webSocket: client, headers });
}
