import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES, LINKS_MAX } from "../../../protocol/limits.ts";
import type { Member, Signal } from "../../../protocol/room.ts";
import type { Device } from "../capture/source.std.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { Link } from "./link.node.ts";
import { Trace } from "./trace.node.ts";

interface LinksOptions {
  device: Device;
  signal(memberId: MemberId, signal: Signal): void;
  onState(memberId: MemberId, state: "connecting" | "connected" | "failed"): void;
}

/** The links to everybody who is here: one for each, made when they come and closed when they go. Keeps what was heard. */
export class Links {
  readonly #options: LinksOptions;
  readonly #links = new Map<MemberId, Link>();
  readonly #heard = { studio: new Trace(), media: new Trace() };
  #memberId: MemberId | undefined;
  iceServers: RTCIceServer[] = [];

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** Who this companion is in the room. */
  enter(memberId: MemberId): void {
    this.#memberId = memberId;
  }

  follow(members: readonly Member[]): void {
    const present = new Set<MemberId>();
    for (const { memberId, connected } of members) {
      if (!connected || memberId === this.#memberId) continue;
      present.add(memberId);
      this.to(memberId);
    }
    for (const [memberId, link] of this.#links) {
      if (present.has(memberId)) continue;
      link.close();
      this.#links.delete(memberId);
    }
  }

  /** The link to a member, made now if need be; `undefined` where there can be none. */
  to(memberId: MemberId): Link | undefined {
    const known = this.#links.get(memberId);
    if (known !== undefined || this.#memberId === undefined || this.#links.size >= LINKS_MAX) return known;
    const link: Link = new Link({
      iceServers: this.iceServers,
      offers: this.#memberId < memberId,
      signal: (signal) => this.#options.signal(memberId, signal),
      onMedia: (samples) =>
        this.#heard.media.add(
          Int32Array.from(samples, (sample) => sample * 256),
          machineNowMs(),
        ),
      onState: (state) => {
        this.#options.onState(memberId, state);
        if (state === "failed") setTimeout(() => link.restart(), 1_000);
      },
    });
    this.#links.set(memberId, link);
    return link;
  }

  /** One turn of the device: sends what came in, mixes what the others play into what goes out. */
  block(frame: number, input: Int32Array, output: Int32Array, maySend: boolean): void {
    const heard = new Int32Array(LANE_PACKET_FRAMES * 2);
    for (const link of this.#links.values()) {
      if (maySend) link.send(frame, input);
      const before = link.buffer.stats.concealedFrames;
      if (link.buffer.pull(heard) === null) continue;
      const concealed = link.buffer.stats.concealedFrames > before;
      for (let at = 0; at < heard.length; at++) output[at] = (output[at] ?? 0) + (heard[at] ?? 0);
      // What is handed to a device in this turn sounds when the block after this one begins.
      this.#heard.studio.add(heard.slice(), this.#options.device.timeOf(frame + LANE_PACKET_FRAMES), concealed);
    }
  }

  async report() {
    const [link] = this.#links.values();
    return await link?.report();
  }

  close(folder: string): void {
    for (const link of this.#links.values()) link.close();
    this.#heard.studio.save(folder, "heard-studio");
    this.#heard.media.save(folder, "heard-media");
  }
}
