import { SDP_LINE_MAX_CHARS, SDP_LINES_MAX } from "../protocol/limits.ts";
import type { Signal } from "../protocol/room.ts";
import { isIpv4, isIpv6, namesAnAddress } from "./ip-address.ts";
import { isHex, isIceChar, isLetter, isNameChar, isPrintable, isProtocolChar, Scanner } from "./scanner.ts";

/**
 * SDP and ICE candidates without addresses (promise V2): no address of a person reaches a collaborator through signalling, whatever the
 * client sends. What comes out is built anew from what could be read (candidates: RFC 8839 section 5.1; SDP: RFC 8866; WebRTC's part
 * of it: RFC 8829), so an odd spelling is dropped rather than searched for. Only relay candidates remain: their address is the relay's.
 */
const NOWHERE = "0.0.0.0";
const TRANSPORTS: readonly string[] = ["udp", "tcp", "ssltcp", "tls"];
const TCP_TYPES: readonly string[] = ["active", "passive", "so"];

/**
 * What may follow a candidate, each with the form of its value. Addresses are not among them, and neither are `network-id` and
 * `network-cost`: they tell that somebody is on a mobile network.
 */
const EXTENSIONS = new Map<string, (value: string, scanner: Scanner) => boolean>([
  ["tcptype", (value) => TCP_TYPES.includes(value)],
  ["generation", (value, scanner) => scanner.isAll(value, isHex, 1, 10)],
  ["ufrag", (value, scanner) => scanner.isAll(value, isIceChar, 4, 256)],
]);

/** A relay candidate without anything that tells of its owner; `null` for every other candidate and for what is not one. */
export function cleanCandidate(line: string, scanner = new Scanner()): string | null {
  let cut = scanner.cut(line, ":");
  if (cut === null) return null;
  const prefix = scanner.cut(cut[0], "=");
  if (prefix !== null && prefix[0].toLowerCase() === "a") cut = [prefix[1], cut[1]];
  if (cut[0].toLowerCase() !== "candidate") return null;
  const [foundation = "", component = "", transport = "", priority = "", address = "", port = "", ...rest] =
    scanner.words(cut[1]);
  const [typ = "", type = "", ...extensions] = rest;
  const isRelay =
    scanner.isAll(foundation, isIceChar, 1, 32) &&
    scanner.isNumber(component, 256) &&
    TRANSPORTS.includes(transport.toLowerCase()) &&
    scanner.isNumber(priority, 2 ** 32 - 1) &&
    (isIpv4(address, scanner) || isIpv6(address, scanner)) &&
    scanner.isNumber(port, 65_535) &&
    typ.toLowerCase() === "typ" &&
    type.toLowerCase() === "relay";
  if (!isRelay) return null;
  const kept: string[] = [];
  for (let at = 0; at + 1 < extensions.length; at += 2) {
    const [name = "", value = ""] = [extensions[at]?.toLowerCase(), extensions[at + 1]];
    if (EXTENSIONS.get(name)?.(value, scanner)) kept.push(`${name} ${value}`);
  }
  const head = `candidate:${foundation} ${component} ${transport.toLowerCase()} ${priority} ${address} ${port}`;
  return [`${head} typ relay raddr ${NOWHERE} rport 0`, ...kept].join(" ");
}

/** Attributes that carry no address by their definition. Each value is searched all the same. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["bundle-only", "end-of-candidates", "extmap", "extmap-allow-mixed", "fmtp", "group", "ice-lite", "ice-options"],
  ...["ice-pwd", "ice-ufrag", "inactive", "label", "max-message-size", "maxptime", "mid", "msid", "msid-semantic"],
  ...["ptime", "recvonly", "rid", "rtcp-fb", "rtcp-mux", "rtcp-mux-only", "rtcp-rsize", "rtpmap", "sctp-port"],
  ...["sctpmap", "sendonly", "sendrecv", "setup", "simulcast", "ssrc-group", "tls-id"],
]);
/** Attributes of one source (RFC 5576) beside its `cname`. */
const SOURCE_ATTRIBUTES: readonly string[] = ["msid", "label", "mslabel"];

/** An SDP without addresses; `null` if a media line cannot be read, because the ones after it would change their number. */
export function cleanSdp(sdp: string, scanner = new Scanner()): string | null {
  const kept: string[] = [];
  for (const raw of scanner.lines(sdp, SDP_LINES_MAX, SDP_LINE_MAX_CHARS) ?? []) {
    const cut = scanner.cut(raw, "=");
    if (cut === null || cut[0].length !== 1) continue;
    const line = cleanLine(cut[0].toLowerCase(), cut[1], scanner);
    if (line === "unreadable") return null;
    if (line !== null) kept.push(line);
  }
  return kept.length === 0 ? null : `${kept.join("\r\n")}\r\n`;
}

