import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import WebSocket from "ws";
import { type MemberId, newId, type RecordingId, type SessionId } from "../../protocol/ids.ts";
import { LANE_PACKET_FRAMES, LINKS_MAX } from "../../protocol/limits.ts";
import { may, type Role } from "../../protocol/roles.ts";
import { idleStatus, type LoggedEvent, type Member } from "../../protocol/room.ts";
import { positionAt, transportOf } from "../../protocol/transport.ts";
import type { ApiClient } from "../engine/api/api-client.std.ts";
import { FileDevice } from "../engine/audio/device.node.ts";
import { machineNowMs } from "../engine/clock/machine-clock.node.ts";
import { SessionClock } from "../engine/clock/session-clock.std.ts";
import { wakeAt } from "../engine/clock/wake.node.ts";
import { Link } from "../engine/lanes/link.node.ts";
import { encodeMmc } from "../engine/midi/mmc.std.ts";
import type { MidiPort } from "../engine/midi/port.std.ts";
import { RoomClient } from "../engine/room/room-client.std.ts";
import { Deliveries } from "../engine/takes/deliveries.node.ts";
import { lockFolder } from "../engine/takes/folder-lock.node.ts";
import { type Input, OwnTakes } from "../engine/takes/own-takes.node.ts";
import { InputRing } from "../engine/takes/take.node.ts";
import { type Execution, Follower } from "../engine/transport/follower.std.ts";
import type { Line, Order, Report } from "./lines.std.ts";
import { Trace } from "./trace.node.ts";

