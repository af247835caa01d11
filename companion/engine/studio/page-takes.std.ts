import { assertNever } from "../../../protocol/errors.ts";
import { type MemberId, newId, type RecordingId, type SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import type { LoggedEvent, Member, TransportCommand, TransportState } from "../../../protocol/room.ts";
import type { TimelineMap } from "../../../protocol/timeline.ts";
import type { ApiClient, UploadApi } from "../api/api-client.std.ts";
import type { Device } from "../capture/source.std.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { ClockSample } from "../clock/session-clock.std.ts";
import type { MachineClocks } from "../clock/sleep-detector.std.ts";
import type { KeepingPlace, SafetyCopies } from "../copies/safety-copies.std.ts";
import { RecordingController } from "../recording/recording-controller.std.ts";
import { type Input, TakeRecorder } from "../recording/take-recorder.std.ts";
import type { FromTap, ToTap } from "../sound/tap-messages.std.ts";
import type { Disk } from "../stems/disk.std.ts";
import { StemLibrary } from "../upload/stem-library.std.ts";
import type { StudioEvent } from "./events.std.ts";
import { openCopies } from "./studio-copies.std.ts";
import { StudioTransport } from "./studio-transport.std.ts";
import type { TakesCommand } from "./takes-messages.std.ts";
import { TappedLanes } from "./tapped-lanes.std.ts";

export interface PageTakesOptions {
  disk: Disk;
  folder: string;
  /** Where safety copies of the others' takes lie. */
  place: KeepingPlace;
  api: UploadApi & Pick<ApiClient, "readCopySeed">;
  sessionId: SessionId;
  sessionName: string;
  clocks: MachineClocks;
  /** Calls at an instant of the machine's clock; returns a cancel. */
  scheduleAt(localMs: number, call: () => void): () => void;
  emit(event: StudioEvent): void;
  onStatus(status: { armed: boolean; recording: boolean }): void;
}

/**
 * A page's share in the session's takes: the studio's transport, recorder and library without its room, links and DAWs, which the page has.
 * Life: opened with the disk, told what the room and the clock say, given a device while there is sound, and closed with whatever rolls
 * made whole.
 */
export class PageTakes {
  readonly #options: PageTakesOptions;
  readonly #library: StemLibrary;
  readonly #takes: TakeRecorder;
  readonly #transport: StudioTransport;
  readonly #lanes: TappedLanes;
  #copies: SafetyCopies | undefined;
  #memberId: MemberId | undefined;
  #role: Role = "observer";
  #device: { controller: RecordingController; device: Device; inputs: Input[] } | undefined;
  #preRollSeconds: number | undefined;

  constructor(options: PageTakesOptions) {
    this.#options = options;
    const { disk, folder, api, sessionId, sessionName, clocks, scheduleAt, emit } = options;
    this.#library = new StemLibrary({
      api,
      disk,
      folder,
      sessionId,
      nowMs: () => clocks.wallMs(),
      onRecovered: (stem) => emit({ type: "recovered", stem }),
      onProgress: (progress) => emit({ type: "upload", progress }),
      onShared: (recording) => emit({ type: "shared", recording }),
      onWarning: this.#warn,
    });
    this.#takes = new TakeRecorder({
      disk,
      folder,
      sessionId,
      sessionName,
      library: this.#library,
      newRecordingId: () => newId("rec", (length) => crypto.getRandomValues(new Uint8Array(length))) as RecordingId,
      onRecording: ({ name }) => emit({ type: "recording", name }),
      onRecorded: (stem) => emit({ type: "recorded", stem }),
      onWarning: this.#warn,
    });
    this.#transport = new StudioTransport({
      nowMs: () => clocks.monotonicMs(),
      scheduleAt,
      daws: [],
      mayCommand: () => false,
      post: () => "",
      peers: null,
      emit,
      onLead: () => undefined,
      onExecuted: (execution, localMs) => {
        this.#copies?.execute(execution.before, execution.after);
        if (this.#device === undefined) return;
        const { controller, device } = this.#device;
        controller.execute(execution, device.frameAt(localMs));
      },
    });
    this.#lanes = new TappedLanes({
      onLink: (memberId, isConnected) => this.#copies?.setLinked(memberId, isConnected),
      onMessage: (from, bytes) => this.#copies?.hear(from, bytes),
      onKept: (kept) => this.#copies?.kept(kept),
    });
  }

  get sharesAsItRecords(): boolean {
    return this.#library.shareAsIRecord;
  }

  /** What an earlier visit left is mended and offered, and what had been decided about it goes on. */
  async open(): Promise<void> {
    await this.#library.open();
    const { clocks } = this.#options;
    this.#copies = openCopies({
      ...this.#options,
      sound: this.#lanes,
      library: this.#library,
      nowMs: () => clocks.wallMs(),
    });
  }

  enter(memberId: MemberId, role: Role, transport: TransportState, map: TimelineMap, headSeq: number): void {
    this.#memberId = memberId;
    this.#role = role;
    this.#transport.enter({ transport, map }, headSeq);
    this.#copies?.enter(transport);
  }

  follow(event: LoggedEvent): void {
    const { body } = event;
    if (body.kind === "role" && body.memberId === this.#memberId) {
      this.#role = body.role;
      if (!may(body.role, "record")) this.#device?.controller.end();
    }
    this.#transport.follow(event);
  }

  /** The page has posted a command that was pressed in it, or at its DAW. */
  pressed(eventId: string, transport: TransportCommand): void {
    this.#transport.pressed(eventId, transport);
  }

  /** The room did not take a post of the page's. */
  refused(eventId: string): void {
    this.#transport.forget(eventId);
  }

  addSample(sample: ClockSample): void {
    this.#transport.addSample(sample);
  }

  /** Who is here: session time is what those who play make of it together (P78). */
  setMembers(self: MemberId, members: readonly Pick<Member, "memberId" | "connected" | "role">[]): void {
    this.#transport.setMembers(self, members);
  }

  /** What one of them tells of their clock over the lane. */
  hearReading(from: MemberId, reading: PeerReading): void {
    this.#transport.hearReading(from, reading);
  }

  /** The sound has begun, anew if need be: what was armed is armed again by the person. */
  async setDevice(device: Device, input: Input): Promise<void> {
    await this.#device?.controller.close();
    const inputs = [input];
    const controller = new RecordingController({
      takes: this.#takes,
      device,
      inputs,
      clocks: this.#options.clocks,
      sessionAt: (localMs) => this.#transport.sessionAt(localMs),
      state: () => this.#transport.state,
      mayRecord: () => may(this.#role, "record"),
      suffix: () => this.#memberId?.slice(-4) ?? "",
      encoding: "pcm24",
      onStatus: this.#options.onStatus,
      onWarning: this.#warn,
    });
    if (this.#preRollSeconds !== undefined) controller.preRollSeconds = this.#preRollSeconds;
    this.#device = { controller, device, inputs };
    // What was armed of the device before is not armed of this one.
    this.#options.onStatus(controller.status);
  }

  /** The sound is on, or on again: from now on its lanes are told of here (`hearLanes`), and asked. */
  setLanes(say: (message: ToTap) => void): void {
    this.#lanes.connect(say);
  }

  hearLanes(told: FromTap): void {
    this.#lanes.hear(told);
  }

  /** What is on our servers. */
  settle(recordings: readonly Recording[]): void {
    this.#copies?.settle(recordings);
  }

  /** Another input of the same device, or the same by another name; armed as the one before was. */
  setInput(input: Input): void {
    if (this.#device === undefined) return;
    const { controller, inputs } = this.#device;
    const [before] = inputs;
    const { armed } = controller.status;
    // The new one is there before the old one goes, so that nobody sees it unarmed in between.
    inputs.push(input);
    if (armed) controller.arm(input.name, true);
    if (before !== undefined && before.name !== input.name) controller.arm(before.name, false);
    inputs.shift();
  }

  block(frame: number, samples: Int32Array): void {
    this.#device?.controller.block(frame, samples);
  }

  /** Takes a stem out of this browser; `false` where it has to stay for now. */
  forget(recordingId: string): boolean {
    return this.#library.forget(recordingId);
  }

  execute(command: TakesCommand): void {
    switch (command.type) {
      case "arm":
        this.#device?.controller.arm(command.input, command.armed);
        return;
      case "pre-roll":
        this.#preRollSeconds = command.seconds;
        if (this.#device !== undefined) this.#device.controller.preRollSeconds = command.seconds;
        return;
      case "share":
        this.#library.share(command.recordingId);
        return;
      case "pause":
        this.#library.pause(command.recordingId);
        return;
      case "resume":
        this.#library.resume(command.recordingId);
        return;
      case "withdraw":
        void this.#library.withdraw(command.recordingId);
        return;
      case "share-as-i-record":
        this.#library.shareAsIRecord = command.on;
        return;
      case "copies":
        this.#copies?.tell();
        return;
      case "safety-copies":
        this.#copies?.choose({ mine: command.mine, others: command.others });
        return;
      case "bring-back":
        this.#copies?.bring(command.copyId);
        return;
      case "delete-copies":
        this.#copies?.deleteMine();
        return;
      default:
        assertNever(command);
    }
  }

  /** Ends a take that rolls, whole. */
  async close(): Promise<void> {
    await this.#device?.controller.close();
    await this.#copies?.close();
    await this.#transport.close();
    this.#library.close();
  }

  readonly #warn = (code: string, message: string): void =>
    this.#options.emit({ type: "warning", code, message, final: false });
}
