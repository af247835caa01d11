import fc from "fast-check";
import { expect, test } from "vitest";
import { EventId } from "../../../protocol/ids.ts";
import { packAnnounced, readAnnounced } from "./announcement.std.ts";

const eventId = EventId.parse("00000000-0000-4000-8000-000000000000");

test("P77: what is announced is read as it was, and a recording is not announced", () => {
  const at = { eventId, effectiveAtMs: 1_800_000_000_000.25, afterMs: 0 };
  for (const transport of [{ command: "play" }, { command: "stop" }, { command: "locate", positionFrames: 7 }] as const)
    expect(readAnnounced(packAnnounced({ ...at, transport }))).toEqual({ ...at, transport });
  expect(readAnnounced(packAnnounced({ ...at, transport: { command: "record" } }))).toBeNull();
  expect(readAnnounced(packAnnounced({ ...at, effectiveAtMs: -1, transport: { command: "play" } }))).toBeNull();
});

test("P77: bytes that are no announcement are nobody's, whatever they are", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 1_200 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      (bytes) => {
        expect(readAnnounced(bytes)).toBeNull();
      },
    ),
  );
});
