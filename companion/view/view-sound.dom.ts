/**
 * The view's end of the sound. Nothing of it is loaded before it is wanted: the engine is a script of its own, fetched when the page is drawn and
 * begun by a click. What moves many times a second (levels) is no state: whoever draws it asks for it.
 */
import { signal } from "@preact/signals";
import type { DelayMode } from "../../audio/delay-mode.ts";
import { type LaneMix, plainMix } from "../../audio/lane-mixer.ts";
import { type LatencyLegs, totalOf } from "../../audio/latency.ts";
import type { BufferChoice } from "../../audio/playout.ts";
import type { UplinkLevel } from "../../audio/uplink-budget.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { may } from "../../protocol/roles.ts";
import type { AnnouncedCommand, IceServer, Signal } from "../../protocol/room.ts";
import type { ClockEstimate } from "../engine/clock/session-clock.std.ts";
import { EarlySignals } from "../engine/links/early-signals.std.ts";
import type { PeerState } from "../engine/links/peer.std.ts";
import type { WordsState } from "../engine/links/room-words.std.ts";
import type { InputChannels } from "../engine/sound/browser-messages.std.ts";
import type { BrowserSound, SoundThreads } from "../engine/sound/browser-sound.dom.ts";
import { DelayControl, type DelayInForce } from "../engine/sound/delay-control.std.ts";
import { ofKind, SYSTEM_CHOICE } from "../engine/sound/devices.std.ts";
import { canHaveSound, type InputFacts, plainInput, refusalOf } from "../engine/sound/input.dom.ts";
import { RecentWays } from "../engine/sound/recent-ways.std.ts";
import { type Agreement, compared, followWords, noAgreement, tellingOf } from "./agreement.std.ts";
import { followChannels, followHeard, type Heard } from "./heard-in.std.ts";
import type { KeptSound, Level, SoundDevice, SoundState, ViewSoundOptions } from "./sound-state.std.ts";

/** Told to the room when it has changed by so much. */
const TOLD_STEP_MS = 2;
/** What leaves a browser waits for the next beat of the carrier, at most so long. */
const BEAT_MS = 10;

