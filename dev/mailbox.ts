import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Log, LogLevel } from "miniflare";

/** A mail that the platform on this machine has sent: it went into a file and nowhere else. */
export interface LocalMail {
  id: string;
  to: string;
  subject: string;
  sentAtMs: number;
  text: string;
  html: string;
}

const announced = /send_email binding called with MessageBuilder:/;
const line = (name: string, message: string) => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1] ?? "";

/**
 * The inbox of this machine. workerd's stand-in for `send_email` writes each body to a temporary file and says in its log who it was for;
 * here both are put together and kept beside the platform's data, so that the inbox outlives the process.
 */
export class Mailbox extends Log {
  readonly #folder: string;
  readonly #onLog: ((line: string) => void) | undefined;
  #count = 0;

  constructor(stateDir: string, onLog?: (line: string) => void) {
    super(LogLevel.INFO);
    this.#folder = join(stateDir, "mail");
    this.#onLog = onLog;
    mkdirSync(this.#folder, { recursive: true });
  }

  override logWithLevel(level: LogLevel, message: string): void {
    if (announced.test(message)) this.#keep(message);
    else if (level <= LogLevel.WARN) this.#onLog?.(message);
  }

  #keep(message: string): void {
    const body = (name: string) => {
      const path = line(name, message);
      return path !== "" && existsSync(path) ? readFileSync(path, "utf8") : "";
    };
    const sentAtMs = Date.now();
    const id = `${sentAtMs}-${process.pid}-${String(this.#count++).padStart(6, "0")}`;
    const mail: LocalMail = {
      id,
      to: line("To", message),
      subject: line("Subject", message),
      sentAtMs,
      text: body("Text"),
      html: body("HTML"),
    };
    writeFileSync(join(this.#folder, `${id}.json`), JSON.stringify(mail, null, 2), { mode: 0o600 });
  }

  /** Newest first. */
  list(): LocalMail[] {
    const names = globSync("*.json", { cwd: this.#folder }).sort().reverse();
    return names.map((name) => JSON.parse(readFileSync(join(this.#folder, name), "utf8")) as LocalMail);
  }

  /** Waits for a mail to somebody that came after `sinceMs`, and which `isIt` knows again. */
  async next(to: string, sinceMs: number, isIt: (mail: LocalMail) => boolean = () => true): Promise<LocalMail> {
    const deadlineMs = Date.now() + 15_000;
    while (Date.now() < deadlineMs) {
      const found = this.list().find((mail) => mail.to.includes(to) && mail.sentAtMs >= sinceMs && isIt(mail));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`No mail came for ${to}.`);
  }
}
