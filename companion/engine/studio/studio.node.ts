import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import WebSocket from "ws";
import { type MemberId, newId, type RecordingId, type SessionId } from "../../../protocol/ids.ts";
import type { StemFormat } from "../../../protocol/recordings.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import { idleStatus, type LoggedEvent } from "../../../protocol/room.ts";
import { transportOf } from "../../../protocol/transport.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { FileDevice } from "../capture/file-source.node.ts";
import { machineClocks, machineNowMs } from "../clock/machine-clock.node.ts";
import { wakeAt } from "../clock/schedule-at.node.ts";
import { SessionClock } from "../clock/session-clock.std.ts";
import { Deliveries } from "../delivery/deliveries.node.ts";
import { Links } from "../links/links.node.ts";
import { encodeMmc } from "../midi/mmc.std.ts";
import type { MidiPort } from "../midi/port.std.ts";
import { type Input, OwnTakes } from "../recording/own-takes.node.ts";
import { Desk } from "../recording/recording-controller.node.ts";
import { RoomClient } from "../room/room-client.std.ts";
import { lockFolder } from "../stems/folder-lock.node.ts";
import { type Execution, Follower } from "../transport/follower.std.ts";
import { SHARE_NOTICE } from "../upload/upload-progress.std.ts";
import type { Line, Order, Report } from "./lines.std.ts";

export interface StudioOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  /** What the device hears: stereo interleaved 24-bit at 48 kHz. */
  input: Int32Array;
  /** What can be armed of it, and what the person has armed from the start. */
  inputs: readonly Input[];
  armed: readonly string[];
  encoding: StemFormat["encoding"];
  /** The session's folder on this machine. */
  folder: string;
  midi: MidiPort;
  say(line: Line): void;
  /** Called once, when the studio has left or had to. */
  ended(): void;
}

/** Commands are not carried out before session time is known this well. */
const CLOCK_SAMPLES_MIN = 8;

/** One musician's place in a session, without a window: device, lanes, transport, recorder, shares and deliveries. */
export class Studio {
  readonly #options: StudioOptions;
  readonly #clock = new SessionClock();
  readonly #device: FileDevice;
  readonly #room: RoomClient;
  readonly #follower: Follower;
  readonly #links: Links;
  readonly #early: LoggedEvent[] = [];
  readonly #own: OwnTakes;
  readonly #deliveries: Deliveries;
  readonly #unlock: () => void;
  readonly #desk: Desk;
  #memberId: MemberId | undefined;
  #role: Role = "observer";
  #opened = false;
  #toldNoFiles = false;
  #status = { ...idleStatus, micLive: true };

