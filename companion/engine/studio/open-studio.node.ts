import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import WebSocket from "ws";
import type { LaneLayout } from "../../../audio/lane-layout.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { StemFormat } from "../../../protocol/recordings.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { scheduleAt } from "../clock/schedule-at.node.ts";
import { NotesPorts } from "../midi/notes-ports.std.ts";
import type { DawPort } from "../midi/port.std.ts";
import { inputsNeeded } from "../recording/input-list.std.ts";
import type { Input } from "../recording/take-recorder.std.ts";
import { RoomClient, type RoomHandlers } from "../room/room-client.std.ts";
import { bothHear } from "../room/room-feed.std.ts";
import { ticketEntry } from "../room/ticket-entry.std.ts";
import type { SoundSource } from "../sound/sound-messages.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import type { StudioEvent } from "./events.std.ts";
import type { SoundEnd } from "./sound-end.std.ts";
import { Studio, type StudioParts } from "./studio.std.ts";
import { openKeepingPlace } from "./studio-copies.node.ts";
import { openCopies } from "./studio-copies.std.ts";
import { StudioSound, type StudioSoundOptions } from "./studio-sound.node.ts";
import { StudioTakes } from "./studio-takes.node.ts";
import { type Daw, StudioTransport } from "./studio-transport.std.ts";
import type { LanesHeard } from "./tapped-lanes.std.ts";

export interface OpenStudioOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  /** What is played on. */
  source: SoundSource;
  inputSinceMs: number | null;
  traces: boolean;
  /** What can be armed of it, and what the person has armed from the start. */
  inputs: readonly Input[];
  /** Which of the device's inputs go out to the others. */
  lane: LaneLayout;
  armed: readonly string[];
  encoding: StemFormat["encoding"];
  /** The session's folder on this machine. */
  folder: string;
  /** Whether the others are heard here. */
  links: boolean;
  /** Where this person's MIDI instrument is, and where the others' sound; `null`: nowhere. */
  notes: DawPort | null;
  /** The DAWs that follow and lead. */
  daws: readonly Daw[];
  /** Of the desktop app, whose window has the device and the lanes and looks on at the room. */
  window?: StudioWindow;
  emit(event: StudioEvent): void;
  ended(): void;
}

/** What a window's sound brings. */
export type WindowHeard = LanesHeard & Pick<StudioSoundOptions, "onBlock">;

export interface StudioWindow {
  sound(heard: WindowHeard): SoundEnd;
  /** Hears the room after the studio. */
  hears: RoomHandlers;
  /** The room's client, for what the window asks of it. */
  onRoom(room: RoomClient): void;
}

/** A bar of four at 120 bpm, before the session has said another. */
const BAR_MS = 2_000;

const notesGone = (port: string) =>
  `${port} has gone: what you held there has ended, and no notes come or go. It is taken up again when it is back.`;

/** A studio whose parts run on Node. Rejects with a sentence for the person where the device cannot be opened. */
export async function openStudio(options: OpenStudioOptions): Promise<Studio> {
  const { api, sessionId, folder, daws, armed, emit, ended } = options;
  mkdirSync(folder, { recursive: true });
  let studio: Studio | undefined;
  let parts: StudioParts | undefined;
  const role = (): Role => studio?.role ?? "observer";
  const heard: WindowHeard = {
    onBlock: (frame, input) => parts?.takes.recording.block(frame, input),
    onLink: (memberId, isConnected) => parts?.copies.setLinked(memberId, isConnected),
    onMessage: (from, bytes) => parts?.copies.hear(from, bytes),
    onKept: (kept) => parts?.copies.kept(kept),
  };
  const notes = new NotesPorts({
    nowMs: machineNowMs,
    play: (bytes, atMs) => sound.playNote(bytes, atMs),
    onPresence: ({ name }, isThere) => {
      if (isThere) emit({ type: "notice", message: `${name} is back: notes go on.` });
      else emit({ type: "warning", code: "notes", message: notesGone(name), final: false });
    },
  });
  const sound: SoundEnd =
    options.window?.sound(heard) ??
    new StudioSound({
      source: options.source,
      inputs: inputsNeeded(options.inputs, options.lane),
      lane: options.lane,
      inputSinceMs: options.inputSinceMs,
      traces: options.traces,
      folder,
      links: options.links,
      ...heard,
      role,
      onOtherRate: () => parts?.takes.recording.endCount(),
      signal: (memberId, signal) => parts?.room.signal(memberId, signal),
      nowMs: machineNowMs,
      barMs: () => parts?.transport.barMs ?? BAR_MS,
      onLatency: (status) => studio?.setStatus(status),
      onLink: (memberId, isConnected) => {
        heard.onLink(memberId, isConnected);
        if (isConnected) parts?.room.hurry();
      },
      onAnnounced: (from, command) => studio?.onAnnounced(from, command),
      onReading: (from, reading) => studio?.onReading(from, reading),
      onNote: (_, bytes, atMs) => notes.sound(bytes, atMs),
      onSilence: () => notes.silence(),
      emit,
    });
  await sound.open();
  if (options.notes !== null) notes.open(options.notes, "in", "out");
  const open = (opened: Studio): StudioParts => {
    studio = opened;
    const transport = new StudioTransport({
      nowMs: machineNowMs,
      scheduleAt,
      daws,
      mayCommand: () => may(opened.role, "transport.command"),
      post: (command, announced) => opened.postCommand(command, announced),
      peers: {
        farthestMs: () => (parts?.room.isIn === true ? sound.farthestMs() : null),
        announce: (command) => sound.announce(command),
      },
      emit,
      onLead: (announcedLeadMs) => opened.setLead("own", announcedLeadMs),
      onExecuted: (execution, localMs) => {
        takes.recording.execute(execution, sound.device.frameAt(localMs));
        parts?.copies.execute(execution.before, execution.after);
      },
    });
    const room = new RoomClient({
      enter: ticketEntry(api, sessionId),
      nowMs: machineNowMs,
      client: options.window === undefined ? "headless/0.1" : "desktop/0.1",
      WebSocket,
      handlers: options.window === undefined ? opened : bothHear(opened, options.window.hears),
    });
    options.window?.onRoom(room);
    const takes: StudioTakes = new StudioTakes({
      ...options,
      device: sound.device,
      transport,
      role,
      memberId: () => opened.memberId,
      onStatus: (status) => opened.setStatus(status),
      onListed: (recordings) => parts?.copies.settle(recordings),
    });
    const copies = openCopies({
      api,
      sessionId,
      sessionName: options.sessionName,
      disk: nodeDisk,
      folder,
      place: openKeepingPlace(folder),
      sound,
      library: takes.library,
      nowMs: () => Date.now(),
      emit,
    });
    parts = { room, transport, sound, takes, copies };
    return parts;
  };
  return new Studio({
    newEventId: randomUUID,
    armed,
    emit,
    // Whoever leaves takes the others' notes along: none goes on sounding here.
    ended: () => void (options.notes === null ? Promise.resolve() : notes.close(options.notes)).then(ended),
    open,
  });
}
