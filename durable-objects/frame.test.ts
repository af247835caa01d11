import { describe, expect, test } from "vitest";
import { ROOM_FRAME_MAX_BYTES } from "../protocol/limits.ts";
import { readFrame } from "./frame.ts";

const chat = { type: "post", eventId: "00000000-0000-4000-8000-000000000000", body: { kind: "chat", text: "hello" } };

describe("frames", () => {
  test("P5, X14: unknown fields are ignored", () => {
    expect(readFrame(JSON.stringify({ ...chat, colour: "blue" }))).toEqual({ ok: true, value: chat });
  });

  test("P33: a frame is measured in bytes of UTF-8", () => {
    const frame = (text: string) => readFrame(JSON.stringify({ ...chat, body: { kind: "chat", text } }));
    expect(frame("é".repeat(ROOM_FRAME_MAX_BYTES / 2))).toMatchObject({ reason: "payload-too-large", closes: true });
    expect(frame("é".repeat(ROOM_FRAME_MAX_BYTES / 4))).toMatchObject({ reason: "message-invalid", closes: false });
    expect(readFrame(new ArrayBuffer(ROOM_FRAME_MAX_BYTES + 1))).toMatchObject({ reason: "payload-too-large" });
  });

  test("P34: what is no JSON closes; what is no message is answered, a post by its id", () => {
    expect(readFrame("{")).toMatchObject({ reason: "message-invalid", closes: true });
    expect(readFrame(new ArrayBuffer(8))).toMatchObject({ reason: "message-invalid", closes: true });
    for (const frame of ["null", "7", "[]", '{"type":"later"}', '{"type":"post","eventId":"x"}']) {
      const read = readFrame(frame);
      expect(read).toMatchObject({ ok: false, reason: "message-invalid", closes: false });
      expect(read).not.toHaveProperty("eventId", expect.anything());
    }
    expect(readFrame(JSON.stringify({ ...chat, body: { kind: "chat", text: "" } }))).toMatchObject({
      eventId: chat.eventId,
      detail: "Not valid: body.text.",
    });
  });

  test("P5: a hello of another generation is told apart by its version", () => {
    expect(readFrame('{"type":"hello","protocolVersion":9,"resume":true}')).toMatchObject({ helloVersion: 9 });
    expect(readFrame('{"type":"hello","protocolVersion":"9"}')).not.toHaveProperty("helloVersion");
  });
});
