import { type CopiedFrames, LaneCopy } from "../../../audio/lane-copy.ts";
import { LaneFold } from "../../../audio/lane-fold.ts";
import { stereoLayout } from "../../../audio/lane-layout.ts";
import { DEVICE_RATE_HZ, LANE_CHANNELS, type PlayerState } from "../../../audio/lane-players.ts";
import type { SessionReading } from "../../../audio/lane-report.ts";
import type { LatencyLegs } from "../../../audio/latency.ts";
import { bytesOfNote, NotesReceiver, NotesSender, readNote } from "../../../audio/notes.ts";
import { bodyPacket } from "../../../audio/packet.ts";
import type { LaneStats } from "../../../audio/playout.ts";
import { TokenBucket } from "../../../audio/token-bucket.ts";
import { UplinkBudget, type UplinkLevel } from "../../../audio/uplink-budget.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES, LINKS_MAX, LISTEN_LATE_MS } from "../../../protocol/limits.ts";
import { may } from "../../../protocol/roles.ts";
import type { Member, Signal } from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import { Link } from "./link.std.ts";
import type { Fingerprints, IceServer, OpenPeer, PeerState } from "./peer.std.ts";
import { RoomWords, type WordsState } from "./room-words.std.ts";

/** The lane beside the lane: an engine's own, where it has one. */
export interface Media {
  handleSignal(signal: Signal): void;
  send(samples: Int32Array): void;
  /** Whether the other end hears it. */
  readonly isConnected: boolean;
  close(): void;
}

/** Whoever plays the lanes, in this thread or another. */
export interface Players {
  add(memberId: MemberId, memory: SharedArrayBuffer): void;
  remove(memberId: MemberId): void;
  stateOf(memberId: MemberId): PlayerState | undefined;
}

export interface LinkSetOptions {
  openPeer: OpenPeer;
  openMedia?(options: { offers: boolean; signal(signal: Signal): void; onMedia(samples: Int16Array): void }): Media;
  signal(memberId: MemberId, signal: Signal): void;
  onState(memberId: MemberId, state: PeerState): void;
  /** The machine's clock, in milliseconds. */
  nowMs(): number;
  /** What is sent goes out in less than it was, or in more again, because the up-link is full or free. */
  onUplink(level: UplinkLevel): void;
  newStream(): number;
  /** Sixteen random bytes. */
  newNonce(): Uint8Array;
  /** The words by which people tell that nobody is between them are others, or gone. */
  onWords(state: WordsState): void;
  /** The body of a packet by which one of the others announces a command (P77). */
  onAnnounced(from: MemberId, body: Uint8Array): void;
  /** Something that one of the others plays on a MIDI instrument, and when it is to sound, by the machine's clock. */
  onNote?(from: MemberId, bytes: Uint8Array<ArrayBuffer>, atMs: number): void;
  /** A message that one of the others sends beside the lane. */
  onMessage?(from: MemberId, bytes: Uint8Array<ArrayBuffer>): void;
  /** Session time at an instant of the machine's clock, from the room alone; `null` before it is known. */
  sessionAt(localMs: number): SessionReading | null;
  /** What one of the others tells of their clock. */
  onReading(from: MemberId, reading: PeerReading): void;
  /** How many channels of a lane this end has a use for: two ears, or a port for each. */
  hears?: number;
}

/** What a link has to know of somebody. */
export interface LinkedMember extends Pick<Member, "memberId" | "connected" | "role" | "phoneOf"> {
  /** Whether they and this person have both chosen the direct path. */
  isDirect?: boolean;
  /** They are none of the session's people, and only listen to its broadcast (P85). */
  isListener?: boolean | undefined;
}

export interface LinksReport {
  lane: LaneStats;
  /** Milliseconds there and back, as packets of the lane have it. */
  roundTripMs: number | null;
  relayed: boolean | null;
}

/** Somebody who is not here and sends nothing is waited for this long; their seat in the room is kept longer. */
const GONE_AFTER_MS = 30_000;

/** In what somebody sends: `level` is less than `full` where their up-link holds less than they play on so many channels. */
export interface SentIn {
  memberId: MemberId;
  level: UplinkLevel;
  channels: number;
}

