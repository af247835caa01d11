/**
 * The view's end of pictures. A camera is opened by its person's own click and by nothing else (C3), and its light is out as soon as they switch it
 * off: tracks are stopped and not only muted. The connections are a script of their own, fetched when there is a first picture.
 */
import { signal } from "@preact/signals";
import type { MemberId } from "../../protocol/ids.ts";
import { may } from "../../protocol/roles.ts";
import type { IceServer, Signal } from "../../protocol/room.ts";
import type { ViewState } from "./model.std.ts";
import type { VideoLink } from "./video-link.dom.ts";

export type VideoTrouble = "denied" | "no-camera" | "in-use" | "camera-gone";

export interface VideoState {
  power: "off" | "opening" | "on";
  trouble: VideoTrouble | null;
  /** The line has no room for the whole picture, and the sound comes first. */
  isHeldBack: boolean;
}

const LOOK_MS = 3_000;
const AGAIN_MS = 2_000;

export interface ViewVideoOptions {
  state(): ViewState;
  signal(to: MemberId, signal: Signal): void;
  setStatus(status: { cameraOn: boolean }): void;
}

export class ViewVideo {
  readonly #options: ViewVideoOptions;
  readonly #links = new Map<MemberId, VideoLink>();
  #iceServers: readonly IceServer[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  /** In the order in which they came: an offer is not overtaken by its candidates. */
  #work: Promise<void> = Promise.resolve();
  readonly state = signal<VideoState>({ power: "off", trouble: null, isHeldBack: false });
  readonly own = signal<MediaStream | null>(null);
  readonly pictures = signal<ReadonlyMap<MemberId, MediaStream>>(new Map());

  constructor(options: ViewVideoOptions) {
    this.#options = options;
  }

  /** A person's click. */
  async turnOn(facingMode?: "environment" | "user"): Promise<void> {
    if (this.state.value.power !== "off" || !this.#maySend) return;
    this.#set({ power: "opening", trouble: null });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: {
          width: { ideal: 640 },
          height: { ideal: 360 },
          frameRate: { ideal: 24 },
          ...(facingMode === undefined ? {} : { facingMode: { ideal: facingMode } }),
        },
      });
      for (const track of stream.getVideoTracks())
        track.onended = () => {
          this.turnOff();
          this.#set({ trouble: "camera-gone" });
        };
      this.own.value = stream;
      this.#set({ power: "on" });
      this.#options.setStatus({ cameraOn: true });
      this.setMembers();
      this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    } catch (error) {
      this.#set({ power: "off", trouble: troubleOf(error) });
    }
  }

  turnOff(): void {
    clearInterval(this.#timer);
    for (const track of this.own.value?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    const wasOn = this.own.value !== null;
    this.own.value = null;
    this.#set({ power: "off", trouble: null, isHeldBack: false });
    for (const link of this.#links.values()) link.send(null);
    if (wasOn) this.#options.setStatus({ cameraOn: false });
  }

  set iceServers(iceServers: readonly IceServer[]) {
    this.#iceServers = iceServers;
  }

  /** The room has said who is here. */
  setMembers(): void {
    const { members, memberId: self } = this.#options.state();
    const others = members.filter(({ connected, memberId }) => connected && memberId !== self);
    for (const memberId of this.#links.keys())
      if (!others.some((other) => other.memberId === memberId)) this.#drop(memberId);
    if (!this.#maySend && this.own.value !== null) this.turnOff();
    if (this.own.value === null) return;
    for (const { memberId } of others) if (!this.#links.has(memberId)) this.#queue(() => this.#open(memberId));
  }

  /** What is not about pictures is not this one's. */
  handleSignal(from: MemberId, message: Signal): void {
    if (message.connection === "video") this.#queue(async () => (await this.#open(from))?.handleSignal(message));
  }

  close(): void {
    this.turnOff();
    for (const memberId of [...this.#links.keys()]) this.#drop(memberId);
  }

  get #maySend(): boolean {
    const { role } = this.#options.state();
    return role !== null && may(role, "video.send");
  }

  #queue(step: () => Promise<unknown>): void {
    this.#work = this.#work.then(step).then(
      () => undefined,
      () => undefined,
    );
  }

  async #open(memberId: MemberId): Promise<VideoLink | undefined> {
    const known = this.#links.get(memberId);
    if (known !== undefined) return known;
    const { VideoLink } = await import("./video-link.dom.ts");
    const { members, memberId: self } = this.#options.state();
    if (self === null || !members.some((member) => member.memberId === memberId && member.connected)) return undefined;
    const link: VideoLink = new VideoLink({
      iceServers: this.#iceServers,
      isPolite: self < memberId,
      signal: (message) => this.#options.signal(memberId, message),
      onPicture: (picture) => {
        const pictures = new Map(this.pictures.value);
        if (picture === null) pictures.delete(memberId);
        else pictures.set(memberId, picture);
        this.pictures.value = pictures;
      },
      onFailed: () => {
        if (this.#links.get(memberId) !== link) return;
        this.#drop(memberId);
        setTimeout(() => this.setMembers(), AGAIN_MS);
      },
    });
    this.#links.set(memberId, link);
    link.send(this.own.value?.getVideoTracks()[0] ?? null);
    return link;
  }

  #drop(memberId: MemberId): void {
    const link = this.#links.get(memberId);
    this.#links.delete(memberId);
    link?.close();
  }

  async #look(): Promise<void> {
    const held = await Promise.all([...this.#links.values()].map((link) => link.isHeldBack()));
    const isHeldBack = held.includes(true);
    if (isHeldBack !== this.state.value.isHeldBack && this.own.value !== null) this.#set({ isHeldBack });
  }

  #set(change: Partial<VideoState>): void {
    this.state.value = { ...this.state.value, ...change };
  }
}

/** What a refused `getUserMedia` means (W3C Media Capture and Streams, section 10.2). */
function troubleOf(error: unknown): VideoTrouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "in-use" : "no-camera";
}
