/** Everything the Worker writes into a log, as one union. Nothing personal is in one: ids of requests and names of code only. */
export type LogEvent =
  | { event: "internal-error"; requestId: string; method: string; route: string; error: string; stack: string[] }
  | {
      event: "room-unreachable";
      call: "apply" | "announce" | "place" | "state" | "end" | "forget" | "phone" | "broadcast";
    }
  | { event: "room-unreachable"; call: "join"; error: string; stack: string[] }
  | { event: "store-unavailable"; call: string; error: string; stack: string[] }
  /** Objects that no row knows, more than can be: the database may be the wrong one, and a person has to look. */
  | { event: "store-strange"; prefix: string; objects: number; strangers: number }
  /** Work that is late although runs are not missed: a person has to look. */
  | { event: "work-overdue"; sweep: string; lateMs: number }
  /** A row that today's code cannot read: it was passed over. */
  | { event: "row-unreadable"; table: string; id: string }
  | { event: "turn-unavailable" }
  | { event: "mail-failed"; template: string; tries: number; error: string; stack: string[] }
  | { event: "cron-broke"; sweep: string; error: string; stack: string[] }
  | { event: "cron"; sweep: string; done: number; rowsRead: number; finished: boolean };

/** Events that wait in an isolate to be kept; what breaks over and over says nothing new. */
const WAITING_MAX = 500;
const waiting: LogEvent[] = [];

/** Says an event to whoever watches, and leaves it to be kept (log-store.ts) at the end of the request or the run that it happened in. */
export function log(entry: LogEvent): void {
  console.log(JSON.stringify(entry));
  if (waiting.length < WAITING_MAX) waiting.push(entry);
}

/** What waits to be kept; from then on it is the caller's. */
export const takeLog = (): LogEvent[] => waiting.splice(0);

/** An error's kind and where it happened, without its message: a message may quote what a person wrote. */
export function describeThrown(error: unknown): { error: string; stack: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, stack: [] };
  const stack = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return { error: error.name, stack: stack.map((line) => line.trim()).slice(0, 12) };
}
