import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type MidiFileProblem, type ReadMidiFile, readMidiFile } from "../../../audio/midi-file.ts";
import type { MemberId, RecordingId, SessionId } from "../../../protocol/ids.ts";
import { newId } from "../../../protocol/ids.ts";
import type { Recording, StemFormat } from "../../../protocol/recordings.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import type { Device } from "../capture/source.std.ts";
import { machineClocks } from "../clock/machine-clock.node.ts";
import { Deliveries } from "../delivery/deliveries.node.ts";
import { RecordingController } from "../recording/recording-controller.std.ts";
import { type Input, TakeRecorder } from "../recording/take-recorder.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import { lockFolder } from "../stems/folder-lock.node.ts";
import type { Stem } from "../stems/stem.std.ts";
import { StemLibrary } from "../upload/stem-library.std.ts";
import type { StudioEvent } from "./events.std.ts";
import type { StudioTransport } from "./studio-transport.std.ts";

/** A MIDI file with all the notes of an album is smaller. */
const MAP_FILE_MAX_BYTES = 16 * 1024 * 1024;
const mapFileProblems: Record<MidiFileProblem, string> = {
  "not-a-midi-file": "this is no MIDI file.",
  "counts-in-timecode": "this MIDI file counts in timecode, which has no bars.",
  "too-many-anchors": "this map has more changes than a session may.",
  "tempo-out-of-range": "this map has a tempo that no session may have.",
};

export interface StudioTakesOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  /** The session's folder on this machine; it exists. */
  folder: string;
  /** What can be armed of the device. */
  inputs: readonly Input[];
  encoding: StemFormat["encoding"];
  device: Device;
  transport: StudioTransport;
  role(): Role;
  memberId(): MemberId | undefined;
  emit(event: StudioEvent): void;
  onStatus(status: { armed: boolean; recording: boolean }): void;
  /** What is on our servers, whenever that has been read. */
  onListed(recordings: readonly Recording[]): void;
}

/** The studio's takes on this disk: what is recorded here, what the person shares of it, and what the others share. */
export class StudioTakes {
  readonly library: StemLibrary;
  readonly recording: RecordingController;
  readonly deliveries: Deliveries;
  readonly #unlock: () => void;

  constructor(options: StudioTakesOptions) {
    const { api, folder, sessionId, sessionName, device, transport, emit } = options;
    const onWarning = (code: string, message: string) => emit({ type: "warning", code, message, final: false });
    const place = (stem: Stem) => void this.deliveries.addOwn(stem);
    this.#unlock = lockFolder(folder);
    this.library = new StemLibrary({
      api,
      disk: nodeDisk,
      folder,
      sessionId,
      nowMs: () => Date.now(),
      onRecovered: (stem) => {
        emit({ type: "recovered", stem });
        place(stem);
      },
      onProgress: (progress) => emit({ type: "upload", progress }),
      onShared: (recording) => emit({ type: "shared", recording }),
      onWarning,
    });
    this.deliveries = new Deliveries({
      api,
      sessionId,
      sessionName,
      folder,
      isHere: (recordingId) => this.library.has(recordingId),
      onAsk: ({ recordingId, name, sizeBytes }) =>
        emit({ type: "delivery-asked", recordingId, name, sizeBytes: sizeBytes ?? 0 }),
      onDelivered: ({ recordingId, name, sha256 }, path) =>
        emit({ type: "delivered", recordingId, name, path, sha256: sha256 ?? "" }),
      onListed: options.onListed,
      onWished: (wishes) => emit({ type: "wishes", wishes: [...wishes] }),
      onReport: (report) => emit({ type: "deliveries", report }),
      onWarning: (message) => onWarning("delivery", message),
    });
    const takes = new TakeRecorder({
      disk: nodeDisk,
      folder,
      sessionId,
      sessionName,
      library: this.library,
      newRecordingId: () => newId("rec", (bytes) => new Uint8Array(randomBytes(bytes))) as RecordingId,
      onRecording: ({ name }) => emit({ type: "recording", name }),
      onRecorded: (stem) => {
        emit({ type: "recorded", stem });
        place(stem);
      },
      onWarning,
    });
    this.recording = new RecordingController({
      takes,
      device,
      inputs: options.inputs,
      clocks: machineClocks,
      sessionAt: (localMs) => transport.sessionAt(localMs),
      state: () => transport.state,
      mayRecord: () => may(options.role(), "record"),
      suffix: () => options.memberId()?.slice(-4) ?? "",
      encoding: options.encoding,
      onStatus: options.onStatus,
      onWarning,
    });
  }

  /** What a MIDI file on this machine has of a map, or a sentence for the person. */
  readMap(path: string): Extract<ReadMidiFile, { ok: true }> | { ok: false; message: string } {
    try {
      if (statSync(path).size > MAP_FILE_MAX_BYTES) return { ok: false, message: "this file is too large for a map." };
      const read = readMidiFile(readFileSync(path));
      return read.ok ? read : { ok: false, message: mapFileProblems[read.reason] };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Ends a take that rolls, whole, and lets go of the folder. */
  async close(): Promise<void> {
    await this.recording.close();
    this.library.close();
    this.deliveries.stop();
    this.#unlock();
  }
}
