import { blockMsOf } from "../../../audio/capture-ring.ts";
import { DeviceClock } from "../../../audio/device-clock.ts";
import { DEVICE_RATE_HZ, DEVICE_RATES_HZ, type DeviceRateHz, LANE_CHANNELS } from "../../../audio/lane-players.ts";
import { LANE_CHANNELS_MAX, LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import { JackRefused } from "../native/compiled-addon.node.ts";
import type { JackAddon } from "./jack-addon.node.ts";

/** 0.17 s of every channel at 48 kHz: more than any period, and more than any stall that is made good. */
const RING_FRAMES = 8_192;
/** The control words, in the order of `jack-device.c`. */
const word = { captured: 0, queued: 1, underruns: 3, xruns: 4, rate: 5, period: 6, isGone: 7 } as const;
const CONTROL_WORDS = 8;
const WAIT_MS = 100;
const OPEN_AGAIN_MS = 1_000;
/** The mix, and for each of the others, more than ever play in one session, a port for each channel that a lane may have. */
const PERSON_PORTS_MAX = 11;
const OUTPUTS = LANE_CHANNELS + PERSON_PORTS_MAX * LANE_CHANNELS_MAX;
const outputOf = (slot: number, channel: number) => LANE_CHANNELS + slot * LANE_CHANNELS_MAX + channel;
/** What a list of ports can show. */
const NAME_MAX = 24;

export interface JackOptions {
  addon: JackAddon;
  /** How many inputs it has: as many as are recorded or sent. */
  inputs: number;
  /** Whether the machine's own inputs and loudspeakers are connected by themselves. */
  connect: boolean;
  /** When frame 0 was, if this count goes on that of another device. */
  openedAtMs: number | null;
  /** One block: what was captured, and what is to be played, one array a channel; frames of the device's own count. */
  onBlock(frame: number, captured: readonly Float32Array[], mixed: readonly Float32Array[]): void;
}

/** The server has come back at another rate than the count of frames is in. */
export class JackRateChanged extends Error {}

const mono = () => new Float32Array(LANE_PACKET_FRAMES);
const silence = mono();

const commonDivisor = (one: number, other: number): number => (other === 0 ? one : commonDivisor(other, one % other));

interface PersonPorts {
  /** Empty while the ports are nobody's. */
  name: string;
  samples: readonly Float32Array[];
  /** How many of them somebody's lane brought in the block in hand, and has brought at most; and how many have ports. */
  heard: number;
  most: number;
  ports: number;
}

/**
 * A sound device that JACK has, or PipeWire by JACK's names. Its client has inputs, the mix for this person's ears, and for each
 * of the others as many outputs as their lane has channels, a pair at least, so that a DAW records them as inputs of its own. Life: opened once; turned by its thread whenever it wakes; where the server
 * goes away it looks for one each second, and the count of frames jumps over the time without. Its clock is its own: `originMs` follows it. A server at
 * another rate ends it, since a count has one.
 */
export class JackDevice {
  readonly #options: JackOptions;
  readonly #capture: Float32Array<SharedArrayBuffer>;
  readonly #play = new Float32Array(new SharedArrayBuffer(RING_FRAMES * OUTPUTS * 4));
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  readonly #captured: readonly Float32Array[];
  readonly #mixed = [mono(), mono()] as const;
  readonly #people: PersonPorts[] = [];
  readonly #slots = new Map<string, number>();
  #clock: DeviceClock;
  #rateHz: DeviceRateHz = DEVICE_RATE_HZ;
  #blockMs = blockMsOf(DEVICE_RATE_HZ);
  #hasRate = false;
  /** When frame 0 was, as far as is known from before this opening. */
  #sinceMs: number | null;
  /** The next block of the count, and where it begins in the ring. */
  #block = 0;
  #read = 0;
  /** How long after its capture a block is played: the least for which it is always there before JACK asks for it. */
  #delayFrames = 0;
  #isOpen = false;
  #awayBecause = "";
  #isRunning = false;
  #lookedAtMs = 0;
  #xruns = 0;
  #underruns = 0;
  /** How often something was not there in time, here or at JACK. */
  skips = 0;

  /** Throws `JackRefused` where JACK is not there, or runs at a rate that a session does not have. */
  constructor(options: JackOptions) {
    this.#options = options;
    this.#capture = new Float32Array(new SharedArrayBuffer(RING_FRAMES * options.inputs * 4));
    this.#captured = Array.from({ length: options.inputs }, mono);
    this.#sinceMs = options.openedAtMs;
    this.#clock = new DeviceClock();
    for (let slot = 0; slot < PERSON_PORTS_MAX; slot++)
      this.#people.push({
        name: "",
        samples: Array.from({ length: LANE_CHANNELS_MAX }, mono),
        heard: 0,
        most: LANE_CHANNELS,
        ports: 0,
      });
    this.#open();
  }

  get rateHz(): DeviceRateHz {
    return this.#rateHz;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why there is no device now, in a sentence for the person, or `""` while that is looked for; `null`: there is one. */
  get awayBecause(): string | null {
    return this.#isOpen ? null : this.#awayBecause;
  }

  /** When frame 0 was, by the machine's clock, as the device's own clock has it now. */
  get originMs(): number {
    return this.#clock.originMs ?? this.#sinceMs ?? 0;
  }

  get periodFrames(): number {
    return Atomics.load(this.#control, word.period);
  }

  /**
   * What lies before a block has begun to be captured and after it is handed back, as far as JACK knows: its capture latency is that of the period's
   * first frame, which is a period old when the period is there, and its playback latency begins when a period is handed over.
   */
  get latencyMs(): { captureMs: number; playoutMs: number } {
    const { addon } = this.#options;
    if (!this.#isOpen) return { captureMs: 0, playoutMs: 0 };
    const toMs = (frames: number) => (frames / this.#rateHz) * 1000;
    return {
      captureMs: toMs(Math.max(0, addon.latencyFrames(false) - this.periodFrames)),
      playoutMs: toMs(this.#delayFrames + addon.latencyFrames(true)),
    };
  }

  /** A pair of ports for whoever came, and more once their lane has brought more; their sound is told with `hear`. Nothing where there are too many. */
  addPerson(id: string, wanted: string): void {
    const slot = this.#people.findIndex(({ name }) => name === "");
    const person = this.#people[slot];
    if (person === undefined || this.#slots.has(id)) return;
    person.name = this.#nameOf(wanted);
    person.heard = 0;
    person.most = LANE_CHANNELS;
    this.#slots.set(id, slot);
    this.#addPorts(slot);
  }

  removePerson(id: string): void {
    const slot = this.#slots.get(id);
    const person = this.#personOf(id);
    if (slot === undefined || person === undefined) return;
    this.#slots.delete(id);
    person.name = "";
    const { ports } = person;
    person.ports = 0;
    if (!this.#isOpen) return;
    for (let channel = 0; channel < ports; channel++) this.#options.addon.removeOutput(outputOf(slot, channel));
  }

  /** What somebody's lane brought in the block in hand: its channels, of which the first `count` are there. */
  hear(id: string, heard: readonly Float32Array[], count: number): void {
    const person = this.#personOf(id);
    if (person === undefined) return;
    for (let channel = 0; channel < count; channel++) person.samples[channel]?.set(heard[channel] ?? silence);
    person.heard = count;
    person.most = Math.max(person.most, count);
  }

  /** Ports for what somebody's lane has brought more. They stay, also where it is folded down for a while: a DAW is connected to them. */
  followLanes(): void {
    for (const [slot, { name, most, ports }] of this.#people.entries())
      if (name !== "" && most > ports) this.#addPorts(slot);
  }

  /** Every block that has been captured since. */
  turn(): void {
    if (Atomics.load(this.#control, word.isGone) !== 0) this.#lose();
    if (!this.#isOpen) {
      this.#openAgain();
      return;
    }
    const captured = Atomics.load(this.#control, word.captured);
    let frames = (captured - this.#read) | 0;
    if (frames < LANE_PACKET_FRAMES) return;
    // What the ring no longer has is gone, and the count jumps over it.
    const lost = Math.floor(Math.max(0, frames - RING_FRAMES / 2) / LANE_PACKET_FRAMES);
    if (lost > 0) this.skips++;
    this.#read = (this.#read + lost * LANE_PACKET_FRAMES) | 0;
    this.#block += lost;
    frames -= lost * LANE_PACKET_FRAMES;
    this.#clock.note(this.#block + frames / LANE_PACKET_FRAMES, machineNowMs());
    this.#countSkips();
    this.#delayFrames = this.#leastDelay(frames);
    for (; frames >= LANE_PACKET_FRAMES; frames -= LANE_PACKET_FRAMES) this.#oneBlock();
  }

  /** Sleeps until the device has more, or for so long. */
  wait(): void {
    this.#options.addon.wait(WAIT_MS);
  }

  timeOf(frame: number): number {
    return this.originMs + (frame / this.#rateHz) * 1000;
  }

  close(): void {
    this.#isOpen = false;
    this.#options.addon.close();
  }

  /**
   * Periods end at every `period` frames and blocks at every 128. A block that ends `phase` frames after the end of a period waits the longest, for the
   * rest of that period, or of the whole ones that make up a block. The phase is other than 0 once the period has changed under way.
   */
  #leastDelay(captured: number): number {
    const period = Math.max(1, this.periodFrames);
    const step = commonDivisor(period, LANE_PACKET_FRAMES);
    return period + LANE_PACKET_FRAMES - step + (captured % step);
  }

  #open(): void {
    const { addon, inputs, connect } = this.#options;
    try {
      addon.open("SessionLinked", this.#capture, this.#play, inputs, OUTPUTS, this.#control);
    } catch (error) {
      throw new JackRefused(sentenceOf(error));
    }
    this.#followRate(Atomics.load(this.#control, word.rate));
    this.#isOpen = true;
    addon.addOutput(0, "out_1");
    addon.addOutput(1, "out_2");
    for (const person of this.#people) person.ports = 0;
    for (const slot of this.#slots.values()) this.#addPorts(slot);
    this.#read = Atomics.load(this.#control, word.captured);
    // The count goes on where it would be by now; another server's clock is another one.
    const nowMs = machineNowMs();
    this.#sinceMs = this.#clock.originMs ?? this.#sinceMs ?? nowMs;
    this.#block = Math.max(this.#block, Math.ceil((nowMs - this.#sinceMs) / this.#blockMs));
    this.#delayFrames = this.#leastDelay(0);
    this.#clock = new DeviceClock(this.#blockMs);
    this.#isRunning = false;
    if (connect) addon.connectPhysical(LANE_CHANNELS);
  }

  #followRate(rate: number): void {
    const rateHz = DEVICE_RATES_HZ.find((one) => one === rate);
    if (rateHz !== undefined && (!this.#hasRate || rateHz === this.#rateHz)) {
      this.#hasRate = true;
      this.#rateHz = rateHz;
      this.#blockMs = blockMsOf(rateHz);
      return;
    }
    this.#options.addon.close();
    if (rateHz !== undefined) throw new JackRateChanged(`JACK runs at ${rate} Hz now.`);
    const rates = DEVICE_RATES_HZ.join(", ");
    throw new JackRefused(`JACK runs at ${rate} Hz, and a session at ${rates}: start it with -r ${DEVICE_RATE_HZ}.`);
  }

  /**
   * The server is gone. Its client is not closed before another is looked for: libjack's own thread may still be hearing of it, and closing cancels
   * that thread with a lock in its hand that every later call waits for.
   */
  #lose(): void {
    this.#isOpen = false;
    Atomics.store(this.#control, word.isGone, 0);
    this.#lookedAtMs = machineNowMs();
    this.#awayBecause = "";
  }

  #openAgain(): void {
    const nowMs = machineNowMs();
    if (nowMs - this.#lookedAtMs < OPEN_AGAIN_MS) return;
    this.#lookedAtMs = nowMs;
    this.#options.addon.close();
    try {
      this.#open();
    } catch (error) {
      if (!(error instanceof JackRefused)) throw error;
      this.#awayBecause = error.message;
    }
  }

  #personOf(id: string): PersonPorts | undefined {
    const slot = this.#slots.get(id);
    return slot === undefined ? undefined : this.#people[slot];
  }

  #addPorts(slot: number): void {
    const person = this.#people[slot];
    if (!this.#isOpen || person === undefined) return;
    // The first two are there before anybody knows how many there will be.
    for (; person.ports < person.most; person.ports++) {
      const side = ["L", "R"][person.ports] ?? String(person.ports + 1);
      this.#options.addon.addOutput(outputOf(slot, person.ports), `${person.name} ${side}`);
    }
  }

  /** A name that JACK takes, and that no port has yet. */
  #nameOf(wanted: string): string {
    const plain = wanted.replace(/[:\p{C}]/gu, " ").trim();
    const name = [...plain].slice(0, NAME_MAX).join("").trim() || "Somebody";
    const isTaken = (one: string) => this.#people.some((person) => person.name === one);
    for (let number = 1; ; number++) {
      const one = number === 1 ? name : `${name} ${number}`;
      if (!isTaken(one)) return one;
    }
  }

  #oneBlock(): void {
    const from = this.#read;
    for (const [channel, samples] of this.#captured.entries())
      for (let at = 0; at < LANE_PACKET_FRAMES; at++)
        samples[at] = this.#capture[channel * RING_FRAMES + ((from + at) & (RING_FRAMES - 1))] ?? 0;
    this.#read = (from + LANE_PACKET_FRAMES) | 0;
    for (const person of this.#people) person.heard = 0;
    this.#options.onBlock(this.#block * LANE_PACKET_FRAMES, this.#captured, this.#mixed);
    this.#block++;
    this.#queue(from);
  }

  /** JACK counts what it captures and what it plays in the same turns, so both places are of one count. What is too late is left out by JACK. */
  #queue(captured: number): void {
    const to = (captured + this.#delayFrames) | 0;
    for (const [channel, samples] of this.#mixed.entries()) this.#copy(samples, channel, to);
    for (const [slot, { samples, heard, ports }] of this.#people.entries())
      for (let channel = 0; channel < ports; channel++)
        this.#copy(channel < heard ? (samples[channel] ?? silence) : silence, outputOf(slot, channel), to);
    Atomics.store(this.#control, word.queued, (to + LANE_PACKET_FRAMES) | 0);
  }

  #copy(samples: Float32Array, channel: number, to: number): void {
    for (let at = 0; at < LANE_PACKET_FRAMES; at++)
      this.#play[channel * RING_FRAMES + ((to + at) & (RING_FRAMES - 1))] = samples[at] ?? 0;
  }

  #countSkips(): void {
    const [underruns, xruns] = [Atomics.load(this.#control, word.underruns), Atomics.load(this.#control, word.xruns)];
    // Before the first block there was nothing to play.
    if (this.#isRunning && (underruns !== this.#underruns || xruns !== this.#xruns)) this.skips++;
    this.#isRunning = true;
    this.#underruns = underruns;
    this.#xruns = xruns;
  }
}

function sentenceOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "NO_LIBRARY") return "JACK is not installed here. Install jackd2, or PipeWire with pipewire-jack.";
  if (code === "NO_SERVER")
    return "No JACK server runs. Start one (qjackctl, or jackd -d alsa -r 48000 -p 128), then join again.";
  return `JACK refuses the device: ${error instanceof Error ? error.message : String(error)}.`;
}
