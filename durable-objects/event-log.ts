import type { EventId, MemberId } from "../protocol/ids.ts";
import { EVENTS_BATCH_MAX_CHARS, EVENTS_PER_BATCH_MAX } from "../protocol/limits.ts";
import type { LoggedEvent } from "../protocol/room.ts";
import type { Sql } from "./sql.ts";

export type Append =
  | { outcome: "logged"; event: LoggedEvent; json: string }
  /** The very same event is there already. */
  | { outcome: "repeat"; seq: number; json: string }
  /** Another event has this id. */
  | { outcome: "conflict" };

/** One `events` message's worth of log lines, as stored. */
export interface Batch {
  lines: string[];
  lastSeq: number;
}

/**
 * A session's log: append-only, numbered without gaps, one row an event in the object's SQLite. A row holds the event's JSON as it is
 * broadcast, so that telling it again costs no encoding. The last number and time are held in memory and read anew after hibernation.
 *
 * SQLite writes of one turn of the object are one transaction, and nothing leaves the object before they are durable (its output
 * gate), so a caller that appends and then broadcasts has persisted first without waiting.
 */
export class EventLog {
  readonly #sql: Sql;
  #headSeq = 0;
  #lastAtMs = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS log (
      seq INTEGER PRIMARY KEY,
      event_id TEXT NOT NULL UNIQUE,
      event TEXT NOT NULL,
      blanked INTEGER NOT NULL DEFAULT 0
    )`);
    const [last] = sql.exec<{ event: string }>("SELECT event FROM log ORDER BY seq DESC LIMIT 1").toArray();
    if (last === undefined) return;
    const event: LoggedEvent = JSON.parse(last.event);
    this.#headSeq = event.seq;
    this.#lastAtMs = event.atMs;
  }

  /** The last number given out; 0 while the log is empty. */
  get headSeq(): number {
    return this.#headSeq;
  }

  /** The time to log something with: never before what was logged last, whatever the clock does. */
  timeOf(nowMs: number): number {
    return Math.max(nowMs, this.#lastAtMs);
  }

  /** Numbers and stores an event, unless its id is taken. `body` must be what a schema parsed: its keys are in the schema's order. */
  append(draft: Omit<LoggedEvent, "seq">): Append {
    const event: LoggedEvent = { seq: this.#headSeq + 1, ...draft };
    const json = JSON.stringify(event);
    const { rowsWritten } = this.#sql.exec(
      "INSERT INTO log (seq, event_id, event) VALUES (?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
      event.seq,
      event.eventId,
      json,
    );
    if (rowsWritten === 0) return this.#compare(draft);
    this.#headSeq = event.seq;
    this.#lastAtMs = event.atMs;
    return { outcome: "logged", event, json };
  }

  /** What would become of an event with this id, without writing anything; `undefined`: it is new. */
  find(draft: { eventId: EventId; from?: MemberId; body: LoggedEvent["body"] }): Append | undefined {
    const [row] = this.#sql.exec("SELECT 1 FROM log WHERE event_id = ?", draft.eventId).toArray();
    return row === undefined ? undefined : this.#compare(draft);
  }

  #compare(draft: { eventId: EventId; from?: MemberId; body: LoggedEvent["body"] }): Append {
    const [row] = this.#sql
      .exec<{ event: string; blanked: number }>("SELECT event, blanked FROM log WHERE event_id = ?", draft.eventId)
      .toArray();
    if (row === undefined) throw new Error("A log line was neither written nor there.");
    const known: LoggedEvent = JSON.parse(row.event);
    // A note that has been replaced since is blank in the log: its kind is all that can be compared.
    const same =
      known.from === draft.from &&
      (row.blanked === 1
        ? known.body.kind === draft.body.kind
        : JSON.stringify(known.body) === JSON.stringify(draft.body));
    return same ? { outcome: "repeat", seq: known.seq, json: row.event } : { outcome: "conflict" };
  }

  /** The next batch after a number; empty at the log's end. */
  readAfter(afterSeq: number): Batch {
    const batch: Batch = { lines: [], lastSeq: afterSeq };
    let chars = 0;
    const rows = this.#sql.exec<{ seq: number; event: string }>(
      "SELECT seq, event FROM log WHERE seq > ? ORDER BY seq LIMIT ?",
      afterSeq,
      EVENTS_PER_BATCH_MAX,
    );
    for (const row of rows) {
      chars += row.event.length;
      if (batch.lines.length > 0 && chars > EVENTS_BATCH_MAX_CHARS) break;
      batch.lines.push(row.event);
      batch.lastSeq = row.seq;
    }
    return batch;
  }

  /** Empties the text of a note's line that has been replaced. The line stays, so that the numbers have no gap. */
  blankNote(seq: number): void {
    const [row] = this.#sql.exec<{ event: string }>("SELECT event FROM log WHERE seq = ?", seq).toArray();
    if (row === undefined) return;
    const event: LoggedEvent = JSON.parse(row.event);
    if (event.body.kind !== "note" && event.body.kind !== "take-name") return;
    const blank: LoggedEvent = { ...event, body: { ...event.body, text: "" } };
    this.#sql.exec("UPDATE log SET event = ?, blanked = 1 WHERE seq = ?", JSON.stringify(blank), seq);
  }
}