/** Whoever listens hears a step less than the band: their share of the up-link is the first that is given up. */
const LISTENED_TO: Readonly<Record<UplinkLevel, UplinkLevel>> = {
  full: "narrow",
  narrow: "mono",
  stereo: "mono",
  mono: "opus",
  opus: "opus",
};

/** A stretch of somebody's lane that is kept, and when its first frame was captured, in session time. */
export interface KeptFrames extends CopiedFrames {
  memberId: MemberId;
  sessionMs: number;
}

/** How notes flow: events that went out and came in, those that came after their instant, and those that were too many to be sent. */
export interface NotesFlow {
  sent: number;
  heard: number;
  late: number;
  refused: number;
}

/** Notes sound elsewhere so much after they were played, whatever the network did: what most packets over a relay of one's own continent take, and a look of the sender's. */
const NOTES_DELAY_MS = 30;
/** A clock that is far off makes nobody wait longer than this; what ends at a link's end ends after all that still waits. */
const NOTES_AHEAD_MAX_MS = 250;

/** Somebody who was not here, and of whom nothing has been heard for so long, comes back as somebody new: their socket alone would have left the lane as it was. */
const BACK_SILENT_MS = 500;

/** What is kept is read so late: a little later than the last of it is asked for once more. */
const KEEP_LATE_MS = LISTEN_LATE_MS + 250;

/** Messages of one peer in a second, beyond which they are thrown away: what is asked for again comes again. */
const MESSAGES_MAX = 500;

interface Joined {
  link: Link;
  /** A peer that floods costs its own messages, and nobody else anything. */
  messages: TokenBucket;
  /** Whoever keeps what they play, beside the player. */
  copy: LaneCopy | undefined;
  media: Media | undefined;
  notes: NotesReceiver;
  isPresent: boolean;
  goneAtMs: number;
}

/**
 * The links to everybody who is here: one for each, made when they come, closed when they are removed, or when neither the room nor a packet has
 * spoken of them for half a minute. What they bring lies in each lane's ring, for the players.
 */
export class LinkSet {
  readonly #options: LinkSetOptions;
  readonly #players: Players;
  readonly #links = new Map<MemberId, Joined>();
  readonly #stream: number;
  /** With whom this person and they have both chosen the direct path. */
  readonly #direct = new Set<MemberId>();
  /** Who listens to the broadcast: they have no part in the words, and no say in how the others are heard. */
  #listeners: ReadonlySet<MemberId> = new Set();
  #kept: ReadonlySet<MemberId> = new Set();
  #memberId: MemberId | undefined;
  #words: RoomWords | undefined;
  #budget = new UplinkBudget();
  #pans: readonly number[] = stereoLayout.pans;
  #fold = new LaneFold(stereoLayout.pans);
  readonly #notes = new NotesSender();
  readonly notesFlow: NotesFlow = { sent: 0, heard: 0, late: 0, refused: 0 };
  #rateHz: number = DEVICE_RATE_HZ;
  iceServers: readonly IceServer[] = [];
  /** Whether this person only listens: then they hear all of it, a little later. */
  isLate = false;
  /** What the device takes before a block is in hand. */
  deviceMs = 0;

  constructor(options: LinkSetOptions, players: Players) {
    this.#options = options;
    this.#players = players;
    this.#stream = options.newStream();
  }

