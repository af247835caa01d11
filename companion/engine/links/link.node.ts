import wrtc from "@roamhq/wrtc";
import { JitterBuffer, type LaneStats } from "../../../audio/jitter-buffer.ts";
import { decodePacket, encodePacket } from "../../../audio/packet.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import { forMusic, sessionIdOf } from "./sdp.std.ts";

const { RTCPeerConnection, nonstandard } = wrtc;
const { RTCAudioSource, RTCAudioSink } = nonstandard;

/** 10 ms at 48 kHz: what the engine's audio source takes at a time. */
const MEDIA_FRAMES = 480;
/** Bytes that may wait in the data channel; beyond it a packet is left out, because a late packet is worth nothing. */
const LANE_WAITING_MAX_BYTES = 64 * 1024;

export interface LinkOptions {
  iceServers: RTCIceServer[];
  /** Exactly one of the two makes the offers. */
  offers: boolean;
  signal(signal: Signal): void;
  /** Sound of the media lane, stereo interleaved 16-bit at 48 kHz, as the engine plays it out. */
  onMedia(samples: Int16Array): void;
  onState(state: "connecting" | "connected" | "failed"): void;
  /** `false` for the benchmark's peer: WebRTC as it is without our hand on its descriptions. */
  tuned?: boolean;
}

export interface LinkReport {
  lane: LaneStats;
  /** Milliseconds there and back, from the ICE pair in use. */
  roundTripMs: number | null;
  /** Whether the path goes over a relay: then neither end knows the other's address (V2). */
  relayed: boolean | null;
}

/**
 * The link to one other musician: one peer connection, relay-only, with the studio lane (a data channel, unordered and without
 * retransmission) and the media lane (an Opus track) in it. Both are encrypted between the two ends by one DTLS handshake (C2).
 */