export class ViewSound {
  readonly #options: ViewSoundOptions;
  #tap: MessagePort | null = null;
  #engine: BrowserSound | null = null;
  #threads: SoundThreads | null = null;
  #iceServers: readonly IceServer[] = [];
  #clock: ClockEstimate | undefined;
  #ownMs = 0;
  #toldMs = Number.NEGATIVE_INFINITY;
  #ways = new RecentWays();
  readonly #early = new EarlySignals();
  readonly state = signal<SoundState>({
    power: "off",
    trouble: canHaveSound() ? null : "old-browser",
    inputId: null,
    outputId: "",
    channels: "both",
    buffer: "balanced",
    delay: "live",
    isMuted: false,
    isDirect: false,
  });
  readonly inputs = signal<readonly SoundDevice[]>([]);
  readonly outputs = signal<readonly SoundDevice[]>([]);
  readonly links = signal<ReadonlyMap<MemberId, PeerState>>(new Map());
  readonly latencies = signal<ReadonlyMap<MemberId, LatencyLegs>>(new Map());
  /** The four words of the room, and what this person has made of them. */
  readonly agreement = signal<Agreement>(noAgreement);
  /** After how long everybody is heard, once the person has asked for one delay for all, or for bars. */
  readonly delays = signal<DelayInForce>({ mode: "live", delayMs: null, bars: null });
  readonly mixes = signal<ReadonlyMap<MemberId, LaneMix>>(new Map());
  readonly #control = new DelayControl({
    ownMs: () => this.#ownMs,
    barMs: () => this.#options.barMs(),
    hold: (holds, monitorMs) => this.#engine?.hold(holds, monitorMs),
    onChange: (inForce) => {
      this.delays.value = inForce;
    },
  });
  readonly levels = new Map<MemberId | "own", Level>();
  /** What should be other about the input. */
  readonly facts = signal<InputFacts>(plainInput);
  /** What the device takes, there and back: as the system tells it while the sound is on, and as the person has measured it. */
  readonly deviceMs = signal<number | null>(null);
  readonly trip = signal<{ ms: number; errorMs: number } | null>(null);
  /** In what the others hear this person, and this person the others where it is less than they play. */
  readonly uplink = signal<UplinkLevel>("full");
  readonly heard = signal<ReadonlyMap<MemberId, Heard>>(new Map());
  /** How many channels each of the others plays. */
  readonly channels = signal<ReadonlyMap<MemberId, number>>(new Map());
  /** At which rate the device really runs, where it is not the one that it says. */
  readonly trueRateHz = signal<number | null>(null);
  /** The input that has been chosen and is not open yet: a list of inputs stands on it, however long the device takes. */
  readonly opening = signal<string | null>(null);
  /** The devices that the person chose, here or at an earlier visit; `""` is the system's own choice. */
  readonly wanted = signal({ inputId: "", outputId: "" });

  /** What one of the others plays on a MIDI instrument, and when it sounds by the page's clock (P87). */
  onNote: ((from: MemberId, bytes: Uint8Array<ArrayBuffer>, atMs: number) => void) | null = null;

  constructor(options: ViewSoundOptions) {
    this.#options = options;
  }

  /** Fetches the engine and readies its threads, so that a click has not to wait for them. */
  async load(): Promise<void> {
    if (this.state.value.trouble === "old-browser") return;
    const { threads } = await this.#ready();
    await threads.device;
  }

  async #ready() {
    const { BrowserSound } = await import("../engine/sound/browser-sound.dom.ts");
    const threads = this.#threads ?? BrowserSound.prepare(this.#options.boot.sound);
    this.#threads = threads;
    threads.device.catch(() => {
      // The next click tries anew.
      if (this.#threads === threads) this.#threads = null;
    });
    return { BrowserSound, threads };
  }

  /** What was chosen at an earlier visit, before the sound is turned on. */
  restore({ inputId, outputId, mixes, ...state }: KeptSound): void {
    const { wanted } = this;
    wanted.value = { inputId: inputId ?? wanted.value.inputId, outputId: outputId ?? wanted.value.outputId };
    if (mixes !== undefined) this.mixes.value = mixes;
    this.#set(state);
    this.#control.mode = this.state.value.delay;
  }

  /** A person's click: opens the devices. With `withInput` false, only to listen. */
  async turnOn(withInput: boolean): Promise<void> {
    if (this.state.value.power !== "off") return;
    this.#set({ power: "opening", trouble: null });
    try {
      const { BrowserSound, threads } = await this.#ready();
      // They are this sound's: the next one has its own.
      this.#threads = null;
      const engine = new BrowserSound(
        {
          signal: this.#options.signal,
          onLink: (memberId, state) => {
            if (state === "connected") this.#options.onLinked();
            this.links.value = new Map(this.links.value).set(memberId, state);
          },
          onWords: (state) => this.#setWords(state),
          onReading: this.#options.onReading,
          onAnnounced: this.#options.onAnnounced,
          onNote: (from, bytes, atMs) => this.onNote?.(from, bytes, atMs),
          onLevels: (own, levels) => {
            this.levels.set("own", own);
            for (const { memberId, ...level } of levels) this.levels.set(memberId, level);
          },
          onLatencies: (latencies, levels) => {
            this.heard.value = followHeard(this.heard.value, levels, performance.now());
            this.channels.value = followChannels(this.channels.value, levels);
            this.#setLatencies(latencies);
          },
          onUplink: (level) => {
            this.uplink.value = level;
          },
          onDeviceMs: (deviceMs) => {
            this.deviceMs.value = Math.round(deviceMs);
          },
          onCapture: this.#options.onCapture,
          onTrueRate: (otherHz) => {
            this.trueRateHz.value = otherHz;
          },
          onDevice: (trouble) => {
            this.#set({ trouble, inputId: engine.inputId });
            this.#tellStatus();
          },
          onDevices: (devices) => {
            this.inputs.value = ofKind(devices, "audioinput");
            this.outputs.value = ofKind(devices, "audiooutput");
            this.#takeUpAgain();
          },
        },
        threads,
      );
      this.#engine = engine;
      this.#control.again();
      if (this.#tap !== null) engine.tap(this.#tap);
      this.#tap = null;
      this.#restoreMix(engine);
      engine.iceServers = this.#iceServers;
      if (this.#clock !== undefined) engine.setClock(this.#clock);
      this.talk(false);
      // The others' sound is on its way while this person's devices open, or they are still asked whether they may.
      this.setMembers();
      await Promise.all([engine.start(), this.#openDevices(engine, withInput)]);
      this.#options.onEngine(engine);
      this.#set({ power: "on" });
    } catch (error) {
      this.close();
      this.#set({ power: "off", trouble: refusalOf(error) });
    }
    this.#tellStatus();
  }

  /** As the person had it. */
  #restoreMix(engine: BrowserSound): void {
    const { channels, buffer } = this.state.value;
    engine.channels = channels;
    engine.buffer = buffer;
    for (const [memberId, mix] of this.mixes.value) engine.mix(memberId, mix);
  }

  /** As the person had them. A device that is not there any more is said, and the system's own stands for it. */
  async #openDevices(engine: BrowserSound, withInput: boolean): Promise<void> {
    const { inputId, outputId } = this.wanted.value;
    if (withInput) {
      await this.setInput(inputId);
      if (inputId !== "" && this.state.value.trouble === "no-microphone") {
        await this.setInput("");
        if (this.state.value.trouble === null) this.#options.onOtherDevice();
      }
    }
    if (outputId === "") return;
    if (await engine.setOutput(outputId)) this.#set({ outputId });
    else this.#options.onOtherDevice();
  }

  /** Another input, or none; what it cannot have is said. */
  async setInput(deviceId: string | null): Promise<void> {
    const isSystems = deviceId === "" || deviceId === SYSTEM_CHOICE;
    if (deviceId !== null) this.wanted.value = { ...this.wanted.value, inputId: isSystems ? "" : deviceId };
    this.opening.value = isSystems ? SYSTEM_CHOICE : deviceId;
    const trouble = (await this.#engine?.setInput(deviceId)) ?? null;
    if (trouble === "superseded") return;
    this.opening.value = null;
    this.#set({ trouble, inputId: this.#engine?.inputId ?? null });
    this.facts.value = this.#engine?.facts ?? plainInput;
    this.#tellStatus();
  }

  /** The device that the person chose has gone, and is plugged in again: it is their choice still. */
  #takeUpAgain(): void {
    const { inputId, outputId } = this.wanted.value;
    const isListed = (devices: readonly SoundDevice[], id: string) => devices.some(({ deviceId }) => deviceId === id);
    const { trouble, inputId: openId } = this.state.value;
    if (trouble === "output-gone" && isListed(this.outputs.value, outputId)) void this.setOutput(outputId);
    if (trouble !== "input-gone" || openId !== null || this.opening.value !== null) return;
    if (isListed(this.inputs.value, inputId)) void this.setInput(inputId);
  }

  async setOutput(outputId: string): Promise<void> {
    this.wanted.value = { ...this.wanted.value, outputId };
    if (await this.#engine?.setOutput(outputId)) this.#set({ outputId, trouble: null });
    else this.#set({ trouble: "output-gone" });
  }

  setChannels(channels: InputChannels): void {
    this.#set({ channels });
    if (this.#engine !== null) this.#engine.channels = channels;
  }

  setBuffer(buffer: BufferChoice): void {
    this.#set({ buffer });
    if (this.#engine !== null) this.#engine.buffer = buffer;
  }

  /** Everybody as soon as can be, all after the group's delay (oneself too, in one's own ears), or whole bars later. */
  setDelay(delay: DelayMode): void {
    this.#set({ delay });
    this.#control.mode = delay;
  }

  /** The person has read the words to the others, and they are the same. */
  compare(): void {
    this.agreement.value = compared(this.agreement.value);
  }

  setMuted(isMuted: boolean): void {
    this.#set({ isMuted });
    this.talk(false);
    this.#tellStatus();
  }

  /** While the key is held, the others hear this person, muted or not, and their music steps back. */
  talk(isTalking: boolean): void {
    if (this.#engine === null) return;
    this.#engine.live = isTalking ? "talkback" : this.state.value.isMuted ? "silent" : "programme";
  }

  mixOf(memberId: MemberId): LaneMix {
    return this.mixes.value.get(memberId) ?? plainMix;
  }

  mix(memberId: MemberId, change: Partial<LaneMix>): void {
    const mix = { ...this.mixOf(memberId), ...change };
    this.mixes.value = new Map(this.mixes.value).set(memberId, mix);
    this.#engine?.mix(memberId, mix);
  }

  set iceServers(iceServers: readonly IceServer[]) {
    this.#iceServers = iceServers;
    if (this.#engine !== null) this.#engine.iceServers = iceServers;
  }

  setClock(clock: ClockEstimate): void {
    this.#clock = clock;
    this.#engine?.setClock(clock);
  }

  /** How long before an instant the last of the others has to be told of it over the lanes (P77); `null` where one cannot be. */
  farthestMs(): number | null {
    const { memberId, members } = this.#options.state();
    const farthestMs = this.#ways.farthestMs(memberId, members, performance.now());
    return this.state.value.power !== "on" || farthestMs === null ? null : farthestMs + BEAT_MS;
  }

  announce(command: AnnouncedCommand): void {
    this.#engine?.announce(command);
  }

  /** Plays a message of a MIDI channel to everybody; whether this person may is its caller's to ask. */
  playNote(bytes: Uint8Array<ArrayBuffer>, atMs: number): void {
    this.#engine?.playNote(bytes, atMs);
  }

  /** What the device captures goes over this port too, to whoever records it. */
  tap(port: MessagePort): void {
    if (this.#engine === null) this.#tap = port;
    else this.#engine.tap(port);
  }

  /** The room is there again. */
  again(): void {
    this.#engine?.again();
  }

  /** The person's own choice that whoever has made it too knows their address, and they theirs. */
  setDirect(isDirect: boolean): void {
    this.#set({ isDirect });
    this.#options.setStatus({ directPath: isDirect });
    this.setMembers();
  }

  /** The room has said who is here. */
  setMembers(): void {
    const { memberId, role, members, listeners: all } = this.#options.state();
    this.#control.followMembers(members);
    // What is said over a phone is for the band.
    const listeners = this.#options.boot.phoneOf === undefined ? all : null;
    const { isDirect } = this.state.value;
    if (memberId === null || role === null || this.#engine === null) return;
    const here = new Set(members.flatMap(({ memberId: one, connected }) => (connected ? [one] : [])));
    const early = this.#early.take((one) => here.has(one));
    this.#engine.setMembers(memberId, role, { members, listeners, isDirect, early });
  }

  handleSignal(from: MemberId, message: Signal): void {
    if (this.#engine === null) this.#early.hear(from, message);
    else this.#engine.handleSignal(from, message);
  }

  /** The way back to before the click: nobody is heard and nobody hears; the next click makes new keys. */
  turnOff(): void {
    this.close();
    this.levels.clear();
    this.links.value = new Map();
    this.latencies.value = new Map();
    this.agreement.value = noAgreement;
    this.trueRateHz.value = null;
    this.deviceMs.value = null;
    this.uplink.value = "full";
    this.heard.value = new Map();
    this.channels.value = new Map();
    this.#set({ power: "off", trouble: null, inputId: null });
    this.#tellStatus();
  }

  close(): void {
    this.#ways = new RecentWays();
    void this.#engine?.close();
    this.#engine = null;
    this.opening.value = null;
  }

  #set(change: Partial<SoundState>): void {
    const wasOn = this.state.value.power === "on";
    this.state.value = { ...this.state.value, ...change };
    const isOn = this.state.value.power === "on";
    if (wasOn !== isOn) this.#options.onPower(isOn);
  }

  #tellStatus(): void {
    const { power, inputId, isMuted } = this.state.value;
    const { role } = this.#options.state();
    const micLive = power === "on" && inputId !== null && !isMuted && role !== null && may(role, "audio.send");
    this.#options.setStatus({ micLive });
  }

  #setWords(state: WordsState): void {
    const linked = [...this.links.value].flatMap(([memberId, link]) => (link === "connected" ? [memberId] : []));
    const [last, now] = [this.agreement.value, followWords(this.agreement.value, state, linked)];
    this.agreement.value = now;
    const telling = tellingOf(last, now);
    if (telling !== null) this.#options.onWords(telling);
  }

  #setLatencies(latencies: { memberId: MemberId; legs: LatencyLegs }[]): void {
    // A device takes as long for one's own sound as for the others'.
    const [first] = latencies;
    if (first !== undefined) this.#ownMs = 2 * first.legs.playoutMs;
    this.#control.followLatencies(latencies);
    for (const { memberId, legs } of latencies) this.#ways.note(memberId, legs.networkMs, performance.now());
    this.#options.onWays();
    this.latencies.value = new Map(latencies.map(({ memberId, legs }) => [memberId, legs]));
    const worst = latencies.reduce<LatencyLegs | null>(
      (far, { legs }) => (far === null || totalOf(legs) > totalOf(far) ? legs : far),
      null,
    );
    // The room holds everybody's transport back as far as the farthest needs: it is told of changes that matter.
    if (worst === null || Math.abs(totalOf(worst) - this.#toldMs) < TOLD_STEP_MS) return;
    this.#toldMs = totalOf(worst);
    // There and back may be split as unevenly as can be.
    this.#options.setStatus({ latencyMs: totalOf(worst), latencyErrorMs: worst.networkMs });
  }
}
