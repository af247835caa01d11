import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import WebSocket from "ws";
import { type MemberId, newId, type RecordingId, type SessionId } from "../../protocol/ids.ts";
import { LANE_PACKET_FRAMES, LINKS_MAX, TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
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
import { writeAligned } from "../engine/takes/align.node.ts";
import { deliver, sha256Of } from "../engine/takes/delivery.node.ts";
import { type ProjectStem, reaperProject } from "../engine/takes/reaper.std.ts";
import { Recorder, type Stem } from "../engine/takes/recorder.node.ts";
import { InputRing, Take } from "../engine/takes/take.node.ts";
import { shareStem } from "../engine/takes/uploader.node.ts";
import { type Execution, Follower } from "../engine/transport/follower.std.ts";
import type { Line, Order, Report } from "./lines.std.ts";
import { Trace } from "./trace.node.ts";

export interface StudioOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  /** What the device hears: stereo interleaved 24-bit at 48 kHz. */
  input: Int32Array;
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
  readonly #stems: Stem[] = [];
  readonly #laid: ProjectStem[] = [];
  readonly #delivered = new Set<string>();
  readonly #fetching = new Set<string>();
  #takes: Take[] = [];
  #takeCount = 0;
  #memberId: MemberId | undefined;
  #role: Role = "observer";
  #iceServers: RTCIceServer[] = [];
  #status = { ...idleStatus, micLive: true, armed: true };

  constructor(options: StudioOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#device = new FileDevice(options.input, (block) => this.#onBlock(block.frame, block.input, block.output));
    this.#follower = new Follower(
      {
        nowSessionMs: () => this.#clock.toSessionMs(machineNowMs()),
        wakeAtSession: (atMs, wake) => wakeAt(this.#clock.toLocalMs(atMs), wake),
      },
      (execution) => this.#execute(execution),
    );
    this.#device.open();
    const { say } = options;
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
          void this.#fetchAll();
        },
        onEvent: (event) => this.#onEvent(event),
        onMembers: (members) => this.#onMembers(members),
        onSignal: (from, signal) => this.#linkTo(from)?.hear(signal),
        onRecordingsChanged: () => void this.#fetchAll(),
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
        void this.#share();
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
    this.#takes = this.#takes.filter((take) => {
      if (take.error !== undefined) {
        const message = `The disk refused (${take.error.message}): the take ends here, what was played until now is safe.`;
        this.#options.say({ say: "trouble", code: "recorder", message, final: false });
        take.end(frame, this.#follower.state, (stem) => this.#onRecorded(stem));
      }
      return !take.follow(this.#ring);
    });
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
      for (const take of this.#takes) take.end(frame, after, (stem) => this.#onRecorded(stem));
    } else if (isRecording && before.motion !== "recording" && may(this.#role, "record")) this.#record(frame, after);
    if (this.#status.recording !== isRecording) {
      this.#status = { ...this.#status, recording: isRecording };
      this.#room.setStatus(this.#status);
    }
  }

  #record(frame: number, state: Execution["after"]): void {
    const atMs = this.#clock.toSessionMs(this.#device.timeOf(frame));
    const name = `Input 1 take ${++this.#takeCount} ${this.#memberId?.slice(-4)}`;
    try {
      const recorder = new Recorder(this.#options.folder, {
        recordingId: newId("rec", (bytes) => new Uint8Array(randomBytes(bytes))) as RecordingId,
        sessionId: this.#options.sessionId,
        takeId: randomUUID(),
        name,
        format: { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" },
        timelineFrames: positionAt(state, atMs),
        startedAtMs: Math.round(atMs),
        bpm: state.bpm,
        transportAtStart: state,
        project: this.#options.sessionName,
      });
      const clockAt = (at: number) => ({
        atMs: this.#clock.toSessionMs(this.#device.timeOf(at)),
        errorMs: this.#clock.estimate?.errorMs ?? 0,
      });
      this.#takes.push(new Take(recorder, frame, clockAt));
      this.#options.say({ say: "recording", name });
    } catch (error) {
      const message = `The take cannot be written: ${error instanceof Error ? error.message : error}`;
      this.#options.say({ say: "trouble", code: "recorder", message, final: false });
    }
  }

  #onRecorded(stem: Stem): void {
    this.#stems.push(stem);
    this.#options.say({ say: "recorded", stem });
  }

  async #share(): Promise<void> {
    for (const stem of this.#stems) {
      try {
        const recording = await shareStem(this.#options.api, stem, (sent, total) =>
          this.#options.say({ say: "upload", name: stem.name, ratio: sent / total }),
        );
        this.#options.say({ say: "shared", recording });
      } catch (error) {
        const message = `"${stem.name}" is on this machine and not shared: ${error instanceof Error ? error.message : error}`;
        this.#options.say({ say: "trouble", code: "share", message, final: false });
      }
    }
  }

  /** Brings what the others have shared and is not here yet. */
  async #fetchAll(): Promise<void> {
    if (!may(this.#role, "recording.download")) return;
    try {
      for (const recording of await this.#options.api.listRecordings(this.#options.sessionId)) {
        const { recordingId, memberId, state, name } = recording;
        if (memberId === this.#memberId || state !== "complete" || this.#delivered.has(recordingId)) continue;
        if (this.#fetching.has(recordingId)) continue;
        this.#fetching.add(recordingId);
        try {
          const path = await deliver(this.#options.api, recording, join(this.#options.folder, "originals"));
          await this.#layIn(recording, path);
          this.#delivered.add(recordingId);
          this.#options.say({ say: "delivered", recordingId, name, path, sha256: await sha256Of(path) });
        } finally {
          this.#fetching.delete(recordingId);
        }
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.say({ say: "trouble", code: "delivery", message, final: false });
    }
  }

  /** Beside the untouched original: a copy in session time from the origin on, and a project in which every stem has its place. */
  async #layIn({ recordingId, name }: Recording, original: string): Promise<void> {
    const recording = await this.#options.api.readRecording(recordingId);
    const folder = join(this.#options.folder, "aligned");
    mkdirSync(folder, { recursive: true });
    const file = basename(original);
    await writeAligned(original, recording, join(folder, file));
    const startSeconds = recording.timelineFrames / TIMELINE_RATE_HZ;
    const lengthSeconds = (recording.frames ?? 0) / recording.format.sampleRateHz;
    this.#laid.push({ name, file: `aligned/${file}`, startSeconds, lengthSeconds });
    writeFileSync(join(this.#options.folder, "session.rpp"), reaperProject(this.#laid, recording.bpm));
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
    for (const link of this.#links.values()) link.close();
    this.#room.close();
    await this.#options.midi.close();
    this.#heard.studio.save(this.#options.folder, "heard-studio");
    this.#heard.media.save(this.#options.folder, "heard-media");
    this.#options.ended();
  }
}
