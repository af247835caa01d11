import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wavFile } from "../../audio/wav-writer.ts";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import type { Stem } from "../../companion/engine/stems/stem.std.ts";
import type { StudioCommand } from "../../companion/engine/studio/commands.std.ts";
import { StudioEvent } from "../../companion/engine/studio/events.std.ts";
import { SHARE_NOTICE } from "../../companion/engine/upload/upload-progress.std.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-unshared-"));
let platform: Platform;
let wire: Wire;

beforeAll(async () => {
  platform = await startPlatform({ stateDir: join(folder, "state") });
  wire = await Wire.open(Number(new URL(platform.origin).port));
});
afterAll(async () => {
  wire.close();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that passes between a companion and the platform, kept byte for byte. */
class Wire {
  readonly sent: Buffer[][] = [];
  readonly #server: Server;
  port = 0;

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect(targetPort, "127.0.0.1");
      const kept: Buffer[] = [];
      this.sent.push(kept);
      near.on("data", (bytes) => kept.push(bytes));
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
        one.pipe(other);
      }
    });
  }

  static async open(targetPort: number): Promise<Wire> {
    const wire = new Wire(targetPort);
    await new Promise<void>((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
    wire.port = (wire.#server.address() as { port: number }).port;
    return wire;
  }

  get sentBytes(): number {
    return this.sent.flat().reduce((sum, { length }) => sum + length, 0);
  }

  /** What each connection sent, as it is and with its WebSocket frames unmasked (RFC 6455, 5.3). */
  readable(): Buffer[] {
    return this.sent.flatMap((kept) => {
      const raw = Buffer.concat(kept);
      const head = raw.indexOf("\r\n\r\n");
      if (!/^upgrade: websocket/im.test(raw.subarray(0, head).toString("latin1"))) return [raw];
      return [raw, unmask(raw.subarray(head + 4))];
    });
  }

  close(): void {
    this.#server.close();
  }
}

function unmask(frames: Buffer): Buffer {
  const payloads: Buffer[] = [];
  for (let at = 0; at + 6 <= frames.length; ) {
    const short = (frames[at + 1] ?? 0) & 0x7f;
    const [length, headBytes] =
      short < 126
        ? [short, 2]
        : short === 126
          ? [frames.readUInt16BE(at + 2), 4]
          : [Number(frames.readBigUInt64BE(at + 2)), 10];
    const mask = frames.subarray(at + headBytes, at + headBytes + 4);
    const payload = Buffer.from(frames.subarray(at + headBytes + 4, at + headBytes + 4 + length));
    for (let n = 0; n < payload.length; n++) payload[n] = (payload[n] ?? 0) ^ (mask[n % 4] ?? 0);
    payloads.push(payload);
    at += headBytes + 4 + length;
  }
  return Buffer.concat(payloads);
}

/** The ports that a process's sockets lead to, as the kernel knows them; loopback and everywhere else alike. */
function remotePorts(pid: number): { tcp: string[]; udp: string[] } {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const remotes = (table: string) =>
    ["", "6"].flatMap((version) =>
      readFileSync(`/proc/${pid}/net/${table}${version}`, "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((field) => inodes.has(field[9] ?? ""))
        .map((field) => String(Number.parseInt(field[2]?.split(":")[1] ?? "", 16))),
    );
  return { tcp: remotes("tcp"), udp: remotes("udp") };
}

function start(
  args: string[],
  token: string,
): { child: ChildProcess; events: StudioEvent[]; execute(command: StudioCommand): void } {
  const program = join(import.meta.dirname, "../../companion/headless/main.node.ts");
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, SESSIONLINKED_TOKEN: token },
  });
  const events: StudioEvent[] = [];
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on("line", (line) =>
    events.push(StudioEvent.parse(JSON.parse(line))),
  );
  return { child, events, execute: (command) => child.stdin?.write(`${JSON.stringify(command)}\n`) };
}

