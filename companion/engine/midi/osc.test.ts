import { createSocket } from "node:dgram";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DawEvent } from "./driver.std.ts";
import { decodeOsc, encodeBundle, encodeOsc, type OscArgument } from "./osc.std.ts";
import { ardourGreeting, ardourOscDriver, reaperOscDriver } from "./osc-drivers.std.ts";
import { openUdpPort } from "./udp-port.node.ts";

const hex = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString("hex");
const osc = (address: string, ...values: [OscArgument["type"], number | string][]) =>
  encodeOsc({ address, arguments: values.map(([type, value]) => ({ type, value }) as OscArgument) });

const argument: fc.Arbitrary<OscArgument> = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((value) => ({ type: "i", value }) as const),
  fc.float({ noNaN: true }).map((value) => ({ type: "f", value: Object.is(value, -0) ? 0 : value }) as const),
  fc.stringMatching(/^[ -~]{0,40}$/).map((value) => ({ type: "s", value }) as const),
);
const message = fc.record({
  address: fc.stringMatching(/^\/[a-z/_]{0,30}$/),
  arguments: fc.array(argument, { maxLength: 6 }),
});

test("C4: OSC 1.0: the bytes are those of the specification's own examples", () => {
  expect(hex(osc("/oscillator/4/frequency", ["f", 440]))).toBe(
    "2f6f7363696c6c61746f722f342f6672657175656e6379002c66000043dc0000",
  );
  expect(hex(osc("/foo", ["i", 1_000], ["i", -1], ["s", "hello"], ["f", 1.234], ["f", 5.678]))).toBe(
    "2f666f6f000000002c69697366660000000003e8ffffffff68656c6c6f0000003f9df3b640b5b22d",
  );
});

test("C4: OSC: every message survives the way there and back, alone and in a bundle", () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
      for (const one of messages) expect(decodeOsc(encodeOsc(one))).toEqual([one]);
      expect(decodeOsc(encodeBundle(...messages.map(encodeOsc)))).toEqual(messages);
    }),
  );
});

test("C4: OSC: no bytes whatever make the decoder or a driver throw, nor bundles in bundles", () => {
  const drivers = [ardourOscDriver(), reaperOscDriver()];
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.uint8Array({ maxLength: 60 }).map((tail) => Uint8Array.from([...Buffer.from("#bundle\0"), ...tail])),
    fc.uint8Array({ maxLength: 60 }).map((tail) => Uint8Array.from([...Buffer.from("/time\0\0\0,f\0\0"), ...tail])),
  );
  fc.assert(
    fc.property(anything, (bytes) => {
      for (const driver of drivers)
        for (const event of driver.decode(bytes))
          if ("positionFrames" in event) expect(event.positionFrames).toBeGreaterThanOrEqual(0);
    }),
  );
  let nested = osc("/time", ["f", 1]);
  for (let depth = 0; depth < 2_000; depth++) nested = encodeBundle(nested);
  expect(decodeOsc(nested)).toEqual([]);
});

test("C4: Ardour: located by its own samples, its buttons heard once each, record by what it last told", () => {
  const { encode, decode } = ardourOscDriver({ sampleRateHz: 96_000 });
  expect(decodeOsc(encode({ type: "locate", positionFrames: 48_000 }) ?? new Uint8Array())).toEqual([
    {
      address: "/locate",
      arguments: [
        { type: "i", value: 96_000 },
        { type: "i", value: 0 },
      ],
    },
  ]);
  const addresses = (bytes: Uint8Array | null) => decodeOsc(bytes ?? new Uint8Array()).map(({ address }) => address);
  expect(addresses(encode({ type: "record" }))).toEqual(["/rec_enable_toggle", "/transport_play"]);
  expect(encode({ type: "punch-out" })).toBeNull();
  const heard: DawEvent[] = [
    osc("/transport_play", ["f", 1]),
    osc("/transport_play", ["f", 1]),
    osc("/rec_enable_toggle", ["f", 1]),
    osc("/position/samples", ["s", "192000"]),
    osc("/transport_play", ["f", 0]),
    osc("/transport_stop", ["f", 1]),
  ].flatMap((bytes) => decode(bytes));
  expect(heard).toEqual([
    { type: "play" },
    { type: "record" },
    { type: "position", positionFrames: 96_000 },
    { type: "stop" },
  ]);
  expect(addresses(encode({ type: "record" }))).toEqual(["/transport_play"]);
  expect(addresses(encode({ type: "punch-out" }))).toEqual(["/rec_enable_toggle"]);
  // Thirteen hours at 48 kHz are more samples than its integer holds.
  expect(ardourOscDriver().encode({ type: "locate", positionFrames: 13 * 3_600 * 48_000 })).toBeNull();
});

test("C4: Reaper: seconds, a tempo of its own, each change heard once", () => {
  const { encode, decode } = reaperOscDriver();
  expect(decodeOsc(encode({ type: "locate", positionFrames: 72_000 }) ?? new Uint8Array())[0]?.arguments).toEqual([
    { type: "f", value: 1.5 },
  ]);
  const heard = [osc("/play", ["f", 1]), osc("/play", ["f", 1]), osc("/tempo/raw", ["f", 96]), osc("/play", ["f", 0])];
  expect(heard.flatMap((bytes) => decode(bytes))).toEqual([
    { type: "play" },
    { type: "tempo", bpm: 96 },
    { type: "stop" },
  ]);
});

test("C4: a UDP port carries both ways, hears only its DAW, and says a port in use in a sentence", async () => {
  const daw = createSocket("udp4");
  await new Promise<void>((resolve) => daw.bind(0, "127.0.0.1", resolve));
  const greeted = new Promise<{ port: number; bytes: Uint8Array }>((resolve) =>
    daw.once("message", (bytes, { port }) => resolve({ port, bytes })),
  );
  const { port } = daw.address();
  const opened = await openUdpPort({ name: "Ardour", address: "127.0.0.1", port, greeting: ardourGreeting });
  const companion = await greeted;
  expect(hex(companion.bytes)).toBe(hex(ardourGreeting));
  const heard = new Promise<Uint8Array>((resolve) => opened.onBytes((bytes) => resolve(bytes)));
  daw.send(osc("/heartbeat", ["f", 1]), companion.port, "127.0.0.1");
  expect(decodeOsc(await heard)).toHaveLength(1);
  const taken = openUdpPort({ name: "Reaper", address: "127.0.0.1", port: 8_000, listenPort: companion.port });
  await expect(taken).rejects.toThrow(/cannot be opened: another program uses it/);
  await expect(openUdpPort({ name: "Reaper", address: "daw.example", port: 1 })).rejects.toThrow(/no network address/);
  await opened.close();
  daw.close();
});
