import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemberId } from "../protocol/ids.ts";
import { CANDIDATE_MAX_CHARS, SDP_LINE_MAX_CHARS, SDP_LINES_MAX, SDP_MAX_CHARS } from "../protocol/limits.ts";
import type { Signal } from "../protocol/room.ts";
import { runs } from "../test/runs.ts";
import { cleanCandidate, cleanSdp, withoutAddresses } from "./addresses.ts";
import { newConnectionState } from "./connection.ts";
import { isIpv4, isIpv6, namesAnAddress } from "./ip-address.ts";
import { Scanner } from "./scanner.ts";
import { passSignal } from "./signalling.ts";

const RELAY = "198.51.100.7";
const relay = (rest = "", address = RELAY) => `candidate:1 1 udp 41885439 ${address} 50000 typ relay${rest}`;
const cleaned = `${relay()} raddr 0.0.0.0 rport 0`;

/** Everything in a text that parses as an address of some machine. */
function addressesIn(text: string): string[] {
  const found: string[] = [];
  for (const run of text.split(/[^0-9A-Za-z.:%-]+/)) {
    for (const part of [run, run.replace(/%.*/, ""), ...run.split(/[^0-9A-Fa-f.:]+/), ...run.split(/[^0-9.]+/)]) {
      if (isIP(part) !== 0 && part !== "0.0.0.0") found.push(part);
    }
    if (/\.local\b/i.test(run)) found.push(run);
  }
  return found;
}

describe("candidates", () => {
  test.each([
    ["host", "candidate:1 1 udp 2122260223 192.168.1.23 54321 typ host generation 0 network-id 1 network-cost 10"],
    ["host, IPv6", "candidate:1 1 udp 2122260223 2001:db8::23 54321 typ host"],
    ["host with a zone", "candidate:1 1 udp 2122260223 fe80::1%eth0 54321 typ host"],
    ["host, mDNS", "candidate:1 1 udp 2122260223 0f1e2d3c-4b5a.local 54321 typ host"],
    ["srflx", "candidate:2 1 udp 1686052607 203.0.113.9 54321 typ srflx raddr 192.168.1.23 rport 54321"],
    ["prflx", "candidate:3 1 tcp 1518280447 203.0.113.9 9 typ prflx raddr 10.0.0.2 rport 9 tcptype active"],
    ["relay with a zone", relay("", "fe80::1%en0")],
    ["relay by name", relay("", "studio.local")],
    ["relay without an address", relay("", "999.1.1.1")],
    ["relay, typ elsewhere", "candidate:1 1 udp 41885439 typ relay 198.51.100.7 50000"],
    ["no candidate", "1 1 udp 41885439 198.51.100.7 50000 typ relay"],
    ["another blank", relay().replaceAll(" ", "\u00a0")],
  ])("V2, X16, P31: %s does not pass", (_, line) => {
    expect(cleanCandidate(line)).toBeNull();
  });

  test.each([
    ["bare", relay()],
    ["raddr and rport", relay(" raddr 203.0.113.9 rport 54321")],
    ["raddr, IPv6", relay(" raddr 2001:db8::1 rport 54321")],
    ["raddr, IPv4-mapped", relay(" raddr ::ffff:192.168.1.23 rport 54321")],
    ["raddr, mDNS", relay(" raddr 0f1e2d3c.local rport 54321")],
    ["network-id and network-cost", relay(" network-id 3 network-cost 900")],
    ["an unknown extension", relay(" reachable-at 192.168.1.23")],
    ["an SDP line", `a=${relay()}`],
    [
      "odd case and spacing",
      `  A = Candidate :\t1  1 UDP 41885439 ${RELAY}\t50000  TYP  Relay  RADDR 10.0.0.1 RPORT 1 `,
    ],
  ])("V2, X16, P31: a relay's candidate tells of nobody: %s", (_, line) => {
    expect(cleanCandidate(line)).toBe(cleaned);
  });

  test("P31: generation, ufrag and tcptype stay, with values of their own form alone", () => {
    expect(cleanCandidate(relay(" raddr 10.1.1.1 rport 1 tcptype passive generation 0 ufrag aB+/9"))).toBe(
      `${cleaned} tcptype passive generation 0 ufrag aB+/9`,
    );
    expect(cleanCandidate(relay(" tcptype 10.1.1.1 generation 10.1.1.1 ufrag fe80::1"))).toBe(cleaned);
  });

  test("P31: a relay's address may be IPv6, mapped or not", () => {
    for (const address of ["2001:db8::7", "::ffff:198.51.100.7", "2001:db8:0:0:0:0:0:7"]) {
      expect(cleanCandidate(relay("", address))).toContain(` ${address} 50000 typ relay raddr 0.0.0.0`);
    }
  });
});

