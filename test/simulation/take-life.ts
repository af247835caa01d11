import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { sha256Of } from "../../companion/engine/stems/file-hash.node.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { chance } from "./chance.ts";

const program = join(import.meta.dirname, "take-client.ts");
const stages = ["record", "upload", "complete", "download", "expire"] as const;
const victims = ["client", "workerd", "network"] as const;
/** A run of the client that has not ended by then is a failure of its own. */
const RUN_MAX_MS = 240_000;

type Line = { say: string } & Record<string, unknown>;

/** The network between the companion and the platform: cut, it drops every connection and refuses new ones for a while. */
class Network {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  port = 0;

  constructor(target: () => number) {
    this.#server = createServer((near) => {
      if (this.#isCut) return near.destroy();
      const far = connect(target(), "127.0.0.1");
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.port = (this.#server.address() as { port: number }).port;
  }

  async cut(forMs: number): Promise<void> {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
    await sleep(forMs);
    this.#isCut = false;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

/**
 * A world in which takes live and things die: one platform on disk, a network, and companions that are processes. `live(seed)` leads one
 * take from its recording to its expiry with one death at a place that the seed chooses, and returns what is wrong at the end: nothing.
 */
export class World {
  readonly #folder = mkdtempSync(join(tmpdir(), "sessionlinked-simulation-"));
  readonly #network = new Network(() => this.#port);
  #platform: Platform | undefined;
  #port = 0;

  async open(): Promise<void> {
    await this.#start();
    await this.#network.open();
  }

  async close(): Promise<void> {
    this.#network.close();
    await this.#platform?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async live(seed: number): Promise<{ death: string; wrong: string[] }> {
    const random = chance(seed);
    const stage = stages[Math.floor(random() * stages.length)] ?? "record";
    const victim = victims[Math.floor(random() * victims.length)] ?? "client";
    const delayMs = random() * (stage === "record" ? 900 : 120);
    const death = `seed ${seed}: ${victim} dies in ${stage}, ${delayMs.toFixed(0)} ms in`;
    const wrong: string[] = [];
    const [ada, ben] = [await this.#person(), await this.#person()];
    const { sessionId } = await ada.api.createSession(`Seed ${seed}`);
    await ben.api.acceptInvite((await ada.api.createInvite(sessionId)).code);
    const [place, other] = [join(this.#folder, `${seed}-ada`), join(this.#folder, `${seed}-ben`)];

    let struck: Promise<void> | undefined;
    const strike = (child: ChildProcess | undefined) => {
      struck ??= sleep(delayMs).then(() => this.#kill(victim, child));
    };
    const until = async (mode: "record" | "fetch", person: { token: string }, folder: string, wanted: string) => {
      const endMs = performance.now() + RUN_MAX_MS;
      while (performance.now() < endMs) {
        const line = await this.#run([mode, sessionId, folder], person.token, wanted, (said, child) => {
          const mid = said.say === "progress" && Number(said.sentBytes) > 0;
          const late = mid && said.totalBytes !== null && Number(said.sentBytes) >= Number(said.totalBytes);
          if (stage === "record" && said.say === "recording") strike(child);
          if (stage === "upload" && mid) strike(child);
          if (stage === "complete" && (late || said.say === "recorded")) strike(child);
          if (stage === "download" && said.say === "fetching") strike(child);
        });
        if (line !== undefined) return;
        if (mode === "fetch" && (await this.#isDelivered(folder))) return;
      }
      wrong.push(`${mode} did not end in time`);
    };
    await until("record", ada, place, "shared");
    await until("fetch", ben, other, "delivered");
    await struck;
    const api = new ApiClient(this.#origin, ben.token);
    const recordings = await api.listRecordings(sessionId);
    const [recording] = recordings;
    if (recording === undefined || recordings.length !== 1) wrong.push(`${recordings.length} recordings of one take`);
    else {
      const local = readFileSync(join(place, `${recording.name}.wav`));
      const sha256 = createHash("sha256").update(local).digest("hex");
      const object = await this.#recordings.get(`recordings/${sessionId}/${recording.recordingId}.wav`);
      const stored = object === null ? Buffer.alloc(0) : Buffer.from(await object.arrayBuffer());
      if (!stored.equals(local)) wrong.push("the object's bytes are not the file's");
      if (recording.sha256 !== sha256) wrong.push("the recording's hash is not the file's");
      const delivered = join(other, "originals", `${recording.name} ${recording.recordingId.slice(-6)}.wav`);
      if (!existsSync(delivered) || (await sha256Of(delivered)) !== sha256) wrong.push("the delivered file is another");
      if (!existsSync(join(other, "session.dawproject"))) wrong.push("there is no project");
    }
    const keys = await this.#keys(sessionId);
    if (keys.length !== 2) wrong.push(`the store holds ${keys.join(", ") || "nothing"}`);

    // Somebody comes late and is fetching just when it ends: they have all of it or nothing.
    const late = join(this.#folder, `${seed}-late`);
    const { promise: fetching, resolve: begun } = Promise.withResolvers<void>();
    const lateRun = this.#run(["fetch", sessionId, late], ben.token, "delivered", () => begun()).finally(begun);
    await fetching;
    await sleep(random() * 60);
    await this.#db.prepare("UPDATE recordings SET expires_at_ms = 1 WHERE session_id = ?").bind(sessionId).run();
    if (stage === "expire") strike(undefined);
    const sweep = this.#platform?.runCron().catch(() => undefined);
    await struck;
    await sweep;
    await this.#platform?.runCron();
    const had = await lateRun;
    const originals = existsSync(join(late, "originals")) ? readdirSync(join(late, "originals")) : [];
    const whole = originals.filter((name) => name.endsWith(".wav"));
    if (whole.length !== (had === undefined ? 0 : 1))
      wrong.push(`the late one has ${originals.join(", ") || "nothing"}`);
    for (const name of whole) {
      if ((await sha256Of(join(late, "originals", name))) !== recording?.sha256)
        wrong.push("the late one has another file");
    }
    const left = await this.#keys(sessionId);
    if (left.length > 0) wrong.push(`after its end the store still holds ${left.join(", ")}`);
    for (const table of ["recordings", "recording_parts"]) {
      const rows = await this.#db.prepare(`SELECT COUNT(*) AS count FROM ${table}`).first<{ count: number }>();
      if (rows?.count !== 0) wrong.push(`after its end there are ${rows?.count} rows in ${table}`);
    }
    for (const folder of [place, other, late]) rmSync(folder, { recursive: true, force: true });
    return { death, wrong };
  }

  get #origin(): string {
    return `http://127.0.0.1:${this.#network.port}`;
  }
  get #open() {
    if (this.#platform === undefined) throw new Error("The world is not open.");
    return this.#platform;
  }
  get #db() {
    return this.#open.db;
  }
  get #recordings() {
    return this.#open.recordings;
  }

  async #start(): Promise<void> {
    this.#platform = await startPlatform({ isCrowd: true, stateDir: join(this.#folder, "state"), port: this.#port });
    this.#port = Number(new URL(this.#platform.origin).port);
  }

  async #person() {
    const person = { displayName: "Ada", email: `${randomUUID()}@example.org`, tier: "pro" as const };
    const { token } = await seedAccount(this.#open, person);
    return { token, api: new ApiClient(this.#origin, token) };
  }

  async #keys(sessionId: string): Promise<string[]> {
    const { objects } = await this.#recordings.list({ prefix: `recordings/${sessionId}/` });
    return objects.map(({ key }) => key);
  }

  async #isDelivered(folder: string): Promise<boolean> {
    return existsSync(join(folder, "session.json")) && readFileSync(join(folder, "session.json"), "utf8") !== "[]";
  }

  async #kill(victim: (typeof victims)[number], child: ChildProcess | undefined): Promise<void> {
    if (victim === "network") return await this.#network.cut(300);
    if (victim === "client") {
      child?.kill("SIGKILL");
      return;
    }
    const children = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" });
    for (const pid of children.trim().split("\n")) process.kill(Number(pid), "SIGKILL");
    await this.#platform?.stop();
    await this.#start();
  }

  /** One run of the client; resolves with the line that was wanted, or with nothing if it died before it said it. */
  async #run(
    [mode = "", ...args]: string[],
    token: string,
    wanted: string,
    onLine: (line: Line, child: ChildProcess) => void,
  ): Promise<Line | undefined> {
    const child = spawn(process.execPath, [program, mode, this.#origin, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, SESSIONLINKED_TOKEN: token },
      timeout: RUN_MAX_MS,
      killSignal: "SIGKILL",
    });
    let found: Line | undefined;
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      if (line.say === wanted) found = line;
      onLine(line, child);
    });
    await new Promise((resolve) => child.once("close", resolve));
    return found;
  }
}