  constructor(options: StudioOptions) {
    this.#options = options;
    const { api, folder, sessionId, sessionName, say } = options;
    mkdirSync(folder, { recursive: true });
    this.#unlock = lockFolder(folder);
    const trouble = (code: string, message: string) => say({ say: "trouble", code, message, final: false });
    this.#deliveries = new Deliveries({
      api,
      sessionId,
      sessionName,
      folder,
      onDelivered: ({ recordingId, name, sha256 }, path) =>
        say({ say: "delivered", recordingId, name, path, sha256: sha256 ?? "" }),
      isHere: (recordingId) => this.#own.has(recordingId),
      onTrouble: (message) => trouble("delivery", message),
    });
    this.#own = new OwnTakes({
      api,
      folder,
      sessionId,
      sessionName,
      nowMs: () => Date.now(),
      newRecordingId: () => newId("rec", (bytes) => new Uint8Array(randomBytes(bytes))) as RecordingId,
      onRecovered: (stem) => {
        say({ say: "recovered", stem });
        void this.#deliveries.layOwn(stem);
      },
      onRecording: ({ name }) => say({ say: "recording", name }),
      onRecorded: (stem) => {
        say({ say: "recorded", stem });
        void this.#deliveries.layOwn(stem);
      },
      onProgress: (progress) => say({ say: "upload", ...progress }),
      onShared: (recording) => say({ say: "shared", recording }),
      onTrouble: trouble,
    });
    this.#device = new FileDevice(options.input, ({ frame, input, output }) => {
      this.#desk.block(frame, input);
      this.#links.block(frame, input, output, may(this.#role, "audio.send"));
    });
    this.#follower = new Follower(
      {
        nowSessionMs: () => this.#clock.toSessionMs(machineNowMs()),
        wakeAtSession: (atMs, wake) => wakeAt(this.#clock.toLocalMs(atMs), wake),
      },
      (execution) => this.#execute(execution),
    );
    this.#desk = new Desk({
      own: this.#own,
      device: this.#device,
      inputs: options.inputs,
      clocks: machineClocks,
      sessionAt: (localMs) => ({
        atMs: this.#clock.toSessionMs(localMs),
        errorMs: this.#clock.estimate?.errorMs ?? 0,
      }),
      state: () => this.#follower.state,
      mayRecord: () => may(this.#role, "record"),
      suffix: () => this.#memberId?.slice(-4) ?? "",
      encoding: options.encoding,
      onStatus: (status) => {
        this.#status = { ...this.#status, ...status };
        this.#room.setStatus(this.#status);
      },
      onTrouble: trouble,
    });
    this.#links = new Links({
      device: this.#device,
      signal: (memberId, signal) => this.#room.signal(memberId, signal),
      onState: (memberId, state) => say({ say: "link", memberId, state }),
    });
    this.#room = new RoomClient({
      enter: () => this.#enter(),
      nowMs: machineNowMs,
      client: "headless/0.1",
      WebSocket,
      handlers: {
        onWelcome: ({ memberId, role }) => {
          this.#memberId = memberId;
          this.#links.enter(memberId);
          this.#role = role;
          say({ say: "joined", memberId, role, openedAtMs: this.#device.openedAtMs });
          this.#room.setStatus(this.#status);
          this.#fetch();
          if (!this.#opened) this.#open();
        },
        onEvent: (event) => this.#onEvent(event),
        onMembers: (members) => this.#links.follow(members),
        onSignal: (from, signal) => this.#links.to(from)?.hear(signal),
        onRecordingsChanged: () => this.#fetch(),
        onRefused: (_eventId, code, message) => trouble(code, message),
        onTrouble: (code, message, final) => {
          say({ say: "trouble", code, message, final });
          if (final) void this.#leave();
        },
        onClock: (sample) => {
          this.#clock.addSample(sample);
          if ((this.#clock.estimate?.samples ?? 0) < CLOCK_SAMPLES_MIN) return;
          for (const event of this.#early.splice(0)) this.#follow(event);
        },
      },
    });
    this.#device.open();
    for (const name of options.armed) this.#desk.arm(name, true);
  }

  /** Once, when the room has let this companion in: goes on with what was decided here before. */
  #open(): void {
    this.#opened = true;
    if (this.#own.shareAsIRecord) {
      const message = `You share what you record in this session, as you record it. ${SHARE_NOTICE}`;
      this.#options.say({ say: "notice", message });
    }
    void this.#own.open();
  }

  obey(order: Order): void {
    switch (order.do) {
      case "transport":
        this.#room.post(randomUUID(), { kind: "transport", transport: order.transport });
        break;
      case "chat":
        this.#room.post(randomUUID(), { kind: "chat", text: order.text });
        break;
      case "note":
        this.#room.post(randomUUID(), { kind: "note", noteId: order.noteId, text: order.text });
        break;
      case "share":
        this.#options.say({ say: "notice", message: SHARE_NOTICE });
        this.#own.share(order.recordingId);
        break;
      case "pause":
        this.#own.pause(order.recordingId);
        break;
      case "resume":
        this.#own.resume(order.recordingId);
        break;
      case "withdraw":
        void this.#own.withdraw(order.recordingId);
        break;
      case "share-as-i-record":
        if (order.on) this.#options.say({ say: "notice", message: SHARE_NOTICE });
        this.#own.shareAsIRecord = order.on;
        break;
      case "arm":
        this.#desk.arm(order.input, order.armed);
        break;
      case "pre-roll":
        this.#desk.preRollSeconds = order.seconds;
        break;
      case "report":
        void this.#report();
        break;
      case "leave":
        void this.#leave();
        break;
    }
  }

  async #enter() {
    const { ticket, roomPath, iceServers } = await this.#options.api.createTicket(this.#options.sessionId);
    this.#links.iceServers = iceServers;
    return { url: this.#options.api.socketUrl(roomPath), ticket };
  }

  #onEvent(event: LoggedEvent): void {
    this.#options.say({ say: "event", event });
    if (event.body.kind === "role" && event.body.memberId === this.#memberId) this.#onRole(event.body.role);
    if ((this.#clock.estimate?.samples ?? 0) < CLOCK_SAMPLES_MIN) this.#early.push(event);
    else this.#follow(event);
  }

  #onRole(role: Role): void {
    this.#role = role;
    if (!may(role, "record")) this.#desk.end();
    this.#fetch();
  }

  #follow(event: LoggedEvent): void {
    const transport = transportOf(event);
    if (transport !== undefined) this.#follower.follow(event.seq, transport);
  }

  #execute({ seq, event, before, after, onTime }: Execution): void {
    const localAtMs = machineNowMs();
    const bytes = encodeMmc(event.transport);
    if (bytes !== null) this.#options.midi.send(bytes);
    const effectiveLocalMs = this.#clock.toLocalMs(event.effectiveAtMs);
    const { command } = event.transport;
    this.#options.say({ say: "executed", seq, command, localAtMs, effectiveLocalMs, onTime });
    const frame = this.#device.frameAt(onTime ? effectiveLocalMs : localAtMs);
    this.#desk.execute({ before, after }, frame);
  }

  /** Brings what the others have shared and is not here yet. */
  #fetch(): void {
    if (may(this.#role, "recording.download")) void this.#deliveries.fetch();
    else if (!this.#toldNoFiles) {
      this.#toldNoFiles = true;
      const message =
        "Recordings are shared in this session. An observer gets no files: ask the host for another role.";
      this.#options.say({ say: "trouble", code: "forbidden", message, final: false });
    }
  }

  async #report(): Promise<void> {
    const live = await this.#links.report();
    const report: Report = {
      clock: this.#clock.estimate ?? null,
      lane: live?.lane ?? null,
      roundTripMs: live?.roundTripMs ?? null,
      relayed: live?.relayed ?? null,
      deviceSkips: this.#device.skips,
    };
    this.#options.say({ say: "report", report });
  }

  async #leave(): Promise<void> {
    this.#follower.stop();
    this.#device.close();
    // A take that rolls ends here, whole.
    await this.#desk.close();
    this.#own.close();
    this.#deliveries.stop();
    this.#room.close();
    await this.#options.midi.close();
    this.#links.close(this.#options.folder);
    this.#unlock();
    this.#options.ended();
  }
}
