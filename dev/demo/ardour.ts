import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { globSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
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

/** Control surfaces, as the session has them when they are switched on: a Mackie Control, and OSC that answers whoever speaks to it. */
const surfaces: Record<string, Record<string, string>> = {
  Mackie: { bank: "0", "ipmidi-base": "0", "device-profile": "user", "device-name": "Mackie Control Universal Pro" },
  "Open Sound Control (OSC)": { "address-only": "0", banksize: "0", striptypes: "159", feedback: "0", gainmode: "0" },
};
/** It listens to OSC at the first port from here on that is free. */
const OSC_PORTS = { from: 3_819, count: 20 };

/**
 * A real Ardour without a window, on the JACK server that is there, with a session of its own: a master bus and nothing else. Without the bus its OSC
 * surface, which looks for what is selected, ends the program at the first message.
 */
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
    const made = spawnSync("ardour7-new_session", ["-s", "48000", session, name], { env, encoding: "utf8" });
    if (made.status !== 0) throw new Error(`Ardour made no session: ${made.stderr}`);
    switchOn(join(session, `${name}.ardour`));
    const [program] = globSync(`${LIBRARY}/hardour-*`);
    if (program === undefined) throw new Error("Ardour has no program without a window here.");
    return new Ardour(name, spawn(program, ["-c", name, session, name], { env, stdio: "ignore" }));
  }

  /** Where it listens to OSC, as `address:port`. */
  get oscAddress(): string {
    const { pid } = this.#child;
    const sockets = new Set(
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return [];
        }
      }),
    );
    const ports = ["udp", "udp6"].flatMap((kind) =>
      readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , , , , , , , inode = ""]) => sockets.has(inode))
        .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16)),
    );
    const port = ports.find((one) => one >= OSC_PORTS.from && one < OSC_PORTS.from + OSC_PORTS.count);
    if (port === undefined) throw new Error(`${this.name} listens to no OSC.`);
    return `127.0.0.1:${port}`;
  }

  get hasEnded(): boolean {
    return this.endedBy !== undefined;
  }

  /** The signal or the code by which it has ended. */
  get endedBy(): string | undefined {
    return this.#child.signalCode ?? this.#child.exitCode?.toString();
  }

  async stop(): Promise<void> {
    // It has nothing to keep.
    await end(this.#child, { signal: "SIGKILL" });
  }
}

function switchOn(sessionFile: string): void {
  let session = readFileSync(sessionFile, "utf8");
  for (const [name, settings] of Object.entries(surfaces)) {
    const off = `<Protocol name="${name}" active="0"/>`;
    if (!session.includes(off)) throw new Error(`This Ardour has no surface for ${name}.`);
    const written = Object.entries(settings).map(([key, value]) => `${key}="${value}"`);
    session = session.replace(off, `<Protocol name="${name}" active="1" ${written.join(" ")}/>`);
  }
  writeFileSync(sessionFile, session);
}
