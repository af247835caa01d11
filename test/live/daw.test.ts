import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { decodeOsc, encodeOsc } from "../../companion/engine/midi/osc.std.ts";
import { Companion } from "../../dev/demo/companion.ts";
import { writePart } from "../../dev/demo/song.ts";
import { type Local, startLocal } from "../../dev/local.ts";
import { seedAccount } from "../../dev/seed.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-daw-"));
const input = join(folder, "guitar.wav");
let local: Local;
beforeAll(async () => {
  writePart(input, "guitar", 5);
  local = await startLocal({ stateDir: join(folder, "state") });
});
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that speaks OSC as Ardour does: it reports its buttons, whoever presses them, and does what it is told. */
class OscDaw {
  readonly #socket: Socket;
  readonly heard: string[] = [];
  #companion: { port: number; address: string } | undefined;
  #samples = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (bytes, { port, address }) => {
      this.#companion = { port, address };
      for (const message of decodeOsc(bytes)) this.#obey(message.address, Number(message.arguments[0]?.value ?? 0));
    });
  }

  static async open(): Promise<OscDaw> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new OscDaw(socket);
  }

  get flag(): string {
    return `ardour@127.0.0.1:${this.#socket.address().port}`;
  }

  get isConnected(): boolean {
    return this.#companion !== undefined;
  }

  get samples(): number {
    return this.#samples;
  }

  /** Somebody's hand on its own button. */
  press(button: "play" | "stop"): void {
    this.#say("/transport_play", button === "play" ? 1 : 0);
    this.#say("/transport_stop", button === "stop" ? 1 : 0);
  }

  close(): void {
    this.#socket.close();
  }

  #obey(address: string, value: number): void {
    if (address === "/set_surface") this.#say("/heartbeat", 1);
    else this.heard.push(address);
    if (address === "/locate") this.#samples = value;
    if (address === "/transport_play") this.press("play");
    if (address === "/transport_stop") this.press("stop");
  }

  #say(address: string, value: number): void {
    if (this.#companion === undefined) return;
    const { port, address: to } = this.#companion;
    this.#socket.send(encodeOsc({ address, arguments: [{ type: "f", value }] }), port, to);
  }
}

test("C4, P42: play is pressed in one DAW and the other rolls, stop in the other and the first stands; no echo becomes a command", async () => {
  const people = await Promise.all(
    ["Ada", "Ben"].map((displayName) =>
      seedAccount(local.platform, { displayName, email: `${displayName}@example.org`, tier: "free" }),
    ),
  );
  const [ada, ben] = people.map(({ token }) => new ApiClient(local.platform.origin, token));
  if (ada === undefined || ben === undefined) throw new Error("There are two of them.");
  const { sessionId } = await ada.createSession("Two rooms");
  await ben.acceptInvite((await ada.createInvite(sessionId)).code);
  const daws = [await OscDaw.open(), await OscDaw.open()] as const;
  const companions = people.map(({ token }, at) => {
    const { origin } = local.platform;
    const place = join(folder, `p${at}`);
    return new Companion(`p${at}`, { origin, token, sessionId, input, folder: place, daw: daws[at]?.flag ?? "" });
  });
  try {
    await Promise.all(companions.map((one) => one.until("joined", () => true)));
    await Promise.all(companions.map((one) => one.until("link", ({ state }) => state === "connected")));
    await expect.poll(() => daws.every(({ isConnected }) => isConnected)).toBe(true);
    companions[0]?.press({ command: "locate", positionFrames: 480_000 });
    await expect.poll(() => daws.map(({ samples }) => samples)).toEqual([480_000, 480_000]);
    const before = daws[0].heard.length;

    daws[0].press("play");
    await expect.poll(() => daws[1].heard.at(-1)).toBe("/transport_play");
    const rolled = companions.map((one) => one.until("executed", ({ command }) => command === "play"));
    const [own] = await Promise.all(rolled);
    // Whoever was pressed is not interrupted; where its own companion was too busy to be in time, it is put in its place (P70).
    if (own?.onTime === true) expect(daws[0].heard.length).toBe(before);

    daws[1].press("stop");
    await expect.poll(() => daws[0].heard.includes("/transport_stop")).toBe(true);
    await companions[0]?.until("executed", ({ command }) => command === "stop");
    companions[0]?.execute({ type: "chat", text: "again?" });
    await companions[1]?.until("logged", ({ event }) => event.body.kind === "chat");
    const commands = companions[1]
      ?.emitted("logged")
      .flatMap(({ event }) => (event.body.kind === "transport" ? [event.body.transport.command] : []));
    expect(commands).toEqual(["locate", "play", "stop"]);
    const places = companions.map((one) => one.emitted("warning").filter(({ code }) => code.startsWith("daw")));
    expect(places).toEqual([[], []]);
  } finally {
    await Promise.all(companions.map((one) => one.leave()));
    for (const daw of daws) daw.close();
  }
});
