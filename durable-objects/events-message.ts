/** An `events` message of log lines as they are stored. */
export const eventsOf = (lines: readonly string[], ack = false): string =>
  `{"type":"events","events":[${lines.join(",")}]${ack ? ',"ack":true' : ""}}`;