describe("SDP", () => {
  const clean = (...lines: string[]) => cleanSdp(lines.join("\r\n"))?.trimEnd().split("\r\n");

  test("V2, X16, P31: c=, o= and a=rtcp name no place, whatever their form", () => {
    for (const address of ["IP4 192.168.1.23", "IP6 2001:db8::23", "IP6 fe80::1%eth0", "IP4 ada-laptop.local"]) {
      expect(clean(`o=ada 461173 2 IN ${address}`, `c=IN ${address}`, `a=rtcp:54321 IN ${address}`)).toEqual([
        "o=- 461173 2 IN IP4 0.0.0.0",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
      ]);
    }
    expect(clean("O = ada  7\t8 IN IP4 10.0.0.1", " C=IN IP4 10.0.0.1", "A =  RTCP : 9 in ip4 10.0.0.1")).toEqual([
      "o=- 7 8 IN IP4 0.0.0.0",
      "c=IN IP4 0.0.0.0",
      "a=rtcp:9 IN IP4 0.0.0.0",
    ]);
    expect(clean("o=10.0.0.1", "s=Ada at 10.0.0.1", "u=http://10.0.0.1/", "e=ada@10.0.0.1", "i=10.0.0.1")).toEqual([
      "o=- 0 0 IN IP4 0.0.0.0",
      "s=-",
    ]);
  });

  test("V2, P31: candidates inside are treated like those outside, and other attributes that name an address go", () => {
    expect(
      clean(
        "m=audio 54321 UDP/TLS/RTP/SAVPF 111",
        "a=candidate:1 1 udp 2122260223 192.168.1.23 54321 typ host",
        ` a = Candidate : 1 1 UDP 41885439 ${RELAY} 50000 typ relay raddr 192.168.1.23 rport 1 network-cost 50`,
        "a=remote-candidates:1 192.168.1.23 54321",
        "a=x-mine:192.168.1.23",
        "a=msid:fe80::1 track",
        "a=mid:studio.LOCAL",
        "a=rtcp-mux",
        "a=mid:0",
      ),
    ).toEqual(["m=audio 9 UDP/TLS/RTP/SAVPF 111", `a=${cleaned}`, "a=rtcp-mux", "a=mid:0"]);
  });

  test("P31: a=ssrc stays, because lanes are told apart by it; a cname that is no random token is replaced", () => {
    expect(
      clean(
        "a=ssrc:1001 cname:Qm9i4/+x",
        "a=ssrc:1001 msid:- 5f7c0a3e-1b",
        "a=ssrc:1002 cname:ada@192.168.1.23",
        "A = SSRC : 1003 CNAME:ada@studio.example.org",
        "a=ssrc:1004 msid:10.0.0.1 track",
        "a=ssrc:1005",
        "a=ssrc:10.0.0.1 cname:x",
        "a=ssrc-group:FID 1001 1002",
      ),
    ).toEqual([
      "a=ssrc:1001 cname:Qm9i4/+x",
      "a=ssrc:1001 msid:- 5f7c0a3e-1b",
      "a=ssrc:1002 cname:anonymous",
      "a=ssrc:1003 cname:anonymous",
      "a=ssrc:1004 cname:anonymous",
      "a=ssrc:1005 cname:anonymous",
      "a=ssrc-group:FID 1001 1002",
    ]);
  });

  test("P31: what a browser's offer needs comes through as it was", () => {
    const fingerprint = Array.from({ length: 32 }, (_, at) => (at + 160).toString(16).toUpperCase()).join(":");
    const offer = [
      "v=0",
      "o=- 4611731400430051336 2 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0 1",
      "a=extmap-allow-mixed",
      "a=msid-semantic: WMS 7c1f",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
      "c=IN IP4 0.0.0.0",
      "b=AS:128",
      "a=rtcp:9 IN IP4 0.0.0.0",
      "a=ice-ufrag:0nLe",
      "a=ice-pwd:Rw8vXh2n+/k3V4",
      "a=ice-options:trickle",
      `a=fingerprint:sha-256 ${fingerprint}`,
      "a=setup:actpass",
      "a=mid:0",
      "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
      "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
      "a=sendrecv",
      "a=rtcp-mux",
      "a=rtpmap:111 opus/48000/2",
      "a=rtcp-fb:111 transport-cc",
      "a=fmtp:111 minptime=10;stereo=1;sprop-stereo=1;useinbandfec=1",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
    ].map((line) => line.replace("semantic: ", "semantic:"));
    expect(clean(...offer)).toEqual(offer);
  });

  test("P31: a media line that cannot be read makes the whole unreadable; a refused one stays refused", () => {
    expect(clean("m=audio", "a=mid:0")).toBeUndefined();
    expect(clean("m=audio 0 UDP/TLS/RTP/SAVPF 0")).toEqual(["m=audio 0 UDP/TLS/RTP/SAVPF 0"]);
  });

  test("X26: lines and their number are bounded", () => {
    expect(cleanSdp("a=mid:0\r\n".repeat(SDP_LINES_MAX + 1))).toBeNull();
    expect(clean("a=mid:0", `a=fmtp:1 ${"x".repeat(SDP_LINE_MAX_CHARS)}`)).toEqual(["a=mid:0"]);
  });
});