test("C7, H6: of a take that is not shared not one byte leaves the machine; sharing it says first that collaborators keep their copies (V3)", async () => {
  const { token } = await seedAccount(platform, { displayName: "Ada", email: "ada@example.org", tier: "pro" });
  const { sessionId } = await new ApiClient(platform.origin, token).createSession("Unshared");
  // Noise: nothing can make it smaller, so what is not in the count of bytes is not in the bytes.
  const noise = new Int32Array(randomBytes(4 * 48_000 * 2 * 4).buffer).map((sample) => sample >> 8);
  const input = join(folder, "noise.wav");
  writeFileSync(input, wavFile({ sampleRateHz: 48_000, channels: 2, encoding: "pcm24" }, noise));
  const place = join(folder, "ada");
  const origin = `http://127.0.0.1:${wire.port}`;
  const args = ["--origin", origin, "--session", sessionId, "--input", input, "--folder", place, "--arm", "*"];
  const { child, events, execute } = start(args, token);
  const emitted = <Type extends StudioEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<StudioEvent, { type: Type }> => event.type === type);
  await expect.poll(() => emitted("joined").length).toBe(1);

  const before = wire.sentBytes;
  execute({ type: "transport", transport: { command: "record" } });
  await expect.poll(() => emitted("recording").length).toBe(1);
  const ports: { tcp: string[]; udp: string[] }[] = [];
  const recordedBytes = () =>
    Math.max(
      0,
      ...readdirSync(place)
        .filter((name) => name.endsWith(".wav"))
        .map((name) => statSync(join(place, name)).size),
    );
  // As long as it records, every socket that it opens is looked at.
  while (recordedBytes() < 2.6 * 48_000 * 6) {
    await sleep(250);
    ports.push(remotePorts(child.pid ?? 0));
  }
  execute({ type: "transport", transport: { command: "stop" } });
  await expect.poll(() => emitted("recorded").length).toBe(1);
  // The time in which something might still go out by itself.
  await sleep(2_000);
  const { stem } = emitted("recorded")[0] as { stem: Stem };
  const sound = readFileSync(stem.path).subarray(stem.headerBytes);
  expect(sound.length).toBeGreaterThan(2.5 * 48_000 * 6);

  // The companion spoke to the platform through this wire, and to nobody else.
  expect(new Set(ports.flatMap(({ tcp }) => tcp))).toEqual(new Set([String(wire.port)]));
  expect(ports.flatMap(({ udp }) => udp)).toEqual([]);
  const sentMeanwhile = wire.sentBytes - before;
  expect(sentMeanwhile).toBeGreaterThan(0);
  expect(sentMeanwhile).toBeLessThan(sound.length / 20);
  const find = () => {
    const haystacks = wire.readable();
    let found = 0;
    for (let at = 0; at + 48 <= sound.length; at += 4_800) {
      const piece = sound.subarray(at, at + 24);
      const texts = [
        piece.toString("hex"),
        ...[0, 1, 2].map((shift) => piece.subarray(shift, shift + 21).toString("base64")),
      ];
      if (haystacks.some((hay) => hay.includes(piece) || texts.some((text) => hay.includes(text)))) found++;
    }
    return found;
  };
  expect(find()).toBe(0);
  const names = wire
    .readable()
    .filter((bytes) => bytes.includes(stem.recordingId) || bytes.includes(stem.sha256 ?? "?"));
  expect(names).toEqual([]);
  const held = await platform.recordings.list({ prefix: `recordings/${sessionId}` });
  expect(held.objects).toEqual([]);

  // The same search finds it once the person has shared it: so it would have been found.
  expect(emitted("notice")).toEqual([]);
  execute({ type: "share" });
  await expect.poll(() => emitted("shared").length).toBe(1);
  expect(emitted("notice")).toEqual([{ type: "notice", message: SHARE_NOTICE }]);
  expect(SHARE_NOTICE).toContain("copies of their own");
  const order = events.filter(({ type }) => type === "notice" || type === "upload");
  expect(order[0]?.type).toBe("notice");
  expect(find()).toBeGreaterThan(50);
  execute({ type: "leave" });
  await new Promise((resolve) => child.once("close", resolve));
});
