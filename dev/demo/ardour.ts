import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { end } from "./jack.ts";

const LIBRARY = "/usr/lib/ardour7";
/** MMC both ways for every device, and timecode out: what a person switches on in the preferences, as Ardour writes it down. */
const options = {
  "mmc-control": 1,
  "send-mmc": 1,
  "send-mtc": 1,
  "mmc-receive-device-id": 127,
  "mmc-send-device-id": 127,
};

/** A real Ardour without a window, on the JACK server that is there, with an empty session of its own. */
export class Ardour {
  readonly name: string;
  readonly #child: ChildProcess;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  static start(name: string, folder: string): Ardour {
    const [config, home] = [join(folder, "config"), join(folder, "home")];
    for (const path of [config, home]) mkdirSync(path, { recursive: true });
    const written = Object.entries(options).map(([option, value]) => `<Option name="${option}" value="${value}"/>`);
    writeFileSync(
      join(config, "config"),
      `<?xml version="1.0" encoding="UTF-8"?>\n<Ardour><Config>${written.join("")}</Config></Ardour>\n`,
    );
    const env = {
      ...process.env,
      HOME: home,
      LD_LIBRARY_PATH: LIBRARY,
      ARDOUR_DLL_PATH: LIBRARY,
      ARDOUR_DATA_PATH: "/usr/share/ardour7",
      ARDOUR_CONFIG_PATH: `${config}:/etc/ardour7`,
    };
    const session = join(folder, "session");
    const made = spawnSync("ardour7-new_empty_session", ["-s", "48000", session, name], { env, encoding: "utf8" });
    if (made.status !== 0) throw new Error(`Ardour made no session: ${made.stderr}`);
    const [program] = globSync(`${LIBRARY}/hardour-*`);
    if (program === undefined) throw new Error("Ardour has no program without a window here.");
    return new Ardour(name, spawn(program, ["-c", name, session, name], { env, stdio: "ignore" }));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async stop(): Promise<void> {
    // It has nothing to keep.
    await end(this.#child, { signal: "SIGKILL" });
  }
}
