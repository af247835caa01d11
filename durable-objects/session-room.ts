import { Server } from "partyserver";

/** One room for each session. */
export class SessionRoom extends Server {
  static override options = { hibernate: true };
}
