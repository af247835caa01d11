/** Open Sound Control 1.0 (opensoundcontrol.stanford.edu/spec-1_0): one datagram a message or bundle, fields of four bytes. */
export type OscArgument = { type: "i" | "f"; value: number } | { type: "s"; value: string };
export interface OscMessage {
  address: string;
  arguments: readonly OscArgument[];
}

const BUNDLE = "#bundle";
/** Bundles within bundles: deeper ones are nobody's. */
const DEPTH_MAX = 4;

export function encodeOsc({ address, arguments: given }: OscMessage): Uint8Array {
  const parts = [text(address), text(`,${given.map(({ type }) => type).join("")}`), ...given.map(field)];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Ends with a NUL, and with as many as make it a multiple of four. */
function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  const padded = new Uint8Array((bytes.length & ~3) + 4);
  padded.set(bytes);
  return padded;
}

function field(argument: OscArgument): Uint8Array {
  if (argument.type === "s") return text(argument.value);
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  if (argument.type === "i") view.setInt32(0, argument.value);
  else view.setFloat32(0, argument.value);
  return bytes;
}

/** The messages of a datagram, those of bundles included; what cannot be read is left out. Never throws. */
export function decodeOsc(bytes: Uint8Array, depth = 0): OscMessage[] {
  const address = readText(bytes, 0);
  if (address === null) return [];
  if (address.value === BUNDLE) return depth < DEPTH_MAX ? readBundle(bytes, depth) : [];
  if (!address.value.startsWith("/")) return [];
  const tags = readText(bytes, address.end);
  if (tags === null || !tags.value.startsWith(",")) return [{ address: address.value, arguments: [] }];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: OscArgument[] = [];
  let at = tags.end;
  for (const tag of tags.value.slice(1)) {
    if (tag === "s") {
      const value = readText(bytes, at);
      if (value === null) return [];
      found.push({ type: "s", value: value.value });
      at = value.end;
    } else if (tag === "i" || tag === "f") {
      if (at + 4 > bytes.length) return [];
      found.push({ type: tag, value: tag === "i" ? view.getInt32(at) : view.getFloat32(at) });
      at += 4;
    } else if (tag === "h" || tag === "d" || tag === "t") {
      if (at + 8 > bytes.length) return [];
      const value = tag === "d" ? view.getFloat64(at) : Number(view.getBigInt64(at));
      found.push({ type: "f", value });
      at += 8;
    } else if (!"TFNI".includes(tag)) return [];
  }
  return [{ address: address.value, arguments: found }];
}

function readBundle(bytes: Uint8Array, depth: number): OscMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: OscMessage[] = [];
  for (let at = 16; at + 4 <= bytes.length; ) {
    const size = view.getInt32(at);
    if (size <= 0 || at + 4 + size > bytes.length) break;
    found.push(...decodeOsc(bytes.subarray(at + 4, at + 4 + size), depth + 1));
    at += 4 + size;
  }
  return found;
}

function readText(bytes: Uint8Array, at: number): { value: string; end: number } | null {
  const end = bytes.indexOf(0, at);
  if (at >= bytes.length || end < 0) return null;
  return { value: new TextDecoder().decode(bytes.subarray(at, end)), end: at + ((end - at) & ~3) + 4 };
}

/** A bundle to be carried out at once (time tag 1). */
export function encodeBundle(...messages: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(16 + messages.reduce((sum, { length }) => sum + 4 + length, 0));
  bytes.set(text(BUNDLE));
  bytes[15] = 1;
  const view = new DataView(bytes.buffer);
  let at = 16;
  for (const message of messages) {
    view.setInt32(at, message.length);
    bytes.set(message, at + 4);
    at += 4 + message.length;
  }
  return bytes;
}
