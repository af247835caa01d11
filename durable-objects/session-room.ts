import { Server } from "partyserver";
import { errors } from "../protocol/errors.ts";

/** One room for each session. It admits nobody yet: what it can do is end, so that a deleted session leaves nothing behind. */
export class SessionRoom extends Server {
  static override options = { hibernate: true };

  /** The session is deleted: every socket is closed and the storage emptied. Harmless to repeat. */
  async end(): Promise<void> {
    const { close, title } = errors["session-closed"];
    for (const connection of this.getConnections()) connection.close(close, title);
    await this.ctx.storage.deleteAll();
  }
}