function cleanLine(type: string, value: string, scanner: Scanner): string | null | "unreadable" {
  switch (type) {
    case "v":
      return "v=0";
    case "s":
      return "s=-";
    case "c":
      return `c=IN IP4 ${NOWHERE}`;
    case "t": {
      const [start = "", stop = ""] = scanner.words(value);
      return [start, stop].every((time) => scanner.isNumber(time, 1e20)) ? `t=${start} ${stop}` : "t=0 0";
    }
    case "b": {
      const [unit = "", bandwidth = ""] = scanner.cut(value, ":") ?? [];
      return scanner.isAll(unit, isLetter, 1, 16) && scanner.isNumber(bandwidth, 1e15)
        ? `b=${unit}:${bandwidth}`
        : null;
    }
    case "o": {
      const [, id = "", version = ""] = scanner.words(value);
      const numbers = [id, version].map((word) => (scanner.isNumber(word, 1e20) ? word : "0"));
      return `o=- ${numbers.join(" ")} IN IP4 ${NOWHERE}`;
    }
    case "m":
      return cleanMedia(value, scanner) ?? "unreadable";
    case "a":
      return cleanAttribute(value, scanner);
    default:
      return null;
  }
}

function cleanMedia(value: string, scanner: Scanner): string | null {
  const [media = "", ports = "", protocol = "", ...formats] = scanner.words(value);
  const port = scanner.cut(ports, "/")?.[0] ?? ports;
  const isReadable =
    scanner.isAll(media, isLetter, 1, 16) &&
    scanner.isNumber(port, 65_535) &&
    scanner.isAll(protocol, isProtocolChar, 1, 32) &&
    formats.length > 0 &&
    formats.every((format) => scanner.isAll(format, isNameChar, 1, 64));
  if (!isReadable) return null;
  // 9 is "to be found by ICE" (RFC 8829 section 5.2.1); 0 is a refused line and means that.
  return `m=${media.toLowerCase()} ${Number(port) === 0 ? 0 : 9} ${protocol} ${formats.join(" ")}`;
}

function cleanAttribute(attribute: string, scanner: Scanner): string | null {
  const [name, value] = scanner.cut(attribute, ":") ?? [attribute, null];
  switch (name.toLowerCase()) {
    case "candidate": {
      const candidate = cleanCandidate(attribute, scanner);
      return candidate === null ? null : `a=${candidate}`;
    }
    case "rtcp":
      return `a=rtcp:9 IN IP4 ${NOWHERE}`;
    case "fingerprint":
      return cleanFingerprint(value ?? "", scanner);
    case "ssrc":
      return cleanSource(value ?? "", scanner);
    default:
      if (!ATTRIBUTES.has(name.toLowerCase()) || !isHarmless(attribute, scanner)) return null;
      return value === null ? `a=${name.toLowerCase()}` : `a=${name.toLowerCase()}:${value}`;
  }
}

/** Asked of name and value together: the end of a name may be the beginning of an address, as in `msid::`. */
const isHarmless = (value: string, scanner: Scanner) =>
  scanner.isAll(value, isPrintable, 0, SDP_LINE_MAX_CHARS) && !namesAnAddress(value, scanner);

/** A hash's name and its bytes (RFC 8122 section 5). */
function cleanFingerprint(value: string, scanner: Scanner): string | null {
  const [hash = "", digest = "", ...more] = scanner.words(value);
  const bytes = digest.split(":");
  const isRead =
    more.length === 0 &&
    hash.toLowerCase().startsWith("sha-") &&
    scanner.isNumber(hash.slice(4), 999) &&
    bytes.length >= 16 &&
    bytes.length <= 64 &&
    bytes.every((byte) => scanner.isAll(byte, isHex, 2, 2));
  return isRead ? `a=fingerprint:${hash.toLowerCase()} ${digest.toUpperCase()}` : null;
}

/**
 * A source keeps its line, because lanes of sound are told apart by it. Its `cname` is by RFC 3550 section 6.5.1 `user@host`: one
 * that is no random token (RFC 7022) is replaced.
 */
function cleanSource(value: string, scanner: Scanner): string | null {
  const [source = "", ...words] = scanner.words(value);
  if (!scanner.isNumber(source, 2 ** 32 - 1)) return null;
  const rest = words.join(" ");
  const [name, text] = scanner.cut(rest, ":") ?? [rest, ""];
  if (SOURCE_ATTRIBUTES.includes(name.toLowerCase()) && isHarmless(rest, scanner)) {
    return `a=ssrc:${source} ${name.toLowerCase()}:${text}`;
  }
  const isToken = name.toLowerCase() === "cname" && scanner.isAll(text, isIceChar, 1, 64);
  return `a=ssrc:${source} cname:${isToken ? text : "anonymous"}`;
}

/** A signal as a collaborator may receive it; `null` if nothing of it may be delivered. */
export function withoutAddresses(signal: Signal, scanner = new Scanner()): Signal | null {
  switch (signal.kind) {
    case "bye":
      return signal;
    case "offer":
    case "answer": {
      const sdp = cleanSdp(signal.sdp, scanner);
      const { kind, connection, answers } = signal;
      return sdp === null ? null : { kind, connection, sdp, ...(answers === undefined ? {} : { answers }) };
    }
    case "candidate": {
      const { connection, sdpMid, sdpMLineIndex } = signal;
      if (sdpMid !== null && !scanner.isAll(sdpMid, isNameChar, 0, 64)) return null;
      // The empty candidate says that there are no more (RFC 8838 section 8.2).
      const isEnd = scanner.words(signal.candidate).length === 0;
      const candidate = isEnd ? "" : cleanCandidate(signal.candidate, scanner);
      return candidate === null ? null : { kind: "candidate", connection, candidate, sdpMid, sdpMLineIndex };
    }
  }
}
