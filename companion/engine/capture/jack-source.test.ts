import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { JackAddon } from "./jack-addon.node.ts";
import { JackDevice, JackRateChanged } from "./jack-source.node.ts";

/** What `jack-device.c` does in a period, with inputs that count their frames from 1. */
class FakeServer implements JackAddon {
  period: number;
  rateHz = 48_000;
  readonly heard: number[] = [];
  #capture: Float32Array = new Float32Array(0);
  #play: Float32Array = new Float32Array(0);
  #control: Int32Array = new Int32Array(0);
  #inputs = 0;
  #outputs = 0;

  constructor(period: number) {
    this.period = period;
  }

  open(
    _name: string,
    capture: Float32Array,
    play: Float32Array,
    inputs: number,
    outputs: number,
    control: Int32Array,
  ): void {
    this.#capture = capture;
    this.#play = play;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#control = control;
    control[5] = this.rateHz;
    control[6] = this.period;
  }

  cycle(): void {
    const [captured = 0, queued = 0, played = 0] = this.#control;
    const frames = this.#capture.length / this.#inputs;
    this.#control[6] = this.period;
    for (let at = 0; at < this.period; at++) this.#capture[(captured + at) % frames] = captured + at + 1;
    this.#control[0] = captured + this.period;
    const isThere = queued - played >= this.period;
    const ring = this.#play.length / this.#outputs;
    for (let at = 0; at < this.period; at++)
      this.heard.push(isThere ? played + at + 1 - (this.#play[(played + at) % ring] ?? 0) : Number.NaN);
    this.#control[2] = played + this.period;
  }

  /** What it played last at an output. */
  played(output: number): number {
    const ring = this.#play.length / this.#outputs;
    return this.#play[output * ring + (((this.#control[2] ?? 0) - 1) % ring)] ?? 0;
  }

  /** The server ends; whoever looks for one finds another. */
  end(): void {
    this.#control[7] = 1;
  }

  latencyFrames = () => 0;
  addOutput = (_channel: number, _name: string) => true;
  removeOutput = (_channel: number) => true;
  connectPhysical = () => true;
  wait = () => true;
  closes = 0;
  close(): void {
    this.closes++;
  }
}

const anyPeriod = fc.constantFrom(16, 32, 64, 128, 256, 512, 1024, 96, 480);

/** A device of two inputs of which nobody takes anything. */
const quiet = (addon: JackAddon) =>
  new JackDevice({ addon, inputs: 2, connect: false, openedAtMs: null, onBlock: () => undefined });

describe("the device on JACK, against a server that runs as fast as it is asked", () => {
  test("C2, X24: whatever the period changes to, and whenever, everything is played, after one delay, and that is what is told", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyPeriod, fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const server = new FakeServer(changes[0]?.[0] ?? 128);
          const device = new JackDevice({
            addon: server,
            inputs: 2,
            connect: false,
            openedAtMs: null,
            onBlock: (_frame, captured, mixed) => mixed[0]?.set(captured[0] ?? []),
          });
          for (const [period, cycles] of changes) {
            server.period = period;
            for (let cycle = 0; cycle < cycles; cycle++) {
              server.cycle();
              device.turn();
            }
          }
          // The last period stays for a while: nothing is missing any more.
          const settled = server.heard.length + 2 * (device.periodFrames + 128);
          while (server.heard.length < settled + 4_096) {
            server.cycle();
            device.turn();
          }
          const toldFrames = Math.round(device.latencyMs.playoutMs * 48);
          device.close();
          expect(new Set(server.heard.slice(settled))).toEqual(new Set([toldFrames]));
          expect(toldFrames).toBeLessThan(device.periodFrames + 256);
        },
      ),
    );
  });

  test("X24: a client whose server is gone is left alone until another is looked for, and closed before", () => {
    vi.useFakeTimers({ toFake: ["performance", "hrtime"] });
    const server = new FakeServer(128);
    const device = quiet(server);
    const open = vi.spyOn(server, "open");
    server.end();
    device.turn();
    // Ports for whoever comes meanwhile are made once there is a server.
    const addOutput = vi.spyOn(server, "addOutput");
    device.addPerson("ben", "Ben");
    device.turn();
    expect([device.isOpen, server.closes, open.mock.calls.length, addOutput.mock.calls.length]).toEqual([
      false,
      0,
      0,
      0,
    ]);
    vi.advanceTimersByTime(1_001);
    device.turn();
    expect([device.isOpen, server.closes, open.mock.calls.length, addOutput.mock.calls.length]).toEqual([
      true,
      1,
      1,
      4,
    ]);
    device.close();
    vi.useRealTimers();
  });

  test("C2: somebody's ports are a pair, and as many as their lane has once it has brought more; what is folded down for a while stays at the first two", () => {
    const server = new FakeServer(128);
    const addOutput = vi.spyOn(server, "addOutput");
    const removeOutput = vi.spyOn(server, "removeOutput");
    let count = 2;
    const device: JackDevice = new JackDevice({
      addon: server,
      inputs: 18,
      connect: false,
      openedAtMs: null,
      onBlock: () =>
        device.hear(
          "ben",
          Array.from({ length: count }, (_, at) => new Float32Array(128).fill(at + 1)),
          count,
        ),
    });
    device.addPerson("ben", "Ben");
    const turn = () => {
      for (let times = 0; times < 4; times++) {
        server.cycle();
        device.turn();
      }
      device.followLanes();
    };
    turn();
    const names = () => addOutput.mock.calls.map(([, name]) => name).filter((name) => name.startsWith("Ben"));
    expect(names()).toEqual(["Ben L", "Ben R"]);
    count = 8;
    turn();
    turn();
    expect(names()).toEqual(["Ben L", "Ben R", "Ben 3", "Ben 4", "Ben 5", "Ben 6", "Ben 7", "Ben 8"]);
    expect(Array.from({ length: 8 }, (_, channel) => server.played(2 + channel))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    count = 2;
    turn();
    turn();
    expect(Array.from({ length: 8 }, (_, channel) => server.played(2 + channel))).toEqual([1, 2, 0, 0, 0, 0, 0, 0]);
    expect(names()).toHaveLength(8);
    device.removePerson("ben");
    expect(removeOutput.mock.calls.map(([channel]) => channel)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    device.close();
  });

  test.each([44_100, 48_000, 88_200, 96_000])(
    "C2: at %i Hz frames have their places in time, also those of a count that goes on",
    (rateHz) => {
      vi.useFakeTimers({ toFake: ["performance", "hrtime"] });
      const server = new FakeServer(128);
      server.rateHz = rateHz;
      const frames: number[] = [];
      const openedAtMs = machineNowMs() - 10_000;
      const device = new JackDevice({
        addon: server,
        inputs: 2,
        connect: false,
        openedAtMs,
        onBlock: (frame) => frames.push(frame),
      });
      for (let cycle = 0; cycle < 100; cycle++) {
        vi.advanceTimersByTime((128 / rateHz) * 1000);
        server.cycle();
        device.turn();
      }
      expect(device.rateHz).toBe(rateHz);
      expect(Math.abs((frames[0] ?? 0) - 10 * rateHz)).toBeLessThanOrEqual(128);
      expect(frames).toEqual(frames.map((_, at) => (frames[0] ?? 0) + at * 128));
      // A block and what a block may lie beside its place.
      expect(Math.abs(device.timeOf((frames.at(-1) ?? 0) + 128) - machineNowMs())).toBeLessThan(6);
      device.close();
      vi.useRealTimers();
    },
  );

  test("X24: a server that comes back at another rate is another device's count; at a rate of no session the person is told what to do", () => {
    vi.useFakeTimers({ toFake: ["performance", "hrtime"] });
    const server = new FakeServer(128);
    const device = quiet(server);
    expect(device.awayBecause).toBeNull();
    server.rateHz = 44_100;
    server.end();
    device.turn();
    expect(device.awayBecause).toBe("");
    vi.advanceTimersByTime(1_500);
    expect(() => device.turn()).toThrow(JackRateChanged);
    server.rateHz = 22_050;
    vi.advanceTimersByTime(1_500);
    device.turn();
    expect(device.awayBecause).toMatch(
      /JACK runs at 22050 Hz, and a session at 44100, 48000, 88200, 96000: start it with -r 48000/,
    );
    server.rateHz = 48_000;
    vi.advanceTimersByTime(1_500);
    device.turn();
    expect(device.awayBecause).toBeNull();
    vi.useRealTimers();
  });
});
