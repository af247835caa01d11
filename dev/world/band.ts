import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { wavFile } from "../../audio/wav-writer.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import type { StudioCommand } from "../../companion/engine/studio/commands.std.ts";
import { StudioEvent } from "../../companion/engine/studio/events.std.ts";
import { assertNever } from "../../protocol/errors.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { band, LOOP } from "./cast.ts";
import { BPM, LOOP_FRAMES, RATE_HZ, stereoLoop } from "./instruments.ts";

const program = fileURLToPath(new URL("../../companion/headless/main.node.ts", import.meta.url));
const LOOP_MS = (LOOP_FRAMES / RATE_HZ) * 1000;
/** A player who fell over comes back after this long; each time in a row twice as long, up to the most. */
const RESTART_MS = 1_000;
const RESTART_MAX_MS = 60_000;
/** Who has played this long has not fallen over at once. */
const STEADY_MS = 60_000;
/** Where the transport stands still and nobody but the band is here, it begins again. */
const IDLE_MS = 30_000;
/** Session time is known well enough after this. */
const COUNT_IN_MS = 4_000;
const NEAR_END_MS = 3_000;
const LEAVE_MS = 5_000;
/** The newcomer's own programs go first. */
const NICE = 5;

export interface BandOptions {
  origin: string;
  sessionId: SessionId;
  tokenOf(who: string): string;
  /** Where the players keep their files between runs. */
  folder: string;
}

/** One player: a headless companion in a process of its own, which is started again when it ends. */
class Player {
  readonly #start: () => ChildProcess;
  readonly #onEvent: (event: StudioEvent) => void;
  #child: ChildProcess | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitMs = RESTART_MS;
  #isOver = false;

  constructor(start: () => ChildProcess, onEvent: (event: StudioEvent) => void) {
    this.#start = start;
    this.#onEvent = onEvent;
    this.#run();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  execute(command: StudioCommand): void {
    if (this.#child?.stdin?.writable) this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  #run(): void {
    const startedAtMs = machineNowMs();
    const child = this.#start();
    this.#child = child;
    child.stdin?.on("error", () => undefined);
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (text) => {
        const event = StudioEvent.safeParse(JSON.parse(text));
        if (event.success) this.#onEvent(event.data);
      });
    child.once("exit", () => {
      if (this.#isOver) return;
      if (machineNowMs() - startedAtMs > STEADY_MS) this.#waitMs = RESTART_MS;
      this.#timer = setTimeout(() => this.#run(), this.#waitMs);
      this.#waitMs = Math.min(RESTART_MAX_MS, this.#waitMs * 2);
    });
  }

  /** Asks it to leave and waits; one that does not is ended by its process id. */
  async leave(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.execute({ type: "leave" });
    const timer = setTimeout(() => child.kill("SIGKILL"), LEAVE_MS);
    await gone;
    clearTimeout(timer);
  }
}

/**
 * The band of the live session. All play one loop in step with this machine's clock, and the first of them rolls everybody's transport on
 * the same line, so that bar one is where the loop begins. Who stops the transport finds it stopped, until they have left.
 */
export class Band {
  readonly #sinceMs = machineNowMs();
  readonly #players: Player[];
  readonly #own = new Set<string>();
  readonly #guests = new Set<string>();
  #isRolling = false;
  #hasBegun = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ origin, sessionId, tokenOf, folder }: BandOptions) {
    mkdirSync(folder, { recursive: true });
    this.#players = band.map(({ who, parts }, at) => {
      const input = join(folder, `${who}.wav`);
      writeFileSync(input, wavFile({ sampleRateHz: RATE_HZ, channels: 2, encoding: "pcm24" }, stereoLoop(parts)));
      const home = join(folder, who);
      const start = () => {
        // What a DAW would have been told: nobody reads it here.
        rmSync(join(home, "midi.jsonl"), { force: true });
        const place = ["--origin", origin, "--session", sessionId, "--folder", home];
        const sound = ["--input", input, "--input-since", String(this.#sinceMs)];
        const child = spawn(process.execPath, [program, ...place, ...sound], {
          stdio: ["pipe", "pipe", "ignore"],
          env: { ...process.env, SESSIONLINKED_TOKEN: tokenOf(who) },
        });
        try {
          if (child.pid !== undefined) setPriority(child.pid, NICE);
        } catch {
          // It is gone already: its exit is heard.
        }
        return child;
      };
      return new Player(start, (event) => this.#hear(event, at === 0));
    });
  }

  /** The players' processes, for whoever looks after them. */
  get pids(): number[] {
    return this.#players.flatMap(({ pid }) => pid ?? []);
  }

  async leave(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#players.map((player) => player.leave()));
  }

  #hear(event: StudioEvent, leads: boolean): void {
    if (event.type === "joined") {
      this.#own.add(event.memberId);
      if (leads) this.#rollAfter(COUNT_IN_MS);
      return;
    }
    if (!leads) return;
    if (event.type === "report" && event.report.clock !== null) this.#roll(event.report.clock.offsetMs);
    if (event.type !== "logged") return;
    const { body } = event.event;
    if (body.kind === "joined") this.#guests.add(body.memberId);
    if (body.kind === "left") this.#guests.delete(body.memberId);
    if (body.kind === "transport") this.#answer(body.transport.command);
    if (this.#hasBegun && !this.#isRolling) this.#rollAfter(IDLE_MS);
  }

  #answer(command: Extract<StudioCommand, { type: "transport" }>["transport"]["command"]): void {
    switch (command) {
      case "play":
      case "record":
        this.#isRolling = true;
        return;
      case "stop":
        this.#isRolling = false;
        return;
      case "locate":
      case "loop":
      case "punch":
      case "tempo":
      case "signature":
      case "map":
      case "marker":
      case "count-in":
        return;
      default:
        assertNever(command);
    }
  }

  /** Asks for the clock; its answer rolls. */
  #rollAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#players[0]?.execute({ type: "report" }), ms);
  }

  #roll(sessionOffsetMs: number): void {
    const isAlone = [...this.#guests].every((memberId) => this.#own.has(memberId));
    if (this.#hasBegun && (this.#isRolling || !isAlone)) return;
    const leader = this.#players[0];
    const command = (transport: Extract<StudioCommand, { type: "transport" }>["transport"]) =>
      leader?.execute({ type: "transport", transport });
    const nowMs = machineNowMs();
    const placeMs = (nowMs - this.#sinceMs) % LOOP_MS;
    // The command takes its time: near the end of the loop it would come out behind it.
    if (placeMs > LOOP_MS - NEAR_END_MS) {
      this.#rollAfter(NEAR_END_MS);
      return;
    }
    this.#hasBegun = true;
    const positionFrames = Math.round(placeMs * (RATE_HZ / 1000));
    command({ command: "stop" });
    command({ command: "tempo", bpm: BPM });
    command({ command: "loop", range: LOOP });
    command({ command: "play", since: { positionFrames, atMs: nowMs + sessionOffsetMs } });
  }
}
