/** A way to a DAW. `send` returns when the bytes have been handed to the system. */
export interface MidiPort {
  send(bytes: Uint8Array): void;
  close(): Promise<void>;
}