describe("any string", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));
  const address = fc.oneof(
    ipv4,
    fc.ipV6(),
    ipv4.map((text) => `::ffff:${text}`),
    fc.ipV6().map((text) => `${text}%eth0`),
    fc.uuid().map((uuid) => `${uuid}.local`),
  );
  const odd = (word: string) => fc.constantFrom(word, word.toUpperCase(), ` ${word}\t`, `${word} `);
  const piece = fc.oneof(
    { weight: 4, arbitrary: address },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
    ...["a=", "c=", "o=", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "candidate:", "rtcp:", "ssrc:12 ", "cname:", "raddr"].map(
      odd,
    ),
    ...[
      "msid:",
      "fmtp:111 x=",
      "extmap:1 ",
      "mid:",
      "fingerprint:sha-256 ",
      "group:BUNDLE ",
      "typ host",
      "IN IP6 ",
    ].map(odd),
    fc.constantFrom("\r\n", "\n", "\r", " ", "\t", ":", ".", "\u2028", "\u00a0"),
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

  test("V2, X16: nothing that parses as an address comes out of any SDP", () => {
    fc.assert(
      fc.property(text, (sdp) => {
        expect(addressesIn(cleanSdp(sdp) ?? "")).toEqual([]);
      }),
      { numRuns: runs(3_000), examples: [["a=msid::"]] },
    );
  });

  test("V2, X16: nothing but a relay's address comes out of any candidate", () => {
    fc.assert(
      fc.property(address, address, text, (own, other, rest) => {
        const line = cleanCandidate(`candidate:1 1 udp 1 ${own} 5 typ relay raddr ${other} rport 9 ${rest}`) ?? "";
        expect(addressesIn(line.replace(` ${own} 5 `, " "))).toEqual([]);
        expect(cleanCandidate(`candidate:1 1 udp 1 ${own} 5 typ srflx raddr ${other} rport 9 ${rest}`)).toBeNull();
      }),
      { numRuns: runs(1_000) },
    );
  });

  test("V2: what Node reads as an address is one here, and is found in any text around it", () => {
    fc.assert(
      fc.property(address, fc.string({ maxLength: 6 }), (own, around) => {
        const scanner = new Scanner();
        expect(isIpv4(own, scanner)).toBe(isIP(own) === 4);
        expect(isIpv6(own, scanner)).toBe(isIP(own) === 6 && !own.includes("%"));
        expect(namesAnAddress(`${around}${own}`, scanner)).toBe(true);
      }),
    );
  });
});

test("X26: of a signal to nobody not one character is read", () => {
  const unread = new Proxy({} as Signal, {
    get: () => {
      throw new Error("It was read.");
    },
  });
  const from = newConnectionState(MemberId.parse(`mem_${"0".repeat(26)}`), 0);
  expect(passSignal(from, undefined, unread)).toBe("member-absent");
});

describe("hostile text", () => {
  const steps = (kind: "offer" | "candidate", text: string) => {
    const scanner = new Scanner();
    if (kind === "offer") withoutAddresses({ kind, sdp: text }, scanner);
    else withoutAddresses({ kind, candidate: text, sdpMid: null, sdpMLineIndex: null }, scanner);
    return scanner.steps;
  };
  /** Each makes about so many characters of what a backtracking expression would chew on. */
  const hostile: Record<string, (chars: number) => string> = {
    "blanks before a word that ends a line": (chars) => `a=${" ".repeat(chars / 5)}b${" ".repeat(chars)}c\u2028d`,
    "blanks alone": (chars) => " ".repeat(chars),
    "an attribute of nothing": (chars) => `a=${" ".repeat(chars)}`,
    "extensions without end": (chars) => relay(" x y".repeat(chars / 4)),
    "extensions that break off": (chars) => relay(`${" x".repeat(chars / 2)}\u00a0`),
    colons: (chars) => `a=fingerprint:sha-256 ${"ab:".repeat(chars / 3)}`,
    "digits and dots": (chars) => `a=mid:${"1.".repeat(chars / 2)}`,
    "hexadecimal groups": (chars) => `a=mid:${"ffff ffff:".repeat(chars / 10)}`,
    formats: (chars) => `m=audio 9 RTP${" 1".repeat(chars / 2)}!`,
    "many short lines": (chars) => "a=mid:0\r\n".repeat(chars / 9),
    "line ends": (chars) => "\r\n".repeat(chars / 2),
  };

  test.each(Object.entries(hostile))("X26: twice the text takes twice the steps: %s", (_, make) => {
    for (const [kind, max] of [
      ["offer", SDP_MAX_CHARS],
      ["candidate", CANDIDATE_MAX_CHARS],
    ] as const) {
      for (let chars = 250; chars * 2 <= max; chars *= 2) {
        const [once, twice] = [steps(kind, make(chars)), steps(kind, make(chars * 2))];
        expect(twice / once, `${kind} of ${chars}`).toBeLessThan(2.3);
        expect(twice / (chars * 2)).toBeLessThan(8);
      }
    }
  });
});
