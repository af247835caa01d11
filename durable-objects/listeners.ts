import type { ErrorCode } from "../protocol/errors.ts";
import type { MemberId, SessionId } from "../protocol/ids.ts";
import { LISTENERS_MAX } from "../protocol/limits.ts";
import { may } from "../protocol/roles.ts";
import { idleStatus, type Member, type RoomMessage } from "../protocol/room.ts";
import { initialTimeline } from "../protocol/transport.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { closeWith, isJoined, type RoomConnection, say, send } from "./connection.ts";
import type { RoomState } from "./room-state.ts";

/**
 * Whoever listens to the session by its broadcast's link (docs/PROTOCOL.md P85). They are none of its people: nothing of them is written down, and
 * what there is of one goes with the socket. They are told which ids play, so that those send them sound, and nothing else of the session.
 */
export class Listeners {
  readonly #state: RoomState;
  readonly #joined = new Map<MemberId, RoomConnection>();

  constructor(state: RoomState, connections: readonly RoomConnection[]) {
    this.#state = state;
    for (const connection of connections) {
      if (isJoined(connection.state) && connection.state.broadcast !== undefined)
        this.#joined.set(connection.state.memberId, connection);
    }
  }

  /** Who listens; `null`: the session is not broadcast. */
  get ids(): MemberId[] | null {
    return this.#state.broadcast === null ? null : [...this.#joined.keys()];
  }

  of(memberId: MemberId): RoomConnection | undefined {
    return this.#joined.get(memberId);
  }

  /** Why somebody may not listen to this broadcast now; `null`: they may. */
  refusalOf(broadcast: string, memberId: MemberId, nowMs: number): ErrorCode | null {
    const on = this.#state.broadcast;
    if (on === null || on.id !== broadcast || nowMs >= on.untilMs) return "broadcast-over";
    return this.#joined.has(memberId) || this.#joined.size < LISTENERS_MAX ? null : "listeners-full";
  }

  /** Takes a connection in, in place of an older one of the same page, and tells it what a listener is told. */
  letIn(connection: RoomConnection, sessionId: SessionId, members: readonly Member[], nowMs: number): void {
    const { state } = connection;
    if (state === null) return;
    connection.setState({ ...state, phase: "live" });
    const older = this.#joined.get(state.memberId);
    this.#joined.set(state.memberId, connection);
    if (older !== undefined && older !== connection) closeWith(older, "replaced");
    say(connection, {
      type: "welcome",
      protocolVersion: PROTOCOL_VERSION,
      sessionId,
      memberId: state.memberId,
      role: "observer",
      members: heardOf(members),
      transport: initialTimeline.transport,
      timeline: initialTimeline.map,
      settings: { recordingPermitted: false },
      admission: "open",
      recordingOn: false,
      listeners: null,
      headSeq: 0,
      roomTimeMs: nowMs,
    });
  }

  /** Tells who plays now. */
  tell(members: readonly Member[]): void {
    if (this.#joined.size === 0) return;
    const message = { type: "members", members: heardOf(members), recordingOn: false, listeners: null } as const;
    const text = JSON.stringify(message satisfies RoomMessage);
    for (const connection of this.#joined.values()) send(connection, text);
  }

  /** `true`: they listen no more. `false`: another connection of theirs has taken its place, or it was never in. */
  delete(connection: RoomConnection): boolean {
    const memberId = connection.state?.memberId;
    return memberId !== undefined && this.#joined.get(memberId) === connection && this.#joined.delete(memberId);
  }

  /** The broadcast is over: nobody listens any more. */
  end(): void {
    this.#state.setBroadcast(null);
    const listening = [...this.#joined.values()];
    this.#joined.clear();
    for (const connection of listening) closeWith(connection, "broadcast-over");
  }
}

/** Ids of those who are heard, and whether they are here: without names, roles, or what they are doing. */
const heardOf = (members: readonly Member[]): Member[] =>
  members
    .filter(({ role, phoneOf }) => phoneOf === undefined && may(role, "audio.send"))
    .map(({ memberId, connected }) => {
      return { memberId, displayName: "", role: "participant", connected, status: idleStatus };
    });
