/** A port to a DAW, both ways, with timestamps of the machine's monotonic clock in milliseconds. */
export interface DawPort {
  /** What a person knows it by. */
  readonly name: string;
  /** How long before their instant it wants its bytes: a system that sends at an instant by itself does it better than a timer. */
  readonly aheadMs?: number;
  /** Hands bytes to the system, to leave at an instant of the machine's clock that is now or a little ahead. Never throws. */
  sendAt(bytes: Uint8Array, localMs: number): void;
  /** Who hears what comes in; one listener, set once. */
  onBytes(listener: (bytes: Uint8Array, localMs: number) => void): void;
  /** Who hears that the port has gone (`false`) or is back (`true`). */
  onPresence(listener: (isThere: boolean) => void): void;
  close(): Promise<void>;
}
