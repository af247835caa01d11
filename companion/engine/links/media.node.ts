import wrtc from "@roamhq/wrtc";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import type { IceServer } from "./peer.std.ts";
import { forMusic, sessionIdOf } from "./sdp.std.ts";

const { RTCPeerConnection, nonstandard } = wrtc;
const { RTCAudioSource, RTCAudioSink } = nonstandard;

/** What the engine's audio source takes at a time: 10 ms. */
const PIECES_PER_SECOND = 100;
const PIECE_MAX_FRAMES = 960;
const CANDIDATES_MAX = 64;
/** An offer that nobody answers is repeated, each time later: a browser has no such lane, and a connection takes the device's own thread to make. */
const AGAIN_MS = 3_000;
const AGAIN_MAX_MS = 60_000;

export interface MediaOptions {
  iceServers(): readonly IceServer[];
  /** Exactly one of the two makes the offers. */
  offers: boolean;
  signal(signal: Signal): void;
  /** At which the device runs. */
  rateHz(): number;
  /** Stereo interleaved 16-bit at 48 kHz, as the engine plays it out. */
  onMedia(samples: Int16Array): void;
  /** `false` for the benchmark's peer: WebRTC as it is without our hand on its descriptions. */
  tuned?: boolean;
}

/**
 * The media lane to one other musician: an Opus track for weak links and observers, in a peer connection of its own, relay-only and encrypted
 * between the two ends (C2). Nothing that it is told in the device's turn throws.
 */
