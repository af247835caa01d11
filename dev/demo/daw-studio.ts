import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import type { DawMessage } from "../../companion/engine/midi/driver.std.ts";
import { type JackMidi, loadJackMidi, openJackMidiPort } from "../../companion/engine/midi/jack-midi-port.node.ts";
import { mmcDriver } from "../../companion/engine/midi/mmc.std.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { Platform } from "../platform.ts";
import { seedAccount } from "../seed.ts";
import { Ardour } from "./ardour.ts";
import { ClockFollower } from "./clock-follower.ts";
import { Companion } from "./companion.ts";
import type { DawLanguage } from "./daw-script.ts";
import { Jack } from "./jack.ts";
import { type Heard, JackEar } from "./jack-ear.ts";
import { writePart } from "./song.ts";
import { openWay, type WayOptions } from "./way.ts";

/** Who has an Ardour; the third has a program that follows MIDI clock. */
export const DAW_NAMES = ["Ada", "Ben"] as const;
export const CLOCK_NAME = "Cleo";
const STAND_STILL_TIMES = 5;
/** Device of the hands' own controllers: what they say is told from what a companion says. */
const HAND_DEVICE = 1;

/** As `--daw` has them. */
const spoken = { mmc: "mmc", mackie: "mackie,ardour", clock: "clock" } as const;
/** What a program dies of by a fault, and not because somebody or JACK ended it. */
const CRASHES = ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"];

/** What is no fault of ours, and leaves nothing to judge. */
export class DawEnded extends Error {}

export interface DawStudioOptions {
  platform: Platform;
  folder: string;
  seed: number;
  way: Omit<WayOptions, "seed">;
}

interface Person {
  name: string;
  token: string;
  /** Those of one person, one after the other: another language is another run of the program. */
  companions: Companion[];
  origin: string;
}

/**
 * The places of the demo: a JACK server, two Ardours, a program that follows MIDI clock where there is one, and a companion for each by a way of its
 * own to the platform. Life: opened once; Ada's companion comes anew for each language; everything ends together, JACK first.
 */
export class DawStudio {
  readonly jack: Jack;
  readonly ardours: Ardour[] = [];
  readonly people: Person[] = [];
  clock: ClockFollower | undefined;
  readonly #options: DawStudioOptions;
  readonly #jackMidi: JackMidi = loadJackMidi();
  readonly #opened: { stop(): Promise<void> }[] = [];
  readonly #hands: ((message: DawMessage) => void)[] = [];
  #sessionId: SessionId | undefined;
  #hasSpoken = false;
  /** What each DAW says, and what it is told. */
  readonly says: JackEar[] = [];
  readonly told: JackEar[] = [];

  private constructor(jack: Jack, options: DawStudioOptions) {
    this.jack = jack;
    this.#options = options;
  }

  static async open(options: DawStudioOptions): Promise<DawStudio> {
    const studio = new DawStudio(await Jack.start(), options);
    try {
      await studio.#startArdours();
      await studio.#invite();
      return studio;
    } catch (error) {
      await studio.close(error);
      throw error;
    }
  }

