/** A studio that only says what it was told: for what the shell does with one. */
import { initialTransport } from "../../../protocol/transport.ts";
import { Stem } from "../../engine/stems/stem.std.ts";
import { type FromStudio, FromWindow, ToStudio } from "../studio-messages.std.ts";
import type { InnerProgram } from "./electron.fake.node.ts";

const stem = Stem.parse({
  recordingId: `rec_${"a".repeat(26)}`,
  sessionId: `ses_${"a".repeat(26)}`,
  takeId: "11111111-1111-4111-8111-111111111111",
  name: "Take 1",
  path: "/nowhere/take.wav",
  format: { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" },
  timelineFrames: 0,
  startedAtMs: 0,
  bpm: 120,
  headerBytes: 44,
  frames: 48_000,
  sizeBytes: 288_044,
  clock: [],
  transportAtStart: initialTransport,
  transportAtEnd: initialTransport,
  sharing: "local",
});

export const fakeStudio: InnerProgram = (parent, exit) => {
  const tell = (message: FromStudio) => parent.postMessage(message);
  const notice = (message: string) => tell({ type: "studio", event: { type: "notice", message } });
  parent.onMessage((data, port) => {
    const said = ToStudio.parse(data);
    switch (said.type) {
      case "open":
        notice(`open ${said.sessionId} with ${said.token.length} characters`);
        return;
      case "look":
        tell({ type: "room", told: { type: "waiting" } });
        port?.onMessage((said) => {
          const told = FromWindow.parse(said);
          notice(`heard ${"samples" in told ? told.samples.length : told.type}`);
        });
        return;
      case "room":
        notice(`room ${said.call.type}`);
        return;
      case "command":
        if (said.command.type === "leave") {
          tell({ type: "studio", event: { type: "recorded", stem } });
          tell({ type: "ended" });
        } else if (said.command.type === "report") exit(1);
        else if (said.command.type === "transport" && said.command.transport.command === "record")
          tell({ type: "studio", event: { type: "recording", name: stem.name } });
        else tell({ type: "studio", event: { type: "recorded", stem } });
    }
  });
};
