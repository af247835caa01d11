import type { MemberId } from "../protocol/ids.ts";
import { HELLO_TIMEOUT_MS, LAST_OUT_GRACE_MS, LIVENESS_MS } from "../protocol/limits.ts";
import type { RoomConnection } from "./connection.ts";
import type { EventWriter, RoomRecords } from "./event-writer.ts";

/**
 * The watch over what goes without saying: sockets from which nothing comes, members whose sockets went with a process that died, and a
 * transport that nobody is here to stop. It is wound up by the object's alarm, which outlives the room.
 */
export class Watch {
  readonly #records: RoomRecords;
  readonly #writer: EventWriter;
  readonly #heardAtMs = new WeakMap<RoomConnection, number>();

  constructor(records: RoomRecords, writer: EventWriter) {
    this.#records = records;
    this.#writer = writer;
  }

  /** Logs who has left while the room could not see it, and ends what nobody has attended for long. */
  wake(nowMs: number): void {
    const { people, presence, state } = this.#records;
    const gone = people.all().filter(({ memberId, present }) => present && presence.joinedOf(memberId) === undefined);
    for (const { memberId } of gone) this.logLeft(memberId, nowMs);
    // Nobody knows when the process died. It was awake when it last swept, and it sweeps while anybody is here.
    if (gone.length > 0) this.noteDesertion(Math.min(nowMs, state.sweptAtMs + LIVENESS_MS));
    this.#stopIfDeserted(nowMs);
  }

  heard(connection: RoomConnection, nowMs: number): void {
    this.#heardAtMs.set(connection, nowMs);
  }

  logLeft(memberId: MemberId, nowMs: number): void {
    const { people, shares, log } = this.#records;
    people.change(memberId, { present: false });
    if (!shares.allows(memberId, "presence", log.headSeq)) return;
    this.#writer.write({ body: { kind: "left", memberId } }, nowMs);
  }

  /** From now on nobody is here who could stop the transport. */
  noteDesertion(atMs: number): void {
    const { presence, state } = this.#records;
    if (!presence.isAttended && state.desertedSinceMs === null) state.setDesertedSince(atMs);
  }

  /** The last one out stops the transport, a while after they left (docs/PROTOCOL.md P57). */
  #stopIfDeserted(nowMs: number): void {
    const { desertedSinceMs } = this.#records.state;
    if (desertedSinceMs !== null && nowMs - desertedSinceMs >= LAST_OUT_GRACE_MS) this.#writer.stopTransport(nowMs);
  }

  /** A broadcast ends with its evening: once nobody is here who plays, or after as long as one lasts. */
  isBroadcastOver(nowMs: number): boolean {
    const { broadcast, desertedSinceMs } = this.#records.state;
    const isDeserted = desertedSinceMs !== null && nowMs - desertedSinceMs >= LAST_OUT_GRACE_MS;
    return broadcast !== null && (isDeserted || nowMs >= broadcast.untilMs);
  }

  /** The connections that are silent for too long. Stops the transport where it is time. */
  sweep(connections: readonly RoomConnection[], nowMs: number): RoomConnection[] {
    this.#stopIfDeserted(nowMs);
    this.#records.people.pruneTickets(nowMs);
    this.#records.state.setSwept(nowMs);
    return [...connections].filter((connection) => (this.#deadlineMs(connection) ?? nowMs + 1) <= nowMs);
  }

  /** By when something has to come from a connection. */
  #deadlineMs(connection: RoomConnection): number | null {
    if (connection.state === null || connection.state.phase === "closed") return null;
    const { phase, openedAtMs, heardAtMs } = connection.state;
    if (phase === "new") return openedAtMs + HELLO_TIMEOUT_MS;
    return Math.max(heardAtMs, this.#heardAtMs.get(connection) ?? 0) + LIVENESS_MS;
  }

  /** When to sweep again; `null`: not before somebody comes. */
  dueAtMs(connections: readonly RoomConnection[], nowMs: number): number | null {
    const { people, state } = this.#records;
    const { desertedSinceMs, timeline, broadcast } = state;
    const goesOn = timeline.transport.motion !== "stopped" || broadcast !== null;
    const isDeserted = desertedSinceMs !== null && goesOn;
    const due = [people.pruneTickets(nowMs), isDeserted ? desertedSinceMs + LAST_OUT_GRACE_MS : null];
    if (broadcast !== null) due.push(broadcast.untilMs);
    for (const connection of connections) due.push(this.#deadlineMs(connection));
    const times = due.filter((atMs) => atMs !== null);
    return times.length === 0 ? null : Math.min(...times);
  }
}