  /** Throws where a program that is not ours has gone: a fault, where it crashed at what it was told, and else nobody's. */
  mustRun(): void {
    const ended = [this.jack, ...this.ardours].filter(({ hasEnded }) => hasEnded);
    if (ended.length === 0) return;
    const says = ended.map(({ name, endedBy }) => `${name} (${endedBy})`).join(", ");
    if (this.#hasSpoken && this.ardours.some(({ endedBy }) => CRASHES.includes(endedBy ?? "")))
      throw new Error(`A DAW crashed after it was spoken to: ${says}.`);
    throw new DawEnded(`Ended by itself: ${says}. Nothing was measured.`);
  }

  get companions(): Companion[] {
    return this.people.flatMap(({ companions }) => companions.at(-1) ?? []);
  }

  /** Somebody's companion comes, in this language, and is connected to their DAW. */
  async join(who: number, language: DawLanguage | "clock"): Promise<Companion> {
    const { people, ardours, jack, told } = this;
    const person = people[who];
    const sessionId = this.#sessionId;
    if (person === undefined || sessionId === undefined) throw new Error("There is nobody.");
    const { name, token, origin, companions } = person;
    await companions.at(-1)?.leave();
    this.#hasSpoken = true;
    const port = `SessionLinked ${name}`;
    const ardour = ardours[who];
    const companion = new Companion(name, {
      ...{ origin, token, sessionId },
      input: join(this.#options.folder, "input.wav"),
      folder: join(this.#options.folder, name),
      daw: language === "osc" ? `ardour@${ardour?.oscAddress}` : `${spoken[language]}@jack:${port}`,
      flags: ["--no-links", "--arm", ""],
    });
    companions.push(companion);
    this.#opened.unshift({ stop: () => companion.leave() });
    await companion.until("joined", () => true, 60);
    if (language === "osc") return companion;
    const [from, to] = [await jack.until(`${port}:out`), await jack.until(`${port}:in`)];
    if (language === "mmc") {
      jack.connect(from, `${ardour?.name}:MMC in`);
      for (const says of ["MMC out", "MTC out"]) jack.connect(`${ardour?.name}:${says}`, to);
    } else if (language === "mackie") {
      jack.connect(from, `${ardour?.name}:mackie control in`);
      jack.connect(`${ardour?.name}:mackie control out`, to);
    } else {
      this.clock = ClockFollower.start(from);
      const { clock } = this;
      this.#opened.unshift({ stop: () => clock.stop() });
      await jack.until(":mclk_in");
    }
    const ear = told[who] ?? (await this.#ear(`Told ${name}`, []));
    told[who] = ear;
    jack.connect(from, `Told ${name}:in`);
    return companion;
  }

  /** A hand on each DAW: a controller of its own, which the companion does not see. They stand still first. */
  async layHands(): Promise<void> {
    const { encode } = mmcDriver({ deviceId: HAND_DEVICE });
    for (const [at, name] of DAW_NAMES.entries()) {
      // It goes with this process: JACK waits for whoever closes a port while others end.
      const hand = openJackMidiPort(this.#jackMidi, `Hand ${name}`);
      const ardour = this.ardours[at]?.name;
      this.jack.connect(await this.jack.until(`Hand ${name}:out`), `${ardour}:MMC in`);
      this.#hands.push((message) => {
        const bytes = encode(message);
        if (bytes !== null) hand.sendAt(bytes, 0);
      });
      this.says[at] = await this.#ear(`Says ${name}`, [`${ardour}:MTC out`, `${ardour}:MMC out`]);
    }
    // An Ardour without a window rolls as soon as it has opened its session; nobody has pressed anything yet. What is said right after a
    // port was connected may be lost, so it is said more than once.
    for (let times = 0; times < STAND_STILL_TIMES; times++) {
      for (const at of DAW_NAMES.keys()) this.press(at, { type: "stop" });
      await sleep(600);
    }
  }

  press(who: number, message: DawMessage): void {
    this.#hands[who]?.(message);
  }

  /** Ends everything. Where a program that is not ours has gone, that is why there was an error, and not where one of ours has. */
  async close(error?: unknown): Promise<void> {
    const isOurs = this.companions.some(({ hasEnded }) => hasEnded);
    try {
      if (error !== undefined && !isOurs) this.mustRun();
    } finally {
      // The server first: it waits long for a client that is killed, and clients do not wait for it.
      await this.jack.stop();
      for (const one of this.#opened) await one.stop();
    }
  }

  async #startArdours(): Promise<void> {
    for (const name of DAW_NAMES) {
      const ardour = Ardour.start(`ardour-${name}`, join(this.#options.folder, `ardour-${name}`));
      this.#opened.unshift(ardour);
      this.ardours.push(ardour);
      await this.jack.until(`${ardour.name}:MTC out`);
      await sleep(1_500);
    }
  }

  async #invite(): Promise<void> {
    const { platform, folder, seed, way } = this.#options;
    writePart(join(folder, "input.wav"), "guitar", 4);
    const names = [...DAW_NAMES, ...(ClockFollower.isThere() ? [CLOCK_NAME] : [])];
    for (const [at, displayName] of names.entries()) {
      const email = `${displayName}-${seed}@example.org`;
      const { token } = await seedAccount(platform, { displayName, email, tier: "free" });
      const own = await openWay(platform.origin, { ...way, seed: seed + at });
      this.#opened.unshift({ stop: async () => own.close() });
      this.people.push({ name: displayName, token, companions: [], origin: own.origin });
    }
    const [host, ...guests] = this.people.map(({ token }) => new ApiClient(platform.origin, token));
    if (host === undefined) throw new Error("There is nobody.");
    const { sessionId } = await host.createSession("Two cities");
    for (const guest of guests) await guest.acceptInvite((await host.createInvite(sessionId)).code);
    this.#sessionId = sessionId;
  }

  async #ear(name: string, from: readonly string[]): Promise<JackEar> {
    const ear = await JackEar.open(this.#jackMidi, this.jack, name, from);
    this.#opened.unshift({ stop: async () => ear.close() });
    return ear;
  }
}

/** Whether a companion said it by MMC: a hand speaks as a device of its own. */
export const isMmcOfCompanion = ({ bytes }: Heard): boolean => bytes[0] === 0xf0 && bytes[2] === 0x7f;
