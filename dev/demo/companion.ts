import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { StudioCommand } from "../../companion/engine/studio/commands.std.ts";
import { StudioEvent } from "../../companion/engine/studio/events.std.ts";

const program = fileURLToPath(new URL("../../companion/headless/main.node.ts", import.meta.url));
/** A companion that says nothing for so long hangs, however busy the machine is. */
const PATIENCE_SECONDS = 120;
type Press = Extract<StudioCommand, { type: "transport" }>["transport"];
type EventOf<Type extends StudioEvent["type"]> = Extract<StudioEvent, { type: Type }>;

/** A headless companion in a process of its own, and all its events. */
export class Companion {
  readonly name: string;
  readonly events: StudioEvent[] = [];
  readonly #child: ChildProcess;
  readonly #look = new Set<() => void>();
  readonly #exited: Promise<void>;
  #errors = "";
  #gone = false;
  #pressed: Press | undefined;

  constructor(
    name: string,
    options: {
      origin: string;
      token: string;
      sessionId: string;
      input: string;
      folder: string;
      daw?: string;
      /** More flags of the program. */
      flags?: readonly string[];
      /** What stands before its command: where it runs. */
      prefix?: readonly string[];
    },
  ) {
    this.name = name;
    const { origin, token, sessionId, input, folder, daw } = options;
    const dawFlag = daw === undefined ? [] : ["--daw", daw];
    const [command = "", ...before] = [...(options.prefix ?? []), process.execPath];
    this.#child = spawn(
      command,
      [
        ...before,
        program,
        "--origin",
        origin,
        "--session",
        sessionId,
        "--input",
        input,
        "--folder",
        folder,
        "--arm",
        "*",
        "--trace",
        ...dawFlag,
        ...(options.flags ?? []),
      ],
      { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, SESSIONLINKED_TOKEN: token } },
    );
    if (this.#child.stdout === null) throw new Error("The companion has no output.");
    createInterface({ input: this.#child.stdout }).on("line", (text) => {
      const event = StudioEvent.parse(JSON.parse(text));
      this.events.push(event);
      if (event.type === "warning" && event.code === "post-expired" && this.#pressed !== undefined)
        this.press(this.#pressed);
      for (const look of this.#look) look();
    });
    // One that has left by itself reads no more; its exit is heard below.
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stderr?.on("data", (data) => {
      this.#errors = (this.#errors + data).slice(-4_000);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => {
        this.#gone = true;
        for (const look of this.#look) look();
        resolve();
      });
    });
  }

  /** Whether it has gone, asked or not. */
  get hasEnded(): boolean {
    return this.#gone;
  }

  execute(command: StudioCommand): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** Presses a key of the transport, again and again where the room heard of it too late to play it together (P41): a busy machine is no answer. */
  press(transport: Press): void {
    this.#pressed = transport;
    this.execute({ type: "transport", transport });
  }

  emitted<Type extends StudioEvent["type"]>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Waits for the first event of a type that fits; an error says what never came, and what the companion warned of. */
  until<Type extends StudioEvent["type"]>(
    type: Type,
    fits: (event: EventOf<Type>) => boolean,
    seconds = PATIENCE_SECONDS,
  ): Promise<EventOf<Type>> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#look.delete(look);
        end();
      };
      const fail = (why: string) => {
        const warnings = this.emitted("warning").map(({ message }) => message);
        const links = this.emitted("link").map(({ state }) => state);
        const last = `Its links: ${links.join(", ") || "none"}; its log ends at ${this.emitted("logged").at(-1)?.event.seq ?? "nothing"}.`;
        settle(() => reject(new Error(`${this.name} ${why}. ${last} ${[...warnings, this.#errors].join(" ").trim()}`)));
      };
      const look = () => {
        const found = this.emitted(type).find(fits);
        const final = this.emitted("warning").find((event) => event.final);
        if (found !== undefined) settle(() => resolve(found));
        else if (this.#gone || final !== undefined) fail(`ended before it emitted "${type}"`);
      };
      const timer = setTimeout(() => fail(`never emitted "${type}" in ${seconds} s`), seconds * 1000);
      this.#look.add(look);
      look();
    });
  }

  /** Asks it to leave and waits; one that does not is ended by its process id. */
  async leave(): Promise<void> {
    this.execute({ type: "leave" });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.#exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
