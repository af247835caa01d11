/**
 * The studio's own process in the desktop app: room, transport, MIDI and disk. A window that is busy, hangs or dies is none of its business: it goes
 * on with the session, and the next window is told where things stand. When it has left it says so, and is ended by who started it.
 */
import { join } from "node:path";
import { stereoLayout } from "../../audio/lane-layout.ts";
import { fileNameOf } from "../../protocol/file-name.ts";
import { ApiClient } from "../engine/api/api-client.std.ts";
import { machineNowMs } from "../engine/clock/machine-clock.node.ts";
import type { RoomClient } from "../engine/room/room-client.std.ts";
import { RoomFeed } from "../engine/room/room-feed.std.ts";
import { openStudio } from "../engine/studio/open-studio.node.ts";
import type { Studio } from "../engine/studio/studio.std.ts";
import { WindowSound } from "../engine/studio/window-sound.std.ts";
import { readCalibrations } from "../headless/calibrations.node.ts";
import { openDaws } from "../headless/daws.node.ts";
import { parentPort } from "./parent-port.node.ts";
import { type FromStudio, FromWindow, ToStudio } from "./studio-messages.std.ts";

const INPUT = { name: "Input 1", channels: [0, 1] };

let studio: Studio | undefined;
let room: RoomClient | undefined;
let sound: WindowSound | undefined;
const tell = (message: FromStudio) => parentPort.postMessage(message);
const feed = new RoomFeed({ nowMs: machineNowMs, tell: (told) => tell({ type: "room", told }) });
const warn = (code: string, error: unknown, final = false) => {
  const message = error instanceof Error ? error.message : String(error);
  tell({ type: "studio", event: { type: "warning", code, message, final } });
};

async function open(wanted: Extract<ToStudio, { type: "open" }>): Promise<void> {
  const api = new ApiClient(wanted.platformOrigin, wanted.token);
  const { sessionId, name } = await api.readSession(wanted.sessionId);
  const folder = join(wanted.folder, fileNameOf(name));
  studio = await openStudio({
    api,
    sessionId,
    sessionName: name,
    folder,
    source: { kind: "file", path: "" },
    inputSinceMs: null,
    traces: false,
    inputs: [INPUT],
    lane: stereoLayout,
    armed: [INPUT.name],
    encoding: "pcm24",
    links: false,
    notes: null,
    daws: await openDaws(
      folder,
      wanted.daws,
      (message) => tell({ type: "studio", event: { type: "notice", message } }),
      readCalibrations(),
    ),
    emit: (event) => tell({ type: "studio", event }),
    ended: () => tell({ type: "ended" }),
    window: {
      sound: (heard) => {
        sound = new WindowSound({ ...heard, nowMs: machineNowMs, announce: (command) => feed.announce(command) });
        return sound;
      },
      hears: feed,
      onRoom: (opened) => {
        room = opened;
      },
    },
  });
}

parentPort.onMessage((data, port) => {
  const said = ToStudio.safeParse(data);
  if (!said.success) return;
  switch (said.data.type) {
    case "open":
      open(said.data).catch((error: unknown) => {
        warn("start", error, true);
        tell({ type: "ended" });
      });
      return;
    case "command":
      if (studio !== undefined) studio.execute(said.data.command);
      else if (said.data.command.type === "leave") tell({ type: "ended" });
      return;
    case "room":
      call(said.data.call);
      return;
    case "look":
      feed.attach();
      sound?.begin((asked) => port?.postMessage(asked));
      port?.onMessage((data) => {
        const told = FromWindow.safeParse(data);
        if (!told.success) return;
        if ("type" in told.data) sound?.hear(told.data);
        else sound?.take(told.data);
      });
  }
});

function call(asked: Extract<ToStudio, { type: "room" }>["call"]): void {
  if (room === undefined || studio === undefined) return;
  switch (asked.type) {
    case "post":
      try {
        if (asked.body.kind === "transport") studio.pressed(asked.eventId, asked.body.transport);
        room.post(asked.eventId, asked.body, { notAfterMs: asked.notAfterMs, announced: asked.announced });
      } catch (error) {
        warn("room", error);
      }
      return;
    case "signal":
      room.signal(asked.to, asked.signal);
      return;
    case "mute":
      room.askToMute(asked.to);
      return;
    case "status": {
      const { announcedLeadMs, ...status } = asked.status;
      studio.setStatus(status);
      if (announcedLeadMs !== undefined) studio.setLead("window", announcedLeadMs);
      return;
    }
    case "announced":
      studio.onAnnounced(asked.from, asked.command);
      return;
    case "reading": {
      const { sentAgoMs, receivedAgoMs, ...reading } = asked.reading;
      const nowMs = machineNowMs();
      studio.onReading(asked.from, {
        ...reading,
        sentLocalMs: nowMs - sentAgoMs,
        receivedLocalMs: nowMs - receivedAgoMs,
      });
      return;
    }
    case "ways":
      sound?.followWays(asked.farthestMs);
  }
}
