import { expect, test } from "vitest";
import { MemberId } from "../../../protocol/ids.ts";
import { LINKS_MAX } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import { EarlySignals } from "./early-signals.std.ts";

const member = (at: number) => MemberId.parse(`mem_${String(at).padStart(26, "0")}`);
const offer = (sdp: string, connection?: Signal["connection"]): Signal => ({
  kind: "offer",
  sdp,
  ...(connection === undefined ? {} : { connection }),
});
const candidate = (line: string): Signal => ({ kind: "candidate", candidate: line, sdpMid: "0", sdpMLineIndex: 0 });
const everybody = () => true;

test("C2: of each the newest offer is kept, with its candidates, and is told once", () => {
  const early = new EarlySignals();
  early.hear(member(1), candidate("of no offer"));
  early.hear(member(1), offer("first", "lane"));
  early.hear(member(1), candidate("of the first"));
  early.hear(member(2), offer("another's"));
  early.hear(member(1), offer("second"));
  early.hear(member(1), candidate("of the second"));
  expect(early.take(everybody)).toEqual([
    { from: member(2), signal: offer("another's") },
    { from: member(1), signal: offer("second") },
    { from: member(1), signal: candidate("of the second") },
  ]);
  expect(early.take(everybody)).toEqual([]);
});

test("C2: neither pictures, nor what asks for an offer, nor whoever has gone since", () => {
  const early = new EarlySignals();
  early.hear(member(1), offer("a picture's", "video"));
  early.hear(member(1), { kind: "bye" });
  early.hear(member(2), offer("of somebody who left"));
  expect(early.take((memberId) => memberId !== member(2))).toEqual([]);
});

test("C2: it is bounded by people and by candidates, and whoever came last is kept", () => {
  const early = new EarlySignals();
  for (let at = 0; at <= LINKS_MAX; at++) early.hear(member(at), offer(`${at}`));
  for (let at = 0; at < 500; at++) early.hear(member(LINKS_MAX), candidate(`${at}`));
  const taken = early.take(everybody);
  expect(new Set(taken.map(({ from }) => from)).size).toBe(LINKS_MAX);
  expect(taken.filter(({ signal }) => signal.kind === "candidate").length).toBe(64);
  expect(taken.some(({ from }) => from === member(0))).toBe(false);
});
