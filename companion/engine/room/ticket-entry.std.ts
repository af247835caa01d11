import type { SessionId } from "../../../protocol/ids.ts";
import { type ApiClient, ApiError } from "../api/api-client.std.ts";
import { type Enter, EntryRefused } from "./room-entry.std.ts";

/** Enters a session by the tickets that its member may ask for. */
export function ticketEntry(api: ApiClient, sessionId: SessionId): Enter {
  return async (signal) => {
    try {
      const { ticket, roomPath, iceServers } = await api.createTicket(sessionId, signal);
      return { url: api.socketUrl(roomPath), ticket, iceServers };
    } catch (error) {
      if (error instanceof ApiError && error.code !== "network") throw new EntryRefused(error.message);
      throw error;
    }
  };
}
