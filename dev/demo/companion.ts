import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Line, Order } from "../../companion/engine/studio/lines.std.ts";

const program = fileURLToPath(new URL("../../companion/headless/main.node.ts", import.meta.url));
type Said<Kind extends Line["say"]> = Extract<Line, { say: Kind }>;

/** A headless companion in a process of its own, and all that it has said. */
export class Companion {
  readonly name: string;
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  readonly #look = new Set<() => void>();
  readonly #exited: Promise<void>;
  #errors = "";
  #gone = false;

  constructor(
    name: string,
    options: { origin: string; token: string; sessionId: string; input: string; folder: string },
  ) {
    this.name = name;
    const { origin, token, sessionId, input, folder } = options;
    this.#child = spawn(
      process.execPath,
      [program, "--origin", origin, "--session", sessionId, "--input", input, "--folder", folder, "--arm", "*"],
      { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, SESSIONLINKED_TOKEN: token } },
    );
    if (this.#child.stdout === null) throw new Error("The companion has no output.");
    createInterface({ input: this.#child.stdout }).on("line", (text) => {
      this.lines.push(JSON.parse(text) as Line);
      for (const look of this.#look) look();
    });
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

  tell(order: Order): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  said<Kind extends Line["say"]>(kind: Kind): Said<Kind>[] {
    return this.lines.filter((line): line is Said<Kind> => line.say === kind);
  }

  /** Waits for the first line of a kind that fits; an error says what never came, and what the companion said of trouble. */
  until<Kind extends Line["say"]>(
    kind: Kind,
    fits: (line: Said<Kind>) => boolean,
    seconds: number,
  ): Promise<Said<Kind>> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#look.delete(look);
        end();
      };
      const fail = (why: string) => {
        const trouble = this.said("trouble").map(({ message }) => message);
        settle(() => reject(new Error(`${this.name} ${why}. ${[...trouble, this.#errors].join(" ").trim()}`)));
      };
      const look = () => {
        const found = this.said(kind).find(fits);
        const final = this.said("trouble").find((line) => line.final);
        if (found !== undefined) settle(() => resolve(found));
        else if (this.#gone || final !== undefined) fail(`ended before it said "${kind}"`);
      };
      const timer = setTimeout(() => fail(`never said "${kind}" in ${seconds} s`), seconds * 1000);
      this.#look.add(look);
      look();
    });
  }

  /** Asks it to leave and waits; one that does not is ended by its process id. */
  async leave(): Promise<void> {
    this.tell({ do: "leave" });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.#exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
