import type { MemberId } from "../protocol/ids.ts";
import { MEMBERS_INTERVAL_MS } from "../protocol/limits.ts";
import { idleStatus, type Member, type RoomMessage } from "../protocol/room.ts";
import { isJoined, type RoomConnection, send } from "./connection.ts";
import { shownStatus } from "./decide.ts";
import type { RoomState } from "./room-state.ts";

/**
 * Presence: who is connected, each member on their newest connection, and the list of members that everybody is shown. Its life is
 * that of the awake room; the connections themselves, and what they carry, outlive it.
 */
export class Presence {
  readonly #state: RoomState;
  /** Whoever said hello. */
  readonly #joined = new Map<MemberId, RoomConnection>();
  /** Those of them who have all of the log: asked for every event, so it is not looked up in each socket's attachment. */
  readonly #live = new Set<RoomConnection>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = false;

  constructor(state: RoomState, connections: Iterable<RoomConnection>) {
    this.#state = state;
    for (const connection of connections)
      if (isJoined(connection.state)) this.add(connection, connection.state.memberId);
  }

  /** Returns the member's older connection, which this one replaces. */
  add(connection: RoomConnection, memberId: MemberId): RoomConnection | undefined {
    const older = this.#joined.get(memberId);
    if (older !== undefined) this.#live.delete(older);
    this.#joined.set(memberId, connection);
    if (connection.state?.phase === "live") this.#live.add(connection);
    return older;
  }

  /** From now on this connection hears every event. */
  goLive(connection: RoomConnection): void {
    this.#live.add(connection);
  }

  /** `true`: the member is gone with it. `false`: another connection of theirs has taken its place, or it never said hello. */
  delete(connection: RoomConnection): boolean {
    this.#live.delete(connection);
    const memberId = connection.state?.memberId;
    if (memberId === undefined || this.#joined.get(memberId) !== connection) return false;
    return this.#joined.delete(memberId);
  }

  of(memberId: MemberId): RoomConnection | undefined {
    return this.#joined.get(memberId);
  }

  get connections(): Iterable<RoomConnection> {
    return this.#joined.values();
  }

  /** To everybody who has all of the log before it. */
  tellEvents(text: string): void {
    for (const connection of this.#live) send(connection, text);
  }

  tellAll(message: RoomMessage): void {
    const text = JSON.stringify(message);
    for (const connection of this.#joined.values()) send(connection, text);
  }

  /** The one projection of people to collaborators (promise V1): every list of members is made here, field by field. */
  members(): Member[] {
    const { people, settings } = this.#state;
    return Array.from(people.values(), ({ memberId, displayName, role }) => {
      const connection = this.#joined.get(memberId);
      const status = shownStatus(connection?.state?.status ?? idleStatus, role, settings);
      return { memberId, displayName, role, connected: connection !== undefined, status };
    });
  }

  /** Tells the list at once, then not again before the interval is over, and then as it is by that time. */
  changed(): void {
    if (this.#timer !== undefined) {
      this.#due = true;
      return;
    }
    this.tellAll({ type: "members", members: this.members() });
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const due = this.#due;
      this.#due = false;
      if (due) this.changed();
    }, MEMBERS_INTERVAL_MS);
  }

  /** The largest one-way delay that a connected member reports, with its error bound. */
  farthestMs(): number {
    let farthest = 0;
    for (const { state } of this.#joined.values()) {
      if (state === null) continue;
      const { latencyMs = 0, latencyErrorMs = 0 } = state.status;
      farthest = Math.max(farthest, latencyMs + latencyErrorMs);
    }
    return farthest;
  }

  /** Nothing is told any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