  /** The rate of this person's device, before anything of it is sent. */
  set rateHz(rateHz: number) {
    this.#rateHz = rateHz;
    for (const { link } of this.#links.values()) link.rateHz = rateHz;
  }

  /** Where each channel of this person's lane stands in stereo, and so how many it has; before anybody is here. */
  set pans(pans: readonly number[]) {
    this.#pans = pans;
    this.#fold = new LaneFold(pans);
    this.#budget = new UplinkBudget(pans.length);
  }

  get size(): number {
    return this.#links.size;
  }

  /** Who this companion is in the room. */
  enter(memberId: MemberId): void {
    if (memberId !== this.#memberId)
      this.#words = new RoomWords(memberId, this.#options.newNonce, (state) => this.#options.onWords(state));
    this.#memberId = memberId;
  }

  /** Everybody of the session, as the room says it. */
  setMembers(members: readonly LinkedMember[]): void {
    const nowMs = this.#options.nowMs();
    const known = new Set<MemberId>();
    this.#listeners = new Set(members.flatMap(({ memberId, isListener }) => (isListener ? [memberId] : [])));
    const owner = members.find(({ memberId }) => memberId === this.#memberId)?.phoneOf;
    for (const { memberId, connected, role, phoneOf, isDirect = false } of members) {
      // A member and their own phone are in one room, and would hear themselves again.
      if (memberId === this.#memberId || phoneOf === this.#memberId || memberId === owner) continue;
      known.add(memberId);
      if (isDirect) this.#direct.add(memberId);
      else this.#direct.delete(memberId);
      const isNew = !this.#links.has(memberId);
      const joined = connected ? this.#to(memberId) : this.#links.get(memberId);
      if (joined === undefined) continue;
      // The end that offers may have been here for long, and have offered to nobody.
      if (isNew) joined.link.ask();
      // An observer or somebody demoted is not heard, whatever their program sends.
      const maySpeak = may(role, "audio.send");
      if (joined.link.maySpeak && !maySpeak) this.#endNotes(memberId);
      joined.link.maySpeak = maySpeak;
      joined.link.follow();
      // A page that was loaded anew is the same person, and knows nothing of the path before: an offer waits for it as for anybody who comes.
      const isBack = !joined.isPresent && connected && nowMs - joined.link.heardAtMs > BACK_SILENT_MS;
      if (isBack && this.#offersTo(memberId)) joined.link.restart();
      if (joined.isPresent && !connected) joined.goneAtMs = nowMs;
      joined.isPresent = connected;
    }
    for (const memberId of this.#links.keys()) if (!known.has(memberId)) this.#close(memberId);
  }

  /** The room is there again. */
  again(): void {
    for (const { link } of this.#links.values()) link.again();
  }

  handleSignal(from: MemberId, signal: Signal): void {
    const joined = this.#to(from);
    if (signal.connection === "media") joined?.media?.handleSignal(signal);
    else if (signal.connection !== "video") joined?.link.handleSignal(signal);
  }

  /** One block of this person's lane, interleaved 24-bit, to everybody. */
  send(frame: number, samples: Int32Array, sessionMs: number): void {
    const stereo = this.#fold.of(samples);
    for (const { link, media } of this.#links.values()) {
      link.send(frame, samples, stereo, sessionMs);
      media?.send(stereo);
    }
  }

  /** What is played here on a MIDI instrument, to everybody: a message of a channel, and when it was played by the machine's clock. */
  playNote(bytes: Uint8Array, atMs: number): void {
    const session = this.#options.sessionAt(atMs);
    const event = session === null ? null : readNote(bytes, session.atMs);
    if (event === null) return;
    if (this.#notes.add(event, this.#options.nowMs())) this.notesFlow.sent++;
    else this.notesFlow.refused++;
    this.sendNotes();
  }

  /** Sends the packet of notes that is due, if one is. Called with each block of the device. */
  sendNotes(): void {
    const nowMs = this.#options.nowMs();
    const session = this.#options.sessionAt(nowMs);
    const body = session === null ? null : this.#notes.due(nowMs, session.atMs);
    if (session === null || body === null) return;
    const packet = bodyPacket("notes", this.#stream, body, session.atMs);
    for (const { link } of this.#links.values()) link.sendNotes(packet);
  }

  /** Tells everybody what has been pressed here. */
  announce(body: Uint8Array): void {
    const packet = bodyPacket("announced", this.#stream, body);
    for (const { link } of this.#links.values()) link.announce(packet);
  }

  /** Sends somebody a message beside the lane; `false`: it cannot be sent now. */
  sendMessage(memberId: MemberId, bytes: Uint8Array): boolean {
    return this.#links.get(memberId)?.link.sendMessage(bytes) ?? false;
  }

  /**
   * Whose lanes are kept from now on, also of those who come anew: what was lost of them is asked for, as for whoever listens late. Returns the
   * last of all others.
   */
  keep(memberIds: readonly MemberId[]): KeptFrames[] {
    this.#kept = new Set(memberIds);
    const last: KeptFrames[] = [];
    for (const [memberId, joined] of this.#links) {
      if (this.#kept.has(memberId)) joined.copy ??= new LaneCopy(joined.link.lane.memory);
      else {
        last.push(...keptOf(memberId, joined, 0));
        joined.copy = undefined;
      }
    }
    return last;
  }

  /** What the lanes that are kept have brought, so late that nothing of it is on its way any more. */
  takeKept(): KeptFrames[] {
    return [...this.#links].flatMap(([memberId, joined]) => keptOf(memberId, joined, KEEP_LATE_MS));
  }

  /** Whether what is sent from now on is talk and not music. */
  set isTalkback(isTalkback: boolean) {
    for (const { link } of this.#links.values()) link.isTalkback = isTalkback;
  }

  /** Called a few times a second. */
  tick(): void {
    const nowMs = this.#options.nowMs();
    this.#words?.setLinks(this.#keys());
    this.#share(nowMs);
    for (const [memberId, { link, copy, isPresent, goneAtMs }] of this.#links) {
      link.deviceMs = this.deviceMs;
      link.bufferMs = this.#players.stateOf(memberId)?.stats.targetMs ?? 0;
      link.isLate = this.isLate || copy !== undefined;
      // What is kept is kept whole.
      link.hears = copy === undefined ? (this.#options.hears ?? LANE_CHANNELS) : LANE_CHANNELS_MAX;
      link.tick();
      if (!isPresent && nowMs - Math.max(link.heardAtMs, goneAtMs) > GONE_AFTER_MS) this.#close(memberId);
    }
  }

  /** What each of the others is away, one way, as far as it is known. `playoutMs`: what the device itself takes. */
  latencies(playoutMs = (LANE_PACKET_FRAMES / DEVICE_RATE_HZ) * 1000): { memberId: MemberId; legs: LatencyLegs }[] {
    return [...this.#links].flatMap(([memberId, { link }]) => {
      const bufferMs = this.#players.stateOf(memberId)?.bufferMs ?? null;
      if (bufferMs === null || link.reports.roundTripMs === null || !link.isConnected || link.isOnMedia) return [];
      const captureMs = link.reports.remoteDeviceMs + link.lane.packetMs;
      const legs = { captureMs, networkMs: link.reports.roundTripMs / 2, bufferMs, playoutMs };
      return [{ memberId, legs }];
    });
  }

  /** In what each of the others sends. */
  levels(): SentIn[] {
    return Array.from(this.#links, ([memberId, { link }]) => {
      return { memberId, level: link.theirLevel, channels: link.theirChannels };
    });
  }

  report(): LinksReport | null {
    const [first] = this.#links;
    const state = first === undefined ? undefined : this.#players.stateOf(first[0]);
    if (first === undefined || state === undefined) return null;
    const [, { link }] = first;
    return { lane: state.stats, roundTripMs: link.reports.roundTripMs, relayed: link.isRelayed };
  }

  close(): void {
    for (const memberId of this.#links.keys()) this.#close(memberId);
  }

  /** Shares out the up-link: what does not fit goes out in less, at everybody, and is said. */
  #share(nowMs: number): void {
    const ways = [...this.#links].flatMap(([memberId, { link }]) => {
      const way = this.#listeners.has(memberId) ? null : link.wayOut;
      return way === null ? [] : [way];
    });
    const before = this.#budget.level;
    const level = ways.length === 0 ? before : this.#budget.look(ways, nowMs);
    // Who has no media lane, as a browser, is heard in PCM or not at all.
    for (const [memberId, { link, media }] of this.#links) {
      const theirs = this.#listeners.has(memberId) ? LISTENED_TO[level] : level;
      link.level = theirs === "opus" && media?.isConnected !== true ? "mono" : theirs;
    }
    if (level !== before) this.#options.onUplink(level);
  }

  /** By which keys this end is connected to whom. */
  #keys(): Map<MemberId, Fingerprints> {
    const keys = new Map<MemberId, Fingerprints>();
    for (const [memberId, { link }] of this.#links) {
      const { fingerprints } = link;
      if (fingerprints !== null && !this.#listeners.has(memberId)) keys.set(memberId, fingerprints);
    }
    return keys;
  }

  #hearNotes(memberId: MemberId, body: Uint8Array, stream: number, sessionMs: number): void {
    const nowMs = this.#options.nowMs();
    const session = this.#options.sessionAt(nowMs);
    const notes = this.#links.get(memberId)?.notes;
    if (session === null || notes === undefined) return;
    for (const event of notes.hear(body, stream, sessionMs, nowMs)) {
      const atMs = nowMs + event.sessionMs - session.atMs + NOTES_DELAY_MS;
      this.notesFlow.heard++;
      if (atMs < nowMs) this.notesFlow.late++;
      this.#options.onNote?.(memberId, bytesOfNote(event), Math.min(nowMs + NOTES_AHEAD_MAX_MS, Math.max(nowMs, atMs)));
    }
  }

  /** Nobody hears the end of what they play any more. */
  #endNotes(memberId: MemberId): void {
    const nowMs = this.#options.nowMs();
    for (const event of this.#links.get(memberId)?.notes.end(0) ?? [])
      this.#options.onNote?.(memberId, bytesOfNote(event), nowMs + NOTES_AHEAD_MAX_MS);
  }

  #close(memberId: MemberId): void {
    this.#endNotes(memberId);
    const joined = this.#links.get(memberId);
    this.#links.delete(memberId);
    joined?.link.close();
    joined?.media?.close();
    this.#players.remove(memberId);
  }

  #offersTo(memberId: MemberId): boolean {
    return this.#memberId !== undefined && this.#memberId < memberId;
  }

  /** The link to a member, made now if need be; `undefined` where there can be none. */
  #to(memberId: MemberId): Joined | undefined {
    const known = this.#links.get(memberId);
    if (known !== undefined || this.#memberId === undefined || this.#links.size >= LINKS_MAX) return known;
    const offers = this.#offersTo(memberId);
    const signal = (message: Signal) => this.#options.signal(memberId, message);
    const link = new Link({
      offers,
      openPeer: this.#options.openPeer,
      iceServers: () => this.iceServers,
      isDirect: () => this.#direct.has(memberId),
      signal,
      onState: (state) => {
        if (state !== "connected") this.#endNotes(memberId);
        this.#options.onState(memberId, state);
      },
      onNotes: (body, stream, sessionMs) => this.#hearNotes(memberId, body, stream, sessionMs),
      nowMs: this.#options.nowMs,
      words: () => (this.#listeners.has(memberId) ? null : (this.#words?.message() ?? null)),
      onWords: (body) => this.#words?.hear(memberId, body),
      onAnnounced: (body) => this.#options.onAnnounced(memberId, body),
      onMessage: (bytes) => {
        const isWithin = this.#links.get(memberId)?.messages.take(this.#options.nowMs()) === true;
        if (isWithin) this.#options.onMessage?.(memberId, bytes);
      },
      sessionAt: this.#options.sessionAt,
      onReading: (reading) => this.#options.onReading(memberId, reading),
      stream: this.#stream,
      pans: this.#pans,
    });
    link.hears = this.#options.hears ?? LANE_CHANNELS;
    link.rateHz = this.#rateHz;
    this.#players.add(memberId, link.lane.memory);
    const onMedia = (samples: Int16Array) => link.hearMedia(samples);
    const media = this.#options.openMedia?.({ offers, signal, onMedia });
    const copy = this.#kept.has(memberId) ? new LaneCopy(link.lane.memory) : undefined;
    const joined: Joined = {
      link,
      media,
      copy,
      notes: new NotesReceiver(),
      messages: new TokenBucket(MESSAGES_MAX),
      isPresent: true,
      goneAtMs: 0,
    };
    this.#links.set(memberId, joined);
    return joined;
  }
}

/** The next stretches of a lane that is kept, up to so long before its newest frame. */
function keptOf(memberId: MemberId, { link, copy }: Joined, lateMs: number): KeptFrames[] {
  const taken: KeptFrames[] = [];
  for (let kept = copy?.take(lateMs) ?? null; kept !== null; kept = copy?.take(lateMs) ?? null) {
    const sessionMs = link.lane.sessionMsOf(kept.frame);
    if (sessionMs !== null) taken.push({ ...kept, memberId, sessionMs });
  }
  return taken;
}
