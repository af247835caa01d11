import type { Signal } from "../protocol/room.ts";

/**
 * Promise V2: no address of a person reaches a collaborator through signalling, whatever the client sends. What comes out is built
 * anew from what could be read (candidates: RFC 8839 section 5.1; SDP: RFC 8866; WebRTC's part of it: RFC 8829), so an odd spelling
 * is dropped rather than searched for. Only relay candidates remain: their address is the relay's.
 */
const NOWHERE = "0.0.0.0";

const CANDIDATE =
  /^(?:a\s*=\s*)?candidate\s*:\s*([a-z0-9+/]{1,32})\s+([1-9]\d{0,2})\s+(udp|tcp|ssltcp|tls)\s+(\d{1,10})\s+([0-9a-f.:]{2,45})\s+(\d{1,5})\s+typ\s+relay((?:\s+\S+\s+\S+)*)$/i;

/** What may follow a candidate, each with the form of its value. Addresses are not among them. */
const EXTENSIONS: Record<string, RegExp> = {
  tcptype: /^(active|passive|so)$/,
  generation: /^\d{1,10}$/,
  ufrag: /^[A-Za-z0-9+/]{4,256}$/,
  "network-id": /^\d{1,10}$/,
  "network-cost": /^\d{1,10}$/,
};

/** A relay candidate without anything that tells of its owner; `null` for every other candidate and for what is not one. */
export function cleanCandidate(line: string): string | null {
  const match = CANDIDATE.exec(line.trim());
  if (match === null) return null;
  const [, foundation, component, transport, priority, address, port, rest = ""] = match;
  const words = rest.trim() === "" ? [] : rest.trim().split(/\s+/);
  const kept: string[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const name = (words[at] ?? "").toLowerCase();
    const value = words[at + 1] ?? "";
    if (Object.hasOwn(EXTENSIONS, name) && EXTENSIONS[name]?.test(value)) kept.push(`${name} ${value}`);
  }
  const head = `candidate:${foundation} ${component} ${transport?.toLowerCase()} ${priority} ${address} ${port}`;
  return [`${head} typ relay raddr ${NOWHERE} rport 0`, ...kept].join(" ");
}

/** Attributes that carry no address by their definition. Each value is searched all the same. */
const ATTRIBUTES = new Set(
  `bundle-only end-of-candidates extmap extmap-allow-mixed fmtp group ice-lite ice-options ice-pwd ice-ufrag inactive label
   max-message-size maxptime mid msid msid-semantic ptime recvonly rid rtcp-fb rtcp-mux rtcp-mux-only rtcp-rsize rtpmap
   sctp-port sctpmap sendonly sendrecv setup simulcast ssrc ssrc-group tls-id`.split(/\s+/),
);
const FINGERPRINT = /^\s*(sha-\d{1,3})\s+((?:[0-9a-f]{2}:){15,63}[0-9a-f]{2})\s*$/i;

/** Dotted quads, colon-separated hexadecimal groups and mDNS names, wherever they stand in a value. */
const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}|\.local\b/i;
export const namesAnAddress = (text: string): boolean => ADDRESS.test(text);

const MEDIA = /^(audio|video|application|text|message)\s+(\d{1,5})(?:\/\d+)?\s+([a-z0-9/]+)((?:\s+[\w-]+)+)$/i;

/** An SDP without addresses; `null` if a media line cannot be read, because the ones after it would change their number. */
export function cleanSdp(sdp: string): string | null {
  const lines: string[] = [];
  for (const raw of sdp.split(/\r\n|\r|\n/)) {
    const match = /^\s*([a-z])\s*=\s*(.*?)\s*$/i.exec(raw);
    if (match === null) continue;
    const line = cleanLine((match[1] ?? "").toLowerCase(), match[2] ?? "");
    if (line === "unreadable") return null;
    if (line !== null) lines.push(line);
  }
  return lines.length === 0 ? null : `${lines.join("\r\n")}\r\n`;
}

function cleanLine(type: string, value: string): string | null | "unreadable" {
  switch (type) {
    case "v":
      return "v=0";
    case "s":
      return "s=-";
    case "c":
      return `c=IN IP4 ${NOWHERE}`;
    case "t":
      return /^\d+ \d+$/.test(value) ? `t=${value}` : "t=0 0";
    case "b":
      return /^[A-Za-z]+:\d+$/.test(value) ? `b=${value}` : null;
    case "o": {
      const [, id = "0", version = "0"] = /^\S+\s+(\d{1,20})\s+(\d{1,20})\s/.exec(value) ?? [];
      return `o=- ${id} ${version} IN IP4 ${NOWHERE}`;
    }
    case "m": {
      const [, media, port, protocol, formats] = MEDIA.exec(value) ?? [];
      if (media === undefined) return "unreadable";
      // 9 is "to be found by ICE" (RFC 8829 section 5.2.1); 0 is a refused line and means that.
      return `m=${media.toLowerCase()} ${Number(port) === 0 ? 0 : 9} ${protocol} ${(formats ?? "").trim().split(/\s+/).join(" ")}`;
    }
    case "a":
      return cleanAttribute(value);
    default:
      return null;
  }
}

function cleanAttribute(attribute: string): string | null {
  const colon = attribute.indexOf(":");
  const name = (colon < 0 ? attribute : attribute.slice(0, colon)).trim().toLowerCase();
  const value = colon < 0 ? null : attribute.slice(colon + 1).trim();
  if (name === "candidate") {
    const candidate = cleanCandidate(attribute);
    return candidate === null ? null : `a=${candidate}`;
  }
  if (name === "rtcp") return `a=rtcp:9 IN IP4 ${NOWHERE}`;
  if (name === "fingerprint") {
    const [, hash, digest] = FINGERPRINT.exec(value ?? "") ?? [];
    return hash === undefined ? null : `a=fingerprint:${hash.toLowerCase()} ${digest?.toUpperCase()}`;
  }
  if (!ATTRIBUTES.has(name) || (value !== null && namesAnAddress(value))) return null;
  return value === null ? `a=${name}` : `a=${name}:${value}`;
}

/** A signal as a collaborator may receive it; `null` if nothing of it may be delivered. */
export function withoutAddresses(signal: Signal): Signal | null {
  switch (signal.kind) {
    case "bye":
      return signal;
    case "offer":
    case "answer": {
      const sdp = cleanSdp(signal.sdp);
      return sdp === null ? null : { kind: signal.kind, sdp };
    }
    case "candidate": {
      if (signal.sdpMid !== null && !/^[\w-]*$/.test(signal.sdpMid)) return null;
      // The empty candidate says that there are no more (RFC 8838 section 8.2).
      const candidate = signal.candidate.trim() === "" ? "" : cleanCandidate(signal.candidate);
      return candidate === null ? null : { ...signal, candidate };
    }
  }
}