export interface StudioOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  /** What the device hears: stereo interleaved 24-bit at 48 kHz. */
  input: Int32Array;
  /** What can be armed of it. */
  inputs: readonly Input[];
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
  readonly #ring = new InputRing();
  readonly #room: RoomClient;
  readonly #follower: Follower;
  readonly #links = new Map<MemberId, Link>();
  readonly #heard = { studio: new Trace(), media: new Trace() };
  readonly #early: LoggedEvent[] = [];
  readonly #own: OwnTakes;
  readonly #deliveries: Deliveries;
  readonly #unlock: () => void;
  readonly #armed: Set<string>;
  #memberId: MemberId | undefined;
  #role: Role = "observer";
  #iceServers: RTCIceServer[] = [];
  #opened = false;
  #status = { ...idleStatus, micLive: true, armed: true };

  constructor(options: StudioOptions) {
    this.#options = options;
    const { api, folder, sessionId, sessionName, say } = options;
    mkdirSync(folder, { recursive: true });
    this.#unlock = lockFolder(folder);
    this.#armed = new Set(options.inputs.map(({ name }) => name));
    this.#deliveries = new Deliveries({
      api,
      sessionId,
      sessionName,
      folder,
      onDelivered: ({ recordingId, name, sha256 }, path) =>
        say({ say: "delivered", recordingId, name, path, sha256: sha256 ?? "" }),
      onTrouble: (message) => say({ say: "trouble", code: "delivery", message, final: false }),
    });
    this.#own = new OwnTakes({
      api,
      folder,
      sessionId,
      sessionName,
      nowMs: () => Date.now(),
      newRecordingId: () => newId("rec", (bytes) => new Uint8Array(randomBytes(bytes))) as RecordingId,
      onRecovered: (stem) => say({ say: "recovered", stem }),
      onRecording: ({ name }) => say({ say: "recording", name }),
      onRecorded: (stem) => {
        say({ say: "recorded", stem });
        void this.#deliveries.layOwn(stem);
      },
      onProgress: (progress) => say({ say: "upload", ...progress }),
      onShared: (recording) => say({ say: "shared", recording }),
      onTrouble: (code, message) => say({ say: "trouble", code, message, final: false }),
    });
    this.#device = new FileDevice(options.input, (block) => this.#onBlock(block.frame, block.input, block.output));
    this.#follower = new Follower(
      {
        nowSessionMs: () => this.#clock.toSessionMs(machineNowMs()),
        wakeAtSession: (atMs, wake) => wakeAt(this.#clock.toLocalMs(atMs), wake),
      },
      (execution) => this.#execute(execution),
    );
    this.#device.open();
    this.#room = new RoomClient({
      enter: () => this.#enter(),
      nowMs: machineNowMs,
      client: "headless/0.1",
      WebSocket,
      handlers: {
        onWelcome: ({ memberId, role }) => {
          this.#memberId = memberId;
          this.#role = role;
          say({ say: "joined", memberId, role, openedAtMs: this.#device.openedAtMs });
          this.#room.setStatus(this.#status);
          this.#fetch();
          if (!this.#opened) void this.#own.open();
          this.#opened = true;
        },
        onEvent: (event) => this.#onEvent(event),
        onMembers: (members) => this.#onMembers(members),
        onSignal: (from, signal) => this.#linkTo(from)?.hear(signal),
        onRecordingsChanged: () => this.#fetch(),
        onRefused: (_eventId, code, message) => say({ say: "trouble", code, message, final: false }),
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
        this.#own.shareAsIRecord = order.on;
        break;
      case "arm":
        this.#arm(order.input, order.armed);
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
    this.#iceServers = iceServers;
    return { url: this.#options.api.socketUrl(roomPath), ticket };
  }

  #onBlock(frame: number, input: Int32Array, output: Int32Array): void {
    this.#ring.push(frame, input);
    this.#own.follow(this.#ring, frame, this.#follower.state);
    const heard = new Int32Array(LANE_PACKET_FRAMES * 2);
    for (const link of this.#links.values()) {
      if (may(this.#role, "audio.send")) link.send(frame, input);
      const before = link.buffer.stats.concealedFrames;
      if (link.buffer.pull(heard) === null) continue;
      const concealed = link.buffer.stats.concealedFrames > before;
      for (let at = 0; at < heard.length; at++) output[at] = (output[at] ?? 0) + (heard[at] ?? 0);
      // What is handed to a device in this turn sounds when the block after this one begins.
      this.#heard.studio.add(heard.slice(), this.#device.timeOf(frame + LANE_PACKET_FRAMES), concealed);
    }
  }

  #onMembers(members: readonly Member[]): void {
    const present = new Set<MemberId>();
    for (const { memberId, connected } of members) {
      if (!connected || memberId === this.#memberId) continue;
      present.add(memberId);
      this.#linkTo(memberId);
    }
    for (const [memberId, link] of this.#links) {
      if (present.has(memberId)) continue;
      link.close();
      this.#links.delete(memberId);
    }
  }

  #linkTo(memberId: MemberId): Link | undefined {
    const known = this.#links.get(memberId);
    if (known !== undefined || this.#memberId === undefined || this.#links.size >= LINKS_MAX) return known;
    const link: Link = new Link({
      iceServers: this.#iceServers,
      offers: this.#memberId < memberId,
      signal: (signal) => this.#room.signal(memberId, signal),
      onMedia: (samples) =>
        this.#heard.media.add(
          Int32Array.from(samples, (sample) => sample * 256),
          machineNowMs(),
        ),
      onState: (state) => {
        this.#options.say({ say: "link", memberId, state });
        if (state === "failed") setTimeout(() => link.restart(), 1_000);
      },
    });
    this.#links.set(memberId, link);
    return link;
  }

  #onEvent(event: LoggedEvent): void {
    this.#options.say({ say: "event", event });
    if (event.body.kind === "role" && event.body.memberId === this.#memberId) this.#role = event.body.role;
    if ((this.#clock.estimate?.samples ?? 0) < CLOCK_SAMPLES_MIN) this.#early.push(event);
    else this.#follow(event);
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
    const isRecording = after.motion === "recording";
    if (before.motion === "recording" && !isRecording) {
      this.#own.end(frame, after);
    } else if (isRecording && before.motion !== "recording" && may(this.#role, "record")) this.#record(frame, after);
    // What the others see is what happens here: with nothing armed nothing is recorded.
    const recording = isRecording && this.#own.isRecording;
    if (this.#status.recording !== recording) {
      this.#status = { ...this.#status, recording };
      this.#room.setStatus(this.#status);
    }
  }

  #record(frame: number, state: Execution["after"]): void {
    const atMs = this.#clock.toSessionMs(this.#device.timeOf(frame));
    const armed = this.#options.inputs.filter(({ name }) => this.#armed.has(name));
    if (armed.length === 0) return;
    this.#own.record(
      {
        takeId: randomUUID(),
        frame,
        timelineFrames: positionAt(state, atMs),
        startedAtMs: Math.round(atMs),
        state,
        clockAt: (at) => ({
          atMs: this.#clock.toSessionMs(this.#device.timeOf(at)),
          errorMs: this.#clock.estimate?.errorMs ?? 0,
        }),
        suffix: this.#memberId?.slice(-4) ?? "",
      },
      armed,
    );
  }

  #arm(input: string, armed: boolean): void {
    if (!this.#options.inputs.some(({ name }) => name === input)) {
      const names = this.#options.inputs.map(({ name }) => `"${name}"`).join(", ");
      const message = `There is no input "${input}". There is: ${names}.`;
      this.#options.say({ say: "trouble", code: "arm", message, final: false });
      return;
    }
    if (armed) this.#armed.add(input);
    else this.#armed.delete(input);
    this.#status = { ...this.#status, armed: this.#armed.size > 0 };
    this.#room.setStatus(this.#status);
  }

  /** Brings what the others have shared and is not here yet. */
  #fetch(): void {
    if (may(this.#role, "recording.download")) void this.#deliveries.fetch(this.#memberId);
  }

  async #report(): Promise<void> {
    const [link] = this.#links.values();
    const live = await link?.report();
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
    this.#own.close();
    this.#deliveries.stop();
    for (const link of this.#links.values()) link.close();
    this.#room.close();
    await this.#options.midi.close();
    this.#heard.studio.save(this.#options.folder, "heard-studio");
    this.#heard.media.save(this.#options.folder, "heard-media");
    this.#unlock();
    this.#options.ended();
  }
}
