import type { EventId, MemberId } from "../protocol/ids.ts";
import { EVENTS_BATCH_MAX_CHARS, EVENTS_PER_BATCH_MAX } from "../protocol/limits.ts";
import type { LoggedEvent } from "../protocol/room.ts";
import type { Sql } from "./sql.ts";
import type { WordKeys } from "./word-keys.ts";
import { blankOf, type StoredLine, toStored, toTold } from "./words.ts";

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
 * broadcast, so that telling it again costs no encoding; what somebody wrote lies beside it, sealed under their key. The last number and time
 * are held in memory and read anew after hibernation.
 *
 * SQLite writes of one turn of the object are one transaction, and nothing leaves the object before they are durable (its output
 * gate), so a caller that appends and then broadcasts has persisted first without waiting.
 */
export class EventLog {
  readonly #sql: Sql;
  readonly #keys: WordKeys;
  #headSeq = 0;
  #lastAtMs = 0;

  constructor(sql: Sql, keys: WordKeys) {
    this.#sql = sql;
    this.#keys = keys;
    sql.exec(`CREATE TABLE IF NOT EXISTS log (
      seq INTEGER PRIMARY KEY,
      event_id TEXT NOT NULL UNIQUE,
      event TEXT NOT NULL,
      words BLOB,
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
    const stored = toStored(this.#keys, event, json);
    const { rowsWritten } = this.#sql.exec(
      "INSERT INTO log (seq, event_id, event, words) VALUES (?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
      event.seq,
      event.eventId,
      stored.event,
      stored.words,
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
      .exec<{ event: string; words: ArrayBuffer | null; blanked: number }>(
        "SELECT event, words, blanked FROM log WHERE event_id = ?",
        draft.eventId,
      )
      .toArray();
    if (row === undefined) throw new Error("A log line was neither written nor there.");
    const told = toTold(this.#keys, row);
    const known: LoggedEvent = JSON.parse(told);
    // A note that has been replaced since is blank in the log: its kind is all that can be compared.
    const same =
      known.from === draft.from &&
      (row.blanked === 1
        ? known.body.kind === draft.body.kind
        : JSON.stringify(known.body) === JSON.stringify(draft.body));
    return same ? { outcome: "repeat", seq: known.seq, json: told } : { outcome: "conflict" };
  }

  /** The next batch after a number; empty at the log's end. */
  readAfter(afterSeq: number): Batch {
    const batch: Batch = { lines: [], lastSeq: afterSeq };
    let chars = 0;
    const rows = this.#sql.exec<{ seq: number } & { [Column in keyof StoredLine]: StoredLine[Column] }>(
      "SELECT seq, event, words FROM log WHERE seq > ? ORDER BY seq LIMIT ?",
      afterSeq,
      EVENTS_PER_BATCH_MAX,
    );
    for (const row of rows) {
      const line = toTold(this.#keys, row);
      chars += line.length;
      if (batch.lines.length > 0 && chars > EVENTS_BATCH_MAX_CHARS) break;
      batch.lines.push(line);
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
    const blank = JSON.stringify(blankOf(event, event.body));
    this.#sql.exec("UPDATE log SET event = ?, words = NULL, blanked = 1 WHERE seq = ?", blank, seq);
  }
}
