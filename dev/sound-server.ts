/**
 * A sound server of this run's own: PulseAudio with virtual devices that come and go. It knows nothing of this machine's own devices, and is reached by its socket alone.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const RATE_HZ = 48_000;
const STEREO_16_BIT = ["--raw", "--format=s16le", "--channels=2", `--rate=${RATE_HZ}`];
const READY_TRIES = 200;
/** A program of the server's that has not answered by then will not. */
const ANSWER_MAX_MS = 20_000;

/** A device that is plugged in; `name` is the server's own for it, and `modules` are what it is made of. */
interface Plugged {
  name: string;
  modules: readonly string[];
}

export class SoundServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "sessionlinked-sound-"));
  readonly #server: ChildProcess;
  /** What each input is given; without its cable it would come out of another device. */
  readonly #playing = new Map<string, ChildProcess>();
  readonly #plugged = new Map<string, Plugged>();

  private constructor() {
    this.#server = spawn(
      "pulseaudio",
      [
        ...["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit=yes"],
        ...["-L", `module-native-protocol-unix socket=${this.#socket} auth-anonymous=1`],
      ],
      { env: this.#ownEnv, stdio: "ignore" },
    );
  }

  static async start(): Promise<SoundServer> {
    const server = new SoundServer();
    for (let tries = 0; ; tries++) {
      try {
        server.#control("info");
        return server;
      } catch (error) {
        if (tries < READY_TRIES && server.#server.exitCode === null) await sleep(50);
        else {
          await server.stop();
          throw error;
        }
      }
    }
  }

  /** For a program that is to play and record here. */
  get env(): Record<string, string> {
    return { PULSE_SERVER: `unix:${this.#socket}` };
  }

  /** Plugs in an input. What `playTone` gives it is what it hears. */
  plugInput(description: string): void {
    const name = nameOf(description);
    const cable = this.#load("module-null-sink", name, "sink", `${description} cable`);
    const input = this.#load("module-remap-source", `${name}_in`, "source", description, `master=${name}.monitor`);
    this.#plugged.set(description, { name, modules: [input, cable] });
  }

  plugOutput(description: string): void {
    const name = nameOf(description);
    this.#plugged.set(description, { name, modules: [this.#load("module-null-sink", name, "sink", description)] });
  }

  unplug(description: string): void {
    this.#silence(description);
    for (const module of this.#of(description).modules) this.#control("unload-module", module);
    this.#plugged.delete(description);
  }

  /** A tone on an input, until it is unplugged or the server stops. */
  playTone(input: string, hz: number): void {
    this.#silence(input);
    const player = spawn("pacat", ["--playback", `--device=${this.#of(input).name}`, ...STEREO_16_BIT], {
      env: this.#ownEnv,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#playing.set(input, player);
    // One second of whole periods, again and again, as fast as it is taken.
    const second = Buffer.alloc(RATE_HZ * 4);
    for (let at = 0; at < RATE_HZ * 2; at++)
      second.writeInt16LE(Math.round(Math.sin((2 * Math.PI * hz * (at >> 1)) / RATE_HZ) * 8_000), at * 2);
    player.stdin.on("error", () => undefined);
    const feed = () => {
      while (player.exitCode === null && player.stdin.write(second));
    };
    player.stdin.on("drain", feed);
    feed();
  }

  /** What an output plays from now on for so long: its left side, full scale 1, at 48 kHz; less of it where the output goes meanwhile. */
  async record(output: string, seconds: number): Promise<Float32Array> {
    const recorder = spawn(
      "parec",
      [`--device=${this.#of(output).name}.monitor`, "--latency-msec=20", ...STEREO_16_BIT],
      {
        env: this.#ownEnv,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const wanted = Math.round(seconds * RATE_HZ) * 4;
    const parts: Buffer[] = [];
    let got = 0;
    // One whose output goes under it says nothing any more, and does not end either.
    const limit = setTimeout(() => recorder.kill(), seconds * 1_000 + ANSWER_MAX_MS);
    for await (const part of recorder.stdout) {
      parts.push(part);
      got += part.length;
      if (got >= wanted) break;
    }
    clearTimeout(limit);
    recorder.kill();
    const bytes = Buffer.concat(parts);
    return Float32Array.from(
      { length: Math.min(wanted, bytes.length) >> 2 },
      (_, frame) => bytes.readInt16LE(frame * 4) / 2 ** 15,
    );
  }

  async stop(): Promise<void> {
    for (const input of [...this.#playing.keys()]) this.#silence(input);
    if (this.#server.exitCode === null && this.#server.kill()) await once(this.#server, "exit");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.#folder, "native");
  }

  get #ownEnv(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.env,
      HOME: this.#folder,
      XDG_RUNTIME_DIR: this.#folder,
      PULSE_RUNTIME_PATH: this.#folder,
    };
  }

  #silence(input: string): void {
    this.#playing.get(input)?.kill();
    this.#playing.delete(input);
  }

  #of(description: string): Plugged {
    const plugged = this.#plugged.get(description);
    if (plugged === undefined) throw new Error(`There is no device ${description}.`);
    return plugged;
  }

  #load(module: string, name: string, kind: "sink" | "source", description: string, ...more: string[]): string {
    return this.#control(
      ...["load-module", module, `${kind}_name=${name}`, `rate=${RATE_HZ}`, "channels=2", ...more],
      `${kind}_properties='device.description="${description}"'`,
    ).trim();
  }

  #control(...command: string[]): string {
    return execFileSync("pactl", command, {
      env: this.#ownEnv,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: ANSWER_MAX_MS,
    });
  }
}

/** The same each time that it is plugged in, as a device's is that has a serial number. */
const nameOf = (description: string): string => description.toLowerCase().replaceAll(/\W+/g, "_");