export class Link {
  readonly #options: LinkOptions;
  #peer!: RTCPeerConnection;
  #channel: RTCDataChannel | undefined;
  #source!: InstanceType<typeof RTCAudioSource>;
  #sink: InstanceType<typeof RTCAudioSink> | undefined;
  #remoteId = "";
  #waitingCandidates: RTCIceCandidateInit[] = [];
  #work: Promise<void> = Promise.resolve();
  readonly #stream = Math.floor(Math.random() * 2 ** 32);
  readonly #media = new Int16Array(MEDIA_FRAMES * 2);
  #mediaFrames = 0;
  #closed = false;
  readonly buffer = new JitterBuffer();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#open();
    if (options.offers) this.#queue(() => this.#offer(false));
  }

  /** A signal from the other end. They are taken one after the other. */
  hear(signal: Signal): void {
    this.#queue(() => this.#hear(signal));
  }

  /**
   * Sends one block of 128 frames on both lanes.
   *
   * @param frame Number of its first frame in this device's stream.
   * @param samples Stereo interleaved, 24-bit.
   */
  send(frame: number, samples: Int32Array): void {
    if (this.#channel?.readyState === "open" && this.#channel.bufferedAmount < LANE_WAITING_MAX_BYTES) {
      this.#channel.send(encodePacket({ channels: 2, stream: this.#stream, frame: frame >>> 0, samples }));
    }
    for (let at = 0; at < LANE_PACKET_FRAMES; at++) {
      this.#media[this.#mediaFrames * 2] = (samples[at * 2] ?? 0) >> 8;
      this.#media[this.#mediaFrames * 2 + 1] = (samples[at * 2 + 1] ?? 0) >> 8;
      if (++this.#mediaFrames < MEDIA_FRAMES) continue;
      this.#mediaFrames = 0;
      this.#source.onData({
        samples: this.#media.slice(),
        sampleRate: 48_000,
        bitsPerSample: 16,
        channelCount: 2,
        numberOfFrames: MEDIA_FRAMES,
      });
    }
  }

  get connected(): boolean {
    return this.#peer.connectionState === "connected" && this.#channel?.readyState === "open";
  }

  async report(): Promise<LinkReport> {
    let roundTripMs: number | null = null;
    let relayed: boolean | null = null;
    const stats = await this.#peer.getStats();
    const byId = new Map<string, Record<string, unknown>>();
    stats.forEach((stat: Record<string, unknown>) => {
      byId.set(String(stat.id), stat);
    });
    for (const stat of byId.values()) {
      if (stat.type !== "candidate-pair" || stat.state !== "succeeded" || stat.nominated !== true) continue;
      if (typeof stat.currentRoundTripTime === "number") roundTripMs = stat.currentRoundTripTime * 1000;
      relayed = byId.get(String(stat.localCandidateId))?.candidateType === "relay";
    }
    return { lane: this.buffer.stats, roundTripMs, relayed };
  }

  /** Tries the path anew, keeping everything else (an ICE restart). Only the end that offers can. */
  restart(): void {
    if (this.#options.offers) this.#queue(() => this.#offer(true));
  }

  close(): void {
    this.#closed = true;
    this.#shut();
  }

  #queue(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch {
        // Whatever the other end sent cannot be used: the link is tried anew from the end that offers.
        this.#options.onState("failed");
      }
    });
  }

  #open(): void {
    const peer = new RTCPeerConnection({ iceServers: this.#options.iceServers, iceTransportPolicy: "relay" });
    this.#peer = peer;
    this.#source = new RTCAudioSource();
    peer.addTrack(this.#source.createTrack());
    this.#useChannel(
      peer.createDataChannel("studio", {
        negotiated: true,
        id: 0,
        ordered: false,
        maxRetransmits: 0,
      }) as RTCDataChannel,
    );
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
      this.#options.signal({ kind: "candidate", candidate: text, sdpMid, sdpMLineIndex });
    };
    peer.onconnectionstatechange = () => {
      if (this.#peer !== peer || this.#closed) return;
      if (peer.connectionState === "connected") this.#options.onState("connected");
      if (peer.connectionState === "failed") this.#options.onState("failed");
    };
    this.#options.onState("connecting");
  }

  #useChannel(channel: RTCDataChannel): void {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }: MessageEvent) => {
      const packet = data instanceof ArrayBuffer ? decodePacket(new Uint8Array(data)) : null;
      if (packet !== null) this.buffer.push(packet);
    };
    this.#channel = channel;
  }

  #shut(): void {
    this.#sink?.stop();
    this.#sink = undefined;
    this.#channel?.close();
    this.#peer.close();
  }

  #describe(sdp: string): string {
    return this.#options.tuned === false ? sdp : forMusic(sdp);
  }

  async #offer(restart: boolean): Promise<void> {
    const offer = await this.#peer.createOffer({ iceRestart: restart });
    await this.#peer.setLocalDescription({ type: "offer", sdp: this.#describe(offer.sdp ?? "") });
    this.#options.signal({ kind: "offer", sdp: this.#peer.localDescription?.sdp ?? "" });
  }

  async #hear(signal: Signal): Promise<void> {
    switch (signal.kind) {
      case "offer": {
        if (this.#options.offers) return;
        const id = sessionIdOf(signal.sdp);
        // Another connection at the far end (its program was started anew): ours begins anew with it.
        if (this.#remoteId !== "" && id !== this.#remoteId) {
          this.#shut();
          this.#open();
        }
        this.#remoteId = id;
        await this.#peer.setRemoteDescription({ type: "offer", sdp: this.#describe(signal.sdp) });
        const answer = await this.#peer.createAnswer();
        await this.#peer.setLocalDescription({ type: "answer", sdp: this.#describe(answer.sdp ?? "") });
        this.#options.signal({ kind: "answer", sdp: this.#peer.localDescription?.sdp ?? "" });
        return await this.#addWaiting();
      }
      case "answer":
        if (!this.#options.offers || this.#peer.signalingState !== "have-local-offer") return;
        await this.#peer.setRemoteDescription({ type: "answer", sdp: this.#describe(signal.sdp) });
        return await this.#addWaiting();
      case "candidate": {
        const { candidate, sdpMid, sdpMLineIndex } = signal;
        const init = { candidate, sdpMid, sdpMLineIndex };
        if (this.#peer.remoteDescription === null) {
          if (this.#waitingCandidates.length < 64) this.#waitingCandidates.push(init);
          return;
        }
        // A candidate of a generation that is over is of no use and no harm.
        return await this.#peer.addIceCandidate(init).catch(() => undefined);
      }
      case "bye":
        this.#options.onState("failed");
    }
  }

  async #addWaiting(): Promise<void> {
    for (const candidate of this.#waitingCandidates.splice(0)) {
      await this.#peer.addIceCandidate(candidate).catch(() => undefined);
    }
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
