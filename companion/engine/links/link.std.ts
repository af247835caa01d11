import { CleanWay } from "../../../audio/clean-way.ts";
import { LANE_CHANNELS } from "../../../audio/lane-players.ts";
import { readLaneReport, type SessionReading } from "../../../audio/lane-report.ts";
import { LaneSender } from "../../../audio/lane-sender.ts";
import { PacedSender } from "../../../audio/paced-sender.ts";
import { bodyPacket, newPacketHead, PACKET_HEADER_BYTES, packetBytes, readPacketHead } from "../../../audio/packet.ts";
import { ASKED_MAX, requestBody, SentPackets } from "../../../audio/repeats.ts";
import type { UplinkLevel, WayOut } from "../../../audio/uplink-budget.ts";
import type { Signal } from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import { HeardLane } from "./heard-lane.std.ts";
import { LinkReports } from "./link-reports.std.ts";
import type { Path } from "./path.std.ts";
import type { Fingerprints, IceServer, OpenPeer, Peer, PeerState } from "./peer.std.ts";
import { sessionIdOf } from "./sdp.std.ts";

export interface LinkOptions {
  /** Exactly one of the two ends makes the offers. */
  offers: boolean;
  openPeer: OpenPeer;
  iceServers(): readonly IceServer[];
  /** Whether both ends have chosen the direct path, now. */
  isDirect(): boolean;
  signal(signal: Signal): void;
  onState(state: PeerState): void;
  /** The machine's clock, in milliseconds. */
  nowMs(): number;
  /** What is said about the room's words, to the other end and by it; `null`: nothing. */
  words(): Uint8Array | null;
  onWords(body: Uint8Array): void;
  /** The body of a packet that announces a command. */
  onAnnounced(body: Uint8Array): void;
  /** The body of a packet of notes, of which count it is, and the session time of its head. */
  onNotes?(body: Uint8Array, stream: number, sessionMs: number): void;
  /** A message of the other end's, beside the lane. */
  onMessage?(bytes: Uint8Array<ArrayBuffer>): void;
  /** Session time at an instant of the machine's clock, from the room alone; `null` before it is known. */
  sessionAt(localMs: number): SessionReading | null;
  /** What the other end tells of its clock. */
  onReading(reading: PeerReading): void;
  /** Of this device's count of frames. */
  stream: number;
  /** Where each channel of this end's lane stands in stereo. */
  pans: readonly number[];
}

/** An attempt that has not connected by then is repeated; the next one is given longer, because a path over half the world is slow. */
const ATTEMPT_MS = 3_000;
const ATTEMPT_MAX_MS = 12_000;
/** Each end sends something every second: after so much silence the path is dead, whatever ICE believes. */
const SILENT_MS = 2_500;
/** No more attempts a second than this, whatever the other end asks for. */
const APART_MS = 400;
const REPORT_MS = 1_000;
const AGAIN_MS = 200;
const ANNOUNCED_TIMES = 2;
/** A lane whose first packets are all alien is not ours. */
const ALIEN_MAX = 400;

/**
 * The link to one other musician. It outlives its connections: the lane's ring, its count of frames and its player stay, and where a path dies
 * another one is opened, by the end that offers, asked for by either. A path that has carried is kept until another one does, or it ends itself:
 * a network that comes back brings it back with the first packet, and a change of paths is no gap. It does not know of the room's socket: what is
 * signalled while that is down is lost, and repeated. It ends when somebody closes it.
 */