export class MediaLink {
  readonly #options: MediaOptions;
  #peer!: RTCPeerConnection;
  #source!: InstanceType<typeof RTCAudioSource>;
  #sink: InstanceType<typeof RTCAudioSink> | undefined;
  #remoteId = "";
  #waiting: RTCIceCandidateInit[] = [];
  #work: Promise<void> = Promise.resolve();
  readonly #media = new Int16Array(PIECE_MAX_FRAMES * 2);
  #mediaFrames = 0;
  #isClosed = false;
  #againMs = AGAIN_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: MediaOptions) {
    this.#options = options;
    this.#open();
    if (options.offers) this.#queue(() => this.#offer());
    // The end that offers may have been here for long, and have offered to nobody.
    else options.signal({ kind: "bye", connection: "media" });
  }

  get isConnected(): boolean {
    return this.#peer.connectionState === "connected";
  }

  handleSignal(signal: Signal): void {
    this.#againMs = AGAIN_MS;
    this.#queue(() => this.#handleSignal(signal));
  }

  /** One block of 128 frames, stereo interleaved, 24-bit. */
  send(samples: Int32Array): void {
    if (this.#isClosed) return;
    const sampleRate = this.#options.rateHz();
    const numberOfFrames = sampleRate / PIECES_PER_SECOND;
    for (let at = 0; at < LANE_PACKET_FRAMES; at++) {
      this.#media[this.#mediaFrames * 2] = (samples[at * 2] ?? 0) >> 8;
      this.#media[this.#mediaFrames * 2 + 1] = (samples[at * 2 + 1] ?? 0) >> 8;
      if (++this.#mediaFrames < numberOfFrames) continue;
      this.#mediaFrames = 0;
      this.#source.onData({
        samples: this.#media.slice(0, numberOfFrames * 2),
        sampleRate,
        bitsPerSample: 16,
        channelCount: 2,
        numberOfFrames,
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#shut();
  }

  #queue(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isClosed) return;
      // Whatever the other end sent cannot be used: the end that offers tries anew.
      await step().catch(() => this.#again());
    });
  }

  #again(): void {
    if (this.#isClosed || !this.#options.offers) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Asked for while it was being made: there is nothing to mend.
      if (this.#peer.connectionState === "connected") return;
      this.#shut();
      this.#open();
      this.#queue(() => this.#offer());
    }, this.#againMs);
    this.#againMs = Math.min(AGAIN_MAX_MS, 2 * this.#againMs);
  }

  #open(): void {
    const peer = new RTCPeerConnection({ iceServers: [...this.#options.iceServers()], iceTransportPolicy: "relay" });
    this.#peer = peer;
    this.#source = new RTCAudioSource();
    peer.addTrack(this.#source.createTrack());
    peer.ontrack = ({ track }) => {
      this.#sink?.stop();
      this.#sink = new RTCAudioSink(track);
      this.#sink.ondata = ({ samples, sampleRate, channelCount }: MediaFrames) => {
        // The first frames come at another rate, before the codec has settled.
        if (sampleRate !== 48_000) return;
        this.#options.onMedia(channelCount === 2 ? samples : doubled(samples));
      };
    };
    peer.onicecandidate = ({ candidate }) => {
      if (candidate === null || candidate.candidate === "") return;
      const { candidate: text, sdpMid, sdpMLineIndex } = candidate;
      this.#options.signal({ kind: "candidate", connection: "media", candidate: text, sdpMid, sdpMLineIndex });
    };
    peer.onconnectionstatechange = () => {
      if (this.#peer === peer && peer.connectionState === "failed") this.#again();
    };
    if (this.#options.offers) {
      // An offer that was lost is made again.
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        if (peer.connectionState !== "connected") this.#again();
      }, AGAIN_MS);
    }
  }

  #shut(): void {
    this.#sink?.stop();
    this.#sink = undefined;
    this.#peer.close();
  }

  #describe(sdp: string): string {
    return this.#options.tuned === false ? sdp : forMusic(sdp);
  }

  async #offer(): Promise<void> {
    const offer = await this.#peer.createOffer();
    await this.#peer.setLocalDescription({ type: "offer", sdp: this.#describe(offer.sdp ?? "") });
    this.#options.signal({ kind: "offer", connection: "media", sdp: this.#peer.localDescription?.sdp ?? "" });
  }

  async #handleSignal(signal: Signal): Promise<void> {
    switch (signal.kind) {
      case "offer": {
        if (this.#options.offers) return;
        const id = sessionIdOf(signal.sdp);
        // Another connection at the far end: ours begins anew with it.
        if (this.#remoteId !== "" && id !== this.#remoteId) {
          this.#shut();
          this.#open();
        }
        this.#remoteId = id;
        await this.#peer.setRemoteDescription({ type: "offer", sdp: this.#describe(signal.sdp) });
        const answer = await this.#peer.createAnswer();
        await this.#peer.setLocalDescription({ type: "answer", sdp: this.#describe(answer.sdp ?? "") });
        this.#options.signal({ kind: "answer", connection: "media", sdp: this.#peer.localDescription?.sdp ?? "" });
        await this.#addWaiting();
        return;
      }
      case "answer":
        if (!this.#options.offers || this.#peer.signalingState !== "have-local-offer") return;
        await this.#peer.setRemoteDescription({ type: "answer", sdp: this.#describe(signal.sdp) });
        await this.#addWaiting();
        return;
      case "candidate": {
        const { candidate, sdpMid, sdpMLineIndex } = signal;
        const init = { candidate, sdpMid, sdpMLineIndex };
        if (this.#peer.remoteDescription === null) {
          if (this.#waiting.length < CANDIDATES_MAX) this.#waiting.push(init);
          return;
        }
        // A candidate of an attempt that is over is of no use and no harm.
        await this.#peer.addIceCandidate(init).catch(() => undefined);
        return;
      }
      case "bye":
        this.#again();
    }
  }

  async #addWaiting(): Promise<void> {
    for (const candidate of this.#waiting.splice(0)) await this.#peer.addIceCandidate(candidate).catch(() => undefined);
  }
}

interface MediaFrames {
  samples: Int16Array;
  sampleRate: number;
  channelCount: number;
}

function doubled(mono: Int16Array): Int16Array {
  const stereo = new Int16Array(mono.length * 2);
  for (let at = 0; at < mono.length; at++) stereo[at * 2] = stereo[at * 2 + 1] = mono[at] ?? 0;
  return stereo;
}
