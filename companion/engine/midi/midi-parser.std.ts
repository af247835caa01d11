/**
 * MIDI 1.0 stream parser (Detailed Specification 4.2): bytes in pieces of any size in, whole messages out. Running status is written out;
 * a real-time byte comes out at its place even from the middle of another message; a system exclusive ends at F7 or at the next status
 * byte, and one that grows too long is thrown away whole. No bytes make it throw, or forget more than the message that they are in.
 */
const SYSEX_MAX_BYTES = 1_024;

/** Data bytes after a status byte; system exclusive is apart. */
function dataBytes(status: number): number {
  if (status < 0xc0 || (status >= 0xe0 && status < 0xf0)) return 2;
  if (status < 0xe0) return 1;
  if (status === 0xf2) return 2;
  return status === 0xf1 || status === 0xf3 ? 1 : 0;
}

export class MidiParser {
  #running = 0;
  #message: number[] = [];
  #tooLong = false;

  /** The messages that these bytes complete, in their order. */
  push(bytes: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (const byte of bytes) {
      // Undefined real-time bytes (F9, FD) are said as they are: what does not know them passes them over.
      if (byte >= 0xf8) out.push(Uint8Array.of(byte));
      else if (byte >= 0x80) this.#status(byte, out);
      else this.#data(byte, out);
    }
    return out;
  }

  #status(byte: number, out: Uint8Array[]): void {
    const inSysex = this.#message[0] === 0xf0;
    if (byte === 0xf7) {
      if (inSysex && !this.#tooLong) out.push(Uint8Array.from([...this.#message, byte]));
      this.#begin([]);
      this.#running = 0;
      return;
    }
    // System common ends running status, a channel's status begins it.
    this.#running = byte < 0xf0 ? byte : 0;
    this.#begin([byte]);
    if (byte !== 0xf0 && dataBytes(byte) === 0) {
      // F4 and F5 are undefined, and carry nothing.
      if (byte === 0xf6) out.push(Uint8Array.of(byte));
      this.#begin([]);
    }
  }

  #data(byte: number, out: Uint8Array[]): void {
    if (this.#message.length === 0) {
      if (this.#running === 0) return;
      this.#begin([this.#running]);
    }
    const status = this.#message[0] ?? 0;
    if (status === 0xf0) {
      if (this.#message.length < SYSEX_MAX_BYTES - 1) this.#message.push(byte);
      else this.#tooLong = true;
      return;
    }
    this.#message.push(byte);
    if (this.#message.length <= dataBytes(status)) return;
    out.push(Uint8Array.from(this.#message));
    this.#begin([]);
  }

  #begin(message: number[]): void {
    this.#message = message;
    this.#tooLong = false;
  }
}