export class Link {
  readonly #options: LinkOptions;
  /** What the other end plays. */
  readonly lane = new HeardLane();
  readonly #sender: LaneSender;
  readonly #paced: PacedSender;
  /** Whether a carrier with a beat may be left for single packets. */
  readonly #clean = new CleanWay();
  readonly #head = newPacketHead();
  readonly reports = new LinkReports();
  readonly #sent: SentPackets;
  #level: UplinkLevel = "full";
  #theirLevel: UplinkLevel = "full";
  /** How many channels the other end's lane has, as it says; two before it has. */
  theirChannels = 2;
  /** Whether this end listens late, and asks for what is missing. */
  isLate = false;
  /** The path of the last attempt, and one from before it that has carried and may again. */
  #path: Path | undefined;
  #before: Path | undefined;
  /** Whether there has been silence, and not another end's wish, since they were last connected: then whatever ends it first is as good. */
  #wasSilent = false;
  #state: PeerState = "connecting";
  #attemptAtMs: number;
  #attemptMs = ATTEMPT_MS;
  /** Another attempt was asked for while the last was too young. */
  #isAsked = false;
  #heardAtMs: number;
  #reportAtMs = 0;
  #wordsAtMs = 0;
  #againAtMs = 0;
  #alien = 0;
  /** What the next beats bring before anything else, and the newest notes, which come after that. */
  #urgent: Uint8Array[] = [];
  #notes: Uint8Array | undefined;
  /** Whether the other end's role lets it be heard: its receivers keep that too, whatever it sends. */
  maySpeak = true;
  /** What the player says of itself, for the other end. */
  bufferMs = 0;
  /** What this end's device takes before sound can go into a packet. */
  deviceMs = 0;
  /** How many channels of the other end's lane this end has a use for. */
  hears = LANE_CHANNELS;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#sender = new LaneSender(options.stream, options.pans.length);
    this.#sent = new SentPackets(options.pans.length);
    this.#paced = new PacedSender(options.stream);
    this.#attemptAtMs = this.#heardAtMs = options.nowMs();
    this.#open();
  }

  get isConnected(): boolean {
    return this.#state === "connected";
  }

  get isRelayed(): boolean | null {
    return this.#carrier?.isRelayed ?? null;
  }

  /** By which keys the two ends are connected; `null` while they are not. */
  get fingerprints(): Fingerprints | null {
    return this.isConnected ? (this.#carrier?.fingerprints ?? null) : null;
  }

  /** Whether packets go out in 16 bit, each with the one before. */
  get isProtected(): boolean {
    return this.#sender.isProtected;
  }

  /** When the last packet came, by the machine's clock. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  handleSignal(signal: Signal): void {
    const { offers } = this.#options;
    if (signal.kind === "bye") {
      if (offers) this.restart();
      return;
    }
    // An answer to an offer that was given up would be taken for one to this.
    if (signal.kind === "answer" && signal.answers !== undefined && signal.answers !== this.#path?.ownId) return;
    if (signal.kind === "offer") {
      if (offers) return;
      const id = sessionIdOf(signal.sdp);
      // One that was given up here is no news.
      if (id === this.#before?.remoteId) return;
      // Another connection at the far end: ours begins anew with it.
      if (this.#path !== undefined && this.#path.remoteId !== "" && id !== this.#path.remoteId) this.#open();
      if (this.#path !== undefined) this.#path.remoteId = id;
    }
    this.#path?.peer?.handleSignal(signal);
  }

  /** Sends one block of the lane, interleaved 24-bit; `stereo`: the same folded down. */
  send(frame: number, samples: Int32Array, stereo: Int32Array, sessionMs: number): void {
    const carrier = this.#carrier;
    if (carrier === undefined) return;
    if (carrier.isPaced && !this.#clean.isClean(carrier.waitingBytes, this.#options.nowMs()))
      this.#paced.add(frame, stereo, sessionMs);
    else if (this.#level !== "opus") {
      for (const packet of this.#sender.pack(frame, samples, sessionMs, stereo)) {
        this.#sent.keep(packet);
        this.#send(packet);
      }
    }
  }

  /** Sends a packet at once and once more, since nothing repeats what is lost; a carrier with a beat brings it with its next two. */
  announce(packet: Uint8Array): void {
    if (this.#carrier === undefined) return;
    if (this.#carrier.isPaced) this.#urgent = Array.from({ length: ANNOUNCED_TIMES }, () => packet);
    else for (let times = 0; times < ANNOUNCED_TIMES; times++) this.#send(packet);
  }

  /** Sends a packet of notes once: its sender says it again by itself. Where only a beat passes, the newest goes with it, and has the others' notes. */
  sendNotes(packet: Uint8Array): void {
    const carrier = this.#carrier;
    if (carrier?.isPaced === true && !this.#clean.isClean(carrier.waitingBytes, this.#options.nowMs()))
      this.#notes = packet;
    else this.#send(packet);
  }

  /** Sends a message of at most 64 KiB beside the lane; `false`: it cannot be sent now, and nothing will repeat it. */
  sendMessage(bytes: Uint8Array): boolean {
    return this.#carrier?.sendMessage?.(bytes) ?? false;
  }

  /** The rate of this end's device, before anything of it is sent. */
  set rateHz(rateHz: number) {
    this.#sender.rateHz = rateHz;
  }

  /** In what the lane goes out; a carrier with a beat has a size of its own. With "opus" the media lane alone has the sound. */
  set level(level: UplinkLevel) {
    if (level === this.#level) return;
    const isOther = (level === "opus") !== (this.#level === "opus");
    this.#level = level;
    this.#sender.level = level;
    // Whoever listens is told at once where the sound is.
    if (isOther) this.#reportAtMs = Number.NEGATIVE_INFINITY;
  }

  /** In what the other end sends, as it says. */
  get theirLevel(): UplinkLevel {
    return this.#theirLevel;
  }

  /** Whether the other end's sound comes over the media lane, after a delay that nobody here knows. */
  get isOnMedia(): boolean {
    return this.#theirLevel === "opus";
  }

  /** Sound of the media lane: the lane's own where the other end sends it no other way. */
  hearMedia(samples: Int16Array): void {
    if (this.isOnMedia && this.maySpeak) this.lane.putMedia(samples, this.#options.nowMs());
  }

  /** How the way out to the other end is, as its reports tell; `null` while nothing is known, or it cannot be sent less. */
  get wayOut(): WayOut | null {
    return this.isConnected && this.#carrier?.isPaced === false ? this.reports.wayOut : null;
  }

  /** Whether what is sent from now on is talk and not music. */
  set isTalkback(isTalkback: boolean) {
    this.#sender.isTalkback = isTalkback;
    this.#paced.isTalkback = isTalkback;
  }

  /** Another path, keeping everything else, as soon as it may be. Either end may ask. */
  restart(): void {
    const nowMs = this.#options.nowMs();
    this.#isAsked = nowMs - this.#attemptAtMs < APART_MS;
    if (this.#isAsked) return;
    if (this.#options.offers) this.#open();
    else {
      this.#attemptAtMs = nowMs;
      this.ask();
      // What is asked for takes as long as the room and the other end do.
      if (this.#state === "failed") this.#say("connecting");
    }
  }

  /** What both have chosen of their path may be another: then so is the path, and the one before carries until then. */
  follow(): void {
    if (this.#options.offers && this.#path?.isDirect !== this.#options.isDirect()) this.restart();
  }

  /** The room is there again: what was signalled meanwhile was lost, and is not waited for. */
  again(): void {
    if (this.#state !== "connected") this.restart();
  }

  /** Asks the end that offers for an offer now, where it is the other one. */
  ask(): void {
    if (!this.#options.offers) this.#options.signal({ kind: "bye", connection: "lane" });
  }

  /** Called a few times a second: repeats what was lost, notices what is dead, reports. */
  tick(): void {
    const nowMs = this.#options.nowMs();
    if (this.#isAsked) this.restart();
    if (this.#carrier?.isPaced === false) {
      if (this.#isReportDue(nowMs)) {
        this.#send(this.#report(nowMs));
        for (const words of this.#words(nowMs)) this.#send(words);
      }
      for (const packet of this.#again()) this.#send(packet);
    }
    const isLate = nowMs - this.#attemptAtMs >= this.#attemptMs;
    if (this.#state === "connected") {
      // An attempt that came to nothing while the path before goes on was not needed; whoever needs it asks again.
      if (isLate && this.#before !== undefined && this.#path?.isConnected === false) this.#return();
      if (isLate && this.#path?.isDirect !== this.#options.isDirect()) this.restart();
      if (nowMs - this.#heardAtMs < SILENT_MS) return;
      this.#wasSilent = true;
      // An attempt that is under way is waited for: who asks anew meanwhile ends it.
      this.#say(this.#path?.isConnected === false && !isLate ? "connecting" : "failed");
    }
    if (!isLate && this.#state === "connecting") return;
    this.#attemptMs = Math.min(ATTEMPT_MAX_MS, this.#attemptMs * 1.5);
    this.restart();
  }

  close(): void {
    for (const path of [this.#path, this.#before]) path?.peer?.close();
    this.#path = undefined;
    this.#before = undefined;
  }

  /** What goes out goes there; nothing while there is no path, but also where nothing came for a while. */
  get #carrier(): Peer | undefined {
    return (this.#path?.isConnected === true ? this.#path : this.#before)?.peer;
  }

  /** While one path follows another each packet takes both: the other end may be a moment behind. */
  #send(packet: Uint8Array): void {
    if (this.#path?.isConnected === true) this.#path.peer?.send(packet);
    this.#before?.peer?.send(packet);
  }

  #open(): void {
    // An offer may be of long ago, to which nobody listens any more: only what has carried stands for what carries.
    if (this.#path?.isConnected === true && (this.#path.hasCarried || this.#before === undefined)) {
      this.#before?.peer?.close();
      this.#before = this.#path;
    } else this.#path?.peer?.close();
    this.#attemptAtMs = this.#options.nowMs();
    this.#isAsked = false;
    this.#alien = 0;
    const isDirect = this.#options.isDirect();
    const path: Path = { peer: undefined, isDirect, isConnected: false, hasCarried: false, remoteId: "", ownId: "" };
    this.#path = path;
    path.peer = this.#options.openPeer({
      iceServers: this.#options.iceServers(),
      isDirect,
      offers: this.#options.offers,
      // What an attempt that is over still says is nobody's business.
      signal: (signal) => {
        if (this.#path !== path) return;
        if (signal.kind === "offer") path.ownId = sessionIdOf(signal.sdp);
        const isAnswer = signal.kind === "answer" && path.remoteId !== "";
        this.#options.signal(isAnswer ? { ...signal, answers: path.remoteId } : signal);
      },
      onPacket: (bytes) => this.#hear(path, bytes),
      onMessage: (bytes) => {
        if (path === this.#path || path === this.#before) this.#options.onMessage?.(bytes);
      },
      next: () => (path.peer !== undefined && path.peer === this.#carrier ? this.#next() : null),
      onState: (state) => this.#follow(path, state),
    });
  }

  #follow(path: Path, state: PeerState): void {
    if (path === this.#before && state === "failed") {
      path.peer?.close();
      this.#before = undefined;
      return;
    }
    if (path !== this.#path) return;
    path.isConnected = state === "connected";
    // Another path has another way.
    if (path.isConnected) {
      this.reports.clear();
      this.#clean.clear();
    }
    // While the path before carries there is sound.
    if (path.isConnected || this.#before === undefined || this.#state !== "connected") this.#say(state);
  }

  #hear(path: Path, bytes: Uint8Array): void {
    if (path !== this.#path && path !== this.#before) return;
    if (!this.#receive(bytes)) {
      // Plain Opus, for one, of an end that does not speak our packets.
      if (++this.#alien !== ALIEN_MAX) return;
      path.isConnected = false;
      this.#say("failed");
    } else if (path === this.#path && path.isConnected) {
      path.hasCarried = true;
      this.#before?.peer?.close();
      this.#before = undefined;
      if (this.#state !== "connected") this.#say("connected");
    } else if (path === this.#before && this.#wasSilent) this.#return();
  }

  /** The path before carries again, and the attempt to make another is over. */
  #return(): void {
    this.#path?.peer?.close();
    this.#path = this.#before;
    this.#before = undefined;
    this.#say("connected");
  }

  /** For a carrier with a beat of its own: the sound until now, and a report when it is time for one. */
  #next(): Uint8Array | null {
    const urgent = this.#urgent.shift() ?? this.#notes;
    if (urgent === this.#notes) this.#notes = undefined;
    if (urgent !== undefined) return this.#paced.next([], urgent);
    const nowMs = this.#options.nowMs();
    if (this.#isReportDue(nowMs)) return this.#paced.next([this.#report(nowMs)]);
    // Half way between two reports, because a beat has no room for both.
    const isWordsDue = nowMs - this.#wordsAtMs >= REPORT_MS && nowMs - this.#reportAtMs >= REPORT_MS / 2;
    if (isWordsDue) return this.#paced.next(this.#words(nowMs));
    if (nowMs - this.#againAtMs < AGAIN_MS) return this.#paced.next([]);
    this.#againAtMs = nowMs;
    return this.#paced.next(this.#again());
  }

  #say(state: PeerState): void {
    if (state === "connected") {
      this.#attemptMs = ATTEMPT_MS;
      this.#isAsked = false;
      this.#wasSilent = false;
      this.#heardAtMs = this.#options.nowMs();
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }

  /** `false`: this is none of ours. */
  #receive(bytes: Uint8Array): boolean {
    const head = this.#head;
    const nowMs = this.#options.nowMs();
    for (let rest = bytes; rest.byteLength > 0; ) {
      if (!readPacketHead(rest, head, true)) return false;
      const length = packetBytes(head);
      this.#take(length === rest.byteLength ? rest : rest.subarray(0, length), nowMs);
      rest = rest.subarray(length);
    }
    return true;
  }

  /** One packet, whose head has been read. */
  #take(bytes: Uint8Array, nowMs: number): void {
    const head = this.#head;
    this.#heardAtMs = nowMs;
    switch (head.kind) {
      case "programme":
      case "talkback":
        // What was under way when the other end went over to the media lane would begin the old count again.
        if (!this.maySpeak || this.isOnMedia) return;
        this.lane.put(bytes, head, nowMs);
        return;
      case "report":
        this.#hearReport(bytes, nowMs);
        return;
      case "again":
        for (const packet of this.#sent.asked(bytes.subarray(PACKET_HEADER_BYTES))) this.#send(packet);
        return;
      case "words":
        this.#options.onWords(bytes.subarray(PACKET_HEADER_BYTES));
        return;
      case "announced":
        this.#options.onAnnounced(bytes.subarray(PACKET_HEADER_BYTES));
        return;
      case "notes":
        if (this.maySpeak) this.#options.onNotes?.(bytes.subarray(PACKET_HEADER_BYTES), head.stream, head.sessionMs);
        return;
    }
  }

  #hearReport(bytes: Uint8Array, nowMs: number): void {
    const report = readLaneReport(bytes, this.#head);
    if (report === null) return;
    this.#sender.hearLoss(report.lossShare, nowMs);
    this.#clean.hear(report.lossShare, nowMs);
    this.#sender.hears = report.hears;
    this.lane.setPans(report.pans);
    if (report.pans.length > 0) this.theirChannels = report.pans.length;
    if (report.level !== this.#theirLevel) {
      this.#theirLevel = report.level;
      this.lane.mayGoBack();
    }
    const reading = this.reports.hear(report, nowMs);
    if (reading !== null) this.#options.onReading(reading);
  }

  /** A packet that asks for what has not come; empty where nothing is missing, or there is no time for it. */
  #again(): Uint8Array[] {
    const frames = this.isLate ? this.lane.missing(ASKED_MAX) : [];
    return frames.length === 0 ? [] : [bodyPacket("again", this.#options.stream, requestBody(frames))];
  }

  /** What this end has to say about the room's words, in a packet; empty where it has nothing. */
  #words(nowMs: number): Uint8Array[] {
    this.#wordsAtMs = nowMs;
    const body = this.#options.words();
    return body === null ? [] : [bodyPacket("words", this.#options.stream, body)];
  }

  /** A lane that is elsewhere is told from a dead path by its reports alone. */
  #isReportDue(nowMs: number): boolean {
    return nowMs - this.#reportAtMs >= (this.#level === "opus" ? REPORT_MS / 5 : REPORT_MS);
  }

  #report(nowMs: number): Uint8Array {
    this.#reportAtMs = nowMs;
    const { bufferMs, deviceMs, hears } = this;
    const session = this.#options.sessionAt(nowMs);
    const lossShare = this.lane.takeLoss();
    const level = this.#level;
    const own = { lossShare, bufferMs, deviceMs, session, level, hears, pans: this.#options.pans };
    return this.#sender.packReport(this.reports.make(nowMs, own));
  }
}
